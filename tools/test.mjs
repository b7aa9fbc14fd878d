/**
 * `npm test`: installs and builds what is missing, then runs every Jest project. Further arguments go to Jest.
 * `--faults [--seeds N]` runs the long tier of the fault tests instead. The last line is `N passed, N failed`.
 */
import { bootstrap } from './bootstrap.mjs';
import { inRoot, main, run, StepFailed } from './steps.mjs';

await main(async (args) => {
  try {
    const { jest, env } = parse(args);
    await bootstrap();
    return await run(process.execPath, [inRoot('node_modules', 'jest', 'bin', 'jest.js'), ...jest], {
      env: { ...process.env, ...env },
    });
  } catch (error) {
    process.stderr.write(`${error instanceof StepFailed ? error.message : error.stack}\n`);
    process.stdout.write('0 passed, 1 failed\n');
    return 1;
  }
});

function parse(args) {
  const rest = args.filter((each) => each !== '--faults');
  const at = rest.indexOf('--seeds');
  const seeds = at === -1 ? undefined : rest.splice(at, 2)[1];
  if (seeds !== undefined && !/^[1-9]\d*$/.test(seeds)) {
    throw new StepFailed(`--seeds needs a whole number above 0, not "${seeds}".`);
  }
  if (rest.length === args.length) {
    return { jest: rest, env: seeds === undefined ? {} : { FAULT_SEEDS: seeds } };
  }
  return { jest: ['--selectProjects', 'faults', ...rest], env: { FAULT_SEEDS: seeds ?? '20' } };
}
