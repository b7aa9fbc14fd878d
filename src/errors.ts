import { ApplicationFailure } from '@temporalio/common';

/**
 * How a failure is treated, decided by its code alone:
 * - `outage`: the other system is not there. Retried for ever, at most a minute apart; never parks.
 * - `attempts`: it is there and refuses for reasons that may pass. 8 tries in about 2 minutes, then parks.
 * - `permanent`: trying again changes nothing. Parks at once.
 */
export type FailureClass = 'outage' | 'attempts' | 'permanent';

/** The one error table. `docs/errors.md` has a row for each code (a test compares). */
export const ERRORS = {
  'ayon-unreachable': 'outage',
  'ayon-refused-key': 'outage',
  'ayon-overloaded': 'outage',
  'ayon-server-error': 'attempts',
  'ayon-conflict': 'attempts',
  'ayon-rejected': 'permanent',
  'ayon-attribute-missing': 'outage',
  'ayon-incompatible': 'outage',
  'ftrack-unreachable': 'outage',
  'ftrack-refused-key': 'outage',
  'ftrack-overloaded': 'outage',
  'ftrack-server-error': 'attempts',
  'ftrack-rejected': 'permanent',
  'ftrack-attribute-missing': 'permanent',
  'ftrack-project-unreadable': 'permanent',
  'name-empty': 'permanent',
  'name-taken': 'permanent',
  'blocked-by': 'permanent',
  'id-taken': 'permanent',
  'value-invalid': 'permanent',
  'folder-immutable': 'permanent',
  'settings-invalid': 'outage',
  'not-my-turn': 'permanent',
  'no-answer': 'permanent',
  unexpected: 'attempts',
} as const satisfies Record<string, FailureClass>;

export type ErrorCode = keyof typeof ERRORS;

/** What a failure may carry besides its sentence. Plain JSON, small, never a credential. */
export interface FailureDetails {
  /** ftrack entity whose parked event must be resolved first (`blocked-by`). */
  readonly blockedBy?: string;
  /** ftrack ids of the entities concerned. */
  readonly entities?: readonly string[];
  /** Milliseconds that the other system asked us to wait (Retry-After). */
  readonly retryAfterMs?: number;
}

export const isErrorCode = (code: unknown): code is ErrorCode =>
  typeof code === 'string' && Object.hasOwn(ERRORS, code);

export const classOf = (code: ErrorCode): FailureClass => ERRORS[code];

/** No system is waited for longer than this between two tries, whatever it asks for. */
const MAX_RETRY_AFTER_MS = 60_000;

/**
 * The only thing an activity throws. `outage` failures stay retryable for Temporal; the other two classes return to
 * the workflow at once, which counts tries and parks.
 * @param message one sentence: what, where, how to fix.
 */
export function failure(code: ErrorCode, message: string, details: FailureDetails = {}): ApplicationFailure {
  return ApplicationFailure.create({
    type: code,
    message,
    nonRetryable: classOf(code) !== 'outage',
    details: [details],
    ...(details.retryAfterMs === undefined
      ? {}
      : { nextRetryDelay: Math.min(details.retryAfterMs, MAX_RETRY_AFTER_MS) }),
  });
}

/** The code of a failure thrown by {@link failure}, however deeply Temporal wrapped it. */
export function codeOf(error: unknown): ErrorCode | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each instanceof ApplicationFailure && isErrorCode(each.type)) {
      return each.type;
    }
  }
  return undefined;
}
