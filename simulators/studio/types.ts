/** Kinds of work below a project that every studio has, spelled as ftrack's API spells them. */
export type StudioBuiltInType =
  | 'Folder'
  | 'Episode'
  | 'Sequence'
  | 'Shot'
  | 'AssetBuild'
  | 'Task'
  | 'Milestone';

/** A built-in kind, or the `type` of one of the studio's own object types. */
export type StudioEntityType = string;

/** A stored custom attribute value; null is a stored "nothing", which is not the same as never set. */
export type StudioValue = string | number | boolean | string[] | null;

export interface StudioEntity {
  /** Dashed uuid. */
  readonly id: string;
  readonly name: string;
  readonly type: StudioEntityType;
  /** Id of an entity of the same project, listed before this one; null: directly under the project. */
  readonly parent: string | null;
  /** Name of the task type; asset builds (Character, Prop …) and milestones have one too. */
  readonly taskType?: string;
  /** Name of the status. Folders and sequences have none in ftrack's interface. */
  readonly status?: string;
  readonly description?: string;
  /** YYYY-MM-DD */
  readonly startDate?: string;
  /** YYYY-MM-DD */
  readonly endDate?: string;
  /** Values stored on this very entity, by key; keys that are absent were never set. */
  readonly attributes?: Readonly<Record<string, StudioValue>>;
  /** User names; tasks only. */
  readonly assignees?: readonly string[];
  /** Name of the priority. */
  readonly priority?: string;
  /** Planned work in hours. */
  readonly bid?: number;
  /** Ids of entities of the same project that must end before this one starts. */
  readonly after?: readonly string[];
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface StudioProject {
  readonly id: string;
  /** Unique code. */
  readonly name: string;
  readonly fullName: string;
  /** YYYY-MM-DD */
  readonly startDate: string;
  /** YYYY-MM-DD */
  readonly endDate: string;
  readonly attributes: Readonly<Record<string, StudioValue>>;
  /** Parents before children. */
  readonly entities: readonly StudioEntity[];
  /** Default `active`. */
  readonly status?: 'active' | 'hidden';
  /** Name of the project schema; default: the studio's first. */
  readonly schema?: string;
  /** Only people whose role names the project may read it. */
  readonly isPrivate?: boolean;
  /** User and group names of the project's team. */
  readonly team?: readonly string[];
  readonly metadata?: Readonly<Record<string, string>>;
  readonly assets?: readonly StudioAsset[];
  readonly notes?: readonly StudioNote[];
  readonly lists?: readonly StudioList[];
  readonly reviewSessions?: readonly StudioReviewSession[];
}

/** What is published in versions; AYON calls it a product. */
export interface StudioAsset {
  readonly id: string;
  readonly name: string;
  /** Name of the asset type. */
  readonly type: string;
  /** Id of the project or of the entity that it belongs to. */
  readonly parent: string;
  /** By rising number. */
  readonly versions: readonly StudioVersion[];
}

export interface StudioVersion {
  readonly id: string;
  /** From 1. */
  readonly version: number;
  readonly status?: string;
  /** Id of the task in which it was made. */
  readonly task?: string;
  /** User name; default: the service user. */
  readonly author?: string;
  readonly comment?: string;
  /** YYYY-MM-DDTHH:MM:SS, UTC; default: when the simulator started. */
  readonly date?: string;
  readonly attributes?: Readonly<Record<string, StudioValue>>;
  readonly components?: readonly StudioComponent[];
}

/** A file of a version, known by name only: the simulator has no bytes of it. */
export interface StudioComponent {
  readonly id: string;
  readonly name: string;
  /** With its dot: `.exr` */
  readonly fileType: string;
  /** Bytes. */
  readonly size?: number;
  /** Name of the location that has it, default `ftrack.unmanaged`; needs `path`. */
  readonly location?: string;
  /** Where it is in its location; without one the component is nowhere. */
  readonly path?: string;
}

export interface StudioNote {
  readonly id: string;
  /** Id of the project, entity or version that it is about. */
  readonly parent: string;
  readonly text: string;
  /** User name; default: the service user. */
  readonly author?: string;
  /** YYYY-MM-DDTHH:MM:SS, UTC; default: when the simulator started. */
  readonly date?: string;
  readonly replies?: readonly Omit<StudioNote, 'parent' | 'replies'>[];
}

export interface StudioList {
  readonly id: string;
  readonly name: string;
  /** Name of the list category, such as `Shots`. */
  readonly category: string;
  readonly of: 'entities' | 'versions';
  /** Ids of entities or versions of the project. */
  readonly items: readonly string[];
  /** User name; default: the service user. */
  readonly owner?: string;
  readonly isOpen?: boolean;
  readonly attributes?: Readonly<Record<string, StudioValue>>;
}

export interface StudioReviewSession {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  /** Ids of versions of the project, in the order of the review. */
  readonly versions: readonly string[];
  readonly invitees?: readonly { readonly id: string; readonly name: string; readonly email: string }[];
}

export interface StudioUser {
  readonly id: string;
  readonly username: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  /** Default true. */
  readonly isActive?: boolean;
  /** Default `key-of-<user name>`. */
  readonly apiKey?: string;
  /** Default: `Administrator` in all projects. */
  readonly roles?: readonly StudioUserRole[];
  readonly attributes?: Readonly<Record<string, StudioValue>>;
}

/** A security role that a user has. */
export interface StudioUserRole {
  /** Name of the role. */
  readonly role: string;
  /** Names of the projects in which it counts; default: all that are not private. */
  readonly projects?: readonly string[];
}

export interface StudioRole {
  readonly id: string;
  readonly name: string;
  readonly type: 'PROJECT' | 'API' | 'ASSIGNED';
}

export interface StudioGroup {
  readonly id: string;
  readonly name: string;
  /** User names. */
  readonly members: readonly string[];
  /** Name of the group that it is part of. */
  readonly parent?: string;
}

export interface StudioStatus {
  readonly id: string;
  readonly name: string;
  /** ftrack's short name of the state that the status stands for. */
  readonly state: 'NOT_STARTED' | 'IN_PROGRESS' | 'BLOCKED' | 'DONE';
  /** #RRGGBB */
  readonly color: string;
  readonly sort: number;
}

export interface StudioTaskType {
  readonly id: string;
  readonly name: string;
  /** #RRGGBB */
  readonly color: string;
  readonly sort: number;
  /** True for kinds of asset builds (Character, Prop …), which are no kinds of tasks. */
  readonly isAssetType: boolean;
}

export interface StudioPriority {
  readonly id: string;
  readonly name: string;
  /** #RRGGBB */
  readonly color: string;
  readonly sort: number;
}

export interface StudioAssetType {
  readonly id: string;
  readonly name: string;
  readonly short: string;
}

/** A kind of entity that the studio added; it becomes a schema of its own. */
export interface StudioObjectType {
  readonly id: string;
  /** What people see: `Render Pass`. */
  readonly name: string;
  /** What the API calls it, the name without blanks: `RenderPass`. Entities bear this one. */
  readonly type: string;
  readonly sort: number;
  /** Nothing can be below it; default false. */
  readonly isLeaf?: boolean;
  /** Default true. */
  readonly isStatusable?: boolean;
  /** Default false. */
  readonly isTypeable?: boolean;
  /** Has dates; default false. */
  readonly isSchedulable?: boolean;
  /** Tasks can be below it; default true. */
  readonly isTaskable?: boolean;
  /** Has a priority; default true. */
  readonly isPrioritizable?: boolean;
  /** Time can be logged on it; default false. */
  readonly isTimeReportable?: boolean;
  /** Name of an icon of ftrack's; default `default`. */
  readonly icon?: string;
}

/** What entities of a project can be: a project schema with its workflows. All are names, in their order. */
export interface StudioProjectSchema {
  readonly id: string;
  readonly name: string;
  /** `type` of the kinds of entities. */
  readonly objectTypes: readonly StudioEntityType[];
  readonly taskTypes: readonly string[];
  /** Statuses of tasks whose type has none of its own below. */
  readonly taskStatuses: readonly string[];
  /** Statuses of tasks of one type, by the type's name. */
  readonly taskStatusesByType?: Readonly<Record<string, readonly string[]>>;
  readonly versionStatuses: readonly string[];
  /** Statuses and types of other kinds, by `type`; a kind that is not named has no status. */
  readonly entities: Readonly<
    Record<StudioEntityType, { readonly statuses: readonly string[]; readonly types?: readonly string[] }>
  >;
}

/** The values of an expression are its unevaluated text; those of a dynamic enumerator come from its address. */
export type StudioAttributeType =
  | 'text'
  | 'number'
  | 'boolean'
  | 'date'
  | 'enumerator'
  | 'dynamic enumerator'
  | 'url'
  | 'expression';

export interface StudioAttribute {
  readonly id: string;
  readonly key: string;
  readonly label: string;
  readonly group: string;
  readonly type: StudioAttributeType;
  /** Hierarchical ones are configured on `show` and apply to the project and everything below it, versions too. */
  readonly hierarchical: boolean;
  readonly entityType: 'show' | 'task' | 'asset' | 'assetversion' | 'list' | 'user';
  /** Only with entityType `task`: the one kind of entity that has it. */
  readonly objectType?: StudioEntityType;
  readonly default: StudioValue;
  /** Name of the one project that has it; default: all have it. */
  readonly project?: string;
  /** Names of the roles that may read and write it; default: everyone. */
  readonly readRoles?: readonly string[];
  readonly writeRoles?: readonly string[];
  /** Texts: whether it is written in Markdown. */
  readonly markdown?: boolean;
  /** Numbers: whether decimals are allowed. */
  readonly decimal?: boolean;
  /** Enumerators: whether several values are allowed. */
  readonly multiSelect?: boolean;
  /** Enumerators. */
  readonly options?: readonly { readonly label: string; readonly value: string }[];
}

/** One studio, described without the words of either system; both simulators are seeded from it. */
export interface Studio {
  readonly projects: readonly StudioProject[];
  /** People; the service user is not among them. */
  readonly users: readonly StudioUser[];
  /** The user under whose name the integration works. */
  readonly serviceUser: StudioUser;
  readonly statuses: readonly StudioStatus[];
  readonly taskTypes: readonly StudioTaskType[];
  readonly attributes: readonly StudioAttribute[];
  /** Kinds of entities besides the built-in ones. */
  readonly objectTypes?: readonly StudioObjectType[];
  /** Default: Urgent, High, Medium, Low, None. */
  readonly priorities?: readonly StudioPriority[];
  /** Default: Geometry, Image Sequence, Review … */
  readonly assetTypes?: readonly StudioAssetType[];
  /** Default: one with all task types, and all statuses for every kind that has any. */
  readonly projectSchemas?: readonly StudioProjectSchema[];
  /** Default: Administrator, API. */
  readonly roles?: readonly StudioRole[];
  readonly groups?: readonly StudioGroup[];
}
