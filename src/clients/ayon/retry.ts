import { ApplicationFailure } from '@temporalio/common';
import { statusOf } from './errors';
import { wasClosed } from './network';

/** How often a call that may be repeated is tried, and how long it pauses. */
export interface RetryPolicy {
  readonly tries: number;
  /** First pause in milliseconds; it doubles. */
  readonly pauseMs: number;
  /** A server that wants to be left alone for longer is left to Temporal, which holds no worker meanwhile. */
  readonly maxPauseMs: number;
}

/**
 * Short, because everything above retries too: activities by Temporal, for ever. It bridges what passes within a
 * second, and stays below the age at which a read counts as too old to write by.
 */
export const RETRY: RetryPolicy = { tries: 3, pauseMs: 150, maxPauseMs: 1_000 };

/** What a server or a proxy answers for a moment while it is restarted or busy. */
const PASSING = new Set([429, 502, 503, 504]);

/** Milliseconds to wait before the next try; undefined: there is none. */
export function pauseBefore(
  error: unknown,
  failedTries: number,
  { tries, pauseMs, maxPauseMs }: RetryPolicy,
): number | undefined {
  if (failedTries >= tries) {
    return undefined;
  }
  if (wasClosed(error)) {
    // AYON closes idle connections after 5 s: the next one is fresh.
    return failedTries === 1 ? 0 : jitter(pauseMs, failedTries);
  }
  if (!PASSING.has(statusOf(error) ?? 0)) {
    return undefined;
  }
  const wait = Math.max(wantedPause(error), jitter(pauseMs, failedTries));
  return wait <= maxPauseMs ? wait : undefined;
}

/** ± 50 %, so that many workers do not come back at the same moment. */
const jitter = (pauseMs: number, failedTries: number): number =>
  pauseMs * 2 ** (failedTries - 1) * (0.5 + Math.random());

function wantedPause(error: unknown): number {
  const details: unknown = error instanceof ApplicationFailure ? error.details?.[0] : undefined;
  const wanted: unknown =
    typeof details === 'object' && details !== null && Reflect.get(details, 'retryAfterMs');
  return typeof wanted === 'number' ? wanted : 0;
}
