import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RawHub } from '../../support/raw-hub';
import { until } from '../../support/until';
import { updateEvent } from './events';
import { LeecherRig } from './leecher-rig';
import type { MemoryTemporal } from './memory-temporal';

describe('leecher and its spool', () => {
  const rig = new LeecherRig();
  const { start, ready, send } = rig;
  let server: RawHub;
  let temporal: MemoryTemporal;
  let root: string;
  let logs: LeecherRig['logs'];
  beforeEach(() => {
    ({ server, temporal, root, logs } = rig);
  });

  it('starts with the events that an earlier one left', async () => {
    temporal.down = true;
    const first = await start();
    await until(() => first.state().hub.state === 'delivering');
    send({ ...updateEvent(), id: 'left' });
    await until(() => first.state().spool.events === 1);
    await first.stop();
    temporal.down = false;

    await ready(await start());

    expect(temporal.heard('project-1')).toEqual(['left']);
  });

  it('does not share its spool with a second one', async () => {
    await start();
    await expect(start()).rejects.toThrow(/in use by another leecher .* give each leecher its own SPOOL_DIR/);
  });

  it('frees the spool when the ftrack address is none', async () => {
    await expect(start({ hub: { serverUrl: '::', user: 'a', apiKey: 'b' } })).rejects.toThrow(
      /not a web address/,
    );
    await start();
  });

  it('listens while the lock of a killed leecher grows old: what arrives meanwhile is not lost', async () => {
    const dir = join(root, 'spool');
    await mkdir(dir);
    await writeFile(
      join(dir, 'lock'),
      JSON.stringify({ token: 'old', pid: 1, host: 'a container that is gone' }),
    );
    const starting = start({ spool: { dir, lockWaitMs: 10_000 } });
    await until(() => server.open()[0]?.received.join('').includes('topic=ftrack.update') ?? false);

    send({ ...updateEvent(), id: 'early' });
    send({ ...updateEvent(), id: 'later' });
    const old = new Date(Date.now() - 20_000);
    await utimes(join(dir, 'lock'), old, old);
    const leecher = await starting;

    await ready(leecher);
    await until(() => temporal.heard('project-1').length === 2);
    expect(temporal.heard('project-1')).toEqual(['early', 'later']);
  });

  it('marks what found no room while it waited for the lock: nobody vouches for that time', async () => {
    const dir = join(root, 'spool');
    await mkdir(dir);
    await writeFile(join(dir, 'lock'), JSON.stringify({ token: 'old', pid: 1, host: 'gone' }));
    const starting = start({ spool: { dir, lockWaitMs: 10_000 }, dispatch: { memory: 2 } });
    await until(() => server.open()[0]?.received.join('').includes('topic=ftrack.update') ?? false);

    ['a', 'b', 'c', 'd'].forEach((id) => send({ ...updateEvent(), id }));
    temporal.down = true;
    const old = new Date(Date.now() - 20_000);
    await utimes(join(dir, 'lock'), old, old);
    const leecher = await starting;

    await until(() => leecher.state().counts['leecher_events/received'] === 4);
    const { gaps, counts, problems } = leecher.state();
    expect(gaps).toMatchObject({ 'project-1': { events: 2 } });
    expect(counts).toMatchObject({ 'leecher_events/dropped': 2 });
    expect(problems.join()).toMatch(
      /no room for 2 events \(1 projects\), or could not read them;.*ftrack's log/,
    );
    temporal.down = false;
    await until(() => Object.keys(leecher.state().gaps).length === 0);
    expect(temporal.vouches.at(-1)?.from).toBeGreaterThan(gaps['project-1']?.to ?? Infinity);
  });

  it("vouches under a new name once its spool, with the old one, is another's", async () => {
    const leecher = await start();
    await ready(leecher);
    await until(() => temporal.vouches.length > 0);
    const [before] = temporal.vouches;

    await writeFile(join(root, 'spool', 'lock'), JSON.stringify({ token: 'new', pid: 1, host: 'elsewhere' }));

    await until(() => temporal.vouches.at(-1)?.leecher !== before?.leecher, { ms: 10_000 });
    expect(temporal.vouches.at(-1)?.leecher).toMatch(/^[\w-]{36}$/);
    expect(leecher.state().problems.join()).toMatch(/took over the spool|in use by another/);
  });

  it('works on beside a spool that is no folder, and says so', async () => {
    await writeFile(join(root, 'spool'), 'a file in the way');
    const leecher = await start();
    await until(() => leecher.state().hub.state === 'delivering');

    send(updateEvent());
    await until(() => temporal.heard('project-1').length === 1);

    expect(leecher.state()).toMatchObject({
      ready: false,
      problems: [expect.stringMatching(/cannot be created \(EEXIST\); move away/)],
    });
    await rm(join(root, 'spool'));
    await ready(leecher);
  });

  it('says at its end how many events die with it, because no disk took them', async () => {
    await writeFile(join(root, 'spool'), 'a file in the way');
    const leecher = await start();
    await until(() => leecher.state().hub.state === 'delivering');
    temporal.down = true;
    send(updateEvent());
    await until(() => leecher.state().spool.inMemory === 1);

    await leecher.stop();

    expect(logs.slice(-2)).toEqual([
      { facts: { left: 0 }, message: 'leecher stopped' },
      {
        facts: { events: 1, problem: expect.stringMatching(/EEXIST/) },
        message: expect.stringMatching(/die with this process.*reads their changes again/),
      },
    ]);
  });

  it('sets a spooled line aside that is no event of ours', async () => {
    const first = await start();
    await first.stop();
    const foreign = [
      { id: 'x' },
      { id: 'x', input: { key: 1, project: null, event: { id: 'a', topic: 't', user: null } } },
    ];
    const file = join(root, 'spool', '0000000099.spool');
    await writeFile(file, foreign.map((line) => `${JSON.stringify(line)}\n`).join(''));

    const leecher = await start();
    await ready(leecher);

    expect(leecher.state().counts).toEqual({ 'leecher_spool/corrupt': 2 });
    await until(() => leecher.state().notices.length > 0);
    expect(leecher.state().notices).toEqual([expect.stringMatching(/set aside \(0000000099\.corrupt\)/)]);
  });
});
