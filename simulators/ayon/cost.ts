import { setTimeout as sleep } from 'node:timers/promises';
import type { EntityKind } from './entity-kinds';
import { isEntityKind } from './entity-kinds';
import type { JsonObject } from './json';
import { isObject } from './json';
import type { AyonRequest, Charge } from './request';
import type { AyonStore } from './store';

/** `none`: as fast as the simulator can. `real`: as slow as a real server was measured. */
export type CostModel = 'none' | 'real';

/** Measured points `[size, milliseconds]`; between them in a straight line, beyond the last one on with its slope. */
type Points = readonly (readonly [size: number, ms: number])[];

const flat = (ms: number): Points => [[0, ms]];

/** Answers without a row of their own: a look-up of the user, and a short query. */
const OTHER = flat(3.5);

/**
 * One row per request of a real server 1.16 on 2 cores (one worker, Postgres), measured from outside. The size is the
 * number of folders in the project.
 */
const REQUESTS: Readonly<Record<string, Points>> = {
  // Paid by the nodes of its answer.
  'POST /graphql': flat(0),
  'GET /api/users/me': flat(2),
  'POST /api/projects': flat(280),
  'GET /api/projects/:project': flat(4.9),
  'GET /api/projects/:project/anatomy': flat(5.2),
  'GET /api/projects/:project/folders': [
    [200, 4.7],
    [1000, 18],
    [5000, 109],
  ],
  'GET /api/projects/:project/hierarchy': [
    [0, 5],
    [1000, 74],
    [5000, 292],
  ],
  'GET /api/projects/:project/folders/:id': [
    [200, 3.5],
    [1000, 5.6],
    [5000, 240],
  ],
  'GET /api/settings': flat(6),
  'GET /api/addons/:addon/:version/settings': flat(3.8),
  'GET /api/addons/:addon/:version/settings/:project': flat(3.8),
  'PUT /api/secrets/:name': flat(2.5),
  'POST /api/events': flat(4.3),
  'PATCH /api/events/:id': flat(6),
};

/** Of `POST /api/events` so much keeps the only worker busy: 8 connections reached 430 per second, one 208. */
const DISPATCH_BUSY_MS = 2.3;

/** `POST /api/enroll` by the number of jobs that the target topic has. */
const ENROLL: Points = [
  [0, 4.8],
  [1000, 7.8],
  [10_000, 33],
  [50_000, 142],
];

/** What a batch or a single write costs beside its operations: the list of folders is made anew after each. */
const HIERARCHY_BATCH: Points = [
  [0, 20],
  [500, 28],
  [1000, 70],
  [5000, 770],
];
const OTHER_BATCH = flat(15);

/** Each operation, by the number of folders: a created folder makes the server compute all paths again. */
const OPERATIONS: Readonly<Record<string, Points>> = {
  'create folder': [
    [0, 4.4],
    [5000, 49.6],
  ],
  'update folder': [
    [200, 1],
    [1000, 1.5],
    [5000, 250],
  ],
  'create task': flat(2.5),
  'update task': [
    [1000, 0.5],
    [5000, 4],
  ],
};
const OTHER_OPERATION = flat(1.7);

/** A comment alone, each one in a batch of them, and a picture of 1280 x 720. */
const COMMENT_MS = 8;
const BATCHED_COMMENT_MS = 4;
const PICTURE_MS = 67;

/** GraphQL: the request, and each node of its answer. */
const GRAPHQL_MS = 7.7;
const GRAPHQL_NODE_MS = 0.083;

/** A wrong key is answered late. */
const WRONG_KEY_MS = 200;

/** Reads a size off measured points. */
export function interpolate(points: Points, size: number): number {
  const upper = points.findIndex(([at]) => at >= size);
  const index = upper === -1 ? points.length - 1 : upper;
  const right = points[index];
  const left = points[index - 1];
  if (!right || !left) {
    return (right ?? left)?.[1] ?? 0;
  }
  return left[1] + ((right[1] - left[1]) * (size - left[0])) / (right[0] - left[0]);
}

function batchCost(operations: readonly (readonly [type: string, kind: EntityKind])[], size: number): number {
  const isHierarchy = operations.some(([, kind]) => kind === 'folder' || kind === 'task');
  let ms = interpolate(isHierarchy ? HIERARCHY_BATCH : OTHER_BATCH, size);
  let folders = size;
  for (const [type, kind] of operations) {
    ms += interpolate(OPERATIONS[`${type} ${kind}`] ?? OTHER_OPERATION, folders);
    folders += type === 'create' && kind === 'folder' ? 1 : 0;
  }
  return ms;
}

