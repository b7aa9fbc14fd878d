/** Neutral shapes of what both systems hold, as far as the sync needs them. Clients fill them, pure code decides on them. */

/** Plain JSON, as attribute values are in both systems. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export type Kind = 'folder' | 'task';

/** A TypedContext of ftrack: everything that becomes a folder or a task of AYON. */
export interface FtrackEntity {
  /** Dashed lower-case uuid. */
  readonly id: string;
  readonly projectId: string;
  readonly parentId: string;
  readonly name: string;
  readonly objectTypeId: string;
  readonly typeId: string | null;
  readonly statusId: string | null;
  /** Digits as ftrack stores them, `YYYY-MM-DDTHH:mm:ss`; see `dates.ts`. */
  readonly startDate: string | null;
  readonly endDate: string | null;
  readonly description: string | null;
  /** Project first, the entity itself last. */
  readonly link: readonly { readonly id: string; readonly name: string }[];
}

export interface FtrackProject {
  readonly id: string;
  /** Unique code. */
  readonly name: string;
  readonly fullName: string;
  readonly startDate: string | null;
  readonly endDate: string | null;
}

export interface FtrackUser {
  readonly id: string;
  readonly username: string;
  readonly email: string | null;
}

/** A stored row of a custom attribute; an entity without a row was never set. */
export interface StoredValue {
  readonly configurationId: string;
  readonly entityId: string;
  readonly value: Json;
}

export interface CustomAttribute {
  readonly id: string;
  readonly key: string;
  /** `show`, `task`, … */
  readonly entityType: string;
  readonly objectTypeId: string | null;
  /** null: every project. */
  readonly projectId: string | null;
  readonly hierarchical: boolean;
  /** `text`, `number`, `boolean`, `date`, `enumerator`, … */
  readonly type: string;
  readonly group: string | null;
}

export interface FtrackStatus {
  readonly id: string;
  readonly name: string;
  readonly color: string | null;
  /** ftrack's state name or short, such as `NOT_STARTED`. */
  readonly state: string | null;
}

/** ftrack's definitions that every project shares. */
export interface FtrackFacts {
  readonly objectTypes: ReadonlyMap<string, { readonly name: string; readonly statusable: boolean }>;
  readonly statuses: ReadonlyMap<string, FtrackStatus>;
  readonly types: ReadonlyMap<string, { readonly name: string }>;
  readonly attributes: readonly CustomAttribute[];
  readonly users: ReadonlyMap<string, FtrackUser>;
}

/** A folder or task of AYON. */
export interface AyonNode {
  readonly kind: Kind;
  /** 32 hex digits. */
  readonly id: string;
  readonly name: string;
  readonly label: string | null;
  /** Folder type or task type. */
  readonly type: string;
  /** Parent folder; null at the top. */
  readonly parentId: string | null;
  /** `/a/b`, with leading slash. */
  readonly path: string;
  readonly active: boolean;
  readonly status: string;
  readonly assignees: readonly string[];
  /** Effective values, inherited ones included. */
  readonly attrib: Readonly<Record<string, Json>>;
  /** Names set on the node itself; may name too many, see {@link ownIsUncertain}. */
  readonly ownAttrib: readonly string[];
  /** Published versions on it or below: AYON then refuses another name, type or parent. */
  readonly hasVersions: boolean;
  readonly updatedBy: string | null;
  /** ISO 8601; another one after each change. */
  readonly updatedAt: string;
}

/** A change of a folder or a task, as AYON's event log tells it. */
export interface AyonEdit {
  /** AYON id of the folder or task. */
  readonly nodeId: string;
  /** Name of the AYON user; null: AYON does not say. */
  readonly user: string | null;
  /**
   * End of the event's topic: `status_changed`, `attrib_changed`, `created`, …; `earlier`: there was more than was read,
   * in which somebody may have changed anything.
   */
  readonly what: string;
  /** Names of the attributes of `attrib_changed`. */
  readonly attributes: readonly string[];
}

export interface AyonUser {
  readonly name: string;
  readonly email: string | null;
}

