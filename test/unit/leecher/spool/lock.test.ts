import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SpoolLock } from '../../../../src/leecher/spool/lock';
import { takeLock, waitForLock } from '../../../../src/leecher/spool/lock';
import { until } from '../../../support/until';

describe('lock of a spool directory', () => {
  let dir: string;
  let lost: number;
  const held: SpoolLock[] = [];
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'lock-'));
    lost = 0;
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await Promise.all(held.splice(0).map((lock) => lock.release()));
    await rm(dir, { recursive: true, force: true });
  });
  const onLost = (): void => {
    lost += 1;
  };
  async function take(timings = { renew: 20, stale: 10_000 }): Promise<SpoolLock | undefined> {
    const lock = await takeLock({ dir, onLost, timings });
    if (lock !== undefined) {
      held.push(lock);
    }
    return lock;
  }
  const write = (holder: object): Promise<void> => writeFile(join(dir, 'lock'), JSON.stringify(holder));
  async function deadPid(): Promise<number> {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'close');
    return child.pid ?? 0;
  }

  it('is held by one at a time, and free after its release', async () => {
    const first = await take();
    expect(first).toBeDefined();
    expect(await take()).toBeUndefined();

    await first?.release();

    expect(await take()).toBeDefined();
  });

  it('goes to exactly one of many that ask at once', async () => {
    const taken = await Promise.all(Array.from({ length: 20 }, () => take()));
    expect(taken.filter((lock) => lock !== undefined)).toHaveLength(1);
  });

  it('is taken over at once from a process that is gone, by exactly one', async () => {
    const pid = await deadPid();
    for (let round = 0; round < 50; round += 1) {
      await write({ token: 'old', pid, host: hostname() });

      const taken = await Promise.all(Array.from({ length: 20 }, () => take()));

      expect(taken.filter((lock) => lock !== undefined)).toHaveLength(1);
      expect(await readdir(dir)).toEqual(['lock']);
    }
  });

  it('is taken over although somebody died in the middle of that', async () => {
    const old = new Date(Date.now() - 20_000);
    await write({ token: 'old', pid: await deadPid(), host: hostname() });
    await writeFile(join(dir, 'lock.takeover'), '');
    await utimes(join(dir, 'lock.takeover'), old, old);

    held.push(await waitForLock({ dir, onLost }, 5_000));

    expect(await readdir(dir)).toEqual(['lock']);
  });

  it('is respected on another host, where process ids mean nothing, until it has grown old', async () => {
    await write({ token: 'old', pid: await deadPid(), host: 'elsewhere' });
    expect(await take()).toBeUndefined();

    const old = new Date(Date.now() - 20_000);
    await utimes(join(dir, 'lock'), old, old);

    expect(await take()).toBeDefined();
  });

  it('is taken over when old, though its process id is in use again', async () => {
    await write({ token: 'old', pid: process.pid, host: hostname() });
    const old = new Date(Date.now() - 20_000);
    await utimes(join(dir, 'lock'), old, old);

    expect(await take()).toBeDefined();
  });

  it('with unreadable content is respected until it has grown old', async () => {
    await writeFile(join(dir, 'lock'), '{"tok');
    expect(await take()).toBeUndefined();

    const old = new Date(Date.now() - 20_000);
    await utimes(join(dir, 'lock'), old, old);

    expect(await take()).toBeDefined();
  });

  it('is kept young by its holder', async () => {
    await take();
    const old = new Date(Date.now() - 20_000);
    await utimes(join(dir, 'lock'), old, old);

    await until(async () => Date.now() - (await stat(join(dir, 'lock'))).mtimeMs < 10_000);

    expect(await take()).toBeUndefined();
  });

  it('is made again when somebody emptied the directory', async () => {
    await take();
    await rm(join(dir, 'lock'));

    await until(async () => (await readdir(dir)).includes('lock'));

    expect(await take()).toBeUndefined();
    expect(lost).toBe(0);
  });

  it('with a directory in its place fails with a sentence and leaves nothing behind', async () => {
    await mkdir(join(dir, 'lock'));
    const old = new Date(Date.now() - 20_000);
    await utimes(join(dir, 'lock'), old, old);

    await expect(waitForLock({ dir, onLost }, 0)).rejects.toThrow(
      /cannot be written \(EISDIR\); move away what lies there in its place/,
    );
    expect(await readdir(dir)).toEqual(['lock']);
  });

  it('tells a holder that stood still that it lost it, and leaves the new one alone', async () => {
    const first = await take();
    await write({ token: 'new', pid: process.pid, host: hostname() });

    await until(() => lost === 1);
    await first?.release();

    expect(await readFile(join(dir, 'lock'), 'utf8')).toContain('"new"');
  });

  it('that cannot be removed ends its use all the same', async () => {
    const first = await take();
    const remove = jest.spyOn(fs.promises, 'rm').mockRejectedValue(new Error('EROFS: read-only file system'));

    await expect(first?.release()).resolves.toBeUndefined();

    expect(remove).toHaveBeenCalled();
  });

  it('tells at the first look that it was taken, once', async () => {
    const first = await take({ renew: 1_000_000, stale: 10_000 });
    await first?.look();
    expect(lost).toBe(0);
    await write({ token: 'new', pid: process.pid, host: hostname() });

    await Promise.all([first?.look(), first?.look()]);

    expect(lost).toBe(1);
  });

  it('names its holder and the way out', async () => {
    await write({ token: 'other', pid: process.pid, host: hostname() });
    await expect(waitForLock({ dir, onLost }, 0)).rejects.toThrow(
      `in use by another leecher (process ${process.pid} on ${hostname()}); give each leecher its own SPOOL_DIR`,
    );
  });

  it('is waited for', async () => {
    const first = await take();
    const second = waitForLock({ dir, onLost }, 5_000);
    await first?.release();
    held.push(await second);
    expect(await readdir(dir)).toEqual(['lock']);
  });
});
