import type { Turn } from '../contracts/messages';
import type { Done, Resolve } from '../contracts/queue';

/**
 * Local activities through which queues and events talk. All are single calls to Temporal and idempotent: Temporal
 * runs a local activity again when a signal lands in the same workflow task.
 */
export interface QueueActivities {
  /** An event asks its project's queue for a turn; starts the queue when there is none. */
  enrol(input: { project: string | null; key: number; timeScale?: number }): Promise<void>;
  /** Was the turn granted to this very run? A reset makes a new run, which must queue again. */
  confirmTurn(turn: Turn): Promise<boolean>;
  /** An event gives its turn or its place back. `done.parked.halt` is filled in from the project's settings. */
  release(input: { project: string | null; done: Release; timeScale?: number }): Promise<void>;
  /** A queue gives a turn to an event. `gone`: closed, or another run than the ticket's is open. */
  grant(input: { id: string; turn: Turn }): Promise<'granted' | 'gone'>;
  /**
   * A queue looks at a silent turn holder. `stuck`: its workflow task failed five times; `stuck-halt`: so it did, and
   * the project's policy is to stop there.
   */
  inspectTurn(input: {
    id: string;
    run: string;
    project: string | null;
  }): Promise<'running' | 'gone' | 'stuck' | 'stuck-halt'>;
  /** Which of these events are no longer open. */
  findGone(ids: readonly string[]): Promise<string[]>;
  /** A queue takes a turn back from a holder that cannot answer now. */
  revoke(input: { id: string; run: string; number: number }): Promise<void>;
  /** A queue tells parked events what a success means for them. */
  notify(input: ReadonlyArray<Resolve & { id: string }>): Promise<void>;
}

/** What an event knows of its own `done`; ids and the project's policy are added by the activity. */
export interface Release extends Omit<Done, 'id' | 'run' | 'parked'> {
  readonly parked?: Omit<NonNullable<Done['parked']>, 'halt'>;
}
