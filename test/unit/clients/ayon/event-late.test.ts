import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import type { EventCursor } from '../../../../src/clients/ayon/event-cursor';
import { BEGINNING, Tail } from '../../../../src/clients/ayon/event-cursor';
import { EventReader } from '../../../../src/clients/ayon/event-reader';
import { AyonHttp } from '../../../../src/clients/ayon/http';
import { all, idsOf } from './batches';

const { signal } = new AbortController();

describe('events that become visible late', () => {
  interface Stored {
    readonly id: string;
    readonly at: number;
    readonly visible: number;
  }
  let clock = 0;
  /** For how long an answer is on its way. */
  let stall = 0;
  let events: Stored[] = [];
  const cursorOf = (at: number): string => Buffer.from(`[${at + 1}]`).toString('base64');
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify(answer(request.url ?? '', text)));
      clock += stall;
    });
  });
  function answer(url: string, text: string): unknown {
    const stamp = (at: number) => new Date(at).toISOString();
    if (url.startsWith('/api/events/')) {
      const id = url.slice('/api/events/'.length);
      return { id, topic: 'entity.task.created', createdAt: stamp(0), summary: {}, payload: {} };
    }
    const { first, after, ids } = (
      JSON.parse(text) as { variables: { first: number; after: string | null; ids?: string[] } }
    ).variables;
    const from = after === null ? 0 : Number(Buffer.from(after, 'base64').toString().slice(1, -1));
    const shown = events.flatMap((event, at) =>
      at >= from && event.visible <= clock
        ? [
            {
              cursor: cursorOf(at),
              node: {
                id: event.id,
                topic: 'entity.task.created',
                createdAt: stamp(event.at),
                summary: '{}',
                payload: '{}',
              },
            },
          ]
        : [],
    );
    const edges = shown.slice(0, first);
    const pageInfo = { hasNextPage: shown.length > first, endCursor: edges.at(-1)?.cursor ?? null };
    const anchor = { edges: events.filter(({ id }) => ids?.includes(id)) };
    return { data: { events: { pageInfo, edges }, anchor } };
  }

  const options = { page: 4, overlap: 1_000, now: () => clock };
  let http: AyonHttp;
  let reader: EventReader;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    http = new AyonHttp({ serverUrl: `http://127.0.0.1:${port}`, apiKey: 'k', sender: 's' });
    reader = new EventReader(http, options);
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test('within the overlap none is missed and none comes twice, whenever reading starts anew', async () => {
    const story = fc.array(fc.record({ gap: fc.nat(400), late: fc.nat(990), read: fc.boolean() }), {
      minLength: 1,
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(story, async (steps) => {
        [clock, events] = [0, []];
        let cursor: EventCursor = BEGINNING;
        const found: string[] = [];
        const readOn = async (): Promise<void> => {
          const batches = await all(reader.read(cursor, signal));
          cursor = JSON.parse(JSON.stringify(batches.at(-1)?.cursor ?? cursor)) as EventCursor;
          found.push(...idsOf(batches));
          expect(batches.map(({ gap }) => gap)).toEqual(batches.map(() => null));
        };
        for (const { gap, late, read } of steps) {
          clock += gap;
          events.push({ id: `${events.length}`.padStart(32, '0'), at: clock, visible: clock + late });
          if (read) {
            await readOn();
          }
        }
        clock += 1_000;
        await readOn();

        expect(found.toSorted()).toEqual(events.map(({ id }) => id));
      }),
      { numRuns: 25 },
    );
  });

  test('one that becomes visible while an answer is on its way is not missed', async () => {
    const [late = '', early = ''] = [1, 2].map((number) => `${number}`.padStart(32, '0'));
    clock = 0;
    events = [
      { id: late, at: 0, visible: 950 },
      { id: early, at: 0, visible: 0 },
    ];
    const stop = new AbortController();
    const between = [
      () => ([clock, stall] = [900, 200]),
      () => ([clock, stall] = [1_200, 0]),
      () => stop.abort(new Error('enough')),
    ];
    const pause = async (): Promise<unknown> => between.shift()?.();
    const following = new EventReader(http, { ...options, pause }).follow(BEGINNING, stop.signal);
    const found: string[] = [];

    await expect(
      (async () => {
        for await (const batch of following) {
          found.push(...idsOf([batch]));
        }
      })(),
    ).rejects.toThrow('enough');

    expect(found).toEqual([early, late]);
  });

  test('a date of AYON that lies in the future settles nothing but what came before it', () => {
    let now = 0;
    const tail = new Tail(BEGINNING, { overlap: 1_000, most: 100, now: () => now });
    const mark = (cursor: string, at: number) => ({
      id: cursor,
      cursor,
      createdAt: new Date(at).toISOString(),
    });
    tail.take([mark('1', 3_600_000)], 0);
    now = 5_000;
    tail.restart();
    tail.take([mark('1', 3_600_000)], now);
    tail.restart();

    tail.take([mark('3', now)], now);

    expect(tail.cursor).toMatchObject({ after: '1', seen: ['3'] });
  });

  test('a cursor holds only what may still have something before it', async () => {
    clock = 1_000_000;
    events = Array.from({ length: 100 }, (_, at) => ({
      id: `${at}`.padStart(32, '0'),
      at: at * 100,
      visible: 0,
    }));

    const last = (await all(reader.read(BEGINNING, signal))).at(-1);

    expect(last?.cursor.seen).toHaveLength(10);
    expect(last?.cursor.anchor).toBe('89'.padStart(32, '0'));
  });
});
