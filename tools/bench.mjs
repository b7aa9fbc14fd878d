/** `npm run bench`: installs and builds what is missing, then runs the measurements with the given arguments. */
import { bootstrap } from './bootstrap.mjs';
import { inRoot, main, run } from './steps.mjs';

await main(async (args) => {
  const { temporal } = await bootstrap();
  return run(process.execPath, ['--import', 'tsx', inRoot('bench', 'main.ts'), ...args], {
    env: { ...process.env, AYON_FTRACK_TEMPORAL_CLI: temporal },
  });
});
