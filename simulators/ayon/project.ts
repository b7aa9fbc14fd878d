import type { ActivityRecord } from './activities';
import type { AttributeDefinition } from './attributes';
import type { AyonClock } from './clock';
import type { Anatomy } from './default-anatomy';
import type { ListRecord } from './entity-lists';
import { EntityTable } from './entity-table';
import type { JsonObject } from './json';
import { storedKeyOrder } from './json';
import type { LinkRecord } from './links';

/** An uploaded picture, scaled to at most 500 pixels a side; `original` is as it came. */
export interface Thumbnail {
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly original?: Buffer;
}

/** An uploaded file. */
export interface FileRecord {
  readonly id: string;
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Buffer;
  readonly author: string;
  /** The activity that it is attached to. */
  activityId: string | null;
  readonly createdAt: string;
}

/** A picture or clip of a version, for review. */
export interface ReviewableRecord {
  readonly fileId: string;
  readonly activityId: string;
  label: string | null;
  readonly availability: 'unknown' | 'ready';
  readonly mediaInfo: JsonObject;
}

/** People who work together in a project. */
export interface TeamRecord {
  readonly name: string;
  members: TeamMember[];
}

export interface TeamMember {
  readonly name: string;
  leader: boolean;
  roles: string[];
}

/** A project with everything in it. */
export interface ProjectRecord extends Anatomy {
  name: string;
  code: string;
  label: string | null;
  library: boolean;
  /** Made as a draft that has no entities yet. */
  skeleton: boolean;
  color: string | null;
  active: boolean;
  attrib: JsonObject;
  data: JsonObject;
  createdAt: string;
  updatedAt: string;
  readonly entities: EntityTable;
  readonly links: Map<string, LinkRecord>;
  /** Number of the last link. */
  linkOrder: number;
  readonly activities: Map<string, ActivityRecord>;
  /** Number of the last activity; activities that are only events count, too. */
  activityOrder: number;
  /** Entity id → user names. */
  readonly watchers: Map<string, readonly string[]>;
  readonly lists: Map<string, ListRecord>;
  /** Team name → members. */
  teams: TeamRecord[];
  readonly thumbnails: Map<string, Thumbnail>;
  readonly files: Map<string, FileRecord>;
  /** Version id → its reviewables in their order. */
  readonly reviewables: Map<string, ReviewableRecord[]>;
}

/** What a new project is made from. */
export interface NewProject {
  name: string;
  code: string;
  label?: string | null;
  library?: boolean;
  skeleton?: boolean;
  color?: string | null;
  anatomy: Anatomy;
  attrib?: JsonObject;
}

/** An empty project; attributes with a default get it as own value. */
export function makeProject(
  given: NewProject,
  known: Iterable<AttributeDefinition>,
  clock: AyonClock,
): ProjectRecord {
  const attrib: JsonObject = {};
  for (const { name, scope, data } of known) {
    if (scope.includes('project') && data['default'] !== null && data['default'] !== undefined) {
      attrib[name] = data['default'];
    }
  }
  return {
    ...given.anatomy,
    name: given.name,
    code: given.code,
    label: given.label ?? null,
    library: given.library ?? false,
    skeleton: given.skeleton ?? false,
    color: given.color ?? null,
    active: true,
    attrib: { ...attrib, ...given.attrib },
    data: {},
    createdAt: clock.now(),
    updatedAt: clock.now(),
    entities: new EntityTable(),
    links: new Map(),
    linkOrder: 0,
    activities: new Map(),
    activityOrder: 0,
    watchers: new Map(),
    lists: new Map(),
    teams: [],
    thumbnails: new Map(),
    files: new Map(),
    reviewables: new Map(),
  };
}

/** Tasks that somebody is assigned to and versions that somebody made follow a new name. */
export function renameInProject(project: ProjectRecord, old: string, name: string): void {
  const { entities } = project;
  for (const task of entities.pick('task', entities.orderedIds('task'))) {
    if (task.assignees?.includes(old)) {
      const assignees = task.assignees.map((assignee) => (assignee === old ? name : assignee));
      entities.put({ ...task, assignees });
    }
  }
  for (const version of entities.pick('version', entities.orderedIds('version'))) {
    if (version.author === old) {
      entities.put({ ...version, author: name });
    }
  }
}

/** Adds changes to values; null takes a value away. */
export function mergeValues(values: JsonObject, changes: JsonObject): JsonObject {
  // A map, because a key may be `__proto__`.
  const merged = new Map(Object.entries(values));
  for (const [key, value] of Object.entries(changes)) {
    if (value === null || value === undefined) {
      merged.delete(key);
    } else {
      merged.set(key, value);
    }
  }
  return Object.fromEntries(merged);
}

/** `GET /api/projects/{p}`. */
export function projectView(project: ProjectRecord): JsonObject {
  const { folderTypes, taskTypes, statuses, linkTypes, tags, config } = project;
  return {
    name: project.name,
    code: project.code,
    ...(project.label === null ? {} : { label: project.label }),
    library: project.library,
    folderTypes: folderTypes.map((row) => ({ ...row })),
    taskTypes: taskTypes.map((row) => ({ ...row })),
    linkTypes,
    statuses: statuses.map((row) => ({ ...row })),
    tags,
    config,
    attrib: project.attrib,
    data: project.data,
    active: project.active,
    ownAttrib: storedKeyOrder(Object.keys(project.attrib)),
    createdAt: project.createdAt,
    updatedAt: project.updatedAt,
  };
}

/** A row of `GET /api/projects`. */
export function projectRow(project: ProjectRecord): JsonObject {
  return {
    name: project.name,
    code: project.code,
    label: project.label,
    color: project.color,
    active: project.active,
    library: project.library,
    skeleton: project.skeleton,
    pinned: false,
    projectFolder: null,
    createdAt: project.createdAt,
    updatedAt: project.updatedAt,
  };
}
