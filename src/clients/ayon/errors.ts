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
  /** Value of `retry-after`. */
  readonly retryAfter: string | null;
}

const MAX_DETAIL = 300;

/** The failure of a bad answer. A 5xx of the server itself is only told from an outage by {@link mayBeOutage}. */
export function refusal(answer: BadAnswer): ApplicationFailure {
  const code = codeFor(answer);
  const detail = detailOf(answer);
  const message = `${answer.call} at AYON: ${HINTS[code] ?? 'the server refused it'} (${answer.status}${detail})`;
  const wait = code === 'ayon-overloaded' ? milliseconds(answer.retryAfter) : undefined;
  const refused = failure(code, message, wait === undefined ? {} : { retryAfterMs: wait });
  if (code === 'ayon-rejected' && answer.status === 404) {
    MISSING.add(refused);
  }
  return refused;
}

/** Failures that say that AYON has no such thing; kept apart, since the error table has no word for it. */
const MISSING = new WeakSet<Error>();

/** Whether AYON itself, not a proxy before it, says that what was asked for does not exist. */
export const isMissing = (error: unknown): boolean => error instanceof Error && MISSING.has(error);

const HINTS: Partial<Record<ErrorCode, string>> = {
  'ayon-refused-key': 'the key was refused; check AYON_API_KEY and that it belongs to a service user',
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

function codeFor({ status, body }: BadAnswer): ErrorCode {
  const known = BY_STATUS[status];
  if (known !== undefined) {
    return known;
  }
  // AYON has no pages: whoever sends one stands before it.
  if (isPage(body)) {
    return 'ayon-unreachable';
  }
  if (status < 500) {
    return 'ayon-rejected';
  }
  // Constraint errors of some endpoints come as 500 with the true code in the body.
  if (fieldOf(body, 'code') === 409) {
    return 'ayon-conflict';
  }
  return 'ayon-server-error';
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

function milliseconds(retryAfter: string | null): number | undefined {
  const seconds = Number(retryAfter ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}

/** A request that got no answer: refused, cut off or too slow. */
export function unreachable(call: string, error: unknown): ApplicationFailure {
  return failure(
    'ayon-unreachable',
    `${call} at AYON got no answer (${causeOf(error)}); check AYON_SERVER_URL and that the server runs`,
  );
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const { cause } = error;
  const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined;
  return typeof code === 'string' ? code : cause instanceof Error ? cause.message : error.message;
}
