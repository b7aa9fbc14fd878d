import { dashed } from './clock';
import { checkConstraints, checkMove, checkPublished } from './constraints';
import { emitCreated, emitDeleted, emitUpdated } from './entity-events';
import type { EntityInput } from './entity-input';
import { readEntityInput } from './entity-input';
import type { EntityKind, EntityRecord } from './entity-kinds';
import { fileNameOf, versionName } from './entity-kinds';
import { entityView } from './entity-views';
import { EntityError } from './errors';
import type { Origin } from './event-log';
import { attributesOf, entityPath } from './inheritance';
import type { JsonObject } from './json';
import { capitalized, sameJson } from './json';
import type { ProjectRecord } from './project';
import { mergeValues } from './project';
import type { Transaction } from './transaction';
import { isService } from './users';

/** What an entity write is about; `id` may be left out on create only. */
export interface EntityTarget {
  kind: EntityKind;
  id: string;
}

/** The first status that fits the kind. */
function defaultStatus(project: ProjectRecord, kind: EntityKind): string {
  const fitting = project.statuses.find((status) => !status.scope || status.scope.includes(kind));
  return (fitting ?? project.statuses[0])?.name ?? '';
}

function defaultType(project: ProjectRecord, kind: EntityKind): string {
  return kind === 'folder' ? (project.folderTypes[0]?.name ?? '') : '';
}

type Special = (input: EntityInput, author: string) => Partial<EntityRecord>;

/** Fields that only one kind has. */
const SPECIAL_FIELDS: Readonly<Record<EntityKind, Special>> = {
  folder: ({ thumbnailId = null }) => ({ thumbnailId }),
  task: ({ thumbnailId = null, assignees = [] }) => ({ thumbnailId, assignees }),
  product: ({ productBaseType, type = null }) => ({ productBaseType: productBaseType ?? type }),
  version: ({ version = 0, taskId = null, thumbnailId = null, author }, user) => {
    return { version, taskId, thumbnailId, author: author ?? user, name: versionName(version) };
  },
  representation: ({ files = [], traits = null }) => ({ files, traits }),
  workfile: ({ path = '', thumbnailId = null }) => ({ path, thumbnailId, name: fileNameOf(path) }),
};

function placed(project: ProjectRecord, kind: EntityKind, input: EntityInput) {
  const { name = '', label = null, parentId = null } = input;
  return { name, label, parentId, type: input.type ?? defaultType(project, kind) };
}

function stated(project: ProjectRecord, kind: EntityKind, input: EntityInput) {
  const { active = true, tags = [], attrib = {}, data = {} } = input;
  const status = input.status ?? defaultStatus(project, kind);
  return { active, tags, status, attrib: mergeValues({}, attrib), data: mergeValues({}, data) };
}

/** Written out key by key: records of one shape take half the memory and time. */
function newRecord(
  tx: Transaction,
  given: EntityTarget & { input: EntityInput },
  user: string,
): EntityRecord {
  const now = tx.store.clock.now();
  const { kind, id, input } = given;
  const place = placed(tx.project, kind, input);
  const state = stated(tx.project, kind, input);
  return {
    kind,
    id,
    order: tx.project.entities.nextOrder(kind),
    name: place.name,
    label: place.label,
    type: place.type,
    parentId: place.parentId,
    attrib: state.attrib,
    data: state.data,
    active: state.active,
    status: state.status,
    tags: state.tags,
    createdBy: user,
    updatedBy: user,
    createdAt: now,
    updatedAt: now,
    ...SPECIAL_FIELDS[kind](input, user),
  };
}

/** Only admins and services make versions in the name of others. */
function refuseAuthor({ store }: Transaction, { author }: EntityInput, { user: name }: Origin): void {
  const user = store.user(name);
  if (author && author !== name && !isService(user) && user.data['isAdmin'] !== true) {
    throw new EntityError('forbidden', 'Only admins can make versions of another author');
  }
}

/**
 * Creates an entity.
 * @throws EntityError for data that are invalid, exist already, or name what does not exist
 */
