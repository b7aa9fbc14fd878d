/**
 * `npm test`: installs and builds what is missing, then runs every Jest project. Further arguments go to Jest.
 * `--faults …` plays seeded stories under faults instead (`npm run test:faults -- --help`). The last line is
 * `N passed, N failed`.
 */
import { bootstrap } from './bootstrap.mjs';
import { inRoot, main, run, StepFailed } from './steps.mjs';

await main(async (args) => {
  try {
    const { temporal } = await bootstrap();
    const env = { ...process.env, AYON_FTRACK_TEMPORAL_CLI: temporal };
    const [first, ...rest] = args;
    return first === '--faults'
      ? await run(
          process.execPath,
          ['--import', 'tsx', inRoot('test', 'faults', 'checker', 'main.ts'), ...rest],
          { env },
        )
      : await run(process.execPath, [inRoot('node_modules', 'jest', 'bin', 'jest.js'), ...args]);
  } catch (error) {
    process.stderr.write(`${error instanceof StepFailed ? error.message : error.stack}\n`);
    process.stdout.write('0 passed, 1 failed\n');
    return 1;
  }
});
