import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { inGroup } from '../../src/activities/group';
import { inTurn } from '../../src/activities/in-turn';
import { createQueueActivities } from '../../src/activities/queue';
import type { QueueActivities } from '../../src/activities/queue-messages';
import type { StepContext, StepInput, StepResult } from '../../src/activities/step';
import type { SweepInput, SweepResult } from '../../src/contracts/gap-fill';
import type { EventInput, FtrackEvent, Ticket } from '../../src/contracts/messages';
import { eventWorkflowId, projectQueueId, QUERY, SIGNAL, WORKFLOW } from '../../src/contracts/names';
import type { Enqueue, QueueView } from '../../src/contracts/queue';
import { queueStart } from '../../src/contracts/queue';
import { timings } from '../../src/contracts/timings';
import { scopeOf } from '../../src/domain/supersede';
import { PATIENCE } from '../../src/workers/processor';
import { eventually } from './eventually';
import { sharedTemporal } from './temporal';

type Behaviour = (
  input: StepInput,
  context: StepContext,
  attempt: number,
) => Promise<StepResult | void> | StepResult | void;

/** One execution of the fake step, as it happened. */
export interface Execution {
  readonly project: string | null;
  readonly event: string;
  /** Run that executed it, and run to which its turn was granted: the fence holds them equal. */
  readonly run: string;
  readonly grantedTo: string;
  readonly from: number;
  to?: number;
}

type Wrap = (real: QueueActivities) => Partial<QueueActivities>;

let bundle: Promise<{ code: string }> | undefined;

/**
 * The durable core on a real Temporal server with a scripted step in place of the handlers' activities: what the
 * step does is set per event with `on`; without it, it succeeds at once.
 */
export async function startCore({
  timeScale = 20,
  policy = 'park' as 'park' | 'halt',
  groups = false,
} = {}): Promise<Core> {
  const { address } = sharedTemporal();
  bundle ??= bundleOnce();
  const core = new Core({ timeScale, policy, groups }, await bundle);
  await core.open(address);
  return core;
}

function bundleOnce(): Promise<{ code: string }> {
  const logger = new DefaultLogger('ERROR');
  Runtime.install({ logger });
  return bundleWorkflowCode({ workflowsPath: require.resolve('../../src/workflows/index'), logger });
}

export class Core {
  readonly taskQueue = `test-${randomUUID()}`;
  readonly executions: Execution[] = [];
  readonly timeScale: number;
  /** Whether group turns are wanted. */
  groups: boolean;
  private readonly behaviours = new Map<string, Behaviour>();
  private readonly tries = new Map<string, number>();
  private wrap: Wrap = () => ({});
  private readonly policy: 'park' | 'halt';
  private readonly bundle: { code: string };
  private connection!: Connection;
  private native!: NativeConnection;
  private running: { worker: Worker; done: Promise<void> } | undefined;
  client!: Client;
  private sequence = 0;

  constructor(
    { timeScale, policy, groups }: { timeScale: number; policy: 'park' | 'halt'; groups: boolean },
    workflowBundle: { code: string },
  ) {
    this.timeScale = timeScale;
    this.policy = policy;
    this.groups = groups;
    this.bundle = workflowBundle;
  }

  readonly sweeps: SweepInput[] = [];
  /** Scripts what a look at the log finds. */
  onSweep: (input: SweepInput) => SweepResult | Promise<SweepResult> = ({ cursor, settled }) => ({
    cursor: cursor ?? 7,
    settled,
    unsettled: 0,
    more: false,
    counts: { rows: 1, known: 1, irrelevant: 0, missed: 0, events: 0 },
    lost: null,
  });

  async open(address: string): Promise<void> {
    this.connection = await Connection.connect({ address });
    this.client = new Client({ connection: this.connection });
    this.native = await NativeConnection.connect({ address });
    await this.startWorker();
  }

  /** Replaces some of the activities through which queues and events talk, such as to repeat or delay them. */
  async wrapQueueActivities(wrap: Wrap): Promise<void> {
    this.wrap = wrap;
    await this.stopWorker();
    await this.startWorker();
  }

