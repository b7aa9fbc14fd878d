import type { EntitySchema } from '../schema/registry';
import type { Reader } from '../store/reader';
import type { Row } from '../store/table';
import { typeIndex } from '../store/table';
import type { Data, Value } from '../values';
import { asText, folded } from '../values';
import type { Literal, Order, Path, Query } from './ast';
import { parseQuery } from './parser';
import { boundTo, lowerBound, plan } from './planner';
import type { Predicate, Scope } from './predicate';
import { follow, predicate, stepOf } from './predicate';
import { Projector } from './projection';

export interface QueryResult {
  readonly data: Data[];
  readonly metadata: { readonly next: { readonly offset: number | null } };
}

function newScope(reader: Reader): Scope {
  const results = new Map<Query, readonly Literal[]>();
  const scope: Scope = {
    reader,
    subquery: (query) => {
      const known = results.get(query) ?? firstValues(scope, query);
      results.set(query, known);
      return known;
    },
  };
  return scope;
}

/** Values of the first projection (default: the key) of everything that a sub-query finds. */
function firstValues(scope: Scope, query: Query): Literal[] {
  const path = query.projections[0] ?? [{ name: 'id', cast: undefined }];
  const { rows } = select(scope, query);
  return rows
    .flatMap((row) => pathValues(scope, row, { path, type: query.entityType }))
    .map((value) => (value === null ? null : asText(value)));
}

/** Everything to which a path leads from a row: values of attributes, keys of relations. */
function pathValues(scope: Scope, row: Row, task: { path: Path; type: string }): Value[] {
  let rows = [row];
  let { type } = task;
  for (const [index, step] of task.path.entries()) {
    const next = stepOf(scope, type, step);
    const isLast = index === task.path.length - 1;
    if (next.attribute.kind === 'scalar') {
      return rows.map((found) => scalarOf(scope.reader, found, step.name));
    }
    ({ type } = next);
    rows = rows.flatMap((found) => follow(scope.reader, found, { name: step.name, type: next.type }));
    if (isLast) {
      return rows.map((found) => found.key);
    }
  }
  return [];
}

function scalarOf(reader: Reader, row: Row, name: string): Value {
  const attribute = reader.store.registry.get(row.type).attributes.get(name);
  return attribute?.kind === 'scalar' ? reader.scalar(row, attribute) : null;
}

function* ofType(reader: Reader, type: string): Iterable<Row> {
  const table = reader.store.tableOf(type);
  for (const subtype of reader.store.registry.subtypes(type)) {
    yield* table.where(typeIndex, subtype);
  }
}

/** Computed custom attribute values of the entities that the condition names, else of all. */
function* denseRows(scope: Scope, query: Query): Iterable<Row> {
  const { reader } = scope;
  const attribute = reader.store.registry.attribute(query.entityType, 'entity_id');
  const owner = (attribute.kind === 'scalar' ? attribute.target : undefined) ?? 'Context';
  const ids = boundTo(scope, query.where, 'entity_id');
  const owners = ids
    ? [...new Set(ids)].map((id) => (id === null ? undefined : reader.store.find(owner, id)))
    : ofType(reader, owner);
  for (const row of owners) {
    if (row && reader.sees(row)) {
      yield* reader.customValues.dense(row);
    }
  }
}

interface Source {
  readonly rows: Iterable<Row>;
  /** The rows already come in the wanted order. */
  readonly inOrder: boolean;
}

/** Where to look: an index, the list sorted by id, or everything of the type. */
function sourceOf(scope: Scope, query: Query): Source {
  const { store } = scope.reader;
  const schema = store.registry.get(query.entityType);
  if (schema.definition.virtual === true) {
    return { rows: denseRows(scope, query), inOrder: query.order.length === 0 };
  }
  const table = store.tableOf(query.entityType);
  const candidates = query.where && plan(scope, query.entityType, query.where);
  // Walking the sorted list stops at the limit; sorting many candidates does not.
  if (isByKey(query, schema) && (!candidates || candidates.size * 4 > table.size)) {
    const isDown = query.order[0]?.descending === true;
    return { rows: isDown ? table.sortedDown() : table.sorted(keyBound(query, schema)), inOrder: true };
  }
  return { rows: candidates ?? ofType(scope.reader, query.entityType), inOrder: query.order.length === 0 };
}

