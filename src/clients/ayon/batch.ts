import type { AyonOperation } from '../../domain/model';

/** Operations that cost AYON about the same. */
type Kind = 'folder-create' | 'folder-update' | 'other';

interface Limits {
  readonly start: number;
  readonly least: number;
  readonly most: number;
}

/**
 * Operations per request. AYON rebuilds its hierarchy for each created folder, so that more than 100 gain nothing; an
 * update of a folder takes milliseconds in a small project and a second in a big one; everything else is cheap.
 */
const LIMITS: Readonly<Record<Kind, Limits>> = {
  'folder-create': { start: 50, least: 10, most: 100 },
  'folder-update': { start: 10, least: 1, most: 50 },
  other: { start: 200, least: 25, most: 400 },
};

/** Short enough to be told of progress and to stop between two, long enough for the request itself not to count. */
const AIM_MS = 3_000;

/** One answer changes the size by no more than this factor: it may have been an exception. */
const MOST_CHANGE = 2;

/** A batch that was less full than this says too little about larger ones. */
const TELLING = 0.5;

const kindOf = ({ entityType, type }: AyonOperation): Kind =>
  entityType === 'folder' ? (type === 'create' ? 'folder-create' : 'folder-update') : 'other';

/**
 * How large AYON likes its batches at the moment: the sizes grow and shrink with the time that it takes to answer, so
 * that a batch takes about three seconds. One per project, since the costs grow with the project.
 */
export class Pace {
  readonly #sizes = new Map<Kind, number>();

  /** How many of the operations, from a position on, belong into the next batch: one at least. */
  take(operations: readonly AyonOperation[], from: number): number {
    let fill = 0;
    let count = 0;
    for (let at = from; at < operations.length; at += 1) {
      const operation = operations[at];
      fill += operation === undefined ? 0 : this.#share(operation);
      // A sum of shares such as 50 × 1/50 may exceed 1 by the rounding of the machine.
      if (fill > 1 + 1e-9 && count > 0) {
        break;
      }
      count += 1;
    }
    return count;
  }

  /** Learns from a batch that AYON answered. */
  answered(batch: readonly AyonOperation[], milliseconds: number): void {
    const fill = batch.reduce((sum, operation) => sum + this.#share(operation), 0);
    const factor = Math.min(MOST_CHANGE, Math.max(1 / MOST_CHANGE, AIM_MS / Math.max(1, milliseconds)));
    if (factor < 1 || fill >= TELLING) {
      this.#scale(batch, factor);
    }
  }

  /** Learns from a batch that AYON did not answer in time. */
  tooLong(batch: readonly AyonOperation[]): void {
    this.#scale(batch, 1 / MOST_CHANGE);
  }

  #scale(batch: readonly AyonOperation[], factor: number): void {
    for (const kind of new Set(batch.map(kindOf))) {
      const { least, most } = LIMITS[kind];
      this.#sizes.set(kind, Math.round(Math.min(most, Math.max(least, this.#size(kind) * factor))));
    }
  }

  #size(kind: Kind): number {
    return this.#sizes.get(kind) ?? LIMITS[kind].start;
  }

  #share(operation: AyonOperation): number {
    return 1 / this.#size(kindOf(operation));
  }
}

/** The pace of each project that was written to. */
export function createPaces(): { of(project: string): Pace } {
  const paces = new Map<string, Pace>();
  return {
    of(project) {
      const pace = paces.get(project) ?? new Pace();
      paces.set(project, pace);
      return pace;
    },
  };
}
