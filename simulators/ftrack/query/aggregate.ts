import { validationError } from '../errors';
import type { ScalarAttribute, ScalarType } from '../schema/notation';
import type { Row } from '../store/table';
import type { Data, Value } from '../values';
import { isRecord, wireDatetime } from '../values';
import type { Aggregate, AggregateName, Path, Query } from './ast';
import { pathText } from './ast';
import { compareValues, sortForm } from './order';
import { resolvePath, valuesOf } from './path-values';
import type { Scope } from './scope';

const numbers: readonly ScalarType[] = ['int', 'num'];

/** Types whose values a function takes; undefined: all. */
const takes: Readonly<Record<AggregateName, readonly ScalarType[] | undefined>> = {
  sum: numbers,
  avg: numbers,
  min: [...numbers, 'dt'],
  max: [...numbers, 'dt'],
  count: undefined,
};

type Fold = (values: readonly Value[]) => Value;

const total: Fold = (values) => values.reduce<number>((sum, value) => sum + Number(value), 0);

function extreme(sign: 1 | -1): Fold {
  return (values) => values.reduce((best, value) => (compareValues(value, best) * sign > 0 ? value : best));
}

/** What each function makes of at least one value. */
const folds: Readonly<Record<Exclude<AggregateName, 'count'>, Fold>> = {
  sum: total,
  avg: (values) => Number(total(values)) / values.length,
  min: extreme(-1),
  max: extreme(1),
};

interface Column {
  readonly attribute: ScalarAttribute;
  readonly values: (row: Row) => Value;
}

const wire = ({ attribute }: Column, value: Value): Value =>
  attribute.type === 'dt' ? wireDatetime(value) : value;

/** Whether an expression asks for groups in place of entities. */
export function isGrouped(query: Query): boolean {
  return query.group.length > 0 || query.aggregates.length > 0;
}

const isSamePath = (one: Path, other: Path): boolean => pathText(one) === pathText(other);

/** @throws FtrackError for everything that keeps the query from being answered in groups */
function checkGrouped(scope: Scope, query: Query, strict: boolean): void {
  const { entityType: type, group } = query;
  const [aggregate] = query.aggregates;
  if (!strict) {
    throw validationError(
      'Aggregates and "group by" need strict mode: send the header "ftrack-strict-api: true".',
    );
  }
  if (aggregate && group.length === 0) {
    throw validationError(`${aggregate.name}(${pathText(aggregate.path)}) needs a "group by" clause.`);
  }
  if (scope.reader.store.registry.get(type).definition.group !== true) {
    throw validationError(`Entities of type ${type} cannot be grouped.`);
  }
  for (const path of [...query.projections, ...query.order.map((order) => order.path)]) {
    if (!group.some((grouped) => isSamePath(grouped, path))) {
      throw validationError(`Attribute ${pathText(path)} must be in "group by" or inside of an aggregate.`);
    }
  }
}

/** An attribute with one value per entity. */
function columnOf(scope: Scope, type: string, path: Path): Column {
  const steps = resolvePath(scope, type, path);
  const last = steps.at(-1)?.attribute;
  const isSingle = steps.slice(0, -1).every(({ attribute }) => attribute.kind === 'relation');
  if (last?.kind !== 'scalar' || !isSingle) {
    throw validationError(`Attribute ${pathText(path)} of ${type} has not one value per entity.`);
  }
  const values = valuesOf(scope, type, path);
  return { attribute: last, values: (row) => values(row)[0] ?? null };
}

interface NamedFold {
  readonly key: string;
  readonly of: (rows: readonly Row[]) => Value;
}

function foldOf(scope: Scope, type: string, { name, path }: Aggregate): NamedFold {
  const column = columnOf(scope, type, path);
  const allowed = takes[name];
  if (path.length !== 1 || (allowed && !allowed.includes(column.attribute.type))) {
    throw validationError(`${name}(${pathText(path)}) of ${type}: ${name} takes ${expected(name)}.`);
  }
  return {
    key: `${name}_${pathText(path)}`,
    of: (rows) => {
      const values = rows.map(column.values).filter((value) => value !== null);
      if (name === 'count') {
        return values.length;
      }
      return values.length === 0 ? null : wire(column, folds[name](values));
    },
  };
}

function expected(name: AggregateName): string {
  const kinds = takes[name]?.includes('dt') ? 'a number or datetime' : 'a number';
  return `${takes[name] ? kinds : 'an attribute'} of the entity itself`;
}

/** Puts a value where its path says: `status.name` inside of `status`. */
function place(out: Data, path: Path, value: Value): void {
  let holder = out;
  for (const { name } of path.slice(0, -1)) {
    const inner = holder[name];
    const next: Data = isRecord(inner) ? (inner as Data) : {};
    holder[name] = next;
    holder = next;
  }
  holder[path[path.length - 1]?.name ?? ''] = value;
}

interface Group {
  readonly values: readonly Value[];
  readonly rows: Row[];
}

function inGroups(rows: Iterable<Row>, columns: readonly Column[]): Group[] {
  const groups = new Map<string, Group>();
  for (const row of rows) {
    const values = columns.map((column) => column.values(row));
    const key = JSON.stringify(values);
    const group = groups.get(key);
    if (group) {
      group.rows.push(row);
    } else {
      groups.set(key, { values, rows: [row] });
    }
  }
  return [...groups.values()];
}

function sortGroups(groups: Group[], query: Query, columns: readonly Column[]): Group[] {
  const orders = query.order.map(({ path, descending }) => {
    const index = query.group.findIndex((grouped) => isSamePath(grouped, path));
    return { index, form: sortForm(columns[index]?.attribute), sign: descending ? -1 : 1 };
  });
  return groups.sort((left, right) => {
    for (const { index, form, sign } of orders) {
      const result = compareValues(form(left.values[index] ?? null), form(right.values[index] ?? null));
      if (result !== 0) {
        return result * sign;
      }
    }
    return 0;
  });
}

/**
 * One object per group, `{count_id: 3, status_id: "…"}`: no entities, and so without type and key. Aggregates leave
 * out what has no value.
 *
 * @param rowsOf gives all entities that the query accepts
 */
export function groupedAnswer(
  scope: Scope,
  query: Query,
  options: { strict: boolean; rowsOf: () => Iterable<Row> },
): Data[] {
  checkGrouped(scope, query, options.strict);
  const columns = query.group.map((path) => columnOf(scope, query.entityType, path));
  const aggregates = query.aggregates.map((aggregate) => foldOf(scope, query.entityType, aggregate));
  const groups = sortGroups(inGroups(options.rowsOf(), columns), query, columns);
  return groups.map(({ values, rows }) => {
    const out: Data = {};
    for (const { key, of } of aggregates) {
      out[key] = of(rows);
    }
    for (const [index, path] of query.group.entries()) {
      place(out, path, wire(columns[index] as Column, values[index] ?? null));
    }
    return out;
  });
}
