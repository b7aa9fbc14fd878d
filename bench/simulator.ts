import { setTimeout as pause } from 'node:timers/promises';
import { quantile } from './quantile';
import type { Figure, Report } from './report';
import { residentMegabytes } from './rss';
import type { Access, SimulatorProcess } from './simulator-clients';
import { ApiClient, HubClient, startSimulatorProcess } from './simulator-clients';
import { queryKinds } from './simulator-queries';

const SMALL = 1_000;
const LARGE = 100_000;
const WARM_UP = 20;
const TRIES = 100;
const SECONDS = 5;
const IN_FLIGHT = 8;
const SUBSCRIBERS = { commits: 3, fanOut: 5 } as const;
/** A little above the target, which is what has to arrive. */
const OFFERED_PER_SECOND = 330;
const TICK_MS = 20;
const LIMIT_MS = 20_000;

/** How the simulated ftrack starts, answers and tells. */
export async function simulator(): Promise<Report> {
  const small = await withSimulator(SMALL, async (process) => [
    start(process),
    await queries(process),
    await commits(process),
    ...(await fanOut(process)),
  ]);
  const large = await withSimulator(LARGE, async (process) => {
    const latencies = await queryLatencies(process);
    return [...(await size(process)), ...latencies];
  });
  return {
    figures: [...small, ...large],
    notes: [
      `The simulator runs in a process of its own, with studios "at work" of ${SMALL} and ${LARGE} entities; what people made in them comes on top.`,
      'Start and generation are measured inside of it, after its code is loaded; all else from here, over HTTP and websocket.',
      `Rates: ${IN_FLIGHT} requests in flight for ${SECONDS} s, until every subscriber has heard of everything. Latencies: median of ${TRIES}, none in parallel.`,
      `Resident memory after all queries; fan-out: ${OFFERED_PER_SECOND} events/s offered for ${SECONDS} s.`,
    ],
  };
}

async function withSimulator(
  entities: number,
  work: (process: SimulatorProcess) => Promise<Figure[]>,
): Promise<Figure[]> {
  const process = await startSimulatorProcess(entities);
  try {
    return await work(process);
  } finally {
    await process.stop();
  }
}

const start = ({ generateMs, startMs }: SimulatorProcess): Figure => ({
  name: `start with ${SMALL} entities`,
  value: Math.round(generateMs + startMs),
  unit: 'ms',
  target: { atMost: 1_000 },
});

async function size({ generateMs, startMs, pid }: SimulatorProcess): Promise<Figure[]> {
  return [
    {
      name: `generate ${LARGE} entities and start`,
      value: (generateMs + startMs) / 1_000,
      unit: 's',
      target: { atMost: 15 },
    },
    {
      name: `memory with ${LARGE} entities`,
      value: Math.round(await residentMegabytes(pid)),
      unit: 'MB',
      target: { atMost: 1_000 },
    },
  ];
}

/** Keeps requests in flight until the time is over. @returns how many were answered, and in how many seconds */
async function load(
  request: (round: number) => Promise<unknown>,
): Promise<{ done: number; seconds: number }> {
  const from = performance.now();
  let [next, done] = [0, 0];
  const worker = async (): Promise<void> => {
    while (performance.now() - from < SECONDS * 1_000) {
      next += 1;
      await request(next);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return { done, seconds: (performance.now() - from) / 1_000 };
}

async function queries(access: Access): Promise<Figure> {
  const api = new ApiClient(access);
  const tasks = await api.query('select id from Task');
  const request = (round: number): Promise<unknown> =>
    api.query(`select name, status_id, parent_id from Task where id is "${tasks[round % tasks.length]?.id}"`);
  await Promise.all(Array.from({ length: WARM_UP }, (_, round) => request(round)));
  const { done, seconds } = await load(request);
  return { name: 'simple queries', value: done / seconds, unit: '/s', target: { atLeast: 500 } };
}

interface Heard {
  readonly clients: readonly HubClient[];
  /** Events of the subscription that each client was told of. */
  readonly counts: number[];
}

async function subscribers(access: Access, count: number, topic: string): Promise<Heard> {
  const counts = Array.from({ length: count }, () => 0);
  const clients = await Promise.all(
    counts.map(async (_, index) => {
      const client = await HubClient.connect(access, ({ data }) => {
        counts[index] = (counts[index] ?? 0) + (isNoise(data) ? 0 : 1);
      });
      await client.subscribe(`topic=${topic}`);
      return client;
    }),
  );
  return { clients, counts };
}

/** `socialfeed` follows every change. */
function isNoise({ entities }: Readonly<Record<string, unknown>>): boolean {
  return Array.isArray(entities) && entities.every(({ entityType }) => entityType === 'socialfeed');
}

/** @returns when every client has heard of that many, or too much time has passed */
async function untilHeard({ counts }: Heard, events: number): Promise<void> {
  const from = performance.now();
  while (counts.some((count) => count < events) && performance.now() - from < LIMIT_MS) {
    await pause(1);
  }
}

async function commits(access: Access): Promise<Figure> {
  const api = new ApiClient(access);
  const tasks = await api.query('select id from Task');
  const heard = await subscribers(access, SUBSCRIBERS.commits, 'ftrack.update');
  const from = performance.now();
  const { done } = await load((round) =>
    api.call({
      action: 'update',
      entity_type: 'Task',
      entity_key: [tasks[round % tasks.length]?.id],
      entity_data: { description: `edit ${round}` },
    }),
  );
  await untilHeard(heard, done);
  const seconds = (performance.now() - from) / 1_000;
  const all = heard.counts.every((count) => count === done);
  for (const client of heard.clients) {
    client.close();
  }
  return {
    name: `commits, each told to ${SUBSCRIBERS.commits} subscribers`,
    value: all ? done / seconds : Number.NaN,
    unit: '/s',
    target: { atLeast: 200 },
  };
}

async function fanOut(access: Access): Promise<Figure[]> {
  const topic = 'bench.fan-out';
  const heard = await subscribers(access, SUBSCRIBERS.fanOut, topic);
  const publisher = await HubClient.connect(access, () => undefined);
  const from = performance.now();
  let published = 0;
  for (let elapsed = 0; elapsed < SECONDS * 1_000; elapsed = performance.now() - from) {
    for (; published < (elapsed / 1_000) * OFFERED_PER_SECOND; published += 1) {
      publisher.publish({ topic, data: { number: published } });
    }
    await pause(TICK_MS);
  }
  await untilHeard(heard, published);
  const seconds = (performance.now() - from) / 1_000;
  const lost = heard.counts.reduce((sum, count) => sum + Math.abs(published - count), 0);
  for (const client of [publisher, ...heard.clients]) {
    client.close();
  }
  const name = `events to each of ${SUBSCRIBERS.fanOut} subscribers`;
  return [
    { name, value: Math.min(...heard.counts) / seconds, unit: '/s', target: { atLeast: 300 } },
    { name: 'of these lost or doubled', value: lost, unit: '', target: { atMost: 0 } },
  ];
}

/** Round trips over HTTP, one after the other. */
async function queryLatencies(access: Access): Promise<Figure[]> {
  const api = new ApiClient(access);
  const figures: Figure[] = [];
  for (const { name, expression } of await queryKinds(api)) {
    const times: number[] = [];
    for (let round = 0; round < WARM_UP + TRIES; round += 1) {
      const text = expression(round);
      const from = performance.now();
      await api.query(text);
      times.push(performance.now() - from);
    }
    const value = quantile(times.slice(WARM_UP), 0.5);
    figures.push({ name, value, unit: 'ms', target: { atMost: 10 } });
  }
  return figures;
}
