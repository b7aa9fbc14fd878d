import type { Client } from '@temporalio/client';
import type { GapFillState, Vouch } from '../contracts/gap-fill';
import { gapFillStart } from '../contracts/gap-fill';
import type { Ticket } from '../contracts/messages';
import type { SEARCH_ATTRIBUTES } from '../contracts/names';
import { NAMED_MEMO, SIGNAL, TASK_QUEUE, WORKFLOW } from '../contracts/names';
import type { Enqueue } from '../contracts/queue';
import { queueStart } from '../contracts/queue';
import { START_DELAY_JITTER, timings } from '../contracts/timings';
import { eventSummary } from '../domain/event-summary';
import { namedBy } from '../domain/telling';
import type { Outgoing } from './outgoing';

/**
 * What became of a start: the open run that holds the event (ours or another deliverer's), `closed` when its run is
 * over already, `rejected` when Temporal will never take it.
 * @internal
 */
export type StartResult = { readonly run: string } | 'closed' | 'rejected';

/** The three requests of the leecher to Temporal; everything else they throw means that Temporal is not there. */
export interface TemporalStarter {
  start(item: Outgoing): Promise<StartResult>;
  /** Tickets in arrival order. `refused`: the queue has too many signals; the events will enrol themselves. */
  enqueue(project: string | null, tickets: readonly Ticket[]): Promise<'sent' | 'refused'>;
  /** Tells the gap fill, and starts it if nobody has. */
  vouch(vouch: Vouch): Promise<void>;
}

export interface StarterOptions {
  readonly client: Client;
  readonly timeScale?: number;
  /** Temporal task queue of the processor; the product's own unless a test needs another. */
  readonly taskQueue?: string;
  /** Longest wait for one answer, ms. */
  readonly deadline?: number;
}

/** PostgreSQL keeps 255 characters of a keyword. */
const MAX_KEYWORD = 200;
const INVALID_ARGUMENT = 3;
const RESOURCE_EXHAUSTED = 8;

/** Talks to a Temporal server. */
export function temporalStarter(options: StarterOptions): TemporalStarter {
  const { client, timeScale, taskQueue = TASK_QUEUE, deadline = 10_000 } = options;
  const scale = timeScale === undefined ? {} : { timeScale };
  const { startDelay } = timings(timeScale);
  return {
    async start({ id, input }) {
      const { event, project } = input;
      const jitter = 1 + START_DELAY_JITTER * (2 * Math.random() - 1);
      try {
        const handle = await client.withDeadline(Date.now() + deadline, () =>
          client.workflow.start(WORKFLOW.event, {
            workflowId: id,
            taskQueue,
            args: [input],
            startDelay: Math.round(startDelay * jitter),
            workflowIdReusePolicy: 'REJECT_DUPLICATE',
            workflowIdConflictPolicy: 'USE_EXISTING',
            staticSummary: eventSummary(event),
            memo: { [NAMED_MEMO]: { event: event.id, at: event.arrivedAt, named: namedBy(event) } },
            typedSearchAttributes: keywords({
              FtrackProject: project ?? 'site',
              FtrackTopic: event.topic,
              FtrackEventId: event.id,
              FtrackUser: event.user.name ?? event.user.id,
              SyncDirection: 'ftrack-to-ayon',
              SyncOutcome: 'queued',
            }),
          }),
        );
        return { run: handle.firstExecutionRunId };
      } catch (error) {
        return verdict(error);
      }
    },
    async enqueue(project, tickets) {
      try {
        await client.withDeadline(Date.now() + deadline, () =>
          client.workflow.signalWithStart(WORKFLOW.queue, {
            ...queueStart(project, { timeScale, taskQueue }),
            signal: SIGNAL.enqueue,
            signalArgs: [{ tickets } satisfies Enqueue],
          }),
        );
        return 'sent';
      } catch (error) {
        if (isFinalForQueue(error)) {
          return 'refused';
        }
        throw error;
      }
    },
    vouch: (vouch) =>
      client.withDeadline(Date.now() + deadline, () => tellGapFill(client, { vouch, taskQueue, scale })),
  };
}

interface ToGapFill {
  readonly vouch: Vouch;
  readonly taskQueue: string;
  readonly scale: Partial<GapFillState>;
}

async function tellGapFill(client: Client, { vouch, taskQueue, scale }: ToGapFill): Promise<void> {
  await client.workflow.signalWithStart(WORKFLOW.gapFill, {
    ...gapFillStart(scale, taskQueue),
    signal: SIGNAL.vouch,
    signalArgs: [vouch],
  });
}

/** Whole characters only, and none that a database refuses: a zero byte keeps a run out of every search for good. */
const keyword = (text: string): string =>
  Array.from(text.replace(/[\p{Cc}\p{Cs}]+/gu, ' ').trim())
    .slice(0, MAX_KEYWORD)
    .join('');

type Keywords = Readonly<Record<keyof typeof SEARCH_ATTRIBUTES, string | undefined>>;

const keywords = (values: Keywords) =>
  Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [{ key: { name, type: 'KEYWORD' as const }, value: keyword(value) }],
  );

/** @throws the error itself unless it is a final answer about this one event. */
function verdict(error: unknown): 'closed' | 'rejected' {
  if (error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError') {
    return 'closed';
  }
  const status = statusOf(error);
  // A namespace without our search attributes refuses every event: that is set right by an administrator.
  if (status?.code === INVALID_ARGUMENT && !/search attribute|namespace/i.test(status.details)) {
    return 'rejected';
  }
  throw error;
}

/** The queue has had 10,000 signals, or nothing of that name can be one: no later try would differ. */
function isFinalForQueue(error: unknown): boolean {
  const { code, details = '' } = statusOf(error) ?? {};
  return (
    (code === INVALID_ARGUMENT && !/namespace/i.test(details)) ||
    (code === RESOURCE_EXHAUSTED && /limit for signal/i.test(details))
  );
}

/** The gRPC status within whatever the client wrapped around it. */
function statusOf(error: unknown): { readonly code: number; readonly details: string } | undefined {
  for (let each = error; typeof each === 'object' && each !== null; each = Reflect.get(each, 'cause')) {
    const code: unknown = Reflect.get(each, 'code');
    const details: unknown = Reflect.get(each, 'details');
    if (typeof code === 'number' && typeof details === 'string') {
      return { code, details };
    }
  }
  return undefined;
}
