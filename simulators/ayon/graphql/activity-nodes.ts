import type { ActivityRecord, ActivityReference } from '../activities';
import { activityData } from '../activities';
import type { JsonObject } from '../json';
import { sortedJson } from '../json';
import type { ProjectRecord } from '../project';
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
}

interface Seen {
  activity: ActivityRecord;
  reference: ActivityReference;
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

function accepts({ activity, reference }: Seen, args: ActivityArgs): boolean {
  return (
    acceptsReference(reference, args) &&
    (!args.activityTypes || args.activityTypes.includes(activity.type)) &&
    (!args.activityIds || args.activityIds.includes(activity.id)) &&
    (!args.authors || args.authors.includes(activity.author)) &&
    (!args.tags || args.tags.every((tag) => activity.tags.includes(tag)))
  );
}

function node(store: AyonStore, project: ProjectRecord, { activity, reference }: Seen): JsonObject {
  const author = store.users.get(activity.author);
  return {
    projectName: project.name,
    activityId: activity.id,
    referenceType: reference.type,
    activityType: activity.type,
    entityType: reference.entityType,
    entityId: reference.entityId,
    createdAt: activity.createdAt,
    updatedAt: activity.updatedAt,
    creationOrder: activity.order,
    body: activity.body,
    tags: activity.tags,
    activityData: sortedJson(activityData(project, activity)),
    author: author ? userNode(store, author) : null,
  };
}

/** `activities`: each activity once per reference to an entity. */
export function activities(
  store: AyonStore,
  project: ProjectRecord,
  args: ActivityArgs,
): Connection<JsonObject> {
  const seen = [...project.activities.values()].flatMap((activity) =>
    activity.references.map((reference) => ({ activity, reference })),
  );
  return pageOf(
    {
      ascending: (after) => seen.filter(({ activity }) => activity.order > after),
      descending: (before) => seen.filter(({ activity }) => activity.order < before).reverse(),
      accepts: (item) => accepts(item, args),
      order: ({ activity }) => activity.order,
      node: (item) => node(store, project, item),
    },
    args,
  );
}
