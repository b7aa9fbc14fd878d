/**
 * Builds `dist`: compiles `src`, then bundles the workflow code, so that a processor starts without a bundler. Built
 * beside and put in place at the end: a failed build leaves the former one. The simulators go into `dist/simulators`
 * where they are there: images are built without them.
 */
import { cpSync, existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { inRoot, main, run, StepFailed } from './steps.mjs';

await main(async () => {
  const target = inRoot('dist');
  const fresh = inRoot(`dist.${process.pid}`);
  try {
    await compile('tsconfig.build.json', fresh);
    if (existsSync(inRoot('simulators'))) {
      await compile('tsconfig.simulators.json', path.join(fresh, 'simulators'));
      copyAssets(inRoot('simulators'), path.join(fresh, 'simulators'));
    }
    const file = await bundle(fresh);
    rmSync(target, { recursive: true, force: true });
    renameSync(fresh, target);
    const size = statSync(path.join(target, path.basename(file))).size;
    process.stdout.write(`dist/${path.basename(file)}: ${(size / 1_000_000).toFixed(2)} MB\n`);
    return 0;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
});

async function compile(project, folder) {
  const compiler = inRoot('node_modules', 'typescript', 'bin', 'tsc');
  const code = await run(process.execPath, [compiler, '-p', project, '--outDir', folder]);
  if (code !== 0) {
    throw new StepFailed('The TypeScript compiler found errors; nothing was built.');
  }
}

/** What is no code goes along as it is: pages for the browser, examples. */
function copyAssets(from, to) {
  cpSync(from, to, { recursive: true, filter: (source) => !source.endsWith('.ts') });
}

async function bundle(folder) {
  const { bundleWorkflowCode, DefaultLogger } = createRequire(import.meta.url)('@temporalio/worker');
  const { code } = await bundleWorkflowCode({
    workflowsPath: path.join(folder, 'workflows', 'index.js'),
    logger: new DefaultLogger('ERROR'),
  });
  const file = path.join(folder, 'workflow-bundle.js');
  writeFileSync(file, code);
  return file;
}
