import { setTimeout as pause } from 'node:timers/promises';
import type { NativeConnectionOptions, WorkerOptions } from '@temporalio/worker';
import { NativeConnection, Worker } from '@temporalio/worker';
import { TASK_QUEUE } from '../contracts/names';
import type { Logger } from '../observability/logger';
import type { WorkflowSource } from './bundle';
import { InFlight } from './in-flight';

/** ASH kills 10 s after its SIGTERM; we are gone after 8. */
const GRACE_MS = 4_000;
const FORCE_MS = 6_500;
const DEADLINE_MS = 7_000;
/** A worker that ended by itself is built again after this; reaching Temporal has its own, longer pauses. */
const REBUILD_PAUSE_MS = 1_000;

/**
 * Measured for 220 MB at rest: workflows wait for turns most of their life, so few need to stay in memory; activities
 * wait for HTTP most of theirs, so many may run.
 */
const LIMITS = {
  maxCachedWorkflows: 300,
  workflowThreadPoolSize: 1,
  maxConcurrentWorkflowTaskExecutions: 40,
  maxConcurrentActivityTaskExecutions: 60,
  maxConcurrentLocalActivityExecutions: 60,
} as const satisfies Partial<WorkerOptions>;

/**
 * The SDK interrupts workflow code after 5 s, meant for endless loops; it does so too when the host stood still for
 * that long, and Node then ends the whole process ("async hook stack has become corrupted"). Our workflows have no
 * loop that could be endless, so we wait longer than any host stands still. The SDK reads this option; the types it
 * publishes leave it out.
 * @see https://github.com/temporalio/sdk-typescript/issues/939 and https://github.com/nodejs/node/issues/38503
 */
export const PATIENCE = { isolateExecutionTimeout: '10 minutes' };

export interface ProcessorOptions {
  readonly temporal: {
    readonly address: string;
    readonly namespace: string;
    readonly connection: Pick<NativeConnectionOptions, 'tls' | 'metadata' | 'apiKey'>;
  };
  readonly workflows: WorkflowSource;
  readonly activities: object;
  readonly logger: Logger;
  /** Runs an attempt to reach Temporal until it succeeds or the signal aborts. */
  readonly untilReachable: <T>(attempt: () => Promise<T>, signal: AbortSignal) => Promise<T>;
  /** Default `ayon-ftrack`; tests use one of their own. */
  readonly taskQueue?: string;
}

interface ProcessorState {
  readonly state: 'connecting' | 'running' | 'stopping' | 'stopped';
  /** Activities that run at this moment. */
  readonly activities: number;
}

export interface Processor {
  state(): ProcessorState;
  /**
   * Takes no more work, lets running activities end, cancels them after 4 s, gives up after 7 s.
   * @returns what still ran then, by name; empty when all ended. Temporal gives it to another worker.
   */
  stop(): Promise<readonly string[]>;
}

/**
 * Runs workflows and activities of the one task queue. Temporal may be away, at the start or later: it keeps trying.
 * Returns at once; `state()` tells how far it is.
 */
export function startProcessor(options: ProcessorOptions): Processor {
  const inFlight = new InFlight();
  const abort = new AbortController();
  let worker: Worker | undefined;
  let stopping: Promise<readonly string[]> | undefined;
  let ended = false;
  const done = superviseWorker(options, { inFlight, signal: abort.signal }, (next) => {
    worker = next;
  }).finally(() => {
    ended = true;
  });
  const stop = async (): Promise<readonly string[]> => {
    abort.abort();
    if (worker?.getState() === 'RUNNING') {
      worker.shutdown();
    }
    const clock = new AbortController();
    await Promise.race([
      done,
      pause(DEADLINE_MS, undefined, { signal: clock.signal }).catch(() => undefined),
    ]);
    clock.abort();
    return inFlight.names();
  };
  return {
    state: () => ({
      state: stateOf(worker, stopping !== undefined, ended),
      activities: inFlight.names().length,
    }),
    stop: () => (stopping ??= stop()),
  };
}

function stateOf(worker: Worker | undefined, stopping: boolean, ended: boolean): ProcessorState['state'] {
  if (ended) {
    return 'stopped';
  }
  if (stopping) {
    return 'stopping';
  }
  return worker?.getState() === 'RUNNING' ? 'running' : 'connecting';
}

interface Life {
  readonly inFlight: InFlight;
  readonly signal: AbortSignal;
}

/** Builds a worker and runs it; should it end by itself (credentials revoked, namespace gone), builds the next. */
async function superviseWorker(
  options: ProcessorOptions,
  life: Life,
  onWorker: (worker: Worker | undefined) => void,
): Promise<void> {
  while (!life.signal.aborted) {
    try {
      await runOneWorker(options, life, onWorker);
    } catch (error) {
      if (!life.signal.aborted) {
        options.logger.error({ err: error }, 'The worker ended by itself; it is started again');
      }
    }
    onWorker(undefined);
    await pause(REBUILD_PAUSE_MS, undefined, { signal: life.signal }).catch(() => undefined);
  }
}

async function runOneWorker(
  options: ProcessorOptions,
  { inFlight, signal }: Life,
  onWorker: (worker: Worker) => void,
): Promise<void> {
  const { temporal, logger, untilReachable } = options;
  const connect = (): Promise<NativeConnection> =>
    NativeConnection.connect({ ...temporal.connection, address: temporal.address });
  const connection = await untilReachable(connect, signal);
  try {
    const worker = await untilReachable(
      () => Worker.create(workerOptions(options, connection, inFlight)),
      signal,
    );
    signal.throwIfAborted();
    onWorker(worker);
    logger.info({ address: temporal.address, namespace: temporal.namespace }, 'processor runs');
    await worker.run();
  } finally {
    await connection.close();
  }
}

function workerOptions(
  options: ProcessorOptions,
  connection: NativeConnection,
  inFlight: InFlight,
): WorkerOptions {
  const { workflows } = options;
  return {
    ...LIMITS,
    ...PATIENCE,
    connection,
    namespace: options.temporal.namespace,
    taskQueue: options.taskQueue ?? TASK_QUEUE,
    activities: options.activities,
    interceptors: inFlight.interceptors,
    stickyQueueScheduleToStartTimeout: 2_000,
    shutdownGraceTime: GRACE_MS,
    shutdownForceTime: FORCE_MS,
    ...('bundle' in workflows
      ? { workflowBundle: { codePath: workflows.bundle } }
      : { workflowsPath: workflows.path }),
  };
}
