import type { EntityKind, EntityRecord } from './entity-kinds';
import { ALL_KINDS } from './entity-kinds';
import { fault } from './errors';
import type { Origin } from './event-log';
import { parentOf } from './inheritance';
import type { Json, JsonObject } from './json';
import { isObject, textsOf } from './json';
import type { ProjectRecord } from './project';
import { mergeValues } from './project';
import type { AyonStore } from './store';
import type { UserRecord } from './users';
import { isService } from './users';

/** How an activity is tied to an entity. */
export interface ActivityReference {
  readonly id: string;
  readonly entityType: string;
  readonly entityId: string;
  readonly type: 'origin' | 'relation' | 'mention';
}

/** A comment or another activity. */
export interface ActivityRecord {
  readonly id: string;
  readonly order: number;
  readonly type: string;
  readonly author: string;
  readonly references: readonly ActivityReference[];
  body: string;
  data: JsonObject;
  tags: string[];
  /** Ids of the files that are attached. */
  files: string[];
  readonly createdAt: string;
  updatedAt: string;
}

/** Longest comment, in characters; an emoji is one. */
const MAX_BODY = 2000;

type Reference = Omit<ActivityReference, 'id'>;

function reference(entity: EntityRecord, type: ActivityReference['type']): Reference {
  return { entityType: entity.kind, entityId: entity.id, type };
}

/** Each reference has an id of its own. */
function numbered(store: AyonStore, references: readonly Reference[]): ActivityReference[] {
  return references.map((item) => ({ id: store.clock.id(), ...item }));
}

/** A comment shows on the folder above, on the task of a version, and on the versions of a task. */
function relations(project: ProjectRecord, entity: EntityRecord): Reference[] {
  const { entities } = project;
  const parent = parentOf(project, entity);
  const folder = entity.kind === 'version' && parent ? parentOf(project, parent) : parent;
  const task = entity.taskId ? entities.get('task', entity.taskId) : undefined;
  const versions = entity.kind === 'task' ? entities.pick('version', entities.versionsOfTask(entity.id)) : [];
  const related = [
    ...(entity.kind === 'folder' || !folder ? [] : [folder]),
    ...(task ? [task] : []),
    ...versions,
  ];
  return related.map((item) => reference(item, 'relation'));
}

const MENTION = /\[[^\]]*\]\((folder|task|product|version|representation):([0-9a-f]{32})\)/g;

function mentions(project: ProjectRecord, body: string): Reference[] {
  return [...body.matchAll(MENTION)].flatMap(([, kind = '', id = '']) => {
    const entity = project.entities.get(kind as EntityKind, id);
    return entity ? [reference(entity, 'mention')] : [];
  });
}

function eventSummary(activity: ActivityRecord): JsonObject {
  const references = activity.references.map(({ entityType, entityId, type }) => {
    return { entity_id: entityId, entity_type: entityType, reference_type: type };
  });
  return { activity_id: activity.id, activity_type: activity.type, references };
}

interface ActivityEvent {
  project: ProjectRecord;
  activity: ActivityRecord;
  verb: 'Created' | 'Updated' | 'Deleted';
}

function emit(store: AyonStore, { project, activity, verb }: ActivityEvent, origin: Origin): void {
  const event = {
    topic: `activity.${verb.toLowerCase()}`,
    project: project.name,
    description: `${verb} ${activity.type} activity`,
    summary: eventSummary(activity),
    payload: verb === 'Deleted' ? {} : { body: activity.body },
  };
  store.events.add(event, origin);
}

function refuseLong(body: string): void {
  if (body.length > MAX_BODY && Array.from(body).length > MAX_BODY) {
    throw fault(400, 'Comment body is too long');
  }
}

function timeOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value.replace(/Z$/, '+00:00') : undefined;
}

/** Names of the people who are told of what happens to an entity. */
export function watchersOf(project: ProjectRecord, entityId: string): readonly string[] {
  return project.watchers.get(entityId) ?? [];
}

/** Who comments watches from then on; services and the author of a version do not need to. */
function watch(store: AyonStore, at: { project: ProjectRecord; entity: EntityRecord }, origin: Origin): void {
  const { project, entity } = at;
  const watchers = watchersOf(project, entity.id);
  if (isService(store.user(origin.user)) || entity.author === origin.user || watchers.includes(origin.user)) {
    return;
  }
  project.watchers.set(entity.id, [...watchers, origin.user]);
  const activity = newActivity(store, project, { type: 'watch', body: '', author: origin.user });
  emit(
    store,
    {
      project,
      activity: { ...activity, references: numbered(store, [reference(entity, 'origin')]) },
      verb: 'Created',
    },
    origin,
  );
}

function newActivity(
  store: AyonStore,
  project: ProjectRecord,
  given: { type: string; body: string; author: string },
): ActivityRecord {
  const now = store.clock.now();
  project.activityOrder += 1;
  const empty = { references: [], data: {}, tags: [], files: [], createdAt: now, updatedAt: now };
  return { ...empty, ...given, id: store.clock.id(), order: project.activityOrder };
}

