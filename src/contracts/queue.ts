import type { ErrorCode } from '../errors';
import type { Ticket, Turn } from './messages';
import { projectQueueId, TASK_QUEUE } from './names';
import { longTask } from './timings';

/** What a handler touched: per ftrack entity id the attributes it settled, or `*` for the whole entity. */
export type Scope = Readonly<Record<string, readonly string[] | '*'>>;

/** How an event stands; the value of the search attribute `SyncOutcome`. */
export type SyncOutcome = 'queued' | 'parked' | 'applied' | 'unchanged' | 'partly' | 'skipped' | 'superseded';

/** Signal `done`: an event gives its turn, or its place in the queue, back. */
export interface Done {
  readonly id: string;
  readonly run: string;
  /** Number of the turn that is given back; null when it holds none (cancelled while it waited, or announced). */
  readonly turn: number | null;
  readonly outcome: Exclude<SyncOutcome, 'queued'>;
  /** What was settled, or what still waits when parked; absent when too large to be worth keeping. */
  readonly scope?: Scope;
  /** Only when parked. */
  readonly parked?: {
    readonly key: number;
    readonly code: ErrorCode;
    readonly reason: string;
    readonly blockedBy?: string;
    /** The project's policy is to stop here (`halt`) instead of going on (`park`). */
    readonly halt: boolean;
  };
  /** Events that waited behind it and were settled with it. */
  readonly covered?: Covered;
}

/** Events whose step one handler took along with the turn holder's own; none when they could not be settled together. */
export interface Covered {
  readonly handler: string;
  readonly outcome: 'applied' | 'unchanged' | 'skipped';
  readonly events: readonly Waiter[];
}

/** An event that waits in a queue. */
export type Waiter = Pick<Ticket, 'id' | 'run'>;

/** Signal `enqueue`. `late` marks enrolments by the events themselves, as opposed to live batches of a leecher. */
export interface Enqueue {
  readonly tickets: readonly Ticket[];
  readonly late?: boolean;
}

/** Signal `waiting`: the turn holder waits for another system; `system` null when it works again. */
export interface Waiting {
  readonly run: string;
  readonly system: string | null;
  readonly reason?: string;
  /** ms since epoch. */
  readonly since: number;
}

/**
 * Signal `resolve` from a queue to an event. To a parked one, `superseded`: a later success settled all that it was
 * about; `unblocked`: its parent is there now. To a waiting one, `covered`: the holder of a turn before it settled it
 * along with its own, for this handler; it has no place in the queue any more.
 */
export type Resolve =
  | { readonly kind: 'superseded' | 'unblocked'; readonly by: string }
  | ({ readonly kind: 'covered'; readonly by: string; readonly run: string } & Omit<Covered, 'events'>);

export interface HeldTurn extends Turn {
  readonly id: string;
  readonly key: number;
  /** ms since epoch. */
  readonly since: number;
  waiting?: Waiting;
  /** Another run of the same event asked for a turn: look at the holder now. */
  suspect?: boolean;
  /** The holder asked for a turn although it was given one: the grant was lost, send it again. */
  regrant?: boolean;
  /** Its workflow task keeps failing; under policy `halt` it keeps its turn. */
  stuck?: boolean;
}

export interface Parked {
  readonly id: string;
  readonly run: string;
  readonly key: number;
  readonly code: ErrorCode;
  readonly reason: string;
  readonly blockedBy?: string;
  readonly scope?: Scope;
}

/** Whole state of a project queue; survives continue-as-new as its input, so it holds no payloads. */
export interface QueueState {
  readonly project: string | null;
  readonly timeScale?: number;
  /** Sorted by key. */
  tickets: Ticket[];
  turn: HeldTurn | null;
  /** Number of the last turn granted. Starts from the clock, so that numbers grow over the lives of a queue too. */
  number: number;
  /** Nothing was granted yet in this queue's life. */
  fresh: boolean;
  /** Highest key of a live ticket: what arrives later goes behind it, whatever a leecher's clock says. */
  lastKey: number;
  paused: string | null;
  /** The parked event that stops this queue under policy `halt`. */
  haltedBy: string | null;
  parked: Parked[];
  /** Wait for further enrolments before the next grant. */
  settling: boolean;
  overflow: number;
  /** Turns to come that are granted for one event only, because a group turn did not succeed. */
  solo: number;
  /** Holders in a row that parked although they might have taken others along. */
  parks: number;
  counts: { done: number; covered: number; parked: number; stuck: number; lost: number };
}

/** A ticket as it crosses a continue-as-new: id without its prefix, run, key; 15,000 of them must fit into 2 MB. */
export type PackedTicket = readonly [id: string, run: string, key: number];

/** Input of the queue: at a start only the project is known. */
export type QueueInput = Pick<QueueState, 'project' | 'timeScale'> &
  Partial<Omit<QueueState, 'tickets'>> & { readonly packed?: readonly PackedTicket[] };

/** How whoever signals a project's queue starts it, should there be none. */
export const queueStart = (project: string | null, { timeScale, taskQueue = TASK_QUEUE }: QueueStart) => ({
  workflowId: projectQueueId(project),
  taskQueue,
  args: [{ project, ...(timeScale === undefined ? {} : { timeScale }) }] satisfies [QueueInput],
  workflowTaskTimeout: longTask(timeScale),
});

interface QueueStart {
  readonly timeScale?: number | undefined;
  /** Tests use one of their own. */
  readonly taskQueue?: string;
}

/** Answer of the query `state`. */
export interface QueueView {
  readonly project: string | null;
  readonly state: 'idle' | 'granting' | 'working' | 'waiting' | 'stuck' | 'paused' | 'halted' | 'settling';
  /** One line for people. */
  readonly text: string;
  readonly turn: HeldTurn | null;
  readonly queued: number;
  readonly next: readonly Ticket[];
  readonly parked: readonly Parked[];
  readonly overflow: number;
  readonly counts: QueueState['counts'];
}
