/** Names that cross process boundaries: Temporal types, ids, messages and search attributes. No imports. */

export const TASK_QUEUE = 'ayon-ftrack';

export const WORKFLOW = {
  event: 'handleEvent',
  queue: 'projectQueue',
  gapFill: 'gapFill',
  lease: 'leecherLease',
} as const;

/** The one workflow that reads ftrack's Event log. */
export const GAP_FILL_ID = 'gap-fill';

/** The one workflow whose activity is the lease: whoever executes it answers ftrack's menus. */
export const LEASE_ID = 'leecher-lease';

/** Where leechers wait for the lease; no worker polls it. */
export const LEECHER_TASK_QUEUE = 'ayon-ftrack-leecher';

/** Memo of an event workflow: what its event named, for the gap fill. */
export const NAMED_MEMO = 'named';

/** Workflow id of an ftrack event; a further part of a split bulk event carries its number. */
export const eventWorkflowId = (ftrackEventId: string, part = 1): string =>
  part === 1 ? `ftrack-event/${ftrackEventId}` : `ftrack-event/${ftrackEventId}.${part}`;

/** How the ids of events begin that ftrack's hub did not send: those of the gap fill and of ftrack's webhooks. */
export const SECOND_HAND = { log: 'log-', webhook: 'webhook-' } as const;

/** Queue of a project; events without a project share `project-queue/site`. */
export const projectQueueId = (project: string | null): string => `project-queue/${project ?? 'site'}`;

export const SIGNAL = {
  grant: 'grant',
  revoke: 'revoke',
  retry: 'retry',
  skip: 'skip',
  resolve: 'resolve',
  enqueue: 'enqueue',
  done: 'done',
  waiting: 'waiting',
  pause: 'pause',
  resume: 'resume',
  vouch: 'vouch',
  sweep: 'sweep',
} as const;

export const QUERY = { state: 'state', behind: 'behind' } as const;

/** Custom search attributes and their types, created in the namespace at start when missing. */
export const SEARCH_ATTRIBUTES = {
  FtrackProject: 'KEYWORD',
  FtrackTopic: 'KEYWORD',
  FtrackEventId: 'KEYWORD',
  FtrackUser: 'KEYWORD',
  SyncDirection: 'KEYWORD',
  SyncOutcome: 'KEYWORD',
} as const;
