import { isEntityKind } from './entity-kinds';
import { AyonFault, fault } from './errors';
import type { Origin } from './event-log';
import { entityPath, foldersAbove } from './inheritance';
import type { Json, JsonObject } from './json';
import { isObject, objectOf, textOf, textsOf } from './json';
import type { ProjectRecord } from './project';
import { mergeValues } from './project';
import type { AyonStore } from './store';

/** One entry of a list; the same entity may be in it more than once. */
export interface ListItem {
  readonly id: string;
  readonly entityId: string;
  position: number;
  label: string | null;
  attrib: JsonObject;
  data: JsonObject;
  tags: string[];
  readonly createdBy: string;
  updatedBy: string;
  readonly createdAt: string;
  updatedAt: string;
}

/** A list of entities of one kind. */
export interface ListRecord {
  readonly id: string;
  readonly entityListType: string;
  readonly entityType: string;
  label: string;
  attrib: JsonObject;
  data: JsonObject;
  tags: string[];
  active: boolean;
  /** Who may do what with the list: user or access group → level. Kept, not enforced. */
  access: JsonObject;
  template: JsonObject;
  entityListFolderId: string | null;
  items: ListItem[];
  readonly owner: string;
  updatedBy: string;
  readonly createdAt: string;
  updatedAt: string;
}

/** Where a request about a list goes. */
export interface ListTarget {
  project: ProjectRecord;
  id: string;
}

function emit(
  store: AyonStore,
  at: { project: ProjectRecord; list: ListRecord; verb: 'created' | 'changed' | 'deleted' },
  origin: Origin,
): void {
  const { project, list, verb } = at;
  const { id, label, entityType, entityListType, items } = list;
  const summary = {
    id,
    label,
    count: items.length,
    entity_type: entityType,
    entity_list_type: entityListType,
  };
  const description = `Entity list ${label} ${verb}`;
  store.events.add({ topic: `entity_list.${verb}`, project: project.name, description, summary }, origin);
}

function entityIdOf(value: Json | undefined): string {
  const id = textOf(value).replaceAll('-', '').toLowerCase();
  if (!/^[0-9a-f]{32}$/.test(id)) {
    throw fault(400, 'Each item of a list needs the id of its entity');
  }
  return id;
}

function newItem(store: AyonStore, given: JsonObject, at: { position: number; user: string }): ListItem {
  const now = store.clock.now();
  return {
    id: textOf(given['id']) || store.clock.id(),
    entityId: entityIdOf(given['entityId'] ?? given['entity_id']),
    position: at.position,
    label: textOf(given['label']) || null,
    attrib: objectOf(given['attrib']),
    data: objectOf(given['data']),
    tags: textsOf(given['tags']),
    createdBy: at.user,
    updatedBy: at.user,
    createdAt: now,
    updatedAt: now,
  };
}

