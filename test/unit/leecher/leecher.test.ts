import type { RawHub } from '../../support/raw-hub';
import { until } from '../../support/until';
import { updateEvent } from './events';
import { LeecherRig } from './leecher-rig';
import type { MemoryTemporal } from './memory-temporal';

describe('leecher', () => {
  const rig = new LeecherRig();
  const { start, ready, send } = rig;
  let server: RawHub;
  let temporal: MemoryTemporal;
  let logs: LeecherRig['logs'];
  beforeEach(() => {
    ({ server, temporal, logs } = rig);
  });

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

  it('stops while nothing works: hub away, Temporal away', async () => {
    server.script.handshake = () => undefined;
    temporal.before = () => new Promise<void>(() => undefined);
    const leecher = await start();
    await leecher.stop();
    expect(leecher.state().hub.state).toBe('closed');
  });

  it("says how far its host's clock is off, once per difference", async () => {
    const works = server.script.handshake;
    let behindMs = 20_000;
    server.script.handshake = (request, response) => {
      response.setHeader('date', new Date(Date.now() - behindMs).toUTCString());
      works(request, response);
    };
    const leecher = await start();
    await ready(leecher);
    const told = (): number => logs.filter(({ message }) => message.includes('clock differs')).length;
    const connectAgain = async (): Promise<void> => {
      const { epoch } = leecher.state().hub;
      server.open()[0]?.socket.terminate();
      await until(() => leecher.state().hub.epoch > epoch && leecher.state().ready);
    };
    expect(told()).toBe(1);

    behindMs = 60_000;
    await connectAgain();
    expect(told()).toBe(1);
    behindMs = 100_000;
    await connectAgain();
    expect(told()).toBe(2);
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
