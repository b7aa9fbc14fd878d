import type { Outgoing } from './outgoing';
import { BATCH } from './send';
import type { Spool, SpoolBatch } from './spool/spool';

/** Pauses between tries while Temporal is away, ms; doubling from the first to the largest. */
export interface RetryPauses {
  readonly first: number;
  readonly max: number;
}

export interface DrainDeps {
  readonly spool: Spool<Outgoing>;
  send(batch: readonly Outgoing[]): Promise<void>;
  /** Asks Temporal to take one event, as `send` will ask again; throws while it does not. */
  probe(item: Outgoing): Promise<unknown>;
  /** Temporal did not take a batch. */
  onFailure(error: unknown): void;
  readonly pauses: RetryPauses;
  readonly signal: AbortSignal;
}

/** Events taken from the spool at a time. */
const TAKE = 500;

/**
 * Empties the spool, oldest first: what was taken is handed over completely, and forgotten, before more is taken.
 * At first and after a failure one event asks whether Temporal takes any: a Temporal that struggles to come back is not
 * met by hundreds of requests at each try, however many events wait.
 * @returns true when it is empty, false when it was told to stop.
 */
export async function drainSpool(deps: DrainDeps): Promise<boolean> {
  const { spool, signal } = deps;
  const course: Course = { attempt: 0, isSure: false };
  while (spool.state().events > 0) {
    const batch = await takeFrom(deps, course);
    const isDone = batch !== undefined && (await handOver(deps, batch, course));
    if (batch !== undefined && isDone) {
      await spool.commit(batch);
    }
    if (signal.aborted) {
      return false;
    }
  }
  return true;
}

/** How handing over goes. */
interface Course {
  /** Failures since it last worked. */
  attempt: number;
  /** Temporal took something since the last failure. */
  isSure: boolean;
}

async function takeFrom(deps: DrainDeps, course: Course): Promise<SpoolBatch<Outgoing> | undefined> {
  try {
    return await deps.spool.take(TAKE);
  } catch {
    // The disk cannot be read; the spool says so.
    course.attempt += 1;
    await pause(deps, course.attempt);
    return undefined;
  }
}

/** @returns false when it was given back: told to stop, or out of memory while the disk could hold it. */
async function handOver(deps: DrainDeps, batch: SpoolBatch<Outgoing>, course: Course): Promise<boolean> {
  const { spool, signal } = deps;
  const groups = batchesByProject(batch.items);
  while (groups.size > 0 && !signal.aborted) {
    try {
      await (course.isSure ? sendGroups(deps, groups) : probe(deps, batch.items, course.attempt));
      course.attempt = course.isSure ? 0 : course.attempt;
      course.isSure = true;
    } catch (error) {
      course.isSure = false;
      course.attempt += 1;
      deps.onFailure(error);
      const isForDisk = batch.end === undefined && spool.isWritable;
      if (isForDisk) {
        spool.release(batch);
      }
      await pause(deps, course.attempt);
      if (isForDisk) {
        return false;
      }
    }
  }
  if (signal.aborted) {
    spool.release(batch);
  }
  return !signal.aborted;
}

/** Another one at each try, so that none that Temporal has trouble with stands in the way. */
async function probe(deps: DrainDeps, items: readonly Outgoing[], attempt: number): Promise<void> {
  const item = items[attempt % items.length];
  if (item !== undefined) {
    await deps.probe(item);
  }
}

type Groups = Map<string | null, Outgoing[][]>;

function batchesByProject(items: readonly Outgoing[]): Groups {
  const groups: Groups = new Map();
  for (const item of items) {
    const batches = groups.get(item.input.project) ?? [];
    groups.set(item.input.project, batches);
    const last = batches.at(-1);
    if (last === undefined || last.length >= BATCH) {
      batches.push([item]);
    } else {
      last.push(item);
    }
  }
  return groups;
}

/** Projects side by side, the batches of each one after the other; what is done is taken out of `groups`. */
async function sendGroups(deps: DrainDeps, groups: Groups): Promise<void> {
  const results = await Promise.allSettled(
    [...groups].map(async ([project, batches]) => {
      while (batches[0] !== undefined && !deps.signal.aborted) {
        await deps.send(batches[0]);
        batches.shift();
      }
      if (batches.length === 0) {
        groups.delete(project);
      }
    }),
  );
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    throw failed.reason;
  }
}

/** Ends early when told to stop. */
async function pause({ pauses, signal }: DrainDeps, attempt: number): Promise<void> {
  const full = Math.min(pauses.max, pauses.first * 2 ** Math.min(attempt - 1, 30));
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, full * (0.75 + Math.random() / 2));
    signal.addEventListener('abort', done);
    if (signal.aborted) {
      done();
    }
  });
}