function itemsIn(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** @throws AyonFault 404 */
export function findList({ project, id }: ListTarget): ListRecord {
  const list = project.lists.get(id);
  if (!list) {
    throw fault(404, 'Entity list not found');
  }
  return list;
}

function refuseTaken(project: ProjectRecord, label: string, id: string): void {
  if ([...project.lists.values()].some((list) => list.label === label && list.id !== id)) {
    const detail = `Entity_list with label '${label}' already exists.`;
    throw new AyonFault(500, { code: 409, error: 'unique-violation', detail });
  }
}

/** `POST /api/projects/{p}/lists`. */
export function createList(
  store: AyonStore,
  at: { project: ProjectRecord; body: JsonObject },
  origin: Origin,
): JsonObject {
  const { project, body } = at;
  const entityType = textOf(body['entityType']);
  const id = textOf(body['id']) || store.clock.id();
  const label = textOf(body['label']);
  if (!isEntityKind(entityType) || label === '') {
    throw fault(400, 'A list needs a label and the type of its entities');
  }
  refuseTaken(project, label, id);
  const now = store.clock.now();
  const items = itemsIn(body['items']).map((item, position) =>
    newItem(store, item, { position, user: origin.user }),
  );
  const list: ListRecord = {
    id,
    entityListType: textOf(body['entityListType'], 'generic'),
    entityType,
    label,
    attrib: objectOf(body['attrib']),
    data: objectOf(body['data']),
    tags: textsOf(body['tags']),
    active: body['active'] !== false,
    access: objectOf(body['access']),
    template: objectOf(body['template']),
    entityListFolderId: textOf(body['entityListFolderId']) || null,
    items,
    owner: origin.user,
    updatedBy: origin.user,
    createdAt: now,
    updatedAt: now,
  };
  project.lists.set(id, list);
  emit(store, { project, list, verb: 'created' }, origin);
  return { id, entityListType: list.entityListType, entityType, label, count: items.length };
}

function touch(store: AyonStore, list: ListRecord, origin: Origin): void {
  list.updatedBy = origin.user;
  list.updatedAt = store.clock.now();
}

/** `PATCH /api/projects/{p}/lists/{id}`. */
export function patchList(store: AyonStore, at: ListTarget & { body: JsonObject }, origin: Origin): void {
  const list = findList(at);
  const { label, attrib, data, tags, active, access } = at.body;
  if (typeof label === 'string') {
    refuseTaken(at.project, label, list.id);
    list.label = label;
  }
  list.attrib = isObject(attrib) ? mergeValues(list.attrib, attrib) : list.attrib;
  list.data = isObject(data) ? mergeValues(list.data, data) : list.data;
  list.tags = Array.isArray(tags) ? textsOf(tags) : list.tags;
  list.active = typeof active === 'boolean' ? active : list.active;
  list.access = isObject(access) ? access : list.access;
  touch(store, list, origin);
  emit(store, { project: at.project, list, verb: 'changed' }, origin);
}

/** `DELETE /api/projects/{p}/lists/{id}`. */
export function deleteList(store: AyonStore, at: ListTarget, origin: Origin): void {
  const list = findList(at);
  at.project.lists.delete(list.id);
  emit(store, { project: at.project, list, verb: 'deleted' }, origin);
}

/** `merge` matches the id of the item, not its entity: without ids it appends the entity again. */
function merged(store: AyonStore, list: ListRecord, at: { given: JsonObject[]; user: string }): ListItem[] {
  const items = new Map(list.items.map((item) => [item.id, item]));
  for (const given of at.given) {
    const known = items.get(textOf(given['id']));
    const fresh = newItem(
      store,
      { ...known, ...given },
      { position: known?.position ?? items.size, user: at.user },
    );
    items.set(fresh.id, known ? { ...fresh, createdAt: known.createdAt, createdBy: known.createdBy } : fresh);
  }
  return [...items.values()];
}

/** `POST /api/projects/{p}/lists/{id}/items`: at the end unless a position is given. */
export function addItem(store: AyonStore, at: ListTarget & { body: JsonObject }, origin: Origin): string {
  const list = findList(at);
  const { position } = at.body;
  const place = typeof position === 'number' ? position : list.items.length;
  const item = newItem(store, at.body, { position: place, user: origin.user });
  list.items.push(item);
  touch(store, list, origin);
  emit(store, { project: at.project, list, verb: 'changed' }, origin);
  return item.id;
}

/** `PATCH` and, with `body` null, `DELETE /api/projects/{p}/lists/{id}/items/{item}`. */
export function changeItem(
  store: AyonStore,
  at: ListTarget & { itemId: string; body: JsonObject | null },
  origin: Origin,
): void {
  const list = findList(at);
  const index = list.items.findIndex(({ id }) => id === at.itemId);
  const item = list.items[index];
  if (!item) {
    throw fault(404, 'Entity list item not found');
  }
  if (at.body === null) {
    list.items.splice(index, 1);
  } else {
    const { attrib, data, ...plain } = at.body;
    const merged = {
      ...item,
      ...plain,
      id: item.id,
      attrib: isObject(attrib) ? mergeValues(item.attrib, attrib) : item.attrib,
      data: isObject(data) ? mergeValues(item.data, data) : item.data,
    };
    const { position } = at.body;
    const place = typeof position === 'number' ? position : item.position;
    const fresh = newItem(store, merged, { position: place, user: origin.user });
    list.items[index] = { ...fresh, createdBy: item.createdBy, createdAt: item.createdAt };
  }
  touch(store, list, origin);
  emit(store, { project: at.project, list, verb: 'changed' }, origin);
}

/** `POST /api/projects/{p}/lists/{id}/order {order: [item ids]}`; items that are not named come last. */
export function orderItems(
  store: AyonStore,
  at: ListTarget & { order: readonly string[] },
  origin: Origin,
): void {
  const list = findList(at);
  const places = new Map(at.order.map((id, place) => [id, place]));
  const placeOf = (item: ListItem): number => places.get(item.id) ?? at.order.length + item.position;
  list.items.sort((a, b) => placeOf(a) - placeOf(b));
  for (const [position, item] of list.items.entries()) {
    item.position = position;
  }
  touch(store, list, origin);
  emit(store, { project: at.project, list, verb: 'changed' }, origin);
}

/** `PATCH /api/projects/{p}/lists/{id}/items` with mode `replace` (default), `merge` or `delete`. */
export function changeItems(
  store: AyonStore,
  at: ListTarget & { items: JsonObject[]; mode: string },
  origin: Origin,
): void {
  const list = findList(at);
  const given = at.items;
  if (at.mode === 'delete') {
    const ids = new Set(given.map((item) => textOf(item['id'])));
    list.items = list.items.filter((item) => !ids.has(item.id));
  } else if (at.mode === 'merge') {
    list.items = merged(store, list, { given, user: origin.user });
  } else {
    list.items = given.map((item, position) => newItem(store, item, { position, user: origin.user }));
  }
  touch(store, list, origin);
  emit(store, { project: at.project, list, verb: 'changed' }, origin);
}

/** The folder that the entity of an item lies in. */
export function folderPath(project: ProjectRecord, list: ListRecord, item: ListItem): string {
  const kind = list.entityType;
  const entity = isEntityKind(kind) ? project.entities.get(kind, item.entityId) : undefined;
  const folder = entity && foldersAbove(project, entity).at(-1);
  return folder ? entityPath(project, folder).slice(1) : '';
}

/** `GET /api/projects/{p}/lists/{id}`. */
export function listView(project: ProjectRecord, list: ListRecord): JsonObject {
  const { items, data, owner, ...plain } = list;
  return {
    ...plain,
    accessLevel: 30,
    owner,
    createdBy: owner,
    data: { ...data, count: items.length },
    items: items.map((item) => ({ ...item, folderPath: folderPath(project, list, item) })),
  };
}
