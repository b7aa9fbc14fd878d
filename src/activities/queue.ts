import { Context } from '@temporalio/activity';
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/common';
import type { EventInput, Turn } from '../contracts/messages';
import { projectQueueId, SIGNAL, TASK_QUEUE, WORKFLOW } from '../contracts/names';
import type { Done, Enqueue, Resolve } from '../contracts/queue';
import { queueStart } from '../contracts/queue';
import type { QueueActivities, Release } from './queue-messages';

export interface QueueDeps {
  /** Policy of the project when an event parks; must answer quickly and never throw (`park` when unknown). */
  readonly parkPolicy: (project: string | null) => Promise<'park' | 'halt'>;
  /** Where event and queue workflows run; tests use one of their own. */
  readonly taskQueue?: string;
}

/** A workflow task that failed so often is a defect of the code that runs it, not bad luck. */
const STUCK_AFTER = 5;

/** How queues and events talk; see {@link QueueActivities}. */
export function createQueueActivities({ parkPolicy, taskQueue = TASK_QUEUE }: QueueDeps): QueueActivities {
  const signalQueue = (
    { project, timeScale }: { project: string | null; timeScale: number | undefined },
    signal: string,
    message: Enqueue | Done,
  ): Promise<unknown> =>
    temporal().signalWithStart(WORKFLOW.queue, {
      ...queueStart(project, { timeScale, taskQueue }),
      signal,
      signalArgs: [message],
    });
  return {
    async enrol({ project, key, timeScale }) {
      const { workflowId, runId } = self();
      const ticket = { id: workflowId, run: runId, key };
      const message = { tickets: [ticket], late: true };
      await unlessFull(signalQueue({ project, timeScale }, SIGNAL.enqueue, message));
    },
    async confirmTurn({ run }) {
      return run === self().runId;
    },
    async release({ project, done, timeScale }) {
      const message = await doneOf(done, () => parkPolicy(project));
      if (message.outcome === 'parked') {
        await unlessFull(signalQueue({ project, timeScale }, SIGNAL.done, message));
      } else {
        // A queue that is gone waits for nothing.
        await unlessFull(ifOpen(temporal().getHandle(projectQueueId(project)).signal(SIGNAL.done, message)));
      }
    },
    async grant({ id, turn }) {
      const run = await wake(id, { signal: SIGNAL.grant, message: turn, taskQueue });
      return run === turn.run ? 'granted' : 'gone';
    },
    async inspectTurn({ id, run, project }) {
      const seen = await inspect(id, run);
      return seen === 'stuck' && (await parkPolicy(project)) === 'halt' ? 'stuck-halt' : seen;
    },
    async findGone(ids) {
      const seen = await Promise.all(ids.map((id) => inspect(id)));
      return ids.filter((_, at) => seen[at] === 'gone');
    },
    async revoke({ id, run, number }) {
      await ifOpen(temporal().getHandle(id, run).signal(SIGNAL.revoke, number));
    },
    async notify(notices) {
      await Promise.all(
        notices.map(async ({ id, ...message }) => {
          // Who waits may still be in its start delay; who is parked is awake.
          await (message.kind === 'covered'
            ? wake(id, { signal: SIGNAL.resolve, message, taskQueue })
            : ifOpen(temporal().getHandle(id).signal(SIGNAL.resolve, message)));
        }),
      );
    },
  };
}

const temporal = () => Context.current().client.workflow;

function self(): { workflowId: string; runId: string } {
  const { workflowExecution } = Context.current().info;
  if (workflowExecution === undefined) {
    throw new Error('queue activities run inside workflows only');
  }
  return workflowExecution;
}

async function doneOf({ parked, ...rest }: Release, policy: () => Promise<'park' | 'halt'>): Promise<Done> {
  const { workflowId: id, runId: run } = self();
  // A child waits for its parent, which may stand behind it in the queue: that is no reason to halt.
  const mayHalt = parked !== undefined && parked.code !== 'blocked-by';
  const halt = mayHalt && (await policy()) === 'halt';
  return { id, run, ...rest, ...(parked === undefined ? {} : { parked: { ...parked, halt } }) };
}

/**
 * Signal-with-start, since a plain signal does not wake a workflow that waits for its start delay. Should the event be
 * gone (deleted, past retention), this starts a ghost of it, which closes at once.
 * @returns the run that got the signal; undefined when it is closed
 */
async function wake(
  id: string,
  { signal, message, taskQueue }: { signal: string; message: Turn | Resolve; taskQueue: string },
): Promise<string | undefined> {
  const ghost: EventInput = { project: null, key: 0 };
  try {
    const { signaledRunId } = await temporal().signalWithStart(WORKFLOW.event, {
      workflowId: id,
      taskQueue,
      args: [ghost],
      signal,
      signalArgs: [message],
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
    });
    return signaledRunId;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) {
      return undefined;
    }
    throw error;
  }
}

async function inspect(id: string, run?: string): Promise<'running' | 'gone' | 'stuck'> {
  try {
    const { status, raw } = await temporal().getHandle(id, run).describe();
    if (status.name !== 'RUNNING') {
      return 'gone';
    }
    return (raw.pendingWorkflowTask?.attempt ?? 0) >= STUCK_AFTER ? 'stuck' : 'running';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) {
      return 'gone';
    }
    throw error;
  }
}

async function ifOpen(signal: Promise<void>): Promise<void> {
  try {
    await signal;
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) {
      throw error;
    }
  }
}

/**
 * A queue whose run was sent 10,000 signals that nobody processed refuses further ones. Nothing is lost: the event
 * enrols or announces itself again, and the queue looks at a silent holder by itself.
 */
async function unlessFull(signal: Promise<unknown>): Promise<void> {
  try {
    await signal;
  } catch (error) {
    if (!(error instanceof Error && FULL.test(`${error.message} ${String(error.cause)}`))) {
      throw error;
    }
  }
}

/** The server has no code of its own for it. */
const FULL = /limit for signal events/;
