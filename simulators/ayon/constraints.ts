import { dashed } from './clock';
import type { EntityInput } from './entity-input';
import type { EntityKind, EntityRecord, FieldSpec } from './entity-kinds';
import { KINDS } from './entity-kinds';
import { isUnique } from './entity-table';
import { EntityError } from './errors';
import { foldersAbove } from './inheritance';
import { capitalized, snakeCase } from './json';
import type { ProjectRecord } from './project';

const TABLE_KINDS: Readonly<Record<string, EntityKind>> = {
  folders: 'folder',
  tasks: 'task',
  products: 'product',
  versions: 'version',
};

function isPresent(project: ProjectRecord, table: string, value: string): boolean {
  const kind = TABLE_KINDS[table];
  if (kind) {
    return project.entities.get(kind, value) !== undefined;
  }
  const lists = {
    folder_types: project.folderTypes,
    task_types: project.taskTypes,
    statuses: project.statuses,
  };
  return lists[table as keyof typeof lists].some((row) => row.name === value);
}

function checkReference(project: ProjectRecord, record: EntityRecord, field: FieldSpec): void {
  const value = record[field.key];
  if (!field.table || typeof value !== 'string' || isPresent(project, field.table, value)) {
    return;
  }
  const shown = TABLE_KINDS[field.table] ? dashed(value) : value;
  const column = snakeCase(field.api);
  throw new EntityError(
    'foreign-key-violation',
    `${column} '${shown}' is not present in table "${field.table}".`,
  );
}

function uniqueDetail(record: EntityRecord): string {
  if (record.path !== undefined) {
    return `Workfile with path '${record.path}' already exists.`;
  }
  const name = record.kind === 'representation' ? record.name : record.name.toLowerCase();
  const value = record.kind === 'version' ? String(record.version) : name;
  if (record.parentId === null) {
    return `${capitalized(record.kind)} with lower(name::text) '${value}' already exists.`;
  }
  const columns = KINDS[record.kind].uniqueColumns;
  return `${capitalized(record.kind)} with ${columns} '${dashed(record.parentId)}, ${value}' already exists.`;
}

/** @throws EntityError when a sibling has the name, or when a value that must exist in a table does not */
export function checkConstraints(project: ProjectRecord, record: EntityRecord): void {
  if (isUnique(record) && project.entities.namesake(record)) {
    throw new EntityError('unique-violation', uniqueDetail(record));
  }
  for (const field of KINDS[record.kind].fields) {
    checkReference(project, record, field);
  }
}

/** @throws EntityError when a folder would lie below itself */
export function checkMove(project: ProjectRecord, record: EntityRecord): void {
  if (record.kind === 'folder' && record.parentId !== null) {
    const isBelowItself =
      record.parentId === record.id ||
      foldersAbove(project, record).some((folder) => folder.id === record.id);
    if (isBelowItself) {
      throw new EntityError('invalid_data', 'A folder cannot be moved below itself.');
    }
  }
}

/** What a folder with published versions keeps, with the column names of the messages. */
const FIXED: readonly (readonly [keyof EntityInput, string])[] = [
  ['name', 'name'],
  ['type', 'folder_type'],
  ['parentId', 'parent_id'],
];

/** @throws EntityError 403 when the change would break paths that versions were published under */
export function checkPublished(project: ProjectRecord, before: EntityRecord, after: EntityRecord): void {
  if (before.kind !== 'folder' || project.entities.publishedBelow(before.id) === 0) {
    return;
  }
  for (const [key, column] of FIXED) {
    if (before[key] !== after[key]) {
      throw new EntityError('forbidden', `Cannot change ${column} of a folder with published versions`);
    }
  }
}
