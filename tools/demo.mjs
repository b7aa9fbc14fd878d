/** `npm run demo`: installs and builds what is missing, then runs the demo with the given arguments. */
import { bootstrap } from './bootstrap.mjs';
import { inRoot, main, run } from './steps.mjs';

await main(async (args) => {
  const { temporal } = await bootstrap();
  return run(process.execPath, ['--import', 'tsx', inRoot('demo', 'main.ts'), ...args], {
    env: { ...process.env, AYON_FTRACK_TEMPORAL_CLI: temporal },
  });
});
