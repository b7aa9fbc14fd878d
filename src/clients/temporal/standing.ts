import { isGrpcServiceError, WorkflowNotFoundError } from '@temporalio/client';
import { projectQueueId, QUERY, WORKFLOW } from '../../contracts/names';
import type { QueueView } from '../../contracts/queue';
import type { TemporalClient } from './connect';

/** Somebody waits for both together. */
const QUERY_MS = 1_500;
const COUNT_MS = 700;
/** gRPC codes of a query that no worker answers in time, or for which none was seen lately. */
const UNANSWERED: readonly number[] = [4, 9];

class NotInTime extends Error {}

/**
 * How a project's queue stands, for people who wait for it.
 * @returns `none` when there is no queue; the number of open events when there is one and no processor answers for it.
 * @throws within three seconds when Temporal does not answer.
 */
export async function queueStanding(
  client: TemporalClient,
  project: string,
): Promise<QueueView | 'none' | { readonly unanswered: number }> {
  const queue = client.workflow.getHandle(projectQueueId(project));
  try {
    return await inTime(client, QUERY_MS, () => queue.query<QueueView>(QUERY.state));
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) {
      return 'none';
    }
    if (!isUnanswered(error)) {
      throw error;
    }
    const open = `WorkflowType = '${WORKFLOW.event}' AND FtrackProject = '${project}' AND ExecutionStatus = 'Running'`;
    const { count } = await inTime(client, COUNT_MS, () => client.workflow.count(open));
    return { unanswered: count };
  }
}

/** The client's own deadline is noticed only with its next try, which may be seconds later. */
function inTime<T>(client: TemporalClient, ms: number, ask: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new NotInTime()), ms);
    client
      .withDeadline(Date.now() + ms, ask)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

function isUnanswered(error: unknown): boolean {
  const cause = error instanceof Error && !isGrpcServiceError(error) ? error.cause : error;
  return error instanceof NotInTime || (isGrpcServiceError(cause) && UNANSWERED.includes(cause.code));
}
