/** `npm run contract`: installs what is missing, then tells where a live AYON server answers otherwise than we rely on. */
import { bootstrap } from './bootstrap.mjs';
import { inRoot, main, run } from './steps.mjs';

await main(async (args) => {
  await bootstrap({ build: false, temporal: false });
  return run(process.execPath, ['--import', 'tsx', inRoot('tools', 'contract', 'main.ts'), ...args]);
});
