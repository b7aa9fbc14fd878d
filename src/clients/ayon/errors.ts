import { ApplicationFailure } from '@temporalio/common';
import type { ErrorCode } from '../../errors';
import { failure } from '../../errors';

/** An answer that is not what was asked for, as far as the error table needs it. */
export interface BadAnswer {
  readonly status: number;
  /** Text of the body, whole or cut. */
  readonly body: string;
  /** Method and path, for people. */
  readonly call: string;
  /** Value of `retry-after`: seconds or a date. */
  readonly retryAfter: string | null;
  /** Value of `date`: the server's clock, by which a date in `retry-after` is meant. */
  readonly date?: string | null;
}

const MAX_DETAIL = 300;

/** The failure of a bad answer. A 5xx of the server itself is only told from an outage by {@link mayBeOutage}. */
export function refusal(answer: BadAnswer): ApplicationFailure {
  const status = trueStatus(answer);
  const code = codeFor(status, answer.body);
  const detail = detailOf(answer);
  const message = `${answer.call} at AYON: ${HINTS[code] ?? 'the server refused it'} (${answer.status}${detail})`;
  const wait = code === 'ayon-overloaded' ? milliseconds(answer) : undefined;
  const refused = failure(code, message, wait === undefined ? {} : { retryAfterMs: wait });
  STATUS.set(refused, status);
  return refused;
}

/** Status of the answer behind a failure; kept apart, since the error table has no word for it. */
const STATUS = new WeakMap<object, number>();

/** Status of AYON's answer that a failure stands for; undefined: there was no answer. */
export const statusOf = (error: unknown): number | undefined =>
  error instanceof Error ? STATUS.get(error) : undefined;

/** Whether AYON itself, not a proxy before it, says that what was asked for does not exist. */
export const isMissing = (error: unknown): boolean =>
  error instanceof ApplicationFailure && error.type === 'ayon-rejected' && statusOf(error) === 404;

const HINTS: Partial<Record<ErrorCode, string>> = {
  'ayon-refused-key':
    'the key was refused; check AYON_API_KEY and that it belongs to a service user (AYON goes on refusing a key for up to a minute after it was made valid)',
  'ayon-overloaded': 'the server asks to wait',
  'ayon-unreachable': 'no AYON server answers behind that address; check AYON_SERVER_URL and the proxy',
  'ayon-server-error': 'the server failed; see its log',
  'ayon-conflict': 'somebody changed the same thing meanwhile',
};

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: 'ayon-refused-key',
  403: 'ayon-refused-key',
  408: 'ayon-unreachable',
  409: 'ayon-conflict',
  429: 'ayon-overloaded',
  502: 'ayon-unreachable',
  503: 'ayon-overloaded',
  504: 'ayon-unreachable',
};

/** Constraint errors of some endpoints come as 500, or within a 200, with the true code in the body. */
function trueStatus({ status, body }: BadAnswer): number {
  const code = status === 500 || status < 300 ? fieldOf(body, 'code') : undefined;
  return typeof code === 'number' && code >= 400 && code < 600 ? code : status;
}

function codeFor(status: number, body: string): ErrorCode {
  const known = BY_STATUS[status];
  if (known !== undefined) {
    return known;
  }
  // AYON has no pages: whoever sends one stands before it.
  if (isPage(body)) {
    return 'ayon-unreachable';
  }
  return status < 500 ? 'ayon-rejected' : 'ayon-server-error';
}

/** Whether the body of a success says that it is none. */
export function isErrorBody(data: unknown): boolean {
  if (typeof data !== 'object' || data === null || !('code' in data) || !('detail' in data)) {
    return false;
  }
  const { code, detail } = data;
  return typeof code === 'number' && code >= 400 && code < 600 && typeof detail === 'string';
}

/** The failure of an error that AYON's GraphQL puts into an answer of status 200. */
export function graphqlRefusal(status: number, call: string, message: string): ApplicationFailure {
  return refusal({ status, body: JSON.stringify({ detail: message }), call, retryAfter: null });
}

/** A proxy's error page instead of the server's JSON or plain text. */
export const isPage = (body: string): boolean => /^\s*</.test(body);

/** Whether the failure may also mean that the server is going down, which only a probe can tell. */
export const mayBeOutage = (error: unknown): boolean =>
  error instanceof ApplicationFailure && error.type === 'ayon-server-error';

function fieldOf(body: string, name: string): unknown {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, name) : undefined;
  } catch {
    return undefined;
  }
}

function detailOf({ body }: BadAnswer): string {
  const detail = fieldOf(body, 'detail');
  const text = typeof detail === 'string' ? detail : isPage(body) ? 'an HTML page' : body.trim();
  return text === '' ? '' : `: ${text.slice(0, MAX_DETAIL)}`;
}

/** A date is compared with the server's own clock, so that a wrong clock here does no harm. */
function milliseconds({ retryAfter, date }: BadAnswer): number | undefined {
  const seconds = Number(retryAfter ?? Number.NaN);
  const until = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(retryAfter ?? '') - clock(date);
  return Number.isFinite(until) && until > 0 ? until : undefined;
}

function clock(date: string | null | undefined): number {
  const told = Date.parse(date ?? '');
  return Number.isNaN(told) ? Date.now() : told;
}

/** A server that sends us elsewhere: nobody is followed with the key. */
export function redirected(call: string, from: string, location: string): ApplicationFailure {
  const target = URL.canParse(location, from) ? new URL(location, from).origin : 'another address';
  return failure(
    'ayon-unreachable',
    `${call} at AYON: ${from} redirects to ${target}; set AYON_SERVER_URL to the address that AYON itself has (mind https)`,
  );
}

/** A success whose body is not AYON's. */
export function notJson(call: string, found: 'page' | 'text' | 'cut'): ApplicationFailure {
  const what = {
    page: 'an HTML page answers instead of AYON; check AYON_SERVER_URL, and the proxy or its login page',
    text: 'the answer is no JSON; check that AYON_SERVER_URL is the address of an AYON server',
    cut: 'the answer is cut off in the middle; check the proxy before AYON and its limits',
  };
  return failure('ayon-unreachable', `${call} at AYON: ${what[found]}`);
}

/** A server of another version: the answer, or what we ask for, does not fit. */
export function incompatible(call: string, why: string): ApplicationFailure {
  return failure(
    'ayon-incompatible',
    `${call} at AYON does not fit this version of the integration (${why.slice(0, MAX_DETAIL)}); compare the server's version with the supported ones and upgrade the older side`,
  );
}
