import { ApplicationFailure, Context } from '@temporalio/activity';
import { projectQueueId, SIGNAL } from '../contracts/names';
import type { Waiting } from '../contracts/queue';
import { timings as timingsOf } from '../contracts/timings';
import { classOf, codeOf, failure } from '../errors';
import { growingClock } from './growing-clock';
import type { Step, StepInput, StepResult } from './step';

/** Where the wrapper tells what it saw; the logger of the process implements it. */
export interface StepLog {
  readonly info: (fields: object, message: string) => void;
  readonly warn: (fields: object, message: string) => void;
}

/** An outage is told to the queue at its first failed try, and again now and then should the queue have been lost. */
const TELL_EVERY = 10;

/** A step that ended so often without any answer (time-out, crash of the processor) would do so for ever. */
const MAX_SILENT = 8;

/** One for all steps: only differences count. */
const clock = growingClock();

/** Travels from try to try as heartbeat details. */
interface Trace {
  /** Tries in a row that ended without an answer, this one included until it answers. */
  silent: number;
  /** The queue was told of the present outage. */
  told: boolean;
}

/**
 * Makes a handler's step an activity that works only within its turn:
 * it refuses to work for another run than the one that was granted the turn (`not-my-turn`), heartbeats on its own
 * as long as the process lives, turns every error into one of the error table, and shows outages in the queue.
 */
export function inTurn(step: Step, log: StepLog): (input: StepInput) => Promise<StepResult> {
  return async (input) => {
    const activity = Context.current();
    const { workflowExecution, attempt } = activity.info;
    const fields = { eventId: input.event.id, projectId: input.project, attempt };
    if (workflowExecution?.runId !== input.turn.run) {
      throw failure(
        'not-my-turn',
        `Run ${workflowExecution?.runId} holds no turn: it was given to ${input.turn.run}.`,
      );
    }
    const trace = nextTrace(activity.info.heartbeatDetails);
    const timings = timingsOf(input.timeScale);
    if (attempt > 1) {
      // At once: a try that kills its process shall be counted. The first try of a short step needs no request for it.
      activity.heartbeat(trace);
    }
    const beat = setInterval(() => activity.heartbeat(trace), timings.heartbeat / 4);
    try {
      const result = await step(input, { signal: activity.cancellationSignal, timings, now: clock });
      log.info({ ...fields, outcome: result.outcome }, result.summary);
      if (attempt > 1) {
        await tellQueue(input, { run: input.turn.run, system: null, since: Date.now() });
      }
      return result;
    } catch (error) {
      if (activity.cancellationSignal.aborted) {
        await activity.cancelled;
      }
      throw await seen(input, trace, { error, fields, log });
    } finally {
      clearInterval(beat);
    }
  };
}

/** Logs the error, shows an outage in the queue. @returns the failure to throw. */
async function seen(
  input: StepInput,
  trace: Trace,
  { error, fields, log }: { error: unknown; fields: object; log: StepLog },
): Promise<ApplicationFailure> {
  const known = error instanceof ApplicationFailure && codeOf(error) !== undefined;
  const thrown = known ? error : failure('unexpected', unexpected(error));
  const code = codeOf(thrown) ?? 'unexpected';
  log.warn({ ...fields, code, ...(known ? {} : { err: error }) }, thrown.message);
  if (classOf(code) !== 'outage') {
    return thrown;
  }
  const { attempt } = Context.current().info;
  if (!trace.told || attempt % TELL_EVERY === 0) {
    const system = code.startsWith('ftrack') ? 'ftrack' : 'AYON';
    const reason = thrown.message.slice(0, 200);
    await tellQueue(input, { run: input.turn.run, system, reason, since: Date.now() });
  }
  Object.assign(trace, { silent: 0, told: true });
  Context.current().heartbeat(trace);
  return thrown;
}

/** @throws `no-answer` when the tries before this one have been silent for too long. */
function nextTrace(former: unknown): Trace {
  const { silent = 0, told = false } = (former ?? {}) as Partial<Trace>;
  if (silent >= MAX_SILENT) {
    throw failure(
      'no-answer',
      `The step ended ${silent} times without an answer (time-out, or the processor died); look into the processor's log and memory, then retry this event.`,
    );
  }
  return { silent: silent + 1, told };
}

const unexpected = (error: unknown): string =>
  `Unexpected ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}. This is a defect; please report it with this event.`;

/** Best effort: what the queue shows is for people, and the step's own outcome matters more. */
async function tellQueue(input: StepInput, waiting: Waiting): Promise<void> {
  const queue = Context.current().client.workflow.getHandle(projectQueueId(input.project));
  await queue.signal(SIGNAL.waiting, waiting).catch(() => undefined);
}
