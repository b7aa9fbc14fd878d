import { syncEntities } from './sync-entities';
import type { EventHandler } from './types';

/** Every handler of ftrack events, in the order in which they run. */
export const HANDLERS: readonly EventHandler[] = [syncEntities];
