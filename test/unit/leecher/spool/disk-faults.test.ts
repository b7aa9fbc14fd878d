import {
  appendFile,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../../../support/until';
import type { Item } from './rig';
import { drain, items, numbers, SpoolRig } from './rig';

describe('spool on a disk that fails', () => {
  const rig = new SpoolRig();

  it('sets a last line that was cut off aside, and keeps all before it', async () => {
    const first = await rig.start();
    first.append(items(0, 3));
    await first.close();
    await appendFile(rig.path((await rig.segments())[0] ?? ''), '{"number":3');

    const second = await rig.start();

    expect(await drain(second)).toEqual([0, 1, 2]);
    expect(rig.troubles).toEqual(['torn']);
    expect(await readFile(rig.path('0000000001.corrupt'), 'utf8')).toBe('{"number":3\n');
  });

  it('sets corrupt and foreign lines aside, counts them and goes on', async () => {
    await mkdir(rig.dir, { recursive: true });
    const lines = ['{"number":1}', 'garbage', '{"foreign":true}', '\u0000\u0000', '', '{"number":2}'];
    await writeFile(rig.path('0000000007.spool'), `${lines.join('\n')}\n`);
    await writeFile(rig.path('notes.txt'), 'not ours');
    const told: (number | undefined)[] = [];
    const spool = await rig.start({ onTrouble: (_what, _message, count) => told.push(count) });

    expect(await drain(spool, 3)).toEqual([1, 2]);

    expect(told).toEqual([2, 2]);
    expect(await readFile(rig.path('0000000007.corrupt'), 'utf8')).toBe(
      'garbage\n{"foreign":true}\n\u0000\u0000\n\n',
    );
    expect(await readdir(rig.dir)).toContain('notes.txt');
  });

  it('leaves everything to the one who took the lock over, and comes back once that one is gone', async () => {
    const spool = await rig.start();
    const lock = rig.path('lock');
    spool.append(items(0, 3));
    await spool.flush();
    const before = await readdir(rig.dir);
    await writeFile(lock, JSON.stringify({ token: 'other', pid: 1, host: 'elsewhere' }));
    await until(() => /took over the spool .*own SPOOL_DIR/.test(spool.state().problem ?? ''));

    expect(spool.append(items(3, 2))).toBe(2);
    expect(await drain(spool)).toEqual([3, 4]);
    await until(() =>
      /in use by another leecher \(process 1 on elsewhere\)/.test(spool.state().problem ?? ''),
    );
    expect(await readdir(rig.dir)).toEqual(before);

    await rm(lock);
    await until(() => spool.state().problem === undefined);
    expect(await drain(spool)).toEqual([0, 1, 2]);
  });

  it("keeps what it wrote into a folder that had become another's, and leaves that alone from then on", async () => {
    let taken = 0;
    const spool = await rig.start({ onTaken: () => (taken += 1), checkMs: 1_000_000, retryMs: 1_000_000 });
    spool.append(items(0, 3));
    await spool.flush();
    const batch = await spool.take(2);
    await writeFile(rig.path('lock'), JSON.stringify({ token: 'other', pid: 1, host: 'elsewhere' }));

    // Before the lock is looked at for its own sake, every two seconds.
    spool.append(items(3, 2));
    expect(await spool.flush()).toBe(false);

    expect(spool.state()).toMatchObject({ events: 2, inMemory: 2 });
    expect(taken).toBe(1);
    await spool.commit(batch);
    expect(await drain(spool)).toEqual([3, 4]);
    expect(await readdir(rig.dir)).not.toContain('position');
  });

  it("removes nothing of a folder that had become another's while events of it were handed over", async () => {
    const spool = await rig.start({ checkMs: 1_000_000, retryMs: 1_000_000 });
    spool.append(items(0, 3));
    await spool.flush();
    const batch = await spool.take(3);
    await writeFile(rig.path('lock'), JSON.stringify({ token: 'other', pid: 1, host: 'elsewhere' }));

    await spool.commit(batch);

    expect(await rig.segments()).toHaveLength(1);
    expect(spool.state().problem).toMatch(/took over the spool/);
  });

  it('takes more than may wait in memory while the disk works: it is there in a moment', async () => {
    const refused: Item[] = [];
    const spool = await rig.start({ memory: 5, onRefused: (more) => refused.push(...more) });

    expect(spool.append(items(0, 5))).toBe(5);
    expect(spool.append(items(5, 20))).toBe(20);
    expect(await spool.flush()).toBe(true);

    expect(refused).toEqual([]);
    expect(await drain(spool)).toEqual(numbers(0, 25));
  });

  it('makes room on a full spool although its oldest segments are gone or cannot be read', async () => {
    const unreadable: number[] = [];
    const dropped: number[] = [];
    const spool = await rig.start({
      segmentBytes: 100,
      maxBytes: 600,
      onUnreadable: (lines) => unreadable.push(lines),
      onDropped: async (gone) => void dropped.push(...gone.map(({ number }) => number)),
    });
    const add = async (from: number): Promise<void> => {
      spool.append(items(from, 10));
      await until(() => spool.state().inMemory === 0);
    };
    await add(0);
    await add(10);
    const [first = '', second = ''] = await rig.segments();
    await rm(rig.path(first));
    await rm(rig.path(second));
    await mkdir(rig.path(second));

    for (let from = 20; from < 120; from += 10) {
      await add(from);
    }
    await until(() => spool.state().problem === undefined);

    expect(unreadable).toEqual([10, 10]);
    expect(rig.troubles.length).toBeGreaterThanOrEqual(2);
    expect(dropped.length).toBeGreaterThan(0);
    expect([...dropped, ...(await drain(spool))]).toEqual(numbers(20, 100));
  });

  it('keeps records in memory, loudly, while the disk cannot be written, and writes them afterwards', async () => {
    const refused: Item[] = [];
    const spool = await rig.start({ memory: 5, onRefused: (more) => refused.push(...more) });
    await rm(rig.dir, { recursive: true });
    await writeFile(rig.dir, 'a file in the way');

    expect(spool.append(items(0, 3))).toBe(3);
    await until(() => spool.state().problem !== undefined);

    expect(spool.state().problem).toMatch(
      /cannot be written \(E\w+\); move away what lies there .*tried again.*in memory, at most 5,/,
    );
    expect(spool.append(items(3, 9))).toBe(2);
    expect(refused).toEqual(items(5, 7));
    expect(spool.state()).toMatchObject({ events: 5, inMemory: 5 });
    const batch = await spool.take(2);
    expect(batch.items).toEqual(items(0, 2));
    await spool.commit(batch);
    await rm(rig.dir);
    await until(() => spool.state().inMemory === 0);
    expect(spool.state().problem).toBeUndefined();
    expect(await drain(spool)).toEqual([2, 3, 4]);
  });

  it('refuses more than fits into memory by size, not only by number', async () => {
    const spool = await rig.start({ memoryCharacters: 40 });

    expect(spool.append(items(0, 9))).toBe(4);
    expect(spool.append(items(4, 1))).toBe(0);
    await spool.flush();

    expect(spool.append(items(4, 9))).toBe(4);
    await spool.flush();
    expect(await drain(spool)).toEqual(numbers(0, 8));
    expect(spool.append(items(8, 1))).toBe(1);
  });

  it('hands a released batch out of memory again', async () => {
    const spool = await rig.start({ retryMs: 1_000_000 });
    await rm(rig.dir, { recursive: true });
    await writeFile(rig.dir, 'a file in the way');
    spool.append(items(0, 3));
    await until(() => spool.state().problem !== undefined);

    spool.release(await spool.take(2));

    expect((await spool.take(2)).items).toEqual(items(0, 2));
    expect(await spool.flush()).toBe(false);
  });

  it('works without a directory that cannot be made, says what to do, and takes it once it can', async () => {
    const inTheWay = join(rig.dir, '..', 'file');
    await writeFile(inTheWay, '');
    const spool = await rig.start({ dir: join(inTheWay, 'spool') });
    expect(spool.state().problem).toMatch(/cannot be created \(ENOTDIR\); move away .*or set SPOOL_DIR/);
    spool.append(items(0, 3));
    expect(spool.state()).toMatchObject({ events: 3, inMemory: 3 });

    await rm(inTheWay);
    await until(() => spool.state().inMemory === 0);

    expect(spool.state().problem).toBeUndefined();
    expect(await drain(spool)).toEqual([0, 1, 2]);
  });

  it('hands out what an earlier one left, first, in a directory that came back later', async () => {
    const earlier = await rig.start();
    earlier.append(items(0, 3));
    await earlier.close();
    const away = `${rig.dir}-away`;
    await rename(rig.dir, away);
    await writeFile(rig.dir, 'not mounted yet');
    const spool = await rig.start();
    let found = 0;
    spool.whenFound(() => (found += 1));
    spool.append(items(3, 2));

    await rm(rig.dir);
    await rename(away, rig.dir);
    await until(() => found === 1);

    expect(await drain(spool)).toEqual(numbers(0, 5));
  });

  it('tells of a disk that fails before it is needed, once, and when it works again', async () => {
    let mended = 0;
    const spool = await rig.start({ checkMs: 5, onMended: () => (mended += 1) });
    const inTheWay = rig.path('probe');
    // The file of that name is there for a moment at each look.
    await until(() =>
      mkdir(inTheWay).then(
        () => true,
        () => false,
      ),
    );
    await until(() => spool.state().problem !== undefined);
    expect(spool.state().problem).toMatch(/cannot be written \(EISDIR\)/);

    await rm(inTheWay, { recursive: true });
    await until(() => mended === 1);

    expect(spool.state().problem).toBeUndefined();
    expect(rig.troubles).toEqual(['error']);
  });

  it('goes on without storing its progress, loudly, and catches up', async () => {
    const spool = await rig.start();
    const inTheWay = rig.path('position.new');
    await mkdir(inTheWay);
    spool.append(items(0, 3));

    expect(await drain(spool, 2)).toEqual([0, 1, 2]);
    expect(spool.state().problem).toMatch(/Progress .* cannot be stored \(EISDIR\).*does no harm; move away/);
    expect(spool.state()).toMatchObject({ events: 0, bytes: 0 });
    // On a disk that the spool filled, room for the position comes from here.
    expect(await rig.segments()).toEqual([]);

    await rm(inTheWay, { recursive: true });
    await until(() => spool.state().problem === undefined);
    expect(await readFile(rig.path('position'), 'utf8')).toContain('"segment":1');
  });

  it('leaves a segment behind that cannot be read or is gone, and tells how many events nobody knows', async () => {
    const unreadable: number[] = [];
    const spool = await rig.start({ segmentBytes: 1, onUnreadable: (lines) => unreadable.push(lines) });
    for (const from of [0, 10, 20]) {
      spool.append(items(from, 10));
      await spool.flush();
    }
    const [first = '', second = ''] = await rig.segments();
    await rm(rig.path(first));
    await mkdir(rig.path(first));
    await rm(rig.path(second));

    await expect(spool.take(5)).rejects.toThrow(/cannot be read \(EISDIR\); move away/);
    expect(spool.state().problem).toMatch(/cannot be read \(EISDIR\)/);
    const batch = await (async () => {
      for (;;) {
        const taken = await spool.take(50).catch(() => undefined);
        if (taken !== undefined) {
          return taken;
        }
      }
    })();

    expect(batch.items).toEqual(items(20, 10));
    expect(unreadable).toEqual([10, 10]);
    await spool.commit(batch);
    expect(spool.state()).toMatchObject({ events: 0, problem: undefined });
  });

  it('tells how much is gone of a segment that was cut off or overwritten while it ran', async () => {
    const unreadable: number[] = [];
    const onUnreadable = (lines: number): unknown => unreadable.push(lines);
    const spool = await rig.start({ segmentBytes: 1, checkMs: 5, onUnreadable });
    for (const from of [0, 10]) {
      spool.append(items(from, 10));
      await spool.flush();
    }
    const [first = '', second = ''] = await rig.segments();
    const { size } = await stat(rig.path(first));
    await truncate(rig.path(first), size / 2);
    await writeFile(rig.path(second), `${'#'.repeat(120)}\n${'{"number":1'.repeat(4)}\n`, {
      flag: 'r+',
    });

    const found = await drain(spool);

    expect(found.slice(0, 5)).toEqual(numbers(0, 5));
    const gone = unreadable.reduce((sum, lines) => sum + lines, 0);
    expect(gone).toBeGreaterThan(0);
    expect(found.length + gone).toBe(20);
    await until(() => spool.state().setAside.join() === '0000000002.corrupt');
  });

  it('is not stopped by directories that bear the names of its files, by empty and half ones', async () => {
    for (const name of ['0000000003.spool', 'position', 'gaps.json', '0000000005.corrupt']) {
      await mkdir(rig.path(name), { recursive: true });
    }
    await writeFile(rig.path('0000000004.spool'), '');
    await writeFile(rig.path('0000000005.spool'), '{"number":0}\n{"numb');
    await writeFile(rig.path('0000000006.spool'), '{"number":1}\n');

    const spool = await rig.start();

    expect(rig.troubles).toEqual(['error']);
    spool.append(items(2, 2));
    expect((await drain(spool)).slice(-3)).toEqual([1, 2, 3]);
    expect(spool.state().problem).toMatch(/Progress .* \(EISDIR\)/);
    expect(await readdir(rig.dir)).toContain('0000000005.spool');
  });

  it('tells that a segment is shorter than what was handed over of it', async () => {
    const first = await rig.start();
    first.append(items(0, 50));
    await first.commit(await first.take(40));
    await first.close();
    await truncate(rig.path((await rig.segments())[0] ?? ''), 100);

    const second = await rig.start();

    expect(rig.troubles).toContain('torn');
    expect(second.state().events).toBe(0);
  });
});
