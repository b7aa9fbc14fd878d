import { z } from 'zod';

/**
 * What ftrack's event hub sends, as far as we read it (ftrack-protocol, "ftrack.update"). Lenient: unknown fields are
 * dropped, an entity that does not parse is left out and counted, the rest of the event lives on.
 */
export const FtrackChange = z.object({ old: z.unknown().optional(), new: z.unknown().optional() });
export type FtrackChange = z.infer<typeof FtrackChange>;

export const FtrackParent = z.object({
  entityId: z.string(),
  /** Legacy table family: `task`, `show`, … */
  entityType: z.string(),
  parentId: z.string().nullish(),
});
export type FtrackParent = z.infer<typeof FtrackParent>;

export const FtrackEntity = z.object({
  entityId: z.string(),
  /** Legacy table family in lower case: `task` (every TypedContext), `show` (Project), `appointment`, … */
  entityType: z.string(),
  /** Schema id (`Shot`); absent on old servers. */
  entity_type: z.string().nullish(),
  action: z.string(),
  /** Legacy column names or custom attribute keys. */
  keys: z.array(z.string()).nullish(),
  changes: z.record(z.string(), FtrackChange).nullish(),
  parentId: z.string().nullish(),
  objectTypeId: z.string().nullish(),
  /** Self first, project last; unreliable on `remove`. */
  parents: z.array(FtrackParent).nullish(),
});
export type FtrackEntity = z.infer<typeof FtrackEntity>;

/** An `ftrack.update` (or other topic) after parsing; the only holder of the payload is the event workflow. */
export interface FtrackEvent {
  readonly id: string;
  readonly topic: string;
  readonly user: { readonly id?: string; readonly name?: string };
  /** Echo marks: the token and the user of whoever wrote. */
  readonly clientToken?: string;
  readonly entities: readonly FtrackEntity[];
  /** Arrival at the leecher, ms since epoch: ftrack's events carry no time. */
  readonly arrivedAt: number;
}

/** A place in a project queue. Tickets are hints; the event workflows are the truth. */
export interface Ticket {
  /** Workflow id of the event. */
  readonly id: string;
  /** Temporal run id of that workflow. */
  readonly run: string;
  /** Arrival key, `arrivedAt * 1000 + sequence`; smallest first. */
  readonly key: number;
}

/** What a granted turn is: the run it was granted to, and the queue's running number of it. */
export interface Turn {
  readonly run: string;
  readonly number: number;
  /** Events that wait behind it: its holder may settle the first of them along with its own (group turn). */
  readonly behind?: number;
}

/** Input of the event workflow. */
export interface EventInput {
  /** Absent in a ghost: a run that a grant started because the event it meant is gone. It closes at once. */
  readonly event?: FtrackEvent;
  /** ftrack project id, null for events without a project. */
  readonly project: string | null;
  readonly key: number;
  readonly timeScale?: number;
}
