import type { EntityKind, EntityRecord } from './entity-kinds';
import { KINDS } from './entity-kinds';
import { effectiveAttributes, entityPath } from './inheritance';
import type { Json, JsonObject } from './json';
import { storedKeyOrder } from './json';
import type { ProjectRecord } from './project';
import { hasReviewables } from './reviewables';
import type { AyonStore } from './store';

/** Who made a task is stored but not shown. */
const HIDES_CREATOR: ReadonlySet<EntityKind> = new Set(['task']);

/** Leaves out what is null: single entities are answered without empty fields. */
function withoutNulls(values: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== null && value !== undefined),
  );
}

function ownFields(entity: EntityRecord): JsonObject {
  const fields: JsonObject = {};
  for (const { api, key } of KINDS[entity.kind].fields) {
    fields[api] = entity[key] as Json | undefined;
  }
  return fields;
}

/** One entity as `GET /api/projects/{p}/folders/{id}` and its like answer it. */
export function entityView(store: AyonStore, project: ProjectRecord, entity: EntityRecord): JsonObject {
  const isFolder = entity.kind === 'folder';
  return withoutNulls({
    id: entity.id,
    ...ownFields(entity),
    path: entityPath(project, entity),
    hasVersions: isFolder ? project.entities.publishedBelow(entity.id) > 0 : null,
    attrib: effectiveAttributes(project, entity, store.attributes),
    data: entity.data,
    active: entity.active,
    ownAttrib: storedKeyOrder(Object.keys(entity.attrib)),
    status: entity.status,
    tags: [...entity.tags],
    createdBy: HIDES_CREATOR.has(entity.kind) ? null : entity.createdBy,
    updatedBy: entity.updatedBy,
    createdAt: entity.createdAt,
    updatedAt: entity.updatedAt,
  });
}

function taskNames(project: ProjectRecord, folder: EntityRecord): string[] {
  return project.entities.children('task', folder.id).map((task) => task.name);
}

/** A row of `GET /api/projects/{p}/folders`; `path` has no slash in front there. */
function folderRow(
  store: AyonStore,
  project: ProjectRecord,
  at: { folder: EntityRecord; attrib: boolean },
): JsonObject {
  const { folder } = at;
  const path = entityPath(project, folder).slice(1);
  const names = taskNames(project, folder);
  const attributes = at.attrib
    ? {
        attrib: effectiveAttributes(project, folder, store.attributes),
        ownAttrib: storedKeyOrder(Object.keys(folder.attrib)),
      }
    : {};
  return {
    id: folder.id,
    path,
    parentId: folder.parentId,
    parents: path.split('/').slice(0, -1),
    name: folder.name,
    label: folder.label,
    folderType: folder.type,
    hasTasks: names.length > 0,
    hasChildren: project.entities.childIds('folder', folder.id).size > 0,
    hasVersions: project.entities.publishedBelow(folder.id) > 0,
    hasReviewables: hasReviewables(project, folder),
    taskNames: names,
    tags: [...folder.tags],
    status: folder.status,
    thumbnailHash: folder.id.slice(-6),
    ...attributes,
    createdAt: folder.createdAt,
    updatedAt: folder.updatedAt,
  };
}

/** All folders of a project, oldest first. */
export function folderList(store: AyonStore, project: ProjectRecord, attrib: boolean): JsonObject[] {
  const folders = project.entities.pick('folder', project.entities.orderedIds('folder'));
  return folders.map((folder) => folderRow(store, project, { folder, attrib }));
}

/** The folders below a parent as the nested tree of `GET /api/projects/{p}/hierarchy`, by name. */
export function hierarchy(project: ProjectRecord, parentId: string | null, parents: string[]): JsonObject[] {
  const folders = project.entities.children('folder', parentId);
  folders.sort((a, b) => (a.name < b.name ? -1 : 1));
  return folders.map((folder) => {
    const names = taskNames(project, folder);
    return {
      id: folder.id,
      name: folder.name,
      label: folder.label ?? folder.name,
      status: folder.status,
      folderType: folder.type,
      hasTasks: names.length > 0,
      taskNames: names,
      parents,
      parentId,
      children: hierarchy(project, folder.id, [...parents, folder.name]),
    };
  });
}
