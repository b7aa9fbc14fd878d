import { setTimeout as wait } from 'node:timers/promises';
import { writeEntities } from '../src/activities/ayon-writes';
import { Pace } from '../src/clients/ayon/batch';
import { BEGINNING } from '../src/clients/ayon/event-cursor';
import { planOperations } from '../src/domain/ayon-plan';
import type { KnownAyon } from '../src/domain/ayon-shapes';
import type { AyonOperation } from '../src/domain/model';
import { Server } from './ayon-server';
import { median, quantile } from './quantile';
import type { Figure, Report } from './report';
import { residentMegabytes } from './rss';

const PROJECT = 'bench';
const { signal } = new AbortController();

/** Repetitions of what takes long, single calls of what does not. */
const RUNS = 5;
const CALLS = 1_000;

const FOLDERS = 5_000;
const DISPATCHED = 2_000;
const CONNECTIONS = 8;
const READ = 2_000;
/** Short ones, of which single ones say little on a machine that does other work. */
const READINGS = 21;
const HISTORIES = [1_000, 50_000] as const;
const MOST_ENTITIES = 100_000;
const SETTLE_MS = 2_000;

/** The AYON client and the simulated server as each other meets them; Temporal and ftrack are not needed. */
export async function ayon(): Promise<Report> {
  const planned = await planning();
  const server = await Server.start();
  try {
    const overhead = await clientOverhead(server);
    const folders = await thousandFolders(server);
    const graphql = await folderList(server);
    const dispatched = await dispatching(server);
    const reader = await reading();
    const memory = await memoryOf(MOST_ENTITIES);
    return {
      figures: [planned, overhead, ...folders, ...graphql, dispatched, ...reader, ...memory],
      notes: [
        `The simulated AYON is a process of its own, without the costs of a real one; medians of ${RUNS} runs, of ${CALLS} calls for the overhead.`,
        'Planned: 2,000 folders in a tree and 8,000 tasks, children before parents, attributes and names checked, cut into batches.',
        `Reader: ${READ} events of a person behind the given history; both histories by turns ${READINGS} times, the ratio is the median of neighbours.`,
      ],
    };
  } finally {
    server.stop();
  }
}

const idOf = (number: number): string => number.toString(16).padStart(32, '0');

function folder(number: number, parent: number | undefined): AyonOperation {
  const name = `f${number}`;
  const data = {
    name,
    folderType: 'Shot',
    status: 'Not ready',
    parentId: parent === undefined ? null : idOf(parent),
    attrib: { fps: 25, frameStart: 1001 },
  };
  return { type: 'create', entityType: 'folder', entityId: idOf(number), data, path: `${PROJECT}/${name}` };
}

function task(number: number, folderNumber: number): AyonOperation {
  const name = `t${number}`;
  const data = { name, taskType: 'Compositing', folderId: idOf(folderNumber), attrib: { fps: 25 } };
  return { type: 'create', entityType: 'task', entityId: idOf(number), data, path: `${PROJECT}/${name}` };
}

/** Folders with ten others below each, then tasks. */
const tree = (from: number, folders: number, tasks: number): AyonOperation[] => [
  ...Array.from({ length: folders }, (_, at) =>
    folder(from + at, at === 0 ? undefined : from + Math.floor((at - 1) / 10)),
  ),
  ...Array.from({ length: tasks }, (_, at) => task(from + folders + at, from + (at % folders))),
];

const KNOWN: KnownAyon = {
  attributes: new Map(['fps', 'frameStart'].map((name) => [name, { scope: ['folder', 'task'] }])),
  project: {
    statuses: [{ name: 'Not ready' }],
    folderTypes: [{ name: 'Shot' }],
    taskTypes: [{ name: 'Compositing' }],
  },
  siblings: [],
};

async function planning(): Promise<Figure> {
  const wanted = tree(1, 2_000, 8_000).toReversed();
  const value = await medianMs(async () => {
    const { operations } = planOperations(wanted, KNOWN);
    const pace = new Pace();
    let batches = 0;
    for (let from = 0; from < operations.length; from += pace.take(operations, from)) {
      batches += 1;
    }
    if (operations.length !== wanted.length || batches < 2) {
      throw new Error(`The planner made ${operations.length} operations in ${batches} batches of 10,000.`);
    }
  });
  return { name: 'plan and batch 10,000 creates', value, unit: 'ms', target: { atMost: 300 } };
}

/** Both by turns, so that whatever else happens on the machine meets both. */
async function clientOverhead(server: Server): Promise<Figure> {
  const headers = { 'x-api-key': server.told.apiKey };
  const bare: number[] = [];
  const ours: number[] = [];
  for (let at = 0; at < CALLS * 1.1; at += 1) {
    const isWarm = at >= CALLS * 0.1;
    const fetched = await timed(async () => {
      const response = await fetch(`${server.told.url}/api/users/me`, { headers });
      await response.json();
    });
    const called = await timed(() => server.client.me(signal));
    if (isWarm) {
      bare.push(fetched);
      ours.push(called);
    }
  }
  const value = rounded(median(ours) - median(bare), 2);
  return { name: 'client over bare fetch, per call', value, unit: 'ms', target: { atMost: 1 } };
}

async function thousandFolders(server: Server): Promise<Figure[]> {
  const times: number[] = [];
  for (let run = 0; run < FOLDERS / 1_000; run += 1) {
    const wanted = tree(1 + run * 1_000, 1_000, 0);
    times.push(
      await timed(async () => {
        const results = await writeEntities(
          server.client,
          { project: PROJECT, wanted, known: KNOWN },
          signal,
        );
        const failed = results.find(({ success }) => !success);
        if (failed !== undefined) {
          throw new Error(`The simulated AYON refused a folder: ${failed.detail}`);
        }
      }),
    );
  }
  const value = Math.round(median(times));
  return [{ name: '1,000 folders by operations', value, unit: 'ms', target: { atMost: 1_000 } }];
}

