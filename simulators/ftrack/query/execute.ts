import { validationError } from '../errors';
import type { Reader } from '../store/reader';
import type { Row } from '../store/table';
import type { Data } from '../values';
import { asText } from '../values';
import { groupedAnswer, isGrouped } from './aggregate';
import type { Literal, Query } from './ast';
import { sorter } from './order';
import { parseQuery } from './parser';
import { valuesOf } from './path-values';
import type { Predicate } from './predicate';
import { predicate } from './predicate';
import { Projector } from './projection';
import type { Scope } from './scope';
import { sourceOf } from './source';

export interface QueryResult {
  readonly data: Data[];
  /** `offset` of the next page; null when nothing remains. */
  readonly metadata: { readonly next: { readonly offset: number | null } };
}

export function newScope(reader: Reader): Scope {
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

/** Values of the first projection (default: the first part of the key) of everything that a sub-query finds. */
function firstValues(scope: Scope, query: Query): Literal[] {
  if (isGrouped(query)) {
    throw validationError('A query inside of "in (…)" can have no aggregates and no "group by".');
  }
  const [key = 'id'] = scope.reader.store.registry.get(query.entityType).primaryKey;
  const path = query.projections[0] ?? [{ name: key, cast: undefined }];
  const values = valuesOf(scope, query.entityType, path);
  const { rows } = select(scope, query);
  // What has no value is no member of what others have.
  return rows
    .flatMap(values)
    .filter((value) => value !== null)
    .map(asText);
}

function* accepted(
  scope: Scope,
  query: Query,
  task: { rows: Iterable<Row>; accepts: Predicate },
): Iterable<Row> {
  const { reader } = scope;
  const types = reader.store.registry.subtypes(query.entityType);
  const seesAll = reader.seesEverything;
  for (const row of task.rows) {
    if (types.has(row.type) && task.accepts(row) && (seesAll || reader.sees(row))) {
      yield row;
    }
  }
}

function firstOf(rows: Iterable<Row>, most: number): Row[] {
  const found: Row[] = [];
  for (const row of rows) {
    found.push(row);
    if (found.length >= most) {
      break;
    }
  }
  return found;
}

const everything: Predicate = () => true;

/** The first rows that a query finds, in its order. */
function matching(scope: Scope, query: Query, options: { most: number; also: Predicate }): Row[] {
  const { most, also } = options;
  const type = query.entityType;
  const where = query.where ? predicate(scope, type, query.where) : everything;
  const sort = sorter(scope, type, query.order);
  const source = sourceOf(scope, query, most);
  const accepts: Predicate = also === everything ? where : (row) => where(row) && also(row);
  const rows = accepted(scope, query, { rows: source.rows, accepts });
  return source.inOrder ? firstOf(rows, most) : sort(rows, most);
}

const endOf = ({ offset, limit }: Query): number => (limit === undefined ? Infinity : offset + limit);

/** The rows of one page and whether more follow. */
function select(scope: Scope, query: Query, also: Predicate = everything): { rows: Row[]; more: boolean } {
  const rows = matching(scope, query, { most: endOf(query) + 1, also });
  return pageOf(rows, query);
}

function pageOf<Item>(items: readonly Item[], query: Query): { rows: Item[]; more: boolean } {
  const end = endOf(query);
  return { rows: items.slice(query.offset, end), more: items.length > end };
}

function pagedResult(data: Data[], query: Query, more: boolean): QueryResult {
  // Without this, a client that follows the offset of `limit 0` would ask for ever.
  const next = more && data.length > 0 ? query.offset + data.length : null;
  return { data, metadata: { next: { offset: next } } };
}

/**
 * Answers a parsed query.
 *
 * @param options.strict only what was asked for; also allows groups
 * @param options.also what must hold besides the query's own conditions
 */
export function answer(
  scope: Scope,
  query: Query,
  options: { strict: boolean; also?: Predicate },
): QueryResult {
  const { strict, also = everything } = options;
  const { reader } = scope;
  const type = query.entityType;
  const schema = reader.store.registry.get(type);
  if (isGrouped(query)) {
    const all = { ...query, order: [], offset: 0, limit: undefined };
    const groups = groupedAnswer(scope, query, {
      strict,
      rowsOf: () => matching(scope, all, { most: Infinity, also }),
    });
    const { rows, more } = pageOf(groups, query);
    return pagedResult(rows, query, more);
  }
  const defaults = (schema.definition.defaults ?? schema.primaryKey).map((name) => [
    { name, cast: undefined },
  ]);
  const paths = query.projections.length === 0 ? defaults : query.projections;
  const projector = new Projector(scope, { type, paths, strict });
  const { rows, more } = select(scope, query, also);
  return pagedResult(projector.project(rows), query, more);
}

/** Runs one query expression for the user of the reader. */
export function runQuery(reader: Reader, expression: string, strict: boolean): QueryResult {
  return answer(newScope(reader), parseQuery(expression), { strict });
}
