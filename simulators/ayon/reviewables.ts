import type { EntityRecord } from './entity-kinds';
import type { ProjectRecord } from './project';

/** Tells whether a version, a version of a task, or a version in a folder has something to review. */
export function hasReviewables(project: ProjectRecord, entity: EntityRecord): boolean {
  return reviewedVersions(project, entity).some(({ id }) => project.reviewables.has(id));
}

/** The versions that belong to an entity: itself, those of its products, or those made for a task. */
export function reviewedVersions(project: ProjectRecord, entity: EntityRecord): EntityRecord[] {
  const { entities } = project;
  switch (entity.kind) {
    case 'version':
      return [entity];
    case 'task':
      return entities.pick('version', entities.versionsOfTask(entity.id));
    case 'product':
      return entities.children('version', entity.id);
    case 'folder':
      return entities
        .children('product', entity.id)
        .flatMap((product) => entities.children('version', product.id));
    case 'representation':
    case 'workfile':
      return [];
  }
}
