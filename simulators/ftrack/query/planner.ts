import type { CollectionAttribute } from '../schema/notation';
import type { Row, Table } from '../store/table';
import type { Value } from '../values';
import type { Condition, Literal, PathCondition } from './ast';
import type { Candidates } from './candidates';
import { disjoint, either, ofType, smaller } from './candidates';
import { boundLiterals } from './conditions';
import { predicate } from './predicate';
import type { ResolvedStep, Scope } from './scope';
import { stepOf } from './scope';

/** Up to this many entities of a type are tried one by one, to look up what refers to those that fit. */
const fewEntities = 2_000;

const isVirtual = (scope: Scope, type: string): boolean =>
  scope.reader.store.registry.get(type).definition.virtual === true;

function lookUp(
  table: Table,
  lookup: { column: string; isKey: boolean; literals: readonly Literal[] },
): Candidates {
  const { column, isKey } = lookup;
  const literals = [...new Set(lookup.literals)];
  if (isKey) {
    const found = literals.map((literal) => (literal === null ? undefined : table.get(literal)));
    return disjoint([found.filter((row) => row !== undefined)]);
  }
  // Numeric keys are numbers in the columns that lead to them.
  const values = literals.flatMap((literal) =>
    literal !== null && /^\d+$/.test(literal) ? [literal, Number(literal)] : [literal],
  );
  const [value, ...others] = values;
  const candidates = disjoint(values.map((each) => table.where(column, each)));
  const isOne = others.length === 0 && value !== undefined && value !== null;
  return isOne ? { ...candidates, entry: { column, value } } : candidates;
}

/** What an index knows about the values of the attribute at the end of a path. */
function planLeaf(
  scope: Scope,
  type: string,
  leaf: { step: ResolvedStep; name: string; literals: readonly Literal[] },
): Candidates | undefined {
  const { attribute } = leaf.step;
  const { store } = scope.reader;
  const table = store.tableOf(type);
  const column = attribute.kind === 'relation' ? attribute.column : leaf.name;
  const keys = store.registry.get(type).primaryKey;
  const isKey = attribute.kind === 'scalar' && keys.length === 1 && keys[0] === column;
  // Indexes know only what has a value.
  if ((attribute.kind !== 'scalar' && attribute.kind !== 'relation') || leaf.literals.includes(null)) {
    return undefined;
  }
  return isKey || table.isIndexed(column)
    ? lookUp(table, { column, isKey, literals: leaf.literals })
    : undefined;
}

/** The key as columns that lead to the row hold it. */
const keyOf = (row: Row): Value => (typeof row.data['id'] === 'number' ? row.data['id'] : row.key);

/** The rows that have these keys, each once. */
function* withKeys(scope: Scope, type: string, keys: Iterable<Value | undefined>): Iterable<Row> {
  for (const key of new Set(keys)) {
    const isKey = typeof key === 'string' || typeof key === 'number';
    const row = isKey ? scope.reader.store.find(type, String(key)) : undefined;
    if (row) {
      yield row;
    }
  }
}

/** Rows from which a step leads to one of the targets. */
function backwards(
  scope: Scope,
  type: string,
  task: { step: ResolvedStep; targets: Candidates },
): Candidates | undefined {
  const { attribute } = task.step;
  const { store } = scope.reader;
  const table = store.tableOf(type);
  if (attribute.kind === 'relation') {
    const { column } = attribute;
    if (!table.isIndexed(column)) {
      return undefined;
    }
    return referringBy((target) => table.where(column, keyOf(target)), table.size, task.targets);
  }
  if (attribute.kind === 'scalar' || attribute.derived === true) {
    return undefined;
  }
  return attribute.via
    ? overLinks(scope, type, { ...task, attribute })
    : owners(scope, type, { ...task, attribute });
}

/** For few targets the exact rows; for many no more is known than that they are rows of the table. */
function referringBy(
  of: (target: Row) => ReturnType<Table['where']>,
  most: number,
  targets: Candidates,
): Candidates {
  if (targets.size <= fewEntities) {
    return disjoint([...targets.rows()].map((target) => of(target)));
  }
  return {
    size: most,
    *rows() {
      for (const target of targets.rows()) {
        yield* of(target);
      }
    },
  };
}

function owners(
  scope: Scope,
  type: string,
  task: { attribute: CollectionAttribute; targets: Candidates },
): Candidates | undefined {
  const { attribute, targets } = task;
  if (attribute.column === '') {
    return undefined;
  }
  const keys = (): Iterable<Value | undefined> =>
    [...targets.rows()].map(({ data }) => data[attribute.column]);
  return { size: targets.size, rows: () => withKeys(scope, type, keys()) };
}

function overLinks(
  scope: Scope,
  type: string,
  task: { attribute: CollectionAttribute; targets: Candidates },
): Candidates | undefined {
  const { via } = task.attribute;
  const { store } = scope.reader;
  if (!via || !store.tableOf(via.schema).isIndexed(via.other)) {
    return undefined;
  }
  const table = store.tableOf(via.schema);
  const links = referringBy((target) => table.where(via.other, keyOf(target)), table.size, task.targets);
  const keys = (): Iterable<Value | undefined> => [...links.rows()].map(({ data }) => data[via.own]);
  return { size: links.size, rows: () => withKeys(scope, type, keys()) };
}

/** The condition as it is seen after its first step. */
function afterFirstStep(condition: PathCondition): Condition | undefined {
  const [, ...rest] = condition.path;
  return rest.length === 0 && condition.kind === 'some' ? condition.inner : { ...condition, path: rest };
}

/** A condition behind a relation: what fits it there, by an index or by trying a short table, and who refers to that. */
function planBehind(scope: Scope, type: string, condition: PathCondition): Candidates | undefined {
  const [first] = condition.path;
  const inner = afterFirstStep(condition);
  if (!first || !inner) {
    return undefined;
  }
  const step = stepOf(scope, type, first);
  if (step.attribute.kind === 'scalar' || isVirtual(scope, step.type)) {
    return undefined;
  }
  const targets = plan(scope, step.type, inner) ?? byTrying(scope, step.type, inner);
  return targets && backwards(scope, type, { step, targets });
}

function byTrying(scope: Scope, type: string, condition: Condition): Candidates | undefined {
  const all = ofType(scope.reader, type);
  if (all.size > fewEntities) {
    return undefined;
  }
  const accepts = predicate(scope, type, condition);
  return disjoint([[...all.rows()].filter(accepts)]);
}

function planCondition(scope: Scope, type: string, condition: PathCondition): Candidates | undefined {
  const [first, ...rest] = condition.path;
  if (!first || rest.length > 0 || condition.kind === 'some') {
    return planBehind(scope, type, condition);
  }
  const literals = boundLiterals(scope, condition);
  return literals && planLeaf(scope, type, { step: stepOf(scope, type, first), name: first.name, literals });
}

/** Rows among which everything that the condition accepts is found; undefined: no index helps. */
export function plan(scope: Scope, type: string, condition: Condition): Candidates | undefined {
  if (isVirtual(scope, type) || condition.kind === 'not') {
    return undefined;
  }
  if (condition.kind === 'and') {
    return condition.parts.map((part) => plan(scope, type, part)).reduce(smaller, undefined);
  }
  if (condition.kind === 'or') {
    const parts = condition.parts.map((part) => plan(scope, type, part));
    return parts.every((part) => part !== undefined) ? either(parts) : undefined;
  }
  return planCondition(scope, type, condition);
}
