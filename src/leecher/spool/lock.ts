import { randomUUID } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { codeOf, isCode, remedyFor } from './remedy';

/** The holder renews its lock this often; a lock this old has no holder, whatever its process id says. */
const LOCK_TIMINGS = { renew: 2_000, stale: 10_000 } as const;

interface Holder {
  readonly token: string;
  readonly pid: number;
  readonly host: string;
}

export interface LockOptions {
  readonly dir: string;
  /** Called once when somebody else has taken the lock, which only happens to a process that stood still. */
  onLost(): void;
  readonly timings?: { readonly renew: number; readonly stale: number };
}

/** One leecher per spool directory, by a lock file that its holder keeps young. */
export interface SpoolLock {
  /** Looks whether somebody took it, and says so by `onLost`. */
  look(): Promise<void>;
  release(): Promise<void>;
}

/**
 * Takes the lock. A lock whose process is gone is taken over at once where that can be seen (same host), else when it
 * has not been renewed for a while: process ids mean nothing across containers, and are used again.
 * @returns undefined when a live leecher holds it.
 * @internal
 */
export async function takeLock(options: LockOptions): Promise<SpoolLock | undefined> {
  const path = join(options.dir, 'lock');
  const { renew, stale } = options.timings ?? LOCK_TIMINGS;
  const token = randomUUID();
  if (!(await create(path, token)) && !(await takeOver(path, token, stale))) {
    return undefined;
  }
  const timer = setInterval(() => void keep(), renew);
  timer.unref();
  let isLost = false;
  async function look(): Promise<void> {
    const holder = await readHolder(path);
    if (holder !== undefined && holder.token !== token && !isLost) {
      isLost = true;
      clearInterval(timer);
      options.onLost();
    }
  }
  async function keep(): Promise<void> {
    await look();
    if (isLost) {
      return;
    }
    const now = new Date();
    await utimes(path, now, now).catch(async (error: unknown) => {
      // Somebody emptied the directory; whoever made a lock there meanwhile is seen at the next turn.
      if (isCode(error, 'ENOENT')) {
        await create(path, token).catch(() => false);
      }
    });
  }
  return {
    look,
    async release() {
      clearInterval(timer);
      if ((await readHolder(path))?.token === token) {
        // On a disk that went read-only it stays, and is taken over from a process that is gone.
        await rm(path, { force: true }).catch(() => undefined);
      }
    },
  };
}

/** @returns who holds the lock now, for a message: `process 12 on host`. */
async function lockHolder(dir: string): Promise<string> {
  const holder = await readHolder(join(dir, 'lock'));
  return holder === undefined ? 'an unknown process' : `process ${holder.pid} on ${holder.host}`;
}

/** Somebody else works with this directory. */
export class SpoolInUse extends Error {
  override readonly name = 'SpoolInUse';
}

/**
 * Takes the lock, waiting for one whose holder may be gone.
 * @throws SpoolInUse when another leecher uses the directory; Error when it cannot be written. One sentence each.
 */
export async function waitForLock(options: LockOptions, waitMs: number): Promise<SpoolLock> {
  const { dir } = options;
  for (const deadline = Date.now() + waitMs; ; ) {
    const lock = await takeLock(options).catch((error: unknown) => {
      throw new Error(
        `The spool directory ${dir} cannot be written (${codeOf(error)}); ${remedyFor(error)}, or set SPOOL_DIR to another directory.`,
        { cause: error },
      );
    });
    if (lock !== undefined) {
      return lock;
    }
    if (Date.now() >= deadline) {
      throw new SpoolInUse(
        `The spool directory ${dir} is in use by another leecher (${await lockHolder(dir)}); give each leecher its own SPOOL_DIR.`,
      );
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 250);
    });
  }
}

async function create(path: string, token: string): Promise<boolean> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'wx', 0o600);
  } catch (error) {
    if (isCode(error, 'EEXIST')) {
      return false;
    }
    throw error;
  }
  try {
    await handle.writeFile(JSON.stringify({ token, pid: process.pid, host: hostname() } satisfies Holder));
  } catch (error) {
    // A full disk; an empty lock would keep everybody out until it has grown old.
    await rm(path, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  return true;
}

/**
 * Replaces a stale lock in one step, so that there is no moment without one. A second file lets only one process do
 * so at a time: else two that saw the same stale lock would replace it one after the other.
 */
async function takeOver(path: string, token: string, staleMs: number): Promise<boolean> {
  const guard = `${path}.takeover`;
  if (!(await create(guard, token))) {
    if (await isOld(guard, staleMs)) {
      await rm(guard, { force: true });
    }
    return false;
  }
  try {
    if (!(await isStale(path, staleMs))) {
      return false;
    }
    const next = `${path}.${token}`;
    await create(next, token);
    try {
      await rename(next, path);
    } finally {
      await rm(next, { force: true });
    }
    return true;
  } finally {
    await rm(guard, { force: true });
  }
}

async function isStale(path: string, staleMs: number): Promise<boolean> {
  if (await isOld(path, staleMs)) {
    return true;
  }
  const holder = await readHolder(path);
  return holder !== undefined && holder.host === hostname() && !isAlive(holder.pid);
}

/** A file that is not there is not old: whoever creates it next has it. */
const isOld = (path: string, ms: number): Promise<boolean> =>
  stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs > ms,
    () => false,
  );

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, 'EPERM');
  }
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const holder = JSON.parse(await readFile(path, 'utf8')) as Partial<Holder> | null;
    const { token, pid, host } = holder ?? {};
    return typeof token === 'string' && typeof pid === 'number' && typeof host === 'string'
      ? { token, pid, host }
      : undefined;
  } catch {
    return undefined;
  }
}
