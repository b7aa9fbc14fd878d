import { randomUUID } from 'node:crypto';
import type { RouteAnswer, RouteHandler, RouteRequest } from '../http';
import { authenticate, headerOf, PlainFault } from './authentication';
import { AyonFault, EntityError, invalidRequest } from './errors';
import type { Origin } from './event-log';
import type { Json, JsonObject } from './json';
import { camelKeys, isObject } from './json';
import { refuseStranger } from './permissions';
import type { AyonStore } from './store';
import type { UserRecord } from './users';

/** A request of somebody who is known. */
export interface AyonRequest {
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The body with its keys in camelCase; without a body an empty object. Anything but an object: AyonFault 400. */
  readonly body: JsonObject;
  /** The same with its keys as they came. */
  readonly object: JsonObject;
  /** The body that must be a list: AyonFault 400. */
  readonly list: readonly Json[];
  /** The body as bytes, for uploads. */
  readonly raw: Buffer;
  readonly contentType: string;
  /** Value of a header; the first one of several. */
  readonly header: (name: string) => string | undefined;
  readonly user: UserRecord;
  /** Recorded on the events that the request causes. */
  readonly origin: Origin;
}

/** What a handler answers: JSON, bytes, or neither. */
export interface AyonAnswer {
  readonly status?: number;
  readonly json?: Json;
  readonly bytes?: Buffer;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers a request of a known user. */
export type AyonHandler = (request: AyonRequest) => AyonAnswer | Promise<AyonAnswer>;

/** Registers a route that only known users reach. */
export type AddRoute = (method: string, pattern: string, handler: AyonHandler) => void;

/** Answer without content. */
export const NO_CONTENT = { status: 204 } as const;

/**
 * Finds the user of a request and reads the headers that events record.
 * @throws AyonFault 401 without a valid key, 403 in a project of others
 */
export function identify(store: AyonStore, request: RouteRequest): AyonRequest {
  const user = authenticate(store, request);
  const { method, path, params, query } = request;
  refuseStranger(store, user, params['project']);
  const header = (name: string): string | undefined => headerOf(request, name);
  const contentType = header('content-type') ?? '';
  const sender = header('x-sender') ?? null;
  const senderType = header('x-sender-type') ?? 'api';
  const origin = { user: user.name, sender, senderType };
  const { raw } = request;
  const plain = { method, path, params, query, raw, contentType, header, user, origin };
  return {
    ...plain,
    get body() {
      return camelKeys(objectIn(request, contentType));
    },
    get object() {
      return objectIn(request, contentType);
    },
    get list() {
      return listIn(request, contentType);
    },
  };
}

const JSON_TYPE = /^(?:application\/(?:[^;]+\+)?json\b|$)/i;

/** @throws AyonFault 400 for text that is no JSON */
function jsonOf(request: RouteRequest, contentType: string): Json | undefined {
  if (!JSON_TYPE.test(contentType)) {
    // The real server does not look into a body that is not said to be JSON.
    return request.raw.length > 0 ? request.raw.toString('latin1') : undefined;
  }
  if (request.bodyError !== undefined) {
    throw invalidRequest(request, [
      { loc: ['body'], msg: 'Expecting value', type: 'value_error.jsondecode' },
    ]);
  }
  return request.body as Json | undefined;
}

function objectIn(request: RouteRequest, contentType: string): JsonObject {
  const json = jsonOf(request, contentType);
  if (json !== undefined && !isObject(json)) {
    throw invalidRequest(request, [
      { loc: ['body'], msg: 'value is not a valid dict', type: 'type_error.dict' },
    ]);
  }
  return json ?? {};
}

function listIn(request: RouteRequest, contentType: string): readonly Json[] {
  const json = jsonOf(request, contentType);
  if (!Array.isArray(json)) {
    throw invalidRequest(request, [
      { loc: ['body'], msg: 'value is not a valid list', type: 'type_error.list' },
    ]);
  }
  return json;
}

/** Every answer of the server bears an id of its request. */
export function withRequestId(answer: RouteAnswer): RouteAnswer {
  return { ...answer, headers: { ...answer.headers, 'x-request-id': randomUUID() } };
}

/** What a request costs on a real server, as time to wait. */
export interface Charge {
  work(request: AyonRequest): Promise<void>;
  refusal(): Promise<void>;
}

/** Wraps a handler for users who are known. */
export function authenticated(store: AyonStore, handler: AyonHandler, charge?: Charge): RouteHandler {
  return async (request) => {
    const known = await identifyOrWait(store, request, charge);
    await charge?.work(known);
    return withRequestId(plainAnswer(await handler(known)));
  };
}

async function identifyOrWait(
  store: AyonStore,
  request: RouteRequest,
  charge: Charge | undefined,
): Promise<AyonRequest> {
  try {
    return identify(store, request);
  } catch (error) {
    if (error instanceof AyonFault && error.status === 401) {
      await charge?.refusal();
    }
    throw error;
  }
}

function plainAnswer({ status = 200, json, bytes, contentType, headers }: AyonAnswer): RouteAnswer {
  if (bytes) {
    return { status, body: bytes, ...(contentType ? { contentType } : {}), ...(headers ? { headers } : {}) };
  }
  const isEmpty = status === 204 || json === undefined;
  return { status, ...(isEmpty ? { body: '' } : { json }), ...(contentType ? { contentType } : {}) };
}

/** The answer for an exception of a handler. */
export function errorAnswer(error: unknown): RouteAnswer {
  return withRequestId(answerFor(error));
}

function answerFor(error: unknown): RouteAnswer {
  if (error instanceof AyonFault) {
    return { status: error.status, json: error.body };
  }
  if (error instanceof EntityError) {
    return { status: error.status, json: { code: error.status, detail: error.message } };
  }
  if (error instanceof PlainFault) {
    return { status: error.status, body: error.message };
  }
  const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { status: 500, json: { status: 500, detail, traceback: error instanceof Error ? error.stack : '' } };
}

/** A 32-digit id from the path; dashed ids are refused as too long. */
export function entityIdParam(request: AyonRequest, name: string): string {
  const id = request.params['id'] ?? '';
  if (/^[0-9a-f]{32}$/.test(id)) {
    return id;
  }
  const bounds = id.length > 32 ? 'at most' : 'at least';
  const type = id.length > 32 ? 'value_error.any_str.max_length' : 'value_error.any_str.min_length';
  const msg = `ensure this value has ${bounds} 32 characters`;
  throw invalidRequest(request, [{ loc: ['path', name], msg, type, ctx: { limit_value: 32 } }]);
}
