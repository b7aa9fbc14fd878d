import os from 'node:os';
import { isGrpcServiceError } from '@temporalio/client';
import { optionalTsToMs } from '@temporalio/common/lib/time';
import type { LeaseGrant, LeaseInput, LeaseServer } from '../../contracts/lease';
import { LEASE_ID, LEECHER_TASK_QUEUE, TASK_QUEUE, WORKFLOW } from '../../contracts/names';
import { timeLimited } from '../time-limit';
import type { TemporalClient } from './connect';

export interface LeaseServerOptions {
  readonly client: TemporalClient;
  readonly timeScale?: number;
  /** Shown in the Temporal UI as the holder. */
  readonly identity: string;
  /** Workflow id, and the task queues of its workflow and of the waiting leechers; tests take others. */
  readonly names?: { readonly id: string; readonly workflows: string; readonly leechers: string };
}

/**
 * One wait. The server answers emptily a second before the deadline; whoever stands still while it waits keeps the lease
 * from others no longer than this.
 */
const WAIT_MS = 12_000;
const ANSWER_MS = 5_000;
/** A process that ends has 7 s for all it does. */
const HAND_OVER_MS = 2_000;
/** Without a time-out nobody else ever gets the lease, so that any will do. */
const LEAST_TIMEOUT_MS = 100;
const NAMES = { id: LEASE_ID, workflows: TASK_QUEUE, leechers: LEECHER_TASK_QUEUE } as const;
const NOT_FOUND = 5;
/** temporal.api.enums.v1: WorkflowExecutionStatus RUNNING, PendingActivityState STARTED. */
const RUNNING = 1;
const STARTED = 2;

/** How a process is named where Temporal shows who does something. */
export const leecherIdentity = (version: string): string =>
  `ayon-ftrack leech ${version} ${process.pid}@${os.hostname()}`;

/**
 * The lease on a Temporal server, over the plain client's requests: a worker with Temporal's native runtime would cost
 * the leecher 20 MB.
 */
export function leaseServer({ client, timeScale, identity, names = NAMES }: LeaseServerOptions): LeaseServer {
  const { connection } = client;
  const { workflowService } = connection;
  const { namespace } = client.options;
  const within = <T>(ms: number, ask: () => Promise<T>): Promise<T> =>
    connection.withDeadline(Date.now() + ms, ask);
  return {
    look: () =>
      within(ANSWER_MS, async () => {
        const execution = { workflowId: names.id };
        const { workflowExecutionInfo, pendingActivities } = await orNothing(
          workflowService.describeWorkflowExecution({ namespace, execution }),
        );
        if (workflowExecutionInfo?.status !== RUNNING) {
          await begin(client, { timeScale, names });
        }
        const held = pendingActivities?.find(({ state }) => state === STARTED);
        return held?.lastWorkerIdentity ?? undefined;
      }),
    async wait(signal) {
      const taskQueue = { name: names.leechers };
      // Of its own: the connection never takes its listeners off again.
      const { taskToken, heartbeatTimeout } = await timeLimited({ signal }, (own) =>
        connection.withAbortSignal(own, () =>
          within(WAIT_MS, () => workflowService.pollActivityTaskQueue({ namespace, taskQueue, identity })),
        ),
      );
      const timeoutMs = Math.max(LEAST_TIMEOUT_MS, optionalTsToMs(heartbeatTimeout) ?? 0);
      return taskToken.length === 0 ? undefined : { token: taskToken, timeoutMs };
    },
    beat: ({ token, timeoutMs }) =>
      within(timeoutMs / 2, () =>
        workflowService.recordActivityTaskHeartbeat({ namespace, taskToken: token, identity }).then(
          () => true,
          (error: unknown) => {
            if (isNotFound(error)) {
              return false;
            }
            throw error;
          },
        ),
      ),
    async handOver({ token }: LeaseGrant) {
      const failure = { message: 'handed over', applicationFailureInfo: { type: 'handed-over' } };
      await within(HAND_OVER_MS, () =>
        orNothing(
          workflowService.respondActivityTaskFailed({ namespace, taskToken: token, identity, failure }),
        ),
      );
    },
  };
}

async function begin(
  client: TemporalClient,
  { timeScale, names }: Pick<Required<LeaseServerOptions>, 'names'> & { timeScale: number | undefined },
): Promise<void> {
  const input: LeaseInput = {
    ...(timeScale === undefined ? {} : { timeScale }),
    ...(names.leechers === NAMES.leechers ? {} : { taskQueue: names.leechers }),
  };
  await client.workflow.start(WORKFLOW.lease, {
    workflowId: names.id,
    taskQueue: names.workflows,
    args: [input],
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: "Which leecher answers ftrack's menus",
  });
}

const isNotFound = (error: unknown): boolean => isGrpcServiceError(error) && error.code === NOT_FOUND;

/** What is not there answers nothing. */
async function orNothing<Answer extends object>(asked: Promise<Answer>): Promise<Partial<Answer>> {
  try {
    return await asked;
  } catch (error) {
    if (isNotFound(error)) {
      return {};
    }
    throw error;
  }
}
