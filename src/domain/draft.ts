import type { ErrorCode } from '../errors';
import type { AttributeRule } from './attributes';
import type {
  AyonAttribute,
  AyonEdit,
  AyonOperation,
  AyonProject,
  CustomAttribute,
  FtrackFacts,
  FtrackStatus,
  Json,
  Kind,
} from './model';
import type { EntityScope } from './scope';
import type { View } from './view';

/** The custom attributes of ftrack in which the integration keeps its marks. */
export interface Marks {
  readonly ayonId: CustomAttribute;
  readonly ayonPath: CustomAttribute;
  readonly syncFailed: CustomAttribute;
}

/** What is known about a project apart from its entities; comes from a cache. */
export interface ProjectFacts {
  readonly projectId: string;
  readonly ftrack: FtrackFacts;
  readonly rules: readonly AttributeRule[];
  readonly ayonAttributes: ReadonlyMap<string, AyonAttribute>;
  /** AYON user name by ftrack user id. */
  readonly users: ReadonlyMap<string, string>;
  readonly project: AyonProject;
  readonly marks: Marks;
  /** Our own AYON user. */
  readonly me: string;
}

/** Why an entity cannot be brought over. */
export interface Problem {
  readonly code: ErrorCode;
  readonly sentence: string;
  /** ftrack id of the entity that has to be resolved first. */
  readonly blockedBy?: string;
}

export interface PlannedOperation extends AyonOperation {
  readonly type: 'create' | 'update';
  readonly entityType: Kind;
  /** The ftrack entity for whose sake this is done. */
  readonly ftrackId: string;
  /** What a person reads about it. */
  readonly line: string;
}

/** An entity that is in place once the operations are done; its marks in ftrack follow. */
export interface Settled {
  readonly ftrackId: string;
  readonly kind: Kind;
  readonly ayonId: string;
  /** AYON folder path with leading slash; undefined: the mark stays as it is. */
  readonly path: string | undefined;
  /** The pair itself is made by the plan: without it there is no partner to name. */
  readonly isLink: boolean;
  /** Nothing of it disagrees any more, as far as is known: an old flag may go. */
  readonly isWhole: boolean;
}

/** What one attempt taught the next: kept over the rounds of one activity. */
export interface Memory {
  readonly failed: Map<string, Problem>;
  /** Folders whose name, type and parent AYON refuses to change. */
  readonly immutable: Set<string>;
  /** Entities whose name AYON found taken; all siblings are looked at, not only equal names. */
  readonly clashed: Set<string>;
  readonly randomIds: Map<string, string>;
  /** Entities that stand in the way of others and are due for a change themselves. */
  readonly extra: Map<string, EntityScope>;
  readonly tries: Map<string, number>;
  /** Entities of which AYON refused a value: they are brought over without their mapped attributes. */
  readonly plain: Set<string>;
  /** Entities that AYON got as a whole: created or paired by this activity. */
  readonly brought: Set<string>;
  /** What AYON's event log tells of a node, by its id; good while the node is as old as that. */
  readonly edits: Map<string, { readonly updatedAt: string; readonly told: readonly AyonEdit[] }>;
}

export const newMemory = (): Memory => ({
  failed: new Map(),
  immutable: new Set(),
  clashed: new Set(),
  randomIds: new Map(),
  extra: new Map(),
  tries: new Map(),
  plain: new Set(),
  brought: new Set(),
  edits: new Map(),
});

/** A plan in the making. */
export interface Draft {
  readonly view: View;
  readonly facts: ProjectFacts;
  readonly memory: Memory;
  readonly operations: PlannedOperation[];
  readonly settled: Map<string, Settled>;
  /** What agrees once the operations are done, by ftrack id: the entity as a whole, or what its scope names. */
  /** AYON ids that the plan takes out: AYON refuses a batch that changes one entity twice. */
  readonly leaving: Set<string>;
  readonly answers: Map<string, 'whole' | 'scoped'>;
  /** Sentences for the summary: what was left as it is, and why. */
  readonly notes: Set<string>;
  readonly missingStatuses: Map<string, FtrackStatus>;
  readonly missingTypes: { readonly folder: Set<string>; readonly task: Set<string> };
  /** What an entity refers to and the cached facts lack: the cache is older than that. */
  readonly stale: Set<'definitions' | 'people'>;
  /** New ids for entities whose derived id is taken. */
  readonly newId: () => string;
}

/** The name that people know an entity by: its path without the project. */
export const pathOf = (link: readonly { readonly name: string }[]): string =>
  link
    .slice(1)
    .map(({ name }) => name)
    .join('/');

export type Data = Record<string, Json | Record<string, Json>>;
