import { setTimeout as pause } from 'node:timers/promises';
import { quantile } from './quantile';
import type { Figure, Report } from './report';
import { residentMegabytes } from './rss';
import type { Access, SimulatorProcess } from './simulator-clients';
import { ApiClient, HubClient, startSimulatorProcess } from './simulator-clients';
import type { QueryKind } from './simulator-queries';
import { queryKinds } from './simulator-queries';

const SMALL = 1_000;
const LARGE = 100_000;
const WARM_UP = 20;
const TRIES = 100;
const SECONDS = 5;
const WARM_UP_SECONDS = 2;
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
  const roundTripsP95: Record<string, number> = {};
  const large = await withSimulator(LARGE, async (process) => {
    const answers: Figure[] = [];
    for (const kind of await queryKinds(new ApiClient(process))) {
      const { figure, roundTrips } = await latencies(process, kind);
      answers.push(figure);
      roundTripsP95[kind.name] = quantile(roundTrips, 0.95);
    }
    return [...(await size(process)), ...answers];
  });
  return {
    figures: [...small, ...large],
    notes: [
      `The simulator runs in a process of its own, with studios "at work" of ${SMALL} and ${LARGE} entities; what people made in them comes on top.`,
      'Start and generation are measured inside of it, after its code is loaded; all else from here, over HTTP and websocket.',
      `Rates: ${IN_FLIGHT} requests in flight for ${SECONDS} s (queries first warm up for ${WARM_UP_SECONDS} s), until every subscriber has heard of everything.`,
      `Queries at ${LARGE} entities: time in which the simulator answers, by its call log; median of ${TRIES}, one after the other.`,
      `Resident memory while starting or after all queries; fan-out: ${OFFERED_PER_SECOND} events/s offered for ${SECONDS} s.`,
    ],
    details: { roundTripsP95 },
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

async function size({ generateMs, startMs, peakMegabytes, pid }: SimulatorProcess): Promise<Figure[]> {
  const now = await residentMegabytes(pid);
  return [
    {
      name: `generate ${LARGE} entities and start`,
      value: (generateMs + startMs) / 1_000,
      unit: 's',
      target: { atMost: 15 },
    },
    {
      name: `memory with ${LARGE} entities, most`,
      value: Math.round(Math.max(now, peakMegabytes)),
      unit: 'MB',
      target: { atMost: 1_000 },
    },
  ];
}

/** Keeps requests in flight for some seconds. @returns how many were answered, and in how many seconds */
async function load(
  request: (round: number) => Promise<unknown>,
  during: number = SECONDS,
): Promise<{ done: number; seconds: number }> {
  const from = performance.now();
  let [next, done] = [0, 0];
  const worker = async (): Promise<void> => {
    while (performance.now() - from < during * 1_000) {
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
  await load(request, WARM_UP_SECONDS);
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

interface Latencies {
  readonly figure: Figure;
  /** Round trips as a client sees them, ms. */
  readonly roundTrips: readonly number[];
}

/** One query after the other; what counts is the time in which the simulator answers, by its own call log. */
async function latencies(access: Access, { name, expression }: QueryKind): Promise<Latencies> {
  const api = new ApiClient(access);
  const roundTrips: number[] = [];
  for (let round = 0; round < WARM_UP + TRIES; round += 1) {
    const text = expression(round);
    const from = performance.now();
    await api.query(text);
    roundTrips.push(performance.now() - from);
  }
  const calls = (await api.calls()).slice(-TRIES);
  const value = quantile(
    calls.map(({ ms }) => ms),
    0.5,
  );
  return {
    figure: { name, value, unit: 'ms', target: { atMost: 10 } },
    roundTrips: roundTrips.slice(WARM_UP),
  };
}
