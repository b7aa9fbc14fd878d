import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drain, items, numbers, SpoolRig } from './rig';

describe('spool', () => {
  const rig = new SpoolRig();

  it('hands records out in order, over several segments, and leaves no segment behind', async () => {
    const spool = await rig.start({ segmentBytes: 200 });
    for (let index = 0; index < 10; index += 1) {
      spool.append(items(index * 10, 10));
      await spool.flush();
    }
    expect((await rig.segments()).length).toBeGreaterThan(3);
    expect(spool.state()).toMatchObject({ events: 100, inMemory: 0, problem: undefined });

    expect(await drain(spool)).toEqual(numbers(0, 100));

    expect(await rig.segments()).toEqual([]);
    expect(spool.state()).toMatchObject({ events: 0, bytes: 0 });
  });

  it('hands out what is appended while it is drained, behind the rest', async () => {
    const spool = await rig.start();
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
    const first = await rig.start({ segmentBytes: 100 });
    first.append(items(0, 50));
    await first.commit(await first.take(13));
    await first.take(5);
    await first.close();

    const second = await rig.start();

    expect(second.state()).toMatchObject({ events: 37, inMemory: 0 });
    second.append(items(50, 2));
    expect(await drain(second)).toEqual(numbers(13, 39));
  });

  it('never skips records because of a position of an earlier time', async () => {
    const first = await rig.start();
    first.append(items(0, 50));
    await first.commit(await first.take(40));
    await drain(first);
    await first.close();
    const second = await rig.start();
    second.append(items(50, 50));
    await second.close();

    expect(await drain(await rig.start())).toEqual(numbers(50, 50));
  });

  it('hands everything out again when the position is damaged', async () => {
    const first = await rig.start();
    first.append(items(0, 10));
    await first.commit(await first.take(4));
    await first.close();
    await writeFile(rig.path('position'), 'nonsense');

    expect(await drain(await rig.start())).toEqual(numbers(0, 10));
  });

  it('reads lines longer than its buffer', async () => {
    const first = await rig.start();
    const long = { number: 1, text: 'x'.repeat(3_000_000) };
    first.append([{ number: 0 }, long, { number: 2 }]);
    await first.close();

    expect(await drain(await rig.start(), 1)).toEqual([0, 1, 2]);
  });

  it('is readable by its user only', async () => {
    await mkdir(rig.dir, { recursive: true, mode: 0o777 });
    const spool = await rig.start();
    spool.append(items(0, 10));
    await spool.flush();
    await spool.commit(await spool.take(1));

    expect((await stat(rig.dir)).mode & 0o777).toBe(0o700);
    for (const name of await readdir(rig.dir)) {
      expect([name, (await stat(rig.path(name))).mode & 0o777]).toEqual([name, 0o600]);
    }
    expect((await readdir(rig.dir)).toSorted()).toEqual(['0000000001.spool', 'lock', 'position']);
  });

  it('drops its oldest segments beyond its bound, marked first, and hands out the rest in order', async () => {
    const dropped: number[] = [];
    const spool = await rig.start({
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
    const spool = await rig.start({
      segmentBytes: 200,
      maxBytes: 400,
      onDropped: () => Promise.reject(new Error('no marker')),
    });
    for (let from = 0; from < 100; from += 10) {
      spool.append(items(from, 10));
      await spool.flush();
    }

    expect(rig.troubles).toContain('error');
    expect(await drain(spool)).toEqual(numbers(0, 100));
  });

  it('keeps rejected records for people', async () => {
    const spool = await rig.start();
    await spool.setAside({ number: 9 });
    expect(await readFile(rig.path('rejected.corrupt'), 'utf8')).toBe('{"number":9}\n');
  });

  it('survives kill -9 of its writer: all that was flushed, in order, no hole', async () => {
    for (const lines of [1, 7, 30]) {
      const script = join(__dirname, '../../../support/spool-child.ts');
      const child = spawn(process.execPath, ['--import', 'tsx', script, rig.dir], {
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

      const spool = await rig.start();
      const found = await drain(spool, 50);
      await spool.close();

      expect(found.length).toBeGreaterThan(promised);
      expect(found).toEqual(numbers(0, found.length));
    }
  });

  it('narrows the mode of a directory that was there', async () => {
    await mkdir(rig.dir, { recursive: true });
    await chmod(rig.dir, 0o755);
    await rig.start();
    expect((await stat(rig.dir)).mode & 0o777).toBe(0o700);
  });
});
