/** Every workflow type; the names are those of `contracts/names`. */
export { handleEvent } from './handle-event';
export { projectQueue } from './project-queue';