export interface AyonAttribute {
  readonly name: string;
  /** `string`, `integer`, `float`, `boolean`, `datetime`, `list_of_strings`, … */
  readonly type: string;
  /** `project`, `folder`, `task`, … */
  readonly scope: readonly string[];
  readonly inherit: boolean;
  readonly builtin: boolean;
}

/** An entry of a project's list of statuses, folder types or task types; unknown keys are kept as they are. */
export interface ListEntry {
  readonly name: string;
  /** Absent or null: every kind of entity. */
  readonly scope?: readonly string[] | null;
  readonly [key: string]: unknown;
}

export interface AyonProject {
  readonly name: string;
  readonly label: string | null;
  readonly active: boolean;
  readonly attrib: Readonly<Record<string, Json>>;
  readonly statuses: readonly ListEntry[];
  readonly folderTypes: readonly ListEntry[];
  readonly taskTypes: readonly ListEntry[];
}

/**
 * AYON 1.16 answers GraphQL's `ownAttrib` of a node that has any own value with the inherited names added; REST tells
 * the truth. The list can be trusted when it leaves out an effective value.
 */
export function ownIsUncertain(node: AyonNode): boolean {
  const own = new Set(node.ownAttrib);
  return own.size > 0 && Object.keys(node.attrib).every((name) => own.has(name));
}

/** The entities of AYON that operations write. */
export type AyonEntityType = 'folder' | 'task' | 'product' | 'version' | 'representation';

/** One change of one entity, as `POST /api/projects/{project}/operations` takes it. */
export interface AyonOperation {
  readonly type: 'create' | 'update' | 'delete';
  readonly entityType: AyonEntityType;
  /** 32 hex digits, chosen by us for a create too. */
  readonly entityId: string;
  /** Empty for a delete. */
  readonly data: Readonly<Record<string, unknown>>;
  /** What people know the entity by, for messages. */
  readonly path: string;
  /** Lets AYON change or delete a folder above published versions. */
  readonly force?: boolean;
  /** Positions, in the same list, of what must succeed before: the parent's create, for a delete what leaves it. */
  readonly needs?: readonly number[];
}

/** What became of an operation. */
export interface AyonOperationResult {
  readonly success: boolean;
  /** HTTP status of this operation: AYON's, or for what was not sent the one that AYON would have given. */
  readonly status: number;
  /**
   * AYON's `unique-violation`, `foreign-key-violation`, `forbidden`, `not-found`, `invalid_data`, …, or one of ours:
   * - `exists`: a create met an entity of its own id; look again, it becomes an update
   * - `blocked-by`: not done, because the entity that `blockedBy` names could not be made
   * - `refused`: not sent, AYON would refuse it or drop a part of it silently
   * - `not-sent`: the write was stopped before it
   * - `ayon-rejected`, `ayon-server-error`, `ayon-conflict`, `ayon-unreachable`: AYON refused the request that held
   *   this operation alone
   */
  readonly errorCode: string | null;
  readonly detail: string | null;
  /** AYON id of the entity that has to be made first. */
  readonly blockedBy?: string;
}

/** Id and time of a row of ftrack's Event log. */
export interface LogMark {
  readonly id: number;
  /** ms since epoch by ftrack's clock, cut to seconds; null where ftrack stores its own local time. */
  readonly at: number | null;
}

/** A row of ftrack's Event log as ftrack answers it; its vocabulary is undocumented. */
export interface LogEntry extends LogMark {
  readonly insert: string | null;
  /** JSON text. */
  readonly data: string | null;
  readonly parentType: string | null;
  readonly parentId: string | null;
  readonly projectId: string | null;
  readonly userId: string | null;
}

/** What an event named: per entity the changed keys, or `*` for the whole of it. Kept as memo of its workflow. */
export type Named = Readonly<Record<string, readonly string[] | '*'>>;

/** An event that Temporal holds. */
export interface Accepted {
  /** Id of the event, the same for all of its parts. */
  readonly event: string;
  /** Arrival at a leecher, ms since epoch. */
  readonly at: number;
  readonly named: Named;
}
