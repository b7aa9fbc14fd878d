import type { AyonClient } from '../clients/ayon/client';
import type { Refusal } from '../domain/ayon-plan';
import { planOperations } from '../domain/ayon-plan';
import type { KnownAyon } from '../domain/ayon-shapes';
import type { AyonOperation, AyonOperationResult } from '../domain/model';

export interface Writes {
  readonly project: string;
  /** In any order; several of one entity become one. */
  readonly wanted: readonly AyonOperation[];
  readonly known: KnownAyon;
}

/**
 * The one way in which entities of AYON are written: planned, then sent in batches. What is wrong with one entity is in
 * its own result and keeps no other from being written.
 * @returns one result per wanted operation, in their order
 */
export async function writeEntities(
  ayon: Pick<AyonClient, 'operations'>,
  { project, wanted, known }: Writes,
  signal: AbortSignal,
): Promise<AyonOperationResult[]> {
  const { operations, outcomes } = planOperations(wanted, known);
  const results = operations.length === 0 ? [] : await ayon.operations(project, operations, signal);
  return outcomes.map((outcome) =>
    typeof outcome === 'number' ? (results[outcome] ?? NO_ANSWER) : resultOf(outcome),
  );
}

/** For an operation of which nobody knows what became of it. */
export const NO_ANSWER: AyonOperationResult = {
  success: false,
  status: 500,
  errorCode: null,
  detail: 'no answer',
};

/** A refusal as AYON would have put it, so that whoever draws lessons from results need not know two kinds. */
function resultOf({ code, sentence, blockedBy }: Refusal): AyonOperationResult {
  const [status, errorCode] =
    code === 'ayon-rejected'
      ? [400, 'refused']
      : [409, code === 'name-taken' ? 'unique-violation' : 'blocked-by'];
  return {
    success: false,
    status,
    errorCode,
    detail: sentence,
    ...(blockedBy === undefined ? {} : { blockedBy }),
  };
}
