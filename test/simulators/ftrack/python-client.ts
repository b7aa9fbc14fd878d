import type { SpawnSyncReturns } from 'node:child_process';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const requirement = 'ftrack-python-api==3.1.0';

/** A Python that has the official client, or one sentence that says why there is none. */
export type PythonClient = { readonly interpreter: string } | { readonly missing: string };

function run(command: string, args: readonly string[], seconds: number): SpawnSyncReturns<string> {
  return spawnSync(command, args, { encoding: 'utf8', timeout: seconds * 1000 });
}

const interpreterIn = (folder: string): string => join(folder, 'bin', 'python');

function hasClient(folder: string): boolean {
  return run(interpreterIn(folder), ['-c', 'import ftrack_api'], 60).status === 0;
}

/** @returns the last line of what went wrong; undefined when the client is installed */
function install(folder: string): string | undefined {
  for (const [command, args] of [
    ['python3', ['-m', 'venv', folder]],
    [interpreterIn(folder), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', requirement]],
  ] as const) {
    const { status, stderr, error } = run(command, args, 240);
    if (status !== 0) {
      return error?.message ?? stderr.trim().split('\n').at(-1) ?? `${command} ended with ${status}`;
    }
  }
  return hasClient(folder) ? undefined : 'the installed client cannot be imported';
}

/** Installs the client once per machine, in a virtual environment of its own that all runs share. */
export function pythonWithClient(): PythonClient {
  const folder = join(tmpdir(), `interop-${requirement.replace('==', '-')}`);
  if (hasClient(folder)) {
    return { interpreter: interpreterIn(folder) };
  }
  const fresh = mkdtempSync(`${folder}-`);
  const problem = install(fresh);
  if (problem !== undefined) {
    rmSync(fresh, { recursive: true, force: true });
    const missing = `The tests of the official Python client need python3 (3.11 or newer) with venv, and pip that can install ${requirement}: ${problem}`;
    return { missing };
  }
  rmSync(folder, { recursive: true, force: true });
  try {
    renameSync(fresh, folder);
  } catch {
    // Another run was faster, and has the same.
    rmSync(fresh, { recursive: true, force: true });
  }
  return { interpreter: interpreterIn(folder) };
}
