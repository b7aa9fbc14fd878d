import type { Json, JsonObject } from './json';
import { capitalized } from './json';

/** The kinds of entities that a project holds here. */
export type EntityKind = 'folder' | 'task' | 'product' | 'version' | 'representation' | 'workfile';

/** One stored entity. Records are never changed in place: a write puts a new record, so undo is putting the old one. */
export interface EntityRecord {
  readonly kind: EntityKind;
  /** 32 hex digits. */
  readonly id: string;
  /** Insertion order within kind and project; the GraphQL cursor. Failed inserts use numbers up, too. */
  readonly order: number;
  /** Versions are named after their number: `v001`. */
  readonly name: string;
  /** Folder, task: a title for people. */
  readonly label: string | null;
  /** folderType, taskType or productType; empty for kinds without one. */
  readonly type: string;
  /** parentId, folderId, productId, versionId or, of a workfile, taskId; null only for folders at the root. */
  readonly parentId: string | null;
  /** Own attribute values only. */
  readonly attrib: JsonObject;
  readonly data: JsonObject;
  readonly active: boolean;
  readonly status: string;
  readonly tags: readonly string[];
  readonly createdBy: string | null;
  readonly updatedBy: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly thumbnailId?: string | null;
  /** Task. */
  readonly assignees?: readonly string[];
  /** Product. */
  readonly productBaseType?: string | null;
  /** Version. */
  readonly version?: number;
  readonly taskId?: string | null;
  readonly author?: string | null;
  /** Representation. */
  readonly files?: readonly Json[];
  readonly traits?: JsonObject | null;
  /** Workfile; unique in the project. Its name is the last part. */
  readonly path?: string;
}

/** How one field of a request is checked. */
export type FieldCheck = 'name' | 'text' | 'id' | 'texts' | 'integer' | 'flag' | 'object' | 'list';

/** One field of a kind: its name in requests and where it is kept. */
export interface FieldSpec {
  readonly api: string;
  readonly key: keyof EntityRecord;
  readonly check: FieldCheck;
  /** Must be given on create. */
  readonly required?: boolean;
  /** The table that a value must be found in. */
  readonly table?: 'folder_types' | 'task_types' | 'statuses' | 'folders' | 'products' | 'versions' | 'tasks';
}

/** What differs between the kinds. */
export interface KindSpec {
  readonly kind: EntityKind;
  /** `folders`, the word in paths and tables. */
  readonly plural: string;
  readonly parentKind: EntityKind | null;
  /** Columns of the unique index as the server prints them. */
  readonly uniqueColumns: string;
  readonly fields: readonly FieldSpec[];
}

const COMMON: readonly FieldSpec[] = [
  { api: 'status', key: 'status', check: 'text', table: 'statuses' },
  { api: 'tags', key: 'tags', check: 'texts' },
  { api: 'data', key: 'data', check: 'object' },
  { api: 'active', key: 'active', check: 'flag' },
];

const NAME: FieldSpec = { api: 'name', key: 'name', check: 'name', required: true };
const THUMBNAIL: FieldSpec = { api: 'thumbnailId', key: 'thumbnailId', check: 'id' };
const LABEL: FieldSpec = { api: 'label', key: 'label', check: 'text' };
const FOLDER_ID: FieldSpec = {
  api: 'folderId',
  key: 'parentId',
  check: 'id',
  table: 'folders',
  required: true,
};

/** All kinds, keyed by their name in requests. */
export const KINDS: Readonly<Record<EntityKind, KindSpec>> = {
  folder: {
    kind: 'folder',
    plural: 'folders',
    parentKind: 'folder',
    uniqueColumns: 'parent_id, lower(name::text)',
    fields: [
      NAME,
      LABEL,
      { api: 'folderType', key: 'type', check: 'text', table: 'folder_types' },
      { api: 'parentId', key: 'parentId', check: 'id', table: 'folders' },
      THUMBNAIL,
      ...COMMON,
    ],
  },
  task: {
    kind: 'task',
    plural: 'tasks',
    parentKind: 'folder',
    uniqueColumns: 'folder_id, lower(name::text)',
    fields: [
      NAME,
      LABEL,
      { api: 'taskType', key: 'type', check: 'text', table: 'task_types', required: true },
      FOLDER_ID,
      { api: 'assignees', key: 'assignees', check: 'texts' },
      THUMBNAIL,
      ...COMMON,
    ],
  },
  product: {
    kind: 'product',
    plural: 'products',
    parentKind: 'folder',
    uniqueColumns: 'folder_id, lower(name::text)',
    fields: [
      NAME,
      FOLDER_ID,
      { api: 'productType', key: 'type', check: 'text', required: true },
      { api: 'productBaseType', key: 'productBaseType', check: 'text' },
      ...COMMON,
    ],
  },
  version: {
    kind: 'version',
    plural: 'versions',
    parentKind: 'product',
    uniqueColumns: 'product_id, version',
    fields: [
      { api: 'version', key: 'version', check: 'integer', required: true },
      { api: 'productId', key: 'parentId', check: 'id', table: 'products', required: true },
      { api: 'taskId', key: 'taskId', check: 'id', table: 'tasks' },
      { api: 'author', key: 'author', check: 'text' },
      THUMBNAIL,
      ...COMMON,
    ],
  },
  representation: {
    kind: 'representation',
    plural: 'representations',
    parentKind: 'version',
    uniqueColumns: 'version_id, name',
    fields: [
      NAME,
      { api: 'versionId', key: 'parentId', check: 'id', table: 'versions', required: true },
      { api: 'files', key: 'files', check: 'list' },
      { api: 'traits', key: 'traits', check: 'object' },
      ...COMMON,
    ],
  },
  workfile: {
    kind: 'workfile',
    plural: 'workfiles',
    parentKind: 'task',
    uniqueColumns: 'path',
    fields: [
      { api: 'path', key: 'path', check: 'text', required: true },
      { api: 'taskId', key: 'parentId', check: 'id', table: 'tasks', required: true },
      THUMBNAIL,
      ...COMMON,
    ],
  },
};

/** All kinds in an order in which parents come before children. */
export const ALL_KINDS: readonly EntityKind[] = [
  'folder',
  'task',
  'product',
  'version',
  'representation',
  'workfile',
];

/** Tells whether a word names a kind of entity. */
export function isEntityKind(word: unknown): word is EntityKind {
  return typeof word === 'string' && Object.hasOwn(KINDS, word);
}

/** The server's validation model of a kind: `FolderPostModel`, `TaskPatchModel`. */
export function modelName(kind: EntityKind, mode: 'Post' | 'Patch'): string {
  return `${capitalized(kind)}${mode}Model`;
}

/** The last part of the path of a workfile. */
export function fileNameOf(path: string): string {
  return path.split(/[/\\]/).at(-1) ?? path;
}

/** The name under which a version shows: `v001`; hero versions have negative numbers. */
export function versionName(version: number): string {
  if (version < 0) {
    return 'HERO';
  }
  return `v${String(version).padStart(3, '0')}`;
}
