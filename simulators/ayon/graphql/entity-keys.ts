import type { EntityKind, EntityRecord } from '../entity-kinds';
import { KINDS } from '../entity-kinds';
import type { Inheritance } from '../inheritance';
import { entityPath } from '../inheritance';
import type { Json } from '../json';
import { camelCase, entryOf } from '../json';
import type { ProjectRecord } from '../project';
import type { KeyReader, ReadKey } from '../query-filter';
import { valueAt } from '../query-filter';

/** What reading a value of an entity needs to know. */
export interface KeyContext {
  readonly project: ProjectRecord;
  readonly kind: EntityKind;
  readonly inheritance: Inheritance;
}

type Read = ReadKey<EntityRecord>;

/** Columns of every kind. */
const COLUMNS: Readonly<Record<string, Read>> = {
  id: ({ id }) => id,
  name: ({ name }) => name,
  label: ({ label }) => label,
  status: ({ status }) => status,
  active: ({ active }) => active,
  tags: ({ tags }) => [...tags],
  createdAt: ({ createdAt }) => createdAt,
  updatedAt: ({ updatedAt }) => updatedAt,
  createdBy: ({ createdBy }) => createdBy,
  updatedBy: ({ updatedBy }) => updatedBy,
  creationOrder: ({ order }) => order,
};

function columnOf({ project, kind }: KeyContext, name: string): Read | undefined {
  if (name === 'path') {
    return (entity) => entityPath(project, entity);
  }
  const field = KINDS[kind].fields.find(({ api }) => api === name);
  return field ? (entity) => entity[field.key] as Json : entryOf(COLUMNS, name);
}

/**
 * The values that filters and orders of a kind may name: columns in snake or camel case, `attrib/fps` (the value that
 * counts, inherited or own) and `data/…`.
 */
export function entityKeys(context: KeyContext): KeyReader<EntityRecord> {
  return ([name = '', ...path]) => {
    if (name === 'attrib' && path.length > 0) {
      return (entity) => valueAt(context.inheritance.effective(entity), path);
    }
    if (name === 'data' && path.length > 0) {
      return (entity) => valueAt(entity.data, path);
    }
    return path.length === 0 ? columnOf(context, camelCase(name)) : undefined;
  };
}

/** Every word must be found in the name, the label, the type or the path, in any case. */
export function searchTest(context: KeyContext, search: string): (entity: EntityRecord) => boolean {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return (entity) => {
    const { name, label, type } = entity;
    const text = [name, label ?? '', type, entityPath(context.project, entity)].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  };
}
