import type { EventHandler } from './types';

/** Legacy table families whose changes reach AYON: Project, every TypedContext, and assignments. */
const FAMILIES = new Set(['show', 'task', 'appointment']);

/** Create, update, move and remove projects, folders, tasks and their assignees. */
export const syncEntities: EventHandler = {
  name: 'sync-entities',
  wants: ({ topic, entities }) =>
    topic === 'ftrack.update' && entities.some(({ entityType }) => FAMILIES.has(entityType)),
  run: (activities, input) => activities.syncEntities(input),
};
