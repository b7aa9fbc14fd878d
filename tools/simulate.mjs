/** `npm run simulate -- ftrack --port 8080`: installs and builds what is missing, then runs a simulator. */
import { bootstrap } from './bootstrap.mjs';
import { inRoot, main, run } from './steps.mjs';

await main(async (args) => {
  await bootstrap({ temporal: false });
  return run(process.execPath, [inRoot('dist', 'cli', 'main.js'), 'simulate', ...args]);
});