/** Whether the only order is that of the single key. */
function isByKey(query: Query, schema: EntitySchema): boolean {
  const [first, ...others] = query.order;
  if (!first || others.length > 0 || schema.primaryKey.length > 1) {
    return false;
  }
  return first.path.length === 1 && first.path[0]?.name === schema.primaryKey[0];
}

function keyBound(query: Query, schema: EntitySchema): Value | undefined {
  const key = schema.primaryKey[0] ?? 'id';
  const bound = lowerBound(query.where, key);
  const attribute = schema.attributes.get(key);
  return attribute?.kind === 'scalar' && attribute.type === 'int' && bound !== undefined
    ? Number(bound)
    : bound;
}

function compareValues(left: Value, right: Value): number {
  if (left === right) {
    return 0;
  }
  if (left === null || right === null) {
    return left === null ? -1 : 1;
  }
  if (typeof left === 'number' && typeof right === 'number') {
    return left - right;
  }
  const [first, second] = [folded(asText(left)), folded(asText(right))];
  return first === second ? 0 : first < second ? -1 : 1;
}

function sorted(scope: Scope, rows: Row[], query: Query): Row[] {
  const keyed = rows.map((row) => ({
    row,
    keys: query.order.map((order) => orderKey(scope, row, { order, type: query.entityType })),
  }));
  keyed.sort((left, right) => {
    for (const [index, order] of query.order.entries()) {
      const result = compareValues(left.keys[index] ?? null, right.keys[index] ?? null);
      if (result !== 0) {
        return order.descending ? -result : result;
      }
    }
    return 0;
  });
  return keyed.map(({ row }) => row);
}

function orderKey(scope: Scope, row: Row, task: { order: Order; type: string }): Value {
  return pathValues(scope, row, { path: task.order.path, type: task.type })[0] ?? null;
}

function matching(scope: Scope, query: Query, stopAfter: number): Row[] {
  const { reader } = scope;
  const types = reader.store.registry.subtypes(query.entityType);
  const accepts: Predicate = query.where ? predicate(scope, query.entityType, query.where) : () => true;
  const source = sourceOf(scope, query);
  const found: Row[] = [];
  for (const row of source.rows) {
    if (types.has(row.type) && accepts(row) && reader.sees(row)) {
      found.push(row);
      if (source.inOrder && found.length >= stopAfter) {
        break;
      }
    }
  }
  return source.inOrder ? found : sorted(scope, found, query);
}

/** The rows of one page and whether more follow. */
function select(scope: Scope, query: Query): { rows: Row[]; more: boolean } {
  const end = query.limit === undefined ? Number.POSITIVE_INFINITY : query.offset + query.limit;
  for (const order of query.order) {
    checkPath(scope, query.entityType, order.path);
  }
  const rows = matching(scope, query, end + 1);
  return { rows: rows.slice(query.offset, end), more: rows.length > end };
}

function checkPath(scope: Scope, type: string, path: Path): void {
  let current = type;
  for (const step of path) {
    current = stepOf(scope, current, step).type;
  }
}

/** Runs one query expression for the user of the reader. */
export function runQuery(reader: Reader, expression: string, strict: boolean): QueryResult {
  const query = parseQuery(expression);
  const scope = newScope(reader);
  const schema = reader.store.registry.get(query.entityType);
  const defaults = (schema.definition.defaults ?? schema.primaryKey).map((name) => [
    { name, cast: undefined },
  ]);
  const paths = query.projections.length === 0 ? defaults : query.projections;
  const projector = new Projector(reader, { type: query.entityType, paths, strict });
  const { rows, more } = select(scope, query);
  const next = more ? query.offset + rows.length : null;
  return { data: rows.map((row) => projector.project(row)), metadata: { next: { offset: next } } };
}
