import { GAP_FILL_ID, TASK_QUEUE } from './names';
import { longTask } from './timings';

/**
 * What a leecher says of itself, once a minute and after each connect: from `from` to `to` every event of ftrack's hub
 * reached it and is held by Temporal. All times are ms since epoch, by the leecher's clock.
 */
export interface Vouch {
  /** Tells two leechers apart; it stays with the spool, so a new process speaks for the same leecher. */
  readonly leecher: string;
  /** The first proof of delivery over the present connection. */
  readonly from: number;
  readonly to: number;
  /** Its spool still holds events: what is missing may be on its way. */
  readonly pending: boolean;
}

/** A vouch and when it came, by the workflow's clock. */
export interface Heard extends Vouch {
  readonly at: number;
}

/** Integers as sorted ranges that do not touch, both ends included. */
export type Ranges = ReadonlyArray<readonly [first: number, last: number]>;

/** State of the workflow `gap-fill`; survives continue-as-new as its input. */
export interface GapFillState {
  readonly timeScale?: number;
  /** Every row of ftrack's Event log up to this id is settled; null before the first look. */
  cursor: number | null;
  /** Ids above the cursor that are settled. */
  settled: Ranges;
  /** Rows that the last look left open: an event may still be on its way. */
  unsettled: number;
  /** The last word of each connection of each leecher, oldest first. */
  heard: Heard[];
  /** End of the last look, ms since epoch. */
  sweptAt: number | null;
  /** Why the last look failed, one sentence; null when it did not. */
  problem: string | null;
  /** When and why changes may have been missed for good, one sentence; null while that never happened. */
  lost: string | null;
  counts: GapFillCounts;
}

/** Totals since the first start. */
export interface GapFillCounts {
  /** Rows that were looked at. */
  readonly rows: number;
  /** Rows whose change an event had told. */
  readonly known: number;
  /** Rows about nothing that reaches AYON. */
  readonly irrelevant: number;
  /** Rows that were read again, in how many events. */
  readonly missed: number;
  readonly events: number;
}

/** One look at the log, from where the last one ended. */
export interface SweepInput {
  readonly timeScale?: number;
  readonly cursor: number | null;
  readonly settled: Ranges;
  readonly heard: readonly Heard[];
  readonly sweptAt: number | null;
}

export interface SweepResult {
  /** Null while ftrack shows no row. */
  readonly cursor: number | null;
  readonly settled: Ranges;
  readonly unsettled: number;
  /** There was more than one look takes: look again at once. */
  readonly more: boolean;
  readonly counts: GapFillCounts;
  /** The log shrank or lost rows that were never looked at: what changed then is found by a reconcile only. */
  readonly lost: string | null;
}

/** Answer of the query `state`. */
export interface GapFillView extends Omit<GapFillState, 'settled' | 'timeScale'> {
  /** One line for people. */
  readonly text: string;
}

/** How whoever needs the gap fill starts it, should it not run. */
export const gapFillStart = (scale: Pick<GapFillState, 'timeScale'>, taskQueue: string = TASK_QUEUE) => ({
  workflowId: GAP_FILL_ID,
  taskQueue,
  args: [scale] satisfies [Partial<GapFillState>],
  workflowTaskTimeout: longTask(scale.timeScale),
});
