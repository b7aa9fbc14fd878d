import type { StepContext } from './step';

export interface FreshWrite<Plan> {
  /** Reads source and target and says what differs; undefined when nothing does. */
  readonly read: (signal: AbortSignal) => Promise<Plan | undefined>;
  /**
   * Never cancelled half-way: a request that was cut off may still arrive, and then nobody would look again. Once
   * `stale` is aborted, what was read is too old to start a further request by it: whatever is left waits for the next
   * read.
   */
  readonly write: (plan: Plan, stale: AbortSignal) => Promise<void>;
}

/** A stalled twin that cannot get its last look at the source gives up after so many rounds; the queue goes on. */
const MAX_ROUNDS = 20;

/**
 * Brings the target to the source's present value, also when this process was stopped (SIGSTOP, swap, long GC) and
 * another worker meanwhile did this and later events (promise O):
 * - a write starts only if the activity is not cancelled and its read is younger than half the heartbeat time-out;
 * - a write that ended late, or was overtaken by a cancellation, is followed by another read, until nothing differs.
 * @returns how many times it wrote; 0 means that nothing differed.
 */
export async function writeFresh<Plan>(
  context: StepContext,
  { read, write }: FreshWrite<Plan>,
): Promise<number> {
  const maxAge = context.timings.heartbeat / 2;
  let writes = 0;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const readAt = context.now();
    const plan = await read(writes === 0 ? context.signal : new AbortController().signal);
    if (plan === undefined) {
      return writes;
    }
    if (writes === 0) {
      context.signal.throwIfAborted();
    }
    const left = maxAge - (context.now() - readAt);
    if (left < 0) {
      continue;
    }
    writes += 1;
    await writeOrLookAgain(context, () => write(plan, AbortSignal.timeout(Math.ceil(left))));
    if (!context.signal.aborted && context.now() - readAt <= context.timings.lateWrite) {
      return writes;
    }
  }
  return writes;
}

/** Once cancelled, a write of unknown fate is settled by the next read instead of a retry by Temporal. */
async function writeOrLookAgain(context: StepContext, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!context.signal.aborted) {
      throw error;
    }
  }
}
