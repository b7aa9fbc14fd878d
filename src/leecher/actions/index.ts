import type { Action } from './action';
import type { SyncStatusOptions } from './sync-status';
import { syncStatus } from './sync-status';

export interface ActionOptions {
  readonly syncStatus: SyncStatusOptions;
}

/** Every action that the menu offers, in its order. */
export const actionsOf = (options: ActionOptions): readonly Action[] => [syncStatus(options.syncStatus)];
