/** Every workflow type; the names are those of `contracts/names`. */
export { gapFill } from './gap-fill';
export { handleEvent } from './handle-event';
export { leecherLease } from './leecher-lease';
export { projectQueue } from './project-queue';
