import type { StepContext } from './step';

export interface FreshWrite<Plan> {
  /** Reads source and target and says what differs; undefined when nothing does. */
  read(): Promise<Plan | undefined>;
  write(plan: Plan): Promise<void>;
}

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
  for (let writes = 0; ; ) {
    const readAt = context.now();
    const plan = await read();
    if (plan === undefined) {
      return writes;
    }
    if (writes === 0) {
      context.signal.throwIfAborted();
    }
    if (context.now() - readAt > maxAge) {
      continue;
    }
    await write(plan);
    writes += 1;
    if (!context.signal.aborted && context.now() - readAt <= context.timings.lateWrite) {
      return writes;
    }
  }
}