  /** @param bundle other workflow code than the product's, such as a broken release of it */
  async startWorker(bundle = this.bundle): Promise<void> {
    const real = createQueueActivities({ parkPolicy: async () => this.policy, taskQueue: this.taskQueue });
    const step = inGroup((input, context) => this.step(input, context), {
      isWanted: () => Promise.resolve(this.groups),
      mayJoin: ({ topic }) => topic === 'ftrack.update',
    });
    const worker = await Worker.create({
      connection: this.native,
      taskQueue: this.taskQueue,
      workflowBundle: bundle,
      ...PATIENCE,
      stickyQueueScheduleToStartTimeout: '1 s',
      activities: {
        ...real,
        ...this.wrap(real),
        sweepLog: (input: SweepInput) => this.sweep(input),
        syncEntities: inTurn(step, { info: ignore, warn: ignore }),
      },
    });
    this.running = { worker, done: worker.run() };
  }

  /** In place of a look at ftrack's log; records what it was asked. */
  private async sweep(input: SweepInput): Promise<SweepResult> {
    this.sweeps.push(input);
    return this.onSweep(input);
  }

  async stopWorker(): Promise<void> {
    this.running?.worker.shutdown();
    await this.running?.done;
    this.running = undefined;
  }

  async close(): Promise<void> {
    await this.stopWorker();
    await this.native.close();
    await this.connection.close();
  }

  /** Scripts the step of one event. */
  on(event: string, behaviour: Behaviour): void {
    this.behaviours.set(event, behaviour);
  }

  private async step(input: StepInput, context: StepContext): Promise<StepResult> {
    const execution: Execution = {
      project: input.project,
      event: input.event.id,
      run: Context.current().info.workflowExecution?.runId ?? '',
      grantedTo: input.turn.run,
      from: Date.now(),
    };
    this.executions.push(execution);
    const attempt = (this.tries.get(input.event.id) ?? 0) + 1;
    this.tries.set(input.event.id, attempt);
    try {
      const result = await this.behaviours.get(input.event.id)?.(input, context, attempt);
      const scope = scopeOf(input.event) ?? {};
      return result ?? { outcome: 'applied', summary: `applied ${input.event.id}`, scope };
    } finally {
      execution.to = Date.now();
    }
  }

  /**
   * Pairs of executions of one project that ran at the same time, and executions under a turn of another run. Every
   * suite ends by expecting none.
   */
  breaches(): string[] {
    const sorted = [...this.executions].sort((a, b) => a.from - b.from);
    // A second try of one run beside its stalled first one is Temporal's at-least-once; `writeFresh` copes with it.
    const overlaps = sorted.filter((each, at) =>
      sorted
        .slice(0, at)
        .some(
          ({ project, run, to = Infinity }) => project === each.project && run !== each.run && each.from < to,
        ),
    );
    const foreign = sorted.filter(({ run, grantedTo }) => run !== grantedTo);
    return [
      ...overlaps.map(({ event }) => `${event} began while another event of its project was under way`),
      ...foreign.map(({ event }) => `${event} ran under another run's turn`),
    ];
  }

  of(event: string): Execution[] {
    return this.executions.filter((each) => each.event === event);
  }

  event(fields: Partial<FtrackEvent> = {}): FtrackEvent {
    const entities = [{ entityId: randomUUID(), entityType: 'task', action: 'update', keys: ['statusid'] }];
    return { id: randomUUID(), topic: 'ftrack.update', user: {}, entities, arrivedAt: Date.now(), ...fields };
  }

  key(): number {
    this.sequence += 1;
    return Date.now() * 1000 + (this.sequence % 1000);
  }

