import type { EntitySchema } from '../schema/registry';
import type { KeyRange, SortedRows } from '../store/sorted-rows';
import type { Row, Table } from '../store/table';
import type { Value } from '../values';
import type { Condition, Literal, Query } from './ast';
import type { Candidates } from './candidates';
import { ofType, smaller } from './candidates';
import { isIdentifier } from './comparison';
import { boundTo, conjuncts, isAbout } from './conditions';
import { plan } from './planner';
import type { Scope } from './scope';

/** Computed custom attribute values of the entities that the condition names, else of all. */
function* denseRows(scope: Scope, query: Query): Iterable<Row> {
  const { reader } = scope;
  const attribute = reader.store.registry.attribute(query.entityType, 'entity_id');
  const owner = (attribute.kind === 'scalar' ? attribute.target : undefined) ?? 'Context';
  const ids = boundTo(scope, query.where, 'entity_id');
  const owners = ids
    ? [...new Set(ids)].map((id) => (id === null ? undefined : reader.store.find(owner, id)))
    : ofType(reader, owner).rows();
  for (const row of owners) {
    if (row && reader.sees(row)) {
      yield* reader.customValues.dense(row);
    }
  }
}

/** Sorting fewer takes less than a millisecond. */
const manyRows = 1_000;

export interface Source {
  readonly rows: Iterable<Row>;
  /** The rows already come in the wanted order. */
  readonly inOrder: boolean;
}

/** Where to look: an index, a part of the list sorted by id, or everything of the type. */
export function sourceOf(scope: Scope, query: Query, wanted: number): Source {
  const { store } = scope.reader;
  const schema = store.registry.named(query.entityType);
  const isUnordered = query.order.length === 0;
  if (schema.definition.virtual === true) {
    return { rows: denseRows(scope, query), inOrder: isUnordered };
  }
  const indexed = query.where && plan(scope, query.entityType, query.where);
  const candidates = smaller(ofType(scope.reader, query.entityType), indexed) as Candidates;
  return (
    byKey(scope, query, { schema, candidates, wanted }) ?? { rows: candidates.rows(), inOrder: isUnordered }
  );
}

/** The list sorted by id, where the query asks for that order or for a range of ids, and where it is the shorter way. */
function byKey(
  scope: Scope,
  query: Query,
  choice: { schema: EntitySchema; candidates: Candidates; wanted: number },
): Source | undefined {
  const { schema, candidates, wanted } = choice;
  const bounds = keyRange(query.where, schema);
  const inOrder = isByKey(query, schema);
  if (!inOrder && (!bounds || query.order.length > 0)) {
    return undefined;
  }
  const table = scope.reader.store.tableOf(query.entityType);
  const own = ownOrder(table, candidates);
  const sorted = own ?? table.inOrder();
  const part = sorted.range(bounds ?? {});
  const length = part.end - part.start;
  // Walking a sorted list stops as soon as enough was found; sorting candidates has to look at all of them.
  const walked = own ? 0 : Math.min(length, (wanted * table.size) / Math.max(1, candidates.size));
  const isShorter = inOrder ? walked <= candidates.size * 4 : length < candidates.size;
  if (!isShorter) {
    return undefined;
  }
  const descending = query.order[0]?.descending === true;
  return { rows: sorted.slice({ ...part, descending }), inOrder: true };
}

/** Rows of one index entry are kept in order themselves, where they are so many that sorting them takes long. */
function ownOrder(table: Table, { entry, size }: Candidates): SortedRows<Row> | undefined {
  const isPart = size > manyRows && size < table.size;
  return entry && isPart ? table.whereInOrder(entry.column, entry.value) : undefined;
}

/** Whether the only order is that of the single key. */
function isByKey(query: Query, schema: EntitySchema): boolean {
  const [first, ...others] = query.order;
  if (!first || others.length > 0 || schema.primaryKey.length > 1) {
    return false;
  }
  return first.path.length === 1 && first.path[0]?.name === schema.primaryKey[0];
}

/** The ids between which a conjunction (`id > "…" and id <= "…"`) confines the entities. */
function keyRange(where: Condition | undefined, schema: EntitySchema): KeyRange | undefined {
  const [key = 'id', ...others] = schema.primaryKey;
  const attribute = schema.attributes.get(key);
  const isExact = attribute?.kind === 'scalar' && (attribute.type === 'int' || isIdentifier(attribute));
  if (others.length > 0 || !isExact) {
    return undefined;
  }
  const toKey = (literal: Literal): Value => (attribute.type === 'int' ? Number(literal) : literal);
  const bounds = conjuncts(where).map((part) =>
    isAbout(part, key) && part.kind === 'compare' ? bound(part.operator, toKey(part.value)) : {},
  );
  const range: KeyRange = Object.assign({}, ...bounds);
  return range.low || range.high ? range : undefined;
}

function bound(operator: string, value: Value): KeyRange {
  const limit = { value, included: operator.endsWith('=') };
  return operator.startsWith('>') ? { low: limit } : operator.startsWith('<') ? { high: limit } : {};
}