export function createEntity(
  tx: Transaction,
  given: { kind: EntityKind; id?: string | undefined; data: JsonObject },
  origin: Origin,
): string {
  const { kind } = given;
  const attributes = attributesOf(tx.store.attributes, kind);
  const input = readEntityInput(given.data, { kind, mode: 'Post', attributes });
  const id = given.id ?? tx.store.clock.id();
  refuseAuthor(tx, input, origin);
  const record = newRecord(tx, { kind, id, input }, origin.user);
  if (tx.project.entities.get(kind, id)) {
    const detail = `${capitalized(kind)} with id '${dashed(id)}' already exists.`;
    throw new EntityError('unique-violation', detail);
  }
  checkConstraints(tx.project, record);
  tx.put(record);
  emitCreated(tx, record, origin);
  return id;
}

/** @throws EntityError 404 */
export function loadEntity(project: ProjectRecord, { kind, id }: EntityTarget): EntityRecord {
  const record = project.entities.get(kind, id);
  if (!record) {
    throw new EntityError('not-found', `Entity ${id} not found`);
  }
  return record;
}

function changedRecord(before: EntityRecord, input: EntityInput): EntityRecord {
  const { attrib, data, version, ...plain } = input;
  return {
    ...before,
    ...plain,
    ...(attrib ? { attrib: mergeValues(before.attrib, attrib) } : {}),
    ...(data ? { data: mergeValues(before.data, data) } : {}),
    ...(input.path === undefined ? {} : { name: fileNameOf(input.path) }),
    ...(version === undefined ? {} : { version, name: versionName(version) }),
  };
}

/**
 * Updates an entity: `attrib` null removes the own value, `data` merges by top-level key.
 * @throws EntityError
 */
export function updateEntity(
  tx: Transaction,
  given: EntityTarget & { data: JsonObject; force?: boolean },
  origin: Origin,
): void {
  const before = loadEntity(tx.project, given);
  const attributes = attributesOf(tx.store.attributes, given.kind);
  const input = readEntityInput(given.data, { kind: given.kind, mode: 'Patch', attributes });
  refuseAuthor(tx, input, origin);
  const changed = changedRecord(before, input);
  if (!given.force) {
    checkPublished(tx.project, before, changed);
  }
  checkMove(tx.project, changed);
  checkConstraints(tx.project, changed);
  if (sameJson(before, changed)) {
    return;
  }
  const after = { ...changed, updatedBy: origin.user, updatedAt: tx.store.clock.now() };
  tx.put(after);
  emitUpdated(tx, { before, after }, origin);
}

function hasProductsBelow(project: ProjectRecord, folderId: string): boolean {
  const { entities } = project;
  return (
    entities.childIds('product', folderId).size > 0 ||
    entities.children('folder', folderId).some((folder) => hasProductsBelow(project, folder.id))
  );
}

const CHILD_KINDS: Readonly<Record<EntityKind, readonly EntityKind[]>> = {
  folder: ['folder', 'task', 'product'],
  task: ['workfile'],
  product: ['version'],
  version: ['representation'],
  representation: [],
  workfile: [],
};

function removeTree(tx: Transaction, entity: EntityRecord): void {
  for (const kind of CHILD_KINDS[entity.kind]) {
    for (const child of tx.project.entities.children(kind, entity.id)) {
      removeTree(tx, child);
    }
  }
  if (entity.kind === 'task') {
    const versions = tx.project.entities.pick('version', tx.project.entities.versionsOfTask(entity.id));
    for (const version of versions) {
      tx.put({ ...version, taskId: null });
    }
  }
  tx.remove(entity);
}

/**
 * Deletes an entity with all that lies below it; only the entity itself gets an event.
 * @throws EntityError 409 for a folder that has products at any depth, unless forced
 */
export function deleteEntity(
  tx: Transaction,
  given: EntityTarget & { force?: boolean },
  origin: Origin,
): void {
  const entity = loadEntity(tx.project, given);
  if (entity.kind === 'folder' && !given.force && hasProductsBelow(tx.project, entity.id)) {
    const detail = 'Unable to delete a folder with products or tasks.';
    throw new EntityError('delete-folder-with-children', detail);
  }
  const path = entityPath(tx.project, entity);
  const view = entityView(tx.store, tx.project, entity);
  removeTree(tx, entity);
  emitDeleted(tx, { entity, path, view }, origin);
}
