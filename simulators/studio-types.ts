/** Kinds of work below a project, spelled as ftrack spells them. */
export type StudioEntityType =
  | 'Folder'
  | 'Episode'
  | 'Sequence'
  | 'Shot'
  | 'AssetBuild'
  | 'Task'
  | 'Milestone';

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
}

export interface StudioUser {
  readonly id: string;
  readonly username: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
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

export interface StudioAttribute {
  readonly id: string;
  readonly key: string;
  readonly label: string;
  readonly group: string;
  readonly type: 'text' | 'number' | 'boolean' | 'date' | 'enumerator';
  /** Hierarchical ones are configured on `show` and apply to the project and everything below it. */
  readonly hierarchical: boolean;
  readonly entityType: 'show' | 'task' | 'assetversion' | 'list' | 'user';
  /** Only with entityType `task`: the one kind of entity that has it. */
  readonly objectType?: StudioEntityType;
  readonly default: StudioValue;
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
}