async function folderList(server: Server): Promise<Figure[]> {
  const query = `{project(name: "${PROJECT}"){folders(first: ${FOLDERS}){edges{node{id name path folderType parentId status allAttrib}}}}}`;
  const whole = await medianMs(async () => {
    const response = await fetch(`${server.told.url}/graphql`, {
      method: 'POST',
      headers: { 'x-api-key': server.told.apiKey, 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    const answer = (await response.json()) as { data: { project: { folders: { edges: unknown[] } } } };
    expectCount(answer.data.project.folders.edges.length, FOLDERS);
  });
  const paged = await medianMs(async () => {
    let count = 0;
    for await (const page of server.client.pages(PROJECT, 'folders', signal)) {
      count += page.length;
    }
    expectCount(count, FOLDERS);
  });
  return [
    { name: 'GraphQL of 5,000 folders', value: whole, unit: 'ms', target: { atMost: 150 } },
    { name: 'the same by the client, page by page, checked', value: paged, unit: 'ms' },
  ];
}

function expectCount(found: number, wanted: number): void {
  if (found !== wanted) {
    throw new Error(`The simulated AYON told of ${found} instead of ${wanted}.`);
  }
}

async function dispatching(server: Server): Promise<Figure> {
  const headers = { 'x-api-key': server.told.apiKey, 'content-type': 'application/json' };
  const payload = { text: 'x'.repeat(200) };
  const dispatch = async (): Promise<void> => {
    const body = JSON.stringify({ topic: 'bench.event', project: PROJECT, payload });
    const response = await fetch(`${server.told.url}/api/events`, { method: 'POST', headers, body });
    await response.arrayBuffer();
  };
  const seconds: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const lane = async (): Promise<void> => {
      for (let at = 0; at < DISPATCHED / CONNECTIONS; at += 1) {
        await dispatch();
      }
    };
    const ms = await timed(() => Promise.all(Array.from({ length: CONNECTIONS }, lane)));
    seconds.push(ms / 1_000);
  }
  const value = Math.round(DISPATCHED / median(seconds));
  return { name: 'events dispatched', value, unit: 'per s', target: { atLeast: 300 } };
}

async function reading(): Promise<Figure[]> {
  const [short, long] = HISTORIES;
  const [few, many] = await Promise.all([History.of(short), History.of(long)]);
  try {
    // By turns, so that whatever else happens meets both; the first run only warms up.
    for (let run = 0; run <= READINGS; run += 1) {
      const [first, second] = run % 2 === 0 ? [few, many] : [many, few];
      await first.readNews();
      await second.readNews();
    }
    const ratios = many.rates.map((rate, run) => rate / (few.rates[run] ?? Number.NaN)).slice(1);
    for (let at = 0; at < CALLS / 5; at += 1) {
      await few.poll();
      await many.poll();
    }
    return [
      { name: `events read, history of ${short}`, value: few.rate, unit: 'per s', target: { atLeast: 500 } },
      { name: `events read, history of ${long}`, value: many.rate, unit: 'per s', target: { atLeast: 500 } },
      {
        name: 'rate of the long history to the short',
        value: rounded(median(ratios), 2),
        unit: '',
        target: { atLeast: 0.8 },
      },
      { name: `poll without news, history of ${short}, p50`, value: few.idle, unit: 'ms' },
      { name: `poll without news, history of ${long}, p50`, value: many.idle, unit: 'ms' },
    ];
  } finally {
    few.server.stop();
    many.server.stop();
  }
}

/** A server with a history behind whose head news come, and the reader that follows. */
class History {
  readonly server: Server;
  private readonly reader: ReturnType<Server['client']['events']>;
  private cursor = BEGINNING;
  readonly rates: number[] = [];
  private readonly polls: number[] = [];

  private constructor(server: Server) {
    this.server = server;
    // Settled at once: what is measured is the reading, not the waiting for what becomes visible late.
    this.reader = server.client.events({ overlap: 0 });
  }

  static async of(events: number): Promise<History> {
    const history = new History(await Server.start());
    await history.server.happen(events);
    history.cursor = await history.reader.readHead(signal);
    return history;
  }

  get rate(): number {
    return Math.round(median(this.rates.slice(1)));
  }

  get idle(): number {
    return rounded(quantile(this.polls, 0.5), 1);
  }

  async readNews(): Promise<void> {
    await this.server.happen(READ);
    const ms = await timed(() => this.readAll(READ));
    this.rates.push(READ / (ms / 1_000));
  }

  async poll(): Promise<void> {
    this.polls.push(await timed(() => this.readAll(0)));
  }

  private async readAll(expected: number): Promise<void> {
    let count = 0;
    for await (const batch of this.reader.read(this.cursor, signal)) {
      count += batch.events.length;
      this.cursor = batch.cursor;
    }
    expectCount(count, expected);
  }
}

async function memoryOf(entities: number): Promise<Figure[]> {
  const server = await Server.start(entities);
  try {
    await wait(SETTLE_MS);
    const value = Math.round(await residentMegabytes(server.pid));
    return [
      {
        name: 'entities of the large server',
        value: server.told.entities,
        unit: '',
        target: { atLeast: entities * 0.99 },
      },
      { name: 'memory of the large server', value, unit: 'MB', target: { atMost: 1_000 } },
    ];
  } finally {
    server.stop();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function medianMs(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    times.push(await timed(work));
  }
  return Math.round(median(times));
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
