import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import type { ErrorCode, FailureDetails } from '../errors';
import { codeOf } from '../errors';

/** Why a step failed, in the terms of the error table. */
export interface Problem {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly blockedBy?: string;
}

/** What an operator reads stays short; the whole failure is in the history. */
const MAX_REASON = 500;

export function problemOf(error: unknown): Problem {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const details =
    cause instanceof ApplicationFailure ? (cause.details?.[0] as FailureDetails | undefined) : undefined;
  const reason = cause instanceof Error ? cause.message : String(error);
  return {
    code: codeOf(error) ?? 'unexpected',
    reason: reason.slice(0, MAX_REASON),
    ...(details?.blockedBy === undefined ? {} : { blockedBy: details.blockedBy }),
  };
}
