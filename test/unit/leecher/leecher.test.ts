import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Leecher, LeecherOptions } from '../../../src/leecher/index';
import { startLeecher } from '../../../src/leecher/index';
import { FAST } from '../../support/hub-rig';
import type { RawHub } from '../../support/raw-hub';
import { startRawHub } from '../../support/raw-hub';
import { until } from '../../support/until';
import { updateEvent } from './events';
import { MemoryTemporal, silence } from './memory-temporal';

describe('leecher', () => {
  let server: RawHub;
  let temporal: MemoryTemporal;
  let root: string;
  let logs: { facts: object; message: string }[];
  const running: Leecher[] = [];
  beforeEach(async () => {
    server = await startRawHub();
    temporal = new MemoryTemporal();
    root = await mkdtemp(join(tmpdir(), 'leecher-'));
    logs = [];
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((leecher) => leecher.stop()));
    await server.close();
    await rm(root, { recursive: true, force: true });
  });

  async function start(options: Partial<LeecherOptions> = {}): Promise<Leecher> {
    const log = (facts: object, message: string): unknown => logs.push({ facts, message });
    const leecher = await startLeecher({
      hub: { serverUrl: server.url, user: 'bot', apiKey: 'very-secret-key', timings: FAST },
      starter: temporal,
      spool: { dir: join(root, 'spool'), lockWaitMs: 0 },
      install: 'studio-1',
      logger: { info: log, warn: log, error: log },
      metrics: silence.metrics,
      dispatch: { pauses: { first: 2, max: 5 } },
      ...options,
    });
    running.push(leecher);
    return leecher;
  }
  async function ready(leecher: Leecher): Promise<void> {
    await until(() => leecher.state().ready, { what: 'readiness' });
  }
  const send = (event: unknown): void =>
    server.open()[0]?.send(`5:::${JSON.stringify({ name: 'ftrack.event', args: [event] })}`);

  it('hands a change from the hub to Temporal, stamped, under its project', async () => {
    const leecher = await start({ timeScale: 20 });
    await ready(leecher);
    const before = Date.now();

    send(updateEvent());
    await until(() => temporal.signals.length === 1);

    const [signal] = temporal.signals;
    expect(signal?.project).toBe('project-1');
    expect(signal?.tickets).toEqual([
      { id: 'ftrack-event/5f2e1c2a9b6b4c0f8a3d1e7b9c4d2f10', run: 'run-1', key: expect.any(Number) },
    ]);
    expect(signal?.tickets[0]?.key).toBeGreaterThanOrEqual(before * 1000);
    expect(leecher.state()).toMatchObject({
      ready: true,
      problems: [],
      hub: { state: 'delivering', epoch: 1 },
    });
  });

  it('subscribes to what it handles and to nothing else', async () => {
    await ready(await start());
    const texts = server.sockets[0]?.received.join('\n') ?? '';
    expect(texts.match(/"subscription":"topic=ftrack\.[^"]*"/g)).toEqual([
      '"subscription":"topic=ftrack.update"',
    ]);
  });

  it('makes numbered parts of a bulk event over two projects', async () => {
    await ready(await start());
    const entities = ['p1', 'p2', 'p1'].map((project, index) => ({
      entityId: `e${index}`,
      entityType: 'task',
      action: 'update',
      parents: [{ entityId: project, entityType: 'show' }],
    }));

    send({ ...updateEvent({ entities }), id: 'bulk' });
    await until(() => temporal.signals.length === 2);

    expect([temporal.heard('p1'), temporal.heard('p2')]).toEqual([['bulk'], ['bulk.2']]);
  });

  it('counts what it skips by its reason, and says unreadable things once', async () => {
    const leecher = await start({ userId: () => 'us' });
    await ready(leecher);

    send(updateEvent({ entities: [{ entityType: 'socialfeed', action: 'update' }] }));
    send(updateEvent({ clientToken: 'ayon-ftrack/studio-1' }));
    send({ topic: 'ftrack.update' });
    send({ topic: 'ftrack.update' });
    send('nonsense');
    send({
      ...updateEvent({
        entities: [{ entityType: 'task' }, { entityId: 'p', entityType: 'show', action: 'add' }],
      }),
    });
    await until(() => temporal.signals.length === 1);

    expect(leecher.state().counts).toEqual({
      'leecher_events/received': 6,
      'leecher_events/started': 1,
      'leecher_tickets/sent': 1,
      'leecher_skipped/socialfeed': 1,
      'leecher_skipped/own-echo': 1,
      'leecher_skipped/without-id': 2,
      'leecher_skipped/not-an-object': 1,
      'leecher_left_out/entity-without-id': 1,
    });
    expect(logs.filter(({ facts }) => 'reason' in facts && facts.reason === 'without-id')).toHaveLength(1);
    expect(JSON.stringify(logs)).not.toContain('very-secret-key');
  });

  it('tells of an event that fails in it, and goes on', async () => {
    let fails = true;
    const userId = (): undefined => {
      if (fails) {
        fails = false;
        throw new Error('a defect');
      }
    };
    const leecher = await start({ userId });
    await ready(leecher);

    send({ ...updateEvent(), id: 'unlucky' });
    send(updateEvent());
    await until(() => temporal.signals.length === 1);

    expect(leecher.state().counts).toMatchObject({ 'leecher_events/failed': 1, 'leecher_events/started': 1 });
    expect(logs).toContainEqual({
      facts: { err: expect.objectContaining({ message: 'a defect' }), eventId: 'unlucky' },
      message: expect.stringMatching(/lost here; repeat that edit/),
    });
  });

  it('counts what was left out of an event of which nothing is left', async () => {
    const leecher = await start();
    await ready(leecher);

    send(updateEvent({ entities: [{ entityType: 'task', action: 'update' }, 7] }));
    await until(() => leecher.state().counts['leecher_skipped/without-entities'] === 1);

    expect(leecher.state().counts).toMatchObject({
      'leecher_left_out/entity-without-id': 1,
      'leecher_left_out/entity-malformed': 1,
    });
  });

  it('says in words what is wrong, and works on: credentials refused, Temporal down', async () => {
    const works = server.script.handshake;
    server.script.handshake = (_request, response) => response.writeHead(401).end();
    const leecher = await start();
    await until(() => leecher.state().hub.state === 'refused');
    expect(leecher.state().problems).toEqual([
      expect.stringMatching(/refused the user "bot" or its API key/),
    ]);

    server.script.handshake = works;
    await ready(leecher);
    temporal.down = true;
    send(updateEvent());
    await until(() => leecher.state().spool.events === 1);
    await until(() => leecher.state().problems.some((problem) => problem.includes('UNAVAILABLE')));
    expect(leecher.state().problems).toEqual([
      expect.stringMatching(/Temporal does not take events .*; 1 wait in the spool/),
    ]);

    temporal.down = false;
    await ready(leecher);
    expect(temporal.heard('project-1')).toHaveLength(1);
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

  it('stops while nothing works: hub away, Temporal away', async () => {
    server.script.handshake = () => undefined;
    temporal.before = () => new Promise<void>(() => undefined);
    const leecher = await start();
    await leecher.stop();
    expect(leecher.state().hub.state).toBe('closed');
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

  it('takes 3,000 events of 10 projects in order', async () => {
    const leecher = await start();
    await ready(leecher);
    const ids = Array.from({ length: 3_000 }, (_, index) => `e${index}`);

    for (const [index, id] of ids.entries()) {
      const entity = { entityId: `p${index % 10}`, entityType: 'show', action: 'update' };
      send({ ...updateEvent({ entities: [entity] }), id });
    }
    await until(() => temporal.open.size === 3_000 && leecher.state().temporal.inMemory === 0, {
      ms: 10_000,
    });

    expect(temporal.heard('p3')).toEqual(ids.filter((_, index) => index % 10 === 3));
  });
});
