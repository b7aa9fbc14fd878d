import type { ActivityRecord, ActivityReference } from '../activities';
import { activityData } from '../activities';
import { isEntityKind } from '../entity-kinds';
import { entityPath } from '../inheritance';
import type { JsonObject } from '../json';
import { camelCase, entryOf, isObject, sortedJson, textOf } from '../json';
import type { ProjectRecord } from '../project';
import type { KeyReader, ReadKey } from '../query-filter';
import { parseFilter, valueAt } from '../query-filter';
import type { AyonStore } from '../store';
import { userNode } from './lists';
import type { Connection, PageArgs } from './paging';
import { pageOf } from './paging';

/** Filters of `activities`. */
export interface ActivityArgs extends PageArgs {
  entityType?: string | null;
  entityIds?: string[] | null;
  activityTypes?: string[] | null;
  referenceTypes?: string[] | null;
  activityIds?: string[] | null;
  tags?: string[] | null;
  authors?: string[] | null;
  entityNames?: string[] | null;
  changedAfter?: string | null;
  changedBefore?: string | null;
  filter?: string | null;
}

interface Seen {
  activity: ActivityRecord;
  reference: ActivityReference;
}

/** What nodes of activities need from the request that made them. */
export interface ActivityContext {
  readonly store: AyonStore;
  readonly project: ProjectRecord;
  readonly version: (id: string) => unknown;
}

/** Without a filter for entities or references only the place of origin counts. */
function acceptsReference({ entityType, entityId, type }: ActivityReference, args: ActivityArgs): boolean {
  const isFiltered = Boolean(args.entityIds ?? args.referenceTypes);
  return (
    (isFiltered || type === 'origin') &&
    (!args.entityType || args.entityType === entityType) &&
    (!args.entityIds || args.entityIds.includes(entityId)) &&
    (!args.referenceTypes || args.referenceTypes.includes(type))
  );
}

function isInTime({ updatedAt }: ActivityRecord, args: ActivityArgs): boolean {
  const at = Date.parse(updatedAt);
  return (
    (!args.changedAfter || at > Date.parse(args.changedAfter)) &&
    (!args.changedBefore || at < Date.parse(args.changedBefore))
  );
}

function accepts({ activity, reference }: Seen, args: ActivityArgs): boolean {
  return (
    acceptsReference(reference, args) &&
    (!args.activityTypes || args.activityTypes.includes(activity.type)) &&
    (!args.activityIds || args.activityIds.includes(activity.id)) &&
    (!args.authors || args.authors.includes(activity.author)) &&
    (!args.tags || args.tags.every((tag) => activity.tags.includes(tag))) &&
    isInTime(activity, args)
  );
}

const activityKeys: KeyReader<ActivityRecord> = ([name = '', ...path]) => {
  const column = camelCase(name);
  if (column === 'data' && path.length > 0) {
    return ({ data }) => valueAt(data, path);
  }
  const columns: Readonly<Record<string, ReadKey<ActivityRecord>>> = {
    activityId: ({ id }) => id,
    activityType: ({ type }) => type,
    author: ({ author }) => author,
    body: ({ body }) => body,
    tags: ({ tags }) => tags,
    createdAt: ({ createdAt }) => createdAt,
    updatedAt: ({ updatedAt }) => updatedAt,
  };
  return path.length === 0 ? entryOf(columns, column) : undefined;
};

function entityOf(project: ProjectRecord, { entityType, entityId }: ActivityReference) {
  return isEntityKind(entityType) ? project.entities.get(entityType, entityId) : undefined;
}

/** Where an activity belongs, with the address that mentions use. */
function placeNode(place: JsonObject): JsonObject {
  const { id, type, name, label = null, subtype = null } = place;
  return { id, type, name, label, subtype, link: `${textOf(type)}:${textOf(id)}` };
}

function fileNodes(project: ProjectRecord, activity: ActivityRecord): JsonObject[] {
  return activity.files.flatMap((id) => {
    const file = project.files.get(id);
    const size = String(file?.bytes.length ?? 0);
    return file
      ? [
          {
            id,
            size,
            author: file.author,
            name: file.name,
            mime: file.contentType,
            createdAt: file.createdAt,
            updatedAt: file.createdAt,
          },
        ]
      : [];
  });
}

function node(context: ActivityContext, { activity, reference }: Seen) {
  const { store, project } = context;
  const author = store.users.get(activity.author);
  const data = activityData(project, activity);
  const entity = entityOf(project, reference);
  const parents = Array.isArray(data['parents']) ? data['parents'].filter(isObject) : [];
  return {
    projectName: project.name,
    referenceId: reference.id,
    activityId: activity.id,
    referenceType: reference.type,
    activityType: activity.type,
    entityType: reference.entityType,
    entityId: reference.entityId,
    entityName: entity?.name ?? null,
    entityPath: entity ? entityPath(project, entity) : null,
    createdAt: activity.createdAt,
    updatedAt: activity.updatedAt,
    creationOrder: activity.order,
    body: activity.body,
    tags: activity.tags,
    activityData: sortedJson(data),
    referenceData: '{}',
    active: true,
    origin: isObject(data['origin']) ? placeNode(data['origin']) : null,
    parents: parents.map(placeNode),
    author: author ? userNode(store, author) : null,
    version: entity?.kind === 'version' ? context.version(entity.id) : null,
    files: fileNodes(project, activity),
  };
}

/**
 * `activities`: each activity once per reference to an entity.
 * @throws InvalidFilter
 */
export function activities(context: ActivityContext, args: ActivityArgs): Connection<JsonObject> {
  const filter = parseFilter(args.filter, activityKeys);
  const isNamed = (reference: ActivityReference): boolean =>
    !args.entityNames || args.entityNames.includes(entityOf(context.project, reference)?.name ?? '');
  const seen = [...context.project.activities.values()].flatMap((activity) =>
    activity.references.map((reference) => ({ activity, reference })),
  );
  return pageOf(
    {
      ascending: (after) => seen.filter(({ activity }) => activity.order > after),
      descending: (before) => seen.filter(({ activity }) => activity.order < before).reverse(),
      accepts: (item) => accepts(item, args) && filter(item.activity) && isNamed(item.reference),
      order: ({ activity }) => activity.order,
      node: (item) => node(context, item) as unknown as JsonObject,
    },
    args,
  );
}
