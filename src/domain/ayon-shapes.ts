import type { AyonEntityType, AyonOperation, AyonProject } from './model';

/** What AYON's data model says about one kind of entity, as far as planning needs it. */
interface Shape {
  /** The field that names the parent, and what the parent is. */
  readonly parent: { readonly field: string; readonly type: AyonEntityType };
  /** Only folders live without one: at the top of the project. */
  readonly isParentOptional: boolean;
  /** Fields without which AYON refuses a create, apart from name and parent. */
  readonly required: readonly string[];
  /** Versions have a number in place of a name. */
  readonly isNamed: boolean;
  /** The field whose value must be one of the project's types. */
  readonly type?: { readonly field: string; readonly list: 'folderTypes' | 'taskTypes' };
  /** Parents come before children: their rank is lower. */
  readonly rank: number;
}

export const SHAPES: Readonly<Record<AyonEntityType, Shape>> = {
  folder: {
    parent: { field: 'parentId', type: 'folder' },
    isParentOptional: true,
    required: [],
    isNamed: true,
    type: { field: 'folderType', list: 'folderTypes' },
    rank: 0,
  },
  task: {
    parent: { field: 'folderId', type: 'folder' },
    isParentOptional: false,
    required: ['taskType'],
    isNamed: true,
    type: { field: 'taskType', list: 'taskTypes' },
    rank: 1,
  },
  product: {
    parent: { field: 'folderId', type: 'folder' },
    isParentOptional: false,
    required: ['productType'],
    isNamed: true,
    rank: 2,
  },
  version: {
    parent: { field: 'productId', type: 'product' },
    isParentOptional: false,
    required: ['version'],
    isNamed: false,
    rank: 3,
  },
  representation: {
    parent: { field: 'versionId', type: 'version' },
    isParentOptional: false,
    required: [],
    isNamed: true,
    rank: 4,
  },
};

/** Ids are unique per kind only. */
export const keyOf = (entityType: AyonEntityType, id: string): string => `${entityType}/${id}`;

/** Key of the parent that the operation names; null: the top of the project; undefined: it says nothing about it. */
export function parentKeyOf({ entityType, type, data }: AyonOperation): string | null | undefined {
  const { parent } = SHAPES[entityType];
  const id = data[parent.field];
  if (typeof id === 'string') {
    return keyOf(parent.type, id);
  }
  return id === null || type === 'create' ? null : undefined;
}

/** Keys of the entities that must be there before the operation: the parent, and the task of a version. */
export function referencesOf(operation: AyonOperation): string[] {
  const taskId = operation.entityType === 'version' ? operation.data['taskId'] : undefined;
  const parent = parentKeyOf(operation);
  return [
    ...(typeof parent === 'string' ? [parent] : []),
    ...(typeof taskId === 'string' ? [keyOf('task', taskId)] : []),
  ];
}

/** An entity that AYON has already, as far as its place among its siblings needs it. */
export interface Sibling {
  readonly entityType: AyonEntityType;
  readonly id: string;
  /** A version's number as text. */
  readonly name: string;
  /** null: the top of the project. */
  readonly parentId: string | null;
  readonly active: boolean;
  readonly path: string;
}

/** What the caller knows of AYON; about what is left out nothing is checked before sending. */
export interface KnownAyon {
  /** AYON's attributes by name. */
  readonly attributes?: ReadonlyMap<string, { readonly scope: readonly string[] }>;
  /** The project's statuses and types. */
  readonly project?: Pick<AyonProject, 'statuses' | 'folderTypes' | 'taskTypes'>;
  /** Entities that lie where something is written; those that are written belong to them. */
  readonly siblings?: Iterable<Sibling>;
}
