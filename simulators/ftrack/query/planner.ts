import type { Row, Table } from '../store/table';
import type { Condition, Literal, Path } from './ast';
import type { Scope } from './predicate';
import { literalsOf, stepOf } from './predicate';

/** A superset of the rows that a condition can accept. */
type Candidates = ReadonlySet<Row>;

function union(sets: Iterable<Candidates>): Candidates {
  const all = new Set<Row>();
  for (const set of sets) {
    for (const row of set) {
      all.add(row);
    }
  }
  return all;
}

function smaller(left: Candidates | undefined, right: Candidates | undefined): Candidates | undefined {
  if (!left || !right) {
    return left ?? right;
  }
  return left.size <= right.size ? left : right;
}

function lookUp(
  table: Table,
  lookup: { column: string; isKey: boolean; literals: readonly Literal[] },
): Candidates {
  const { column, isKey, literals } = lookup;
  const first = literals[0];
  if (literals.length === 1 && first !== undefined && !isKey) {
    return table.where(column, first ?? undefined);
  }
  const found = literals.map((literal) => {
    const row = isKey && literal !== null ? table.get(literal) : undefined;
    return isKey ? new Set(row ? [row] : []) : table.where(column, literal ?? undefined);
  });
  return union(found);
}

/** Rows from which a step leads to one of the targets. */
function backwards(
  scope: Scope,
  type: string,
  task: { path: Path; targets: Candidates },
): Candidates | undefined {
  const [step] = task.path;
  const { attribute } = step ? stepOf(scope, type, step) : { attribute: undefined };
  if (!attribute || attribute.kind === 'scalar' || attribute.column === '') {
    return undefined;
  }
  const { store } = scope.reader;
  if (attribute.kind === 'relation') {
    const table = store.tableOf(type);
    const { column } = attribute;
    return table.isIndexed(column)
      ? union([...task.targets].map((target) => table.where(column, target.key)))
      : undefined;
  }
  const owners = [...task.targets].map((target) => target.data[attribute.column]);
  const found = owners.map((owner) => (typeof owner === 'string' ? store.find(type, owner) : undefined));
  return new Set(found.filter((row) => row !== undefined));
}

function planPath(
  scope: Scope,
  type: string,
  task: { path: Path; literals: readonly Literal[] },
): Candidates | undefined {
  const [first, ...rest] = task.path;
  const { registry } = scope.reader.store;
  if (!first || registry.get(type).definition.virtual === true) {
    return undefined;
  }
  const step = stepOf(scope, type, first);
  if (rest.length > 0) {
    const targets = planPath(scope, step.type, { path: rest, literals: task.literals });
    return targets && backwards(scope, type, { path: [first], targets });
  }
  const table = scope.reader.store.tableOf(type);
  const { attribute } = step;
  const column = attribute.kind === 'relation' ? attribute.column : attribute.name;
  const keys = registry.get(type).primaryKey;
  const isKey = attribute.kind === 'scalar' && keys.length === 1 && keys[0] === column;
  // A missing value is stored as null or not at all: both are index entries, so None needs the scan.
  if (task.literals.includes(null) || (!isKey && !table.isIndexed(column))) {
    return undefined;
  }
  return lookUp(table, { column, isKey, literals: task.literals });
}

function planSome(
  scope: Scope,
  type: string,
  condition: Extract<Condition, { kind: 'some' }>,
): Candidates | undefined {
  const [step] = condition.path;
  if (!condition.inner || !step || condition.path.length !== 1) {
    return undefined;
  }
  const targets = plan(scope, stepOf(scope, type, step).type, condition.inner);
  return targets && backwards(scope, type, { path: condition.path, targets });
}

function planEither(
  scope: Scope,
  type: string,
  condition: { left: Condition; right: Condition },
): Candidates | undefined {
  const left = plan(scope, type, condition.left);
  const right = left && plan(scope, type, condition.right);
  return left && right && union([left, right]);
}

/** Rows among which everything that the condition accepts is found; undefined: no index helps. */
export function plan(scope: Scope, type: string, condition: Condition): Candidates | undefined {
  if (scope.reader.store.registry.get(type).definition.virtual === true) {
    return undefined;
  }
  switch (condition.kind) {
    case 'and':
      return smaller(plan(scope, type, condition.left), plan(scope, type, condition.right));
    case 'or':
      return planEither(scope, type, condition);
    case 'compare':
      return condition.operator === '='
        ? planPath(scope, type, { path: condition.path, literals: [condition.value] })
        : undefined;
    case 'in':
      return condition.negated
        ? undefined
        : planPath(scope, type, { path: condition.path, literals: literalsOf(scope, condition.values) });
    case 'some':
      return planSome(scope, type, condition);
    case 'not':
      return undefined;
  }
}

/** Literals to which a conjunction binds an attribute; undefined when it does not. */
export function boundTo(
  scope: Scope,
  condition: Condition | undefined,
  name: string,
): readonly Literal[] | undefined {
  if (condition?.kind === 'and') {
    return boundTo(scope, condition.left, name) ?? boundTo(scope, condition.right, name);
  }
  return condition && namesOnly(condition, name) ? boundLiterals(scope, condition) : undefined;
}

function namesOnly(condition: Condition, name: string): boolean {
  return 'path' in condition && condition.path.length === 1 && condition.path[0]?.name === name;
}

function boundLiterals(scope: Scope, condition: Condition): readonly Literal[] | undefined {
  if (condition.kind === 'compare' && condition.operator === '=') {
    return [condition.value];
  }
  return condition.kind === 'in' && !condition.negated ? literalsOf(scope, condition.values) : undefined;
}

/** The greatest key that a conjunction excludes from below (`id > "…"`). */
export function lowerBound(condition: Condition | undefined, key: string): string | undefined {
  if (condition?.kind === 'and') {
    return lowerBound(condition.left, key) ?? lowerBound(condition.right, key);
  }
  if (condition?.kind !== 'compare' || condition.operator !== '>' || !namesOnly(condition, key)) {
    return undefined;
  }
  return condition.value ?? undefined;
}
