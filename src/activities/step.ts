import type { FtrackEvent, Turn } from '../contracts/messages';
import type { Scope, Waiter } from '../contracts/queue';
import type { Timings } from '../contracts/timings';

/** What a handler's activity gets from the workflow. */
export interface StepInput {
  readonly event: FtrackEvent;
  /** ftrack project id; null for events without a project. */
  readonly project: string | null;
  readonly turn: Turn;
  readonly timeScale?: number;
}

/** What a handler's activity returns; recorded by the event workflow, one per handler. */
export interface StepResult {
  readonly outcome: 'applied' | 'unchanged' | 'skipped';
  /** One readable line for people, such as `sq010/sh020: status → Approved`. */
  readonly summary: string;
  readonly scope: Scope;
  /** Events that waited behind this one in the queue and are settled too. */
  readonly covered?: readonly Waiter[];
}

/** What the turn wrapper lends to a handler's activity while it runs. */
export interface StepContext {
  /** Aborted when Temporal cancels the activity or gave it to another worker; pass it to every request. */
  readonly signal: AbortSignal;
  readonly timings: Timings;
  readonly now: () => number;
}

/** A handler's activity, once it is within its turn. */
export type Step = (input: StepInput, context: StepContext) => Promise<StepResult>;

export type { Scope };
