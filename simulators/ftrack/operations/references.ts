import { integrityError } from '../errors';
import type { SchemaRegistry } from '../schema/registry';
import type { Row } from '../store/table';
import type { Work } from './caller';

/** A column somewhere that holds ids of a family. */
interface Reference {
  /** A type whose table has the column. */
  readonly type: string;
  readonly column: string;
  /** Part of the primary key: such a row is a link that goes with either end. */
  readonly inKey: boolean;
  readonly required: boolean;
}

/** What is only told of the past keeps the ids of what is gone. */
const history: ReadonlySet<string> = new Set(['Event', 'Feed', 'StatusChange']);

const cache = new WeakMap<SchemaRegistry, ReadonlyMap<string, readonly Reference[]>>();

function collect(registry: SchemaRegistry): ReadonlyMap<string, readonly Reference[]> {
  const found = new Map<string, Reference[]>();
  const seen = new Set<string>();
  const stored = registry
    .all()
    .filter((schema) => schema.definition.virtual !== true && !history.has(schema.family));
  for (const schema of stored) {
    for (const attribute of schema.attributes.values()) {
      const name = `${schema.family}.${attribute.name}`;
      const target = attribute.kind === 'scalar' ? attribute.target : undefined;
      if (target !== undefined && !seen.has(name) && registry.has(target)) {
        seen.add(name);
        const { family } = registry.get(target);
        const inKey = schema.primaryKey.includes(attribute.name);
        const reference = { type: schema.id, column: attribute.name, inKey, required: attribute.required };
        found.set(family, [...(found.get(family) ?? []), reference]);
      }
    }
  }
  return found;
}

/** The columns in which ids of this family stand. */
export function referencesTo(registry: SchemaRegistry, family: string): readonly Reference[] {
  const known = cache.get(registry) ?? collect(registry);
  cache.set(registry, known);
  return known.get(family) ?? [];
}

/**
 * After a removal: columns that can do without the row are cleared.
 *
 * @throws FtrackError when something that is left cannot
 */
export function releaseReferences(work: Work, removed: Row): void {
  const { store } = work.reader;
  const { family } = store.registry.get(removed.type);
  for (const { type, column, required, inKey } of referencesTo(store.registry, family)) {
    for (const row of store.tableOf(type).where(column, removed.key)) {
      if (required || inKey) {
        throw integrityError(
          `${removed.type} ${removed.key} cannot be deleted: it is ${column} of ${row.type} ${row.key}.`,
        );
      }
      work.transaction.set(row, column, null);
    }
  }
}
