/**
 * Makes a fresh clone runnable: checks Node, installs packages, builds, fetches Temporal. Each part is skipped when
 * it is up to date. `npm test`, `npm run demo` and `npm run bench` call it first.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import {
  checkNode,
  inRoot,
  main,
  newest,
  npm,
  progressLine,
  ROOT,
  runQuietly,
  StepFailed,
} from './steps.mjs';

const BUILT = path.join('dist', 'workflow-bundle.js');

/**
 * @param {{ build?: boolean, temporal?: boolean }} parts both true unless told otherwise
 * @returns {Promise<{ temporal: string | undefined }>} path of the `temporal` binary
 */
export async function bootstrap({ build = true, temporal = true } = {}) {
  checkNode();
  if (newest('node_modules/.package-lock.json') < newest('package-lock.json')) {
    await install();
  }
  if ((build || temporal) && isOutdated()) {
    await runQuietly('Building', { command: process.execPath, args: [inRoot('tools', 'build.mjs')] });
  }
  return { temporal: temporal ? await fetchTemporal() : undefined };
}

async function install() {
  const { packages } = JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8'));
  const top = /^node_modules\/(?:@[^/]+\/)?[^/]+$/;
  const wanted = Object.entries(packages).filter(
    ([name, { optional }]) => top.test(name) && !optional,
  ).length;
  const progress = () => `${Math.min(countInstalled(), wanted)} of ${wanted}`;
  await runQuietly('Installing packages', npm('ci', '--no-audit', '--no-fund', '--loglevel=error'), progress);
}

function countInstalled() {
  const folder = inRoot('node_modules');
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const visible = names.filter((name) => !name.startsWith('.'));
  const scoped = visible.filter((name) => name.startsWith('@'));
  const inScopes = scoped.map((name) => readdirSync(path.join(folder, name)).length);
  return visible.length - scoped.length + inScopes.reduce((sum, count) => sum + count, 0);
}

const isOutdated = () =>
  newest(BUILT) <
  newest(
    'src',
    'simulators',
    'tsconfig.json',
    'tsconfig.build.json',
    'tsconfig.simulators.json',
    'package-lock.json',
    'tools/build.mjs',
  );

async function fetchTemporal() {
  const { findTemporal } = createRequire(import.meta.url)(inRoot('dist', 'clients', 'temporal', 'find.js'));
  let line;
  const onProgress = (message) => {
    if (line === undefined) {
      line = progressLine(message);
    } else {
      line.step(message);
    }
  };
  try {
    const { file } = await findTemporal({ env: process.env, onProgress });
    line?.end('done');
    return file;
  } catch (error) {
    line?.end('failed');
    throw new StepFailed(error.message);
  }
}

if (process.argv[1] !== undefined && path.resolve(process.argv[1]) === inRoot('tools', 'bootstrap.mjs')) {
  await main(async (args) => {
    const only = args.includes('--install-only');
    await bootstrap({ build: !only, temporal: !only });
    process.stderr.write(`Ready in ${ROOT}\n`);
    return 0;
  });
}
