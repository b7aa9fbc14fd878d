import type { AyonSimulator } from '../../../../simulators/ayon';
import { startAyonSimulator } from '../../../../simulators/ayon';
import { createAyonClient } from '../../../../src/clients/ayon/client';
import type { EventCursor } from '../../../../src/clients/ayon/event-cursor';
import { BEGINNING } from '../../../../src/clients/ayon/event-cursor';
import type { EventReaderOptions } from '../../../../src/clients/ayon/event-reader';
import { EventReader } from '../../../../src/clients/ayon/event-reader';
import { AyonHttp } from '../../../../src/clients/ayon/http';
import { all, idsOf } from './batches';

const { signal } = new AbortController();
const PERSON = { user: 'bob', sender: 'browser', senderType: 'api' };
const OURS = { user: 'service', sender: 'elsewhere', senderType: 'ftrack' };

describe('events of the AYON simulator', () => {
  let simulator: AyonSimulator;
  let ids: string[];

  beforeEach(async () => {
    simulator = await startAyonSimulator();
    simulator.store.addProject({ name: 'show', code: 'show' });
    ids = [];
  });
  afterEach(() => simulator.close());

  const http = () => new AyonHttp({ serverUrl: simulator.url, apiKey: simulator.apiKey, sender: 'leech' });
  const reader = (options: EventReaderOptions = {}) => new EventReader(http(), options);
  /** Stores events as AYON would. */
  const happen = (count: number, origin = PERSON): void => {
    for (let at = 0; at < count; at += 1) {
      const event = {
        topic: 'entity.task.status_changed',
        project: 'show',
        payload: { newValue: ids.length },
      };
      ids.push(simulator.store.events.add(event, origin).id);
    }
  };

  test('come in order, page by page, and only once', async () => {
    happen(25);
    const found = await all(reader({ page: 10 }).read(BEGINNING, signal));
    const rest = await all(reader({ page: 10 }).read(found.at(-1)?.cursor ?? BEGINNING, signal));

    expect(found.map(({ events }) => events.length)).toEqual([10, 10, 5]);
    expect(idsOf(found)).toEqual(ids);
    expect(found[0]?.events[3]).toMatchObject({ payload: { newValue: 3 }, project: 'show', user: 'bob' });
    expect(rest).toEqual([]);
  });

  test('10,000 of them, with a restart in the middle of a page, are all there', async () => {
    happen(10_000);
    let stored: EventCursor = BEGINNING;
    const handled: string[] = [];
    for await (const { events, cursor } of reader({ page: 1_000 }).read(BEGINNING, signal)) {
      if (handled.length >= 4_000) {
        // Killed after half of a page, before the cursor was stored.
        handled.push(...events.slice(0, 500).map(({ id }) => id));
        break;
      }
      handled.push(...events.map(({ id }) => id));
      stored = cursor;
    }
    const again: EventCursor = JSON.parse(JSON.stringify(stored));
    const rest = idsOf(await all(reader({ page: 1_000 }).read(again, signal)));

    expect(rest).toEqual(ids.slice(4_000));
    expect(new Set([...handled, ...rest]).size).toBe(10_000);
  });

  test('written while they are read, none is missed', async () => {
    const stop = new AbortController();
    let passes = 0;
    happen(30);
    simulator.faults.add({
      match: { path: '/graphql' },
      times: 40,
      effect: { before: () => happen(7) },
    });
    const seen: string[] = [];
    const batches = reader({
      page: 20,
      pause: async () => {
        passes += 1;
        if (passes === 12) {
          stop.abort(new Error('enough'));
        }
      },
    }).follow(BEGINNING, stop.signal);

    await expect(
      (async () => {
        for await (const { events } of batches) {
          seen.push(...events.map(({ id }) => id));
        }
      })(),
    ).rejects.toThrow('enough');

    expect(seen).toEqual(ids);
    expect(ids.length).toBeGreaterThan(200);
  });

  test('our own are dropped and counted, of whichever of our processes they are', async () => {
    happen(2);
    happen(3, OURS);
    happen(4, { ...OURS, sender: 'leech' });
    happen(5, { ...OURS, sender: 'processor' });

    const [batch] = await all(reader({ senders: ['processor'] }).read(BEGINNING, signal));
    const looked = simulator.calls.list().filter(({ path }) => path.startsWith('/api/events/'));

    expect(batch).toMatchObject({ dropped: { own: 12 }, events: [{}, {}], gap: null });
    expect(looked).toHaveLength(5);
  });

  test('a sender that is known not to be ours costs no further look', async () => {
    happen(40);

    const found = await all(reader({ page: 10 }).read(BEGINNING, signal));
    const looked = simulator.calls.list().filter(({ path }) => path.startsWith('/api/events/'));

    expect(idsOf(found)).toEqual(ids);
    expect(looked.length).toBeLessThanOrEqual(8);
  });

  test('a change of tags comes once, and again when it was another in between', async () => {
    const change = (from: string, to: string) =>
      simulator.store.events.add(
        {
          topic: 'entity.folder.tags_changed',
          project: 'show',
          summary: { entityId: 'e1', value: 'of another field' },
          payload: { oldValue: [from], newValue: [to] },
        },
        PERSON,
      );
    const [first, , back, , third] = [
      change('a', 'b'),
      change('a', 'b'),
      change('b', 'a'),
      change('b', 'a'),
      change('a', 'b'),
    ];

    const [batch] = await all(reader().read(BEGINNING, signal));

    expect(batch?.events.map(({ id }) => id)).toEqual([first?.id, back?.id, third?.id]);
    expect(batch?.dropped.repeated).toBe(2);
    expect(batch?.events[0]).toMatchObject({ entityId: 'e1', summary: { entityId: 'e1' } });
    expect(batch?.events[0]?.summary).not.toHaveProperty('value');
  });

  test('a change of tags that was undone by us comes again when a person repeats it', async () => {
    const change = (from: string, to: string, by: typeof PERSON) =>
      simulator.store.events.add(
        {
          topic: 'entity.folder.tags_changed',
          project: 'show',
          summary: { entityId: 'e1' },
          payload: { oldValue: [from], newValue: [to] },
        },
        by,
      );
    const [first, , second] = [change('a', 'b', PERSON), change('b', 'a', OURS), change('a', 'b', PERSON)];

    const [batch] = await all(reader().read(BEGINNING, signal));

    expect(batch?.events.map(({ id }) => id)).toEqual([first?.id, second?.id]);
    expect(batch?.dropped).toMatchObject({ own: 1, repeated: 0 });
  });

  test('a removed folder is told to be gone with all below it, and topics are those asked for', async () => {
    const add = (topic: string) => simulator.store.events.add({ topic, project: 'show' }, PERSON);
    ['entity.folder.deleted', 'entity.task.deleted', 'log.error', 'link.created', 'server.started'].forEach(
      add,
    );

    const everything = await all(reader().read(BEGINNING, signal));
    const asked = await all(reader({ topics: ['entity.*', 'log.*'] }).read(BEGINNING, signal));

    expect(everything[0]?.events.map(({ topic, removesSubtree }) => [topic, removesSubtree])).toEqual([
      ['entity.folder.deleted', true],
      ['entity.task.deleted', false],
      ['link.created', false],
      ['server.started', false],
    ]);
    expect(asked[0]?.events).toHaveLength(2);
    expect(asked[0]?.dropped.log).toBe(1);
  });

  test('the head lies behind everything there is, and before everything that comes', async () => {
    expect(await reader().readHead(signal)).toEqual(BEGINNING);
    happen(30);
    const heads = [await reader().readHead(signal), await reader({ page: 10 }).readHead(signal)];
    const none = await Promise.all(heads.map((head) => all(reader().read(head, signal))));
    happen(2);
    const two = await Promise.all(heads.map((head) => all(reader().read(head, signal))));

    expect(none).toEqual([[], []]);
    expect(two.map(idsOf)).toEqual([ids.slice(-2), ids.slice(-2)]);
  });

  test('an event that is removed before it is looked at stops nothing', async () => {
    happen(3);
    simulator.faults.add({
      match: { path: `/api/events/${ids[1]}` },
      effect: { status: 404, body: { code: 404, detail: 'Event not found' } },
    });

    const found = await all(reader().read(BEGINNING, signal));

    expect(idsOf(found)).toEqual([ids[0], ids[2]]);
    expect(found[0]?.dropped.gone).toBe(1);
  });

  test('a cursor whose event is gone tells of a gap once, and goes on', async () => {
    happen(5);
    let now = 0;
    const reading = reader({ now: () => now });
    const [first] = await all(reading.read(BEGINNING, signal));
    now = 60_000;
    happen(1);
    const [second] = await all(
      reading.read({ after: null, anchor: null, seen: first?.cursor.seen ?? [] }, signal),
    );
    const cursor = {
      after: Buffer.from('[3]').toString('base64'),
      anchor: ids[2] ?? '',
      seen: ids.slice(3, 6),
    };
    const event = simulator.store.events.get(ids[2] ?? '');
    expect(event).toBeDefined();
    simulator.store.events.remove(event as NonNullable<typeof event>);
    happen(1);

    const [gap, ...others] = await all(reading.read(cursor, signal));
    const after = await all(reading.read(gap?.cursor ?? BEGINNING, signal));

    expect(second?.events).toHaveLength(1);
    expect(gap?.gap).toContain('compare the projects as a whole');
    expect(idsOf([gap ?? ([] as never)])).toEqual(ids.slice(6));
    expect([...others, ...after]).toEqual([]);
  });

  test('a cursor beyond the end of another history is not waited for: reading starts at its end', async () => {
    happen(3);
    const cursor = { after: Buffer.from('[9000]').toString('base64'), anchor: 'f'.repeat(32), seen: [] };

    const [gap] = await all(reader().read(cursor, signal));
    happen(2);
    const found = await all(reader().read(gap?.cursor ?? BEGINNING, signal));

    expect(gap).toMatchObject({ events: [], gap: expect.stringContaining('backup restored') });
    expect(idsOf(found)).toEqual(ids.slice(3));
    expect(found.map((batch) => batch.gap)).toEqual([null]);
  });

  test('the client makes a reader that knows our own sender', async () => {
    happen(1, { ...OURS, sender: 'me' });
    const addon = { name: 'ftrack', version: '1.0.0' };
    const client = createAyonClient({
      serverUrl: simulator.url,
      apiKey: simulator.apiKey,
      sender: 'me',
      addon,
    });

    const [batch] = await all(client.events().read(BEGINNING, signal));

    expect(batch?.dropped.own).toBe(1);
    expect(simulator.calls.list().some(({ path }) => path.startsWith('/api/events/'))).toBe(false);
  });
});
