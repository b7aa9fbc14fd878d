import { enroll } from '../enroll';
import { fault, invalidRequest, patternIssue } from '../errors';
import { eventKeys } from '../event-filter';
import type { EventPatch, EventStatus, NewEvent, StoredEvent } from '../event-log';
import { eventView } from '../event-log';
import type { JsonObject } from '../json';
import { entryOf, isObject, snakeCase } from '../json';
import { InvalidFilter, readFilter } from '../query-filter';
import type { AddRoute, AyonRequest } from '../request';
import { NO_CONTENT } from '../request';
import type { AyonStore } from '../store';
import { isManager, isService } from '../users';

const TOPIC = '^[a-zA-Z][a-zA-Z0-9_.*]{2,64}$';

/** Rows of a query that names no limit. */
const DEFAULT_ROWS = 100;

const STATUSES: readonly EventStatus[] = [
  'pending',
  'in_progress',
  'finished',
  'failed',
  'aborted',
  'restarted',
];

function optionalText(body: JsonObject, key: string): string | null {
  const value = body[key];
  return typeof value === 'string' ? value : null;
}

/** @throws AyonFault 400 for anything but an object; nothing counts as an empty one */
function objectIn(request: AyonRequest, key: string): JsonObject {
  const value = request.body[key] ?? {};
  if (!isObject(value)) {
    throw invalidRequest(request, [
      { loc: ['body', key], msg: 'value is not a valid dict', type: 'type_error.dict' },
    ]);
  }
  return value;
}

function readEvent(request: AyonRequest): NewEvent {
  const { body } = request;
  const topic = optionalText(body, 'topic');
  if (topic === null || !new RegExp(TOPIC).test(topic)) {
    throw invalidRequest(request, [patternIssue(['body', 'topic'], TOPIC)]);
  }
  const hash = optionalText(body, 'hash');
  return {
    topic,
    ...(hash === null ? {} : { hash }),
    project: optionalText(body, 'project'),
    description: optionalText(body, 'description') ?? '',
    summary: objectIn(request, 'summary'),
    payload: objectIn(request, 'payload'),
    status: body['finished'] === false ? 'pending' : 'finished',
  };
}

/** `POST /api/events`. `dependsOn` is taken and dropped, as on the real server. */
function dispatch(store: AyonStore, request: AyonRequest): string {
  if (!isManager(request.user)) {
    throw fault(403, 'You have to be manager in order to dispatch events');
  }
  const event = readEvent(request);
  const sender = optionalText(request.body, 'sender') ?? request.origin.sender;
  const origin = { ...request.origin, sender };
  if (request.body['store'] === false) {
    return store.events.announce(event, origin);
  }
  const old = event.hash === undefined ? undefined : store.events.withHash(event.hash);
  const isReused = old !== undefined && request.body['reuse'] === true;
  return (isReused ? store.events.overwrite(old, event, origin) : store.events.add(event, origin)).id;
}

function statusOf(request: AyonRequest, value: string | null): EventStatus | undefined {
  if (value === null) {
    return undefined;
  }
  const status = STATUSES.find((known) => known === value);
  if (!status) {
    const msg = `unexpected value; permitted: ${STATUSES.map((known) => `'${known}'`).join(', ')}`;
    throw invalidRequest(request, [{ loc: ['body', 'status'], msg, type: 'value_error.const' }]);
  }
  return status;
}

function readPatch(request: AyonRequest): EventPatch {
  const { body } = request;
  const patch: EventPatch = {};
  const status = statusOf(request, optionalText(body, 'status'));
  if (status) {
    patch.status = status;
  }
  for (const key of ['description', 'sender', 'project', 'user'] as const) {
    const value = optionalText(body, key);
    if (value !== null) {
      patch[key] = value;
    }
  }
  for (const key of ['summary', 'payload'] as const) {
    if (!(body[key] === undefined || body[key] === null)) {
      patch[key] = objectIn(request, key);
    }
  }
  if (typeof body['retries'] === 'number') {
    patch.retries = body['retries'];
  }
  return patch;
}

/** @throws AyonFault 400 for a filter that cannot be understood */
function filterOf(request: AyonRequest): (event: StoredEvent) => boolean {
  try {
    return readFilter(request.body['filter'], eventKeys);
  } catch (error) {
    throw error instanceof InvalidFilter ? fault(400, error.message) : error;
  }
}

function row(event: StoredEvent): JsonObject {
  return Object.fromEntries(Object.entries(eventView(event)).map(([key, value]) => [snakeCase(key), value]));
}

/** `POST /api/query`: rows in snake_case, the newest first. */
function query(store: AyonStore, request: AyonRequest): JsonObject[] {
  const { entity, limit, offset } = request.body;
  if (entity !== 'event') {
    throw fault(400, 'The simulator answers queries of the entity event only');
  }
  const accepts = filterOf(request);
  const start = typeof offset === 'number' ? offset : 0;
  const end = start + (typeof limit === 'number' ? limit : DEFAULT_ROWS);
  const found: JsonObject[] = [];
  for (const event of store.events.descending()) {
    if (found.length >= end) {
      break;
    }
    if (accepts(event)) {
      found.push(row(event));
    }
  }
  return found.slice(start);
}

const OPERATIONS: Readonly<Record<string, EventStatus>> = { restart: 'restarted', abort: 'aborted' };

/** `POST /api/eventops {type: delete|restart|abort, filter}`. */
function changeMany(store: AyonStore, request: AyonRequest): void {
  const { type } = request.body;
  const accepts = filterOf(request);
  const status = typeof type === 'string' ? entryOf(OPERATIONS, type) : undefined;
  if (type !== 'delete' && !status) {
    throw fault(400, 'An event operation is delete, restart or abort');
  }
  for (const event of [...store.events.ascending()].filter(accepts)) {
    if (status) {
      store.events.patch(event, { status });
    } else {
      store.events.remove(event);
    }
  }
}

/** Events: dispatch, read, query, change, delete, enroll. */
export function addEventRoutes(add: AddRoute, store: AyonStore): void {
  const find = ({ params }: AyonRequest): StoredEvent => {
    const event = store.events.get(params['id'] ?? '');
    if (!event) {
      throw fault(404, 'Event not found');
    }
    return event;
  };
  add('POST', '/api/events', (request) => ({ json: { id: dispatch(store, request) } }));
  add('GET', '/api/events/:id', (request) => ({ json: eventView(find(request)) }));
  add('PATCH', '/api/events/:id', (request) => {
    const event = find(request);
    const patch = readPatch(request);
    if (patch.status && event.dependsOn === null && !isService(request.user)) {
      throw fault(403, 'Only services may change the status of an event that depends on no other');
    }
    const { progress } = request.body;
    store.events.patch(event, patch, typeof progress === 'number' ? progress : null);
    return NO_CONTENT;
  });
  add('DELETE', '/api/events/:id', (request) => {
    if (!isManager(request.user)) {
      throw fault(403, 'You are not allowed to delete events');
    }
    store.events.remove(find(request));
    return NO_CONTENT;
  });
  add('POST', '/api/query', (request) => ({ json: query(store, request) }));
  add('POST', '/api/eventops', (request) => {
    if (request.user.data['isAdmin'] !== true && !isService(request.user)) {
      throw fault(403, 'Only admins may change many events');
    }
    changeMany(store, request);
    return { json: null };
  });
  add('POST', '/api/enroll', (request) => {
    const job = enroll(store, request);
    return job ? { json: job } : NO_CONTENT;
  });
}