function operationsIn(body: JsonObject): [string, EntityKind][] {
  const list = Array.isArray(body['operations']) ? body['operations'] : [];
  return list.flatMap((item): [string, EntityKind][] => {
    const given = isObject(item) ? item : {};
    const kind = given['entityType'] ?? given['entity_type'];
    const { type } = given;
    return isEntityKind(kind) && typeof type === 'string' ? [[type, kind]] : [];
  });
}

const WRITES: Readonly<Record<string, string>> = { POST: 'create', PATCH: 'update', DELETE: 'delete' };

/** What a route writes: `create folder` for `POST /api/projects/:project/folders`. */
function writeOf(method: string, pattern: string): [string, EntityKind] | undefined {
  const kind = /^\/api\/projects\/:project\/(\w+?)s(?:\/:id)?$/.exec(pattern)?.[1];
  const type = WRITES[method];
  return type !== undefined && isEntityKind(kind) ? [type, kind] : undefined;
}

interface Route {
  readonly method: string;
  readonly pattern: string;
}

/** Writes other than those of entities. */
function smallWriteCost({ method, pattern }: Route, request: AyonRequest): number | undefined {
  if (method !== 'POST') {
    return undefined;
  }
  if (pattern.endsWith('/operations/activities')) {
    const { operations } = request.body;
    return COMMENT_MS + (Array.isArray(operations) ? operations.length : 0) * BATCHED_COMMENT_MS;
  }
  if (pattern.endsWith('/activities')) {
    return COMMENT_MS;
  }
  return /\/thumbnails?$/.test(pattern) ? PICTURE_MS : undefined;
}

function enrollCost(store: AyonStore, request: AyonRequest): number {
  const { targetTopic: topic } = request.body;
  return interpolate(ENROLL, store.events.countOf(typeof topic === 'string' ? topic : ''));
}

/** How long the real server would take for a request, milliseconds: known before the work is done. */
export function costOf(store: AyonStore, route: Route, request: AyonRequest): number {
  const { method, pattern } = route;
  const project = store.projects.get((request.params['project'] ?? '').toLowerCase());
  const size = project?.entities.count('folder') ?? 0;
  if (/\/operations(?:\/background)?$/.test(pattern) && method === 'POST') {
    return batchCost(operationsIn(request.body), size);
  }
  const write = writeOf(method, pattern);
  if (write) {
    return batchCost([write], size);
  }
  if (pattern === '/api/enroll') {
    return enrollCost(store, request);
  }
  return smallWriteCost(route, request) ?? interpolate(REQUESTS[`${method} ${pattern}`] ?? OTHER, size);
}

/** The nodes of a GraphQL answer. */
function countNodes(value: unknown): number {
  if (Array.isArray(value)) {
    return value.reduce<number>((sum, item) => sum + countNodes(item), 0);
  }
  if (typeof value !== 'object' || value === null) {
    return 0;
  }
  const own = 'node' in value ? 1 : 0;
  return Object.values(value).reduce<number>((sum, item) => sum + countNodes(item), own);
}

/**
 * Lets requests take as long as on a real server. Writes of one project wait for each other, dispatched events for the
 * only worker; everything else runs side by side. The waits are timers: the simulator itself stays responsive.
 */
export class Toll {
  readonly #store: AyonStore;
  readonly #busyUntil = new Map<string, number>();

  constructor(store: AyonStore) {
    this.#store = store;
  }

  /** Waits for what a request costs, before its work is done. */
  async #work(route: Route, request: AyonRequest): Promise<void> {
    const ms = costOf(this.#store, route, request);
    if (route.method === 'POST' && route.pattern === '/api/events') {
      await this.#queue('events', DISPATCH_BUSY_MS);
      await pause(ms - DISPATCH_BUSY_MS);
    } else if (route.method !== 'GET' && request.params['project'] !== undefined) {
      await this.#queue(`project ${request.params['project'].toLowerCase()}`, ms);
    } else {
      await pause(ms);
    }
  }

  /** Waits for what a GraphQL answer costs. */
  async graphql(answer: unknown): Promise<void> {
    await pause(GRAPHQL_MS + countNodes(answer) * GRAPHQL_NODE_MS);
  }

  /** What requests of a route cost. */
  route(method: string, pattern: string): Charge {
    return {
      work: (request) => this.#work({ method, pattern }, request),
      refusal: () => pause(WRONG_KEY_MS),
    };
  }

  /** Timers are coarser than a millisecond: the queue keeps its own exact time, so that many short waits add up. */
  async #queue(lane: string, ms: number): Promise<void> {
    const now = performance.now();
    const until = Math.max(now, this.#busyUntil.get(lane) ?? 0) + ms;
    this.#busyUntil.set(lane, until);
    await pause(until - now);
  }
}

async function pause(ms: number): Promise<void> {
  if (ms > 0) {
    await sleep(Math.round(ms), undefined, { ref: false });
  }
}
