import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SpoolOptions } from '../../../../src/leecher/spool/spool';
import { Spool } from '../../../../src/leecher/spool/spool';
import { until } from '../../../support/until';

interface Item {
  readonly number: number;
}

const read = (value: unknown): Item | undefined =>
  typeof value === 'object' && value !== null && 'number' in value && typeof value.number === 'number'
    ? { number: value.number }
    : undefined;

describe('spool', () => {
  let dir: string;
  let troubles: string[];
  const open: Spool<Item>[] = [];
  beforeEach(async () => {
    dir = join(await mkdtemp(join(tmpdir(), 'spool-')), 'spool');
    troubles = [];
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((spool) => spool.close()));
    await rm(join(dir, '..'), { recursive: true, force: true });
  });

  async function start(options: Partial<SpoolOptions<Item>> = {}): Promise<Spool<Item>> {
    const onTrouble = (what: string): unknown => troubles.push(what);
    const spool = await Spool.open({
      dir,
      read,
      onTrouble,
      memory: 1_000,
      lockWaitMs: 0,
      retryMs: 10,
      ...options,
    });
    open.push(spool);
    return spool;
  }
  const items = (from: number, count: number): Item[] =>
    Array.from({ length: count }, (_, index) => ({ number: from + index }));
  async function drain(spool: Spool<Item>, max = 7): Promise<number[]> {
    const numbers: number[] = [];
    while (spool.state().events > 0) {
      const batch = await spool.take(max);
      numbers.push(...batch.items.map(({ number }) => number));
      await spool.commit(batch);
    }
    return numbers;
  }
  const numbers = (from: number, count: number): number[] => items(from, count).map(({ number }) => number);
  const segments = async (): Promise<string[]> =>
    (await readdir(dir)).filter((name) => name.endsWith('.spool')).toSorted();

  it('hands records out in order, over several segments, and leaves no segment behind', async () => {
    const spool = await start({ segmentBytes: 200 });
    for (let index = 0; index < 10; index += 1) {
      spool.append(items(index * 10, 10));
      await spool.flush();
    }
    expect((await segments()).length).toBeGreaterThan(3);
    expect(spool.state()).toMatchObject({ events: 100, inMemory: 0, problem: undefined });

    expect(await drain(spool)).toEqual(numbers(0, 100));

    expect(await segments()).toEqual([]);
    expect(spool.state()).toMatchObject({ events: 0, bytes: 0 });
  });

  it('hands out what is appended while it is drained, behind the rest', async () => {
    const spool = await start();
    spool.append(items(0, 20));
    const batch = await spool.take(5);
    spool.append(items(20, 20));
    await spool.commit(batch);

    expect(batch.items).toEqual(items(0, 5));
    expect(await drain(spool)).toEqual(numbers(5, 35));
    spool.append(items(40, 3));
    expect(await drain(spool)).toEqual(numbers(40, 3));
  });

  it('goes on after the last commit when opened again', async () => {
    const first = await start({ segmentBytes: 100 });
    first.append(items(0, 50));
    await first.commit(await first.take(13));
    await first.take(5);
    await first.close();

    const second = await start();

    expect(second.state()).toMatchObject({ events: 37, inMemory: 0 });
    second.append(items(50, 2));
    expect(await drain(second)).toEqual(numbers(13, 39));
  });

  it('never skips records because of a position of an earlier time', async () => {
    const first = await start();
    first.append(items(0, 50));
    await first.commit(await first.take(40));
    await drain(first);
    await first.close();
    const second = await start();
    second.append(items(50, 50));
    await second.close();

    expect(await drain(await start())).toEqual(numbers(50, 50));
  });

  it('hands everything out again when the position is damaged', async () => {
    const first = await start();
    first.append(items(0, 10));
    await first.commit(await first.take(4));
    await first.close();
    await writeFile(join(dir, 'position'), 'nonsense');

    expect(await drain(await start())).toEqual(numbers(0, 10));
  });

  it('sets a last line that was cut off aside, and keeps all before it', async () => {
    const first = await start();
    first.append(items(0, 3));
    await first.close();
    await appendFile(join(dir, (await segments())[0] ?? ''), '{"number":3');

    const second = await start();

    expect(await drain(second)).toEqual([0, 1, 2]);
    expect(troubles).toEqual(['torn']);
    expect(await readFile(join(dir, '0000000001.corrupt'), 'utf8')).toBe('{"number":3\n');
  });

  it('sets corrupt and foreign lines aside, counts them and goes on', async () => {
    await mkdir(dir, { recursive: true });
    const lines = ['{"number":1}', 'garbage', '{"foreign":true}', '\u0000\u0000', '', '{"number":2}'];
    await writeFile(join(dir, '0000000007.spool'), `${lines.join('\n')}\n`);
    await writeFile(join(dir, 'notes.txt'), 'not ours');
    const spool = await start();

    expect(await drain(spool, 2)).toEqual([1, 2]);

    expect(troubles).toEqual(['corrupt', 'corrupt', 'corrupt', 'corrupt']);
    expect(await readFile(join(dir, '0000000007.corrupt'), 'utf8')).toBe(
      'garbage\n{"foreign":true}\n\u0000\u0000\n\n',
    );
    expect(await readdir(dir)).toContain('notes.txt');
  });

  it('reads lines longer than its buffer', async () => {
    const first = await start();
    const long = { number: 1, text: 'x'.repeat(3_000_000) };
    first.append([{ number: 0 }, long, { number: 2 }]);
    await first.close();

    expect(await drain(await start(), 1)).toEqual([0, 1, 2]);
  });

  it('leaves the files to the one who took the lock over', async () => {
    const spool = await start();
    spool.append(items(0, 3));
    await spool.flush();
    const before = await readdir(dir);
    await writeFile(join(dir, 'lock'), JSON.stringify({ token: 'other', pid: 1, host: 'elsewhere' }));
    await until(() => troubles.includes('error'));

    expect(await drain(spool)).toEqual(numbers(0, 3));

    expect(await readdir(dir)).toEqual(before);
    expect(spool.state().problem).toMatch(/took over the spool .*; restart this one/);
  });

  it('is readable by its user only', async () => {
    await mkdir(dir, { recursive: true, mode: 0o777 });
    const spool = await start();
    spool.append(items(0, 10));
    await spool.flush();
    await spool.commit(await spool.take(1));

    expect((await stat(dir)).mode & 0o777).toBe(0o700);
    for (const name of await readdir(dir)) {
      expect([name, (await stat(join(dir, name))).mode & 0o777]).toEqual([name, 0o600]);
    }
    expect((await readdir(dir)).toSorted()).toEqual(['0000000001.spool', 'lock', 'position']);
  });

  it('keeps records in memory, loudly, while the disk cannot be written, and writes them afterwards', async () => {
    const spool = await start({ memory: 5 });
    await rm(dir, { recursive: true });
    await writeFile(dir, 'a file in the way');

    expect(spool.append(items(0, 3))).toBe(3);
    await until(() => spool.state().problem !== undefined);

    expect(spool.state().problem).toMatch(/cannot be written \(E\w+\).*free space or repair the mount/);
    expect(spool.append(items(3, 9))).toBe(2);
    expect(spool.state()).toMatchObject({ events: 5, inMemory: 5 });
    const batch = await spool.take(2);
    expect(batch.items).toEqual(items(0, 2));
    await spool.commit(batch);
    await rm(dir);
    await until(() => spool.state().inMemory === 0);
    expect(spool.state().problem).toBeUndefined();
    expect(await drain(spool)).toEqual([2, 3, 4]);
  });

  it('refuses more than fits into memory by size, not only by number', async () => {
    const spool = await start({ memoryCharacters: 40 });

    expect(spool.append(items(0, 9))).toBe(4);
    expect(spool.append(items(4, 1))).toBe(0);
    await spool.flush();

    expect(spool.append(items(4, 9))).toBe(4);
    await spool.flush();
    expect(await drain(spool)).toEqual(numbers(0, 8));
    expect(spool.append(items(8, 1))).toBe(1);
  });

  it('hands a released batch out of memory again', async () => {
    const spool = await start({ retryMs: 1_000_000 });
    await rm(dir, { recursive: true });
    await writeFile(dir, 'a file in the way');
    spool.append(items(0, 3));
    await until(() => spool.state().problem !== undefined);

    spool.release(await spool.take(2));

    expect((await spool.take(2)).items).toEqual(items(0, 2));
    expect(await spool.flush()).toBe(false);
  });

  it('says what to do when its directory cannot be created', async () => {
    await writeFile(join(dir, '..', 'file'), '');
    await expect(start({ dir: join(dir, '..', 'file', 'spool') })).rejects.toThrow(
      /cannot be created \(ENOTDIR\); set SPOOL_DIR/,
    );
  });

  it('drops its oldest segments beyond its bound, marked first, and hands out the rest in order', async () => {
    const dropped: number[] = [];
    const spool = await start({
      segmentBytes: 200,
      maxBytes: 1_000,
      onDropped: async (gone) => void dropped.push(...gone.map(({ number }) => number)),
    });
    for (let from = 0; from < 200; from += 10) {
      spool.append(items(from, 10));
      await spool.flush();
    }

    const { bytes, nearlyFull } = spool.state();
    const kept = await drain(spool);

    expect(bytes).toBeLessThanOrEqual(1_200);
    expect(nearlyFull).toBe(true);
    expect(dropped.length).toBeGreaterThan(0);
    expect([...dropped, ...kept]).toEqual(numbers(0, 200));
    expect(spool.state().nearlyFull).toBe(false);
  });

  it('drops nothing that could not be marked', async () => {
    const spool = await start({
      segmentBytes: 200,
      maxBytes: 400,
      onDropped: () => Promise.reject(new Error('no marker')),
    });
    for (let from = 0; from < 100; from += 10) {
      spool.append(items(from, 10));
      await spool.flush();
    }

    expect(troubles).toContain('error');
    expect(await drain(spool)).toEqual(numbers(0, 100));
  });

  it('keeps rejected records for people', async () => {
    const spool = await start();
    await spool.setAside({ number: 9 });
    expect(await readFile(join(dir, 'rejected.corrupt'), 'utf8')).toBe('{"number":9}\n');
  });

  it('survives kill -9 of its writer: all that was flushed, in order, no hole', async () => {
    for (const lines of [1, 7, 30]) {
      const script = join(__dirname, '../../../support/spool-child.ts');
      const child = spawn(process.execPath, ['--import', 'tsx', script, dir], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let output = '';
      child.stdout.on('data', (data: Buffer) => {
        output += data.toString();
        if (output.split('\n').length > lines) {
          child.kill('SIGKILL');
        }
      });
      await once(child, 'close');
      const promised = Number(output.split('\n').at(-2));

      const spool = await start();
      const found = await drain(spool, 50);
      await spool.close();

      expect(found.length).toBeGreaterThan(promised);
      expect(found).toEqual(numbers(0, found.length));
    }
  });

  it('narrows the mode of a directory that was there', async () => {
    await mkdir(dir, { recursive: true });
    await chmod(dir, 0o755);
    await start();
    expect((await stat(dir)).mode & 0o777).toBe(0o700);
  });
});