/** Ties uploaded files to an activity; ids of no file are left out. */
function attach(project: ProjectRecord, value: Json | undefined, activityId: string): string[] {
  return textsOf(value).filter((id) => {
    const file = project.files.get(id);
    if (file) {
      file.activityId = activityId;
    }
    return file !== undefined;
  });
}

/** People may write comments and reviews only; the rest is made by the server and by services. */
const HUMAN_TYPES: ReadonlySet<string> = new Set(['comment', 'version.review']);

function refuseType(user: UserRecord, type: string): void {
  if (!isService(user) && !HUMAN_TYPES.has(type)) {
    throw fault(403, 'Humans can only create comments and reviews');
  }
}

/** `POST /api/projects/{p}/{entityType}s/{id}/activities`; `isOwn`: the server itself makes it for somebody. */
export function createActivity(
  store: AyonStore,
  at: { project: ProjectRecord; entity: EntityRecord; body: JsonObject; isOwn?: boolean },
  origin: Origin,
): string {
  const { project, entity, body: given } = at;
  const type = typeof given['activityType'] === 'string' ? given['activityType'] : 'comment';
  if (!at.isOwn) {
    refuseType(store.user(origin.user), type);
  }
  const body = typeof given['body'] === 'string' ? given['body'] : '';
  refuseLong(body);
  const made = newActivity(store, project, { type, body, author: origin.user });
  const createdAt = timeOf(given['timestamp']) ?? made.createdAt;
  const id = typeof given['id'] === 'string' ? given['id'] : made.id;
  if (project.activities.has(id)) {
    throw fault(409, 'Activity already exists');
  }
  const activity: ActivityRecord = {
    ...made,
    id,
    files: attach(project, given['files'], id),
    references: numbered(store, [
      reference(entity, 'origin'),
      ...relations(project, entity),
      ...mentions(project, body),
    ]),
    data: isObject(given['data']) ? given['data'] : {},
    tags: textsOf(given['tags']),
    createdAt,
    updatedAt: createdAt,
  };
  project.activities.set(activity.id, activity);
  emit(store, { project, activity, verb: 'Created' }, origin);
  watch(store, { project, entity }, origin);
  return activity.id;
}

/** @throws AyonFault 404; 403 for people who are not the author */
function editable(
  store: AyonStore,
  at: { project: ProjectRecord; id: string },
  origin: Origin,
): ActivityRecord {
  const activity = at.project.activities.get(at.id);
  if (!activity) {
    throw fault(404, 'Activity not found');
  }
  const user = store.user(origin.user);
  if (activity.author !== user.name && !isService(user) && user.data['isAdmin'] !== true) {
    throw fault(403, 'You can only edit your own activities');
  }
  return activity;
}

/** `PATCH /api/projects/{p}/activities/{id}`. */
export function patchActivity(
  store: AyonStore,
  at: { project: ProjectRecord; id: string; body: JsonObject },
  origin: Origin,
): void {
  const activity = editable(store, at, origin);
  const { body, data, tags, files, appendFiles } = at.body;
  if (typeof body === 'string') {
    refuseLong(body);
    activity.body = body;
  }
  activity.data = isObject(data) ? mergeValues(activity.data, data) : activity.data;
  activity.tags = Array.isArray(tags) ? textsOf(tags) : activity.tags;
  if (Array.isArray(files)) {
    const kept = appendFiles === true ? activity.files : [];
    activity.files = [...new Set([...kept, ...attach(at.project, files, activity.id)])];
  }
  activity.updatedAt = store.clock.now();
  emit(store, { project: at.project, activity, verb: 'Updated' }, origin);
}

/** `DELETE /api/projects/{p}/activities/{id}`. */
export function deleteActivity(
  store: AyonStore,
  at: { project: ProjectRecord; id: string },
  origin: Origin,
): void {
  const activity = editable(store, at, origin);
  at.project.activities.delete(at.id);
  emit(store, { project: at.project, activity, verb: 'Deleted' }, origin);
}

function place(entity: EntityRecord): JsonObject {
  const { id, name, label, kind, type } = entity;
  const hasLabel = kind === 'folder' || kind === 'task';
  return { id, name, type: kind, ...(hasLabel ? { label } : {}), ...(type === '' ? {} : { subtype: type }) };
}

/** The entity that an activity was written on. */
function originOf(project: ProjectRecord, activity: ActivityRecord): EntityRecord | undefined {
  const origin = activity.references.find(({ type }) => type === 'origin');
  const kind = ALL_KINDS.find((known) => known === origin?.entityType);
  return kind && origin ? project.entities.get(kind, origin.entityId) : undefined;
}

/** `activityData` of GraphQL: the own data with author, origin and the folder and product above. */
export function activityData(project: ProjectRecord, activity: ActivityRecord): JsonObject {
  const entity = originOf(project, activity);
  const parents: JsonObject[] = [];
  for (let at = entity && parentOf(project, entity); at; at = parentOf(project, at)) {
    parents.unshift(place(at));
    if (at.kind === 'folder') {
      break;
    }
  }
  return { ...activity.data, author: activity.author, ...(entity ? { origin: place(entity) } : {}), parents };
}