  /** Starts the event's workflow as a leecher does, without its ticket. `startDelay` is for events that lost theirs. */
  async start(
    project: string,
    event: FtrackEvent,
    { key = this.key(), startDelay = timings(this.timeScale).startDelay } = {},
  ): Promise<Ticket> {
    const input: EventInput = { event, project, key, timeScale: this.timeScale };
    const handle = await this.client.workflow.start(WORKFLOW.event, {
      workflowId: eventWorkflowId(event.id),
      taskQueue: this.taskQueue,
      args: [input],
      startDelay,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'USE_EXISTING',
      typedSearchAttributes: [
        { key: { name: 'FtrackProject', type: 'KEYWORD' }, value: project },
        { key: { name: 'SyncOutcome', type: 'KEYWORD' }, value: 'queued' },
      ],
    });
    return { id: handle.workflowId, run: handle.firstExecutionRunId, key };
  }

  async enqueue(project: string, tickets: readonly Ticket[]): Promise<void> {
    await this.toQueue(project, SIGNAL.enqueue, { tickets } satisfies Enqueue);
  }

  /** Signals the project's queue, starting it when there is none. */
  async toQueue(project: string, signal: string, ...args: unknown[]): Promise<void> {
    await this.client.workflow.signalWithStart(WORKFLOW.queue, {
      ...queueStart(project, this),
      signal,
      signalArgs: args,
    });
  }

  /** Starts and enrols events in order, as one batch. */
  async deliver(project: string, ...events: FtrackEvent[]): Promise<Ticket[]> {
    const keyed = events.map((event) => ({ event, key: this.key() }));
    const tickets = await Promise.all(keyed.map(({ event, key }) => this.start(project, event, { key })));
    await this.enqueue(project, tickets);
    return tickets;
  }

  handle(event: FtrackEvent): WorkflowHandle {
    return this.client.workflow.getHandle(eventWorkflowId(event.id));
  }

  /** How many signals of this name a workflow has received. */
  async received(handle: WorkflowHandle, signal: string): Promise<number> {
    const { events } = await handle.fetchHistory();
    const names = events?.map((each) => each.workflowExecutionSignaledEventAttributes?.signalName) ?? [];
    return names.filter((each) => each === signal).length;
  }

  /** A gap fill of this core's own, whatever other tests do. */
  startGapFill(): Promise<WorkflowHandle> {
    return this.client.workflow.start(WORKFLOW.gapFill, {
      workflowId: `gap-fill-${randomUUID()}`,
      taskQueue: this.taskQueue,
      args: [{ timeScale: this.timeScale }],
    });
  }

  queue(project: string): WorkflowHandle {
    return this.client.workflow.getHandle(projectQueueId(project));
  }

  view(project: string): Promise<QueueView> {
    return this.queue(project).query<QueueView>(QUERY.state);
  }

  /** The search attribute `SyncOutcome` as the server has it, and whether the run is open. */
  async standing(event: FtrackEvent): Promise<string> {
    const { status, typedSearchAttributes } = await this.handle(event).describe();
    const outcome = typedSearchAttributes.get({ name: 'SyncOutcome', type: 'KEYWORD' });
    return `${status.name.toLowerCase()} ${outcome ?? '-'}`;
  }

  async untilStanding(event: FtrackEvent, standing: string, timeoutMs = 20_000): Promise<void> {
    await eventually(
      `${event.id} to be ${standing}`,
      async () => {
        const seen = await this.standing(event);
        if (seen !== standing) {
          throw new Error(seen);
        }
        return true;
      },
      timeoutMs,
    );
  }
}

/** What "Reset" to the first workflow task does, in the UI and on the command line. */
export async function resetToStart(core: Core, event: FtrackEvent): Promise<void> {
  const handle = core.handle(event);
  const { runId } = await handle.describe();
  const { events } = await handle.fetchHistory();
  const first = events?.find((each) => each.workflowTaskCompletedEventAttributes);
  await core.client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: handle.workflowId, runId },
    reason: 'test',
    requestId: randomUUID(),
    workflowTaskFinishEventId: first?.eventId ?? null,
  });
}

const ignore = (): void => undefined;

/** A project of its own for each test, so that suites can share one server. */
export const newProject = (): string => randomUUID();

/** A latch: `open()` lets everybody through who awaits `opened`. */
export function latch(): { opened: Promise<void>; open: () => void } {
  let open = ignore;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** A step that goes on until it is told to stop. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')));
  });
}
