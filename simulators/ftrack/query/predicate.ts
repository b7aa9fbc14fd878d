import { validationError } from '../errors';
import type { Attribute } from '../schema/notation';
import type { Reader } from '../store/reader';
import type { Row } from '../store/table';
import type { Value } from '../values';
import type { Condition, Literal, Path, PathStep, Query } from './ast';
import type { ValueTest } from './comparison';
import { memberTest, valueTest } from './comparison';

export type Predicate = (row: Row) => boolean;

/** What compiling a condition needs besides the condition. */
export interface Scope {
  readonly reader: Reader;
  /** Values of a sub-query's first projection; computed once per query. */
  readonly subquery: (query: Query) => readonly Literal[];
}

/** The attribute at a step and the type that the step leads to. */
export function stepOf(scope: Scope, type: string, step: PathStep): { attribute: Attribute; type: string } {
  const attribute = scope.reader.store.registry.attribute(type, step.name);
  if (attribute.kind === 'scalar') {
    return { attribute, type };
  }
  const leadsTo = step.cast ?? attribute.target;
  scope.reader.store.registry.get(leadsTo);
  return { attribute, type: leadsTo };
}

/** Rows to which a step leads from a row, narrowed to the type of the step. */
export function follow(reader: Reader, row: Row, step: { name: string; type: string }): Row[] {
  const attribute = reader.store.registry.get(row.type).attributes.get(step.name);
  if (!attribute || attribute.kind === 'scalar') {
    return [];
  }
  const types = reader.store.registry.subtypes(step.type);
  return reader.targets(row, attribute).filter((target) => types.has(target.type));
}

function someTarget(
  scope: Scope,
  type: string,
  task: { path: Path; inner: (type: string) => Predicate },
): Predicate {
  const [first, ...rest] = task.path;
  if (!first) {
    return task.inner(type);
  }
  const step = stepOf(scope, type, first);
  if (step.attribute.kind === 'scalar') {
    throw validationError(`Attribute ${JSON.stringify(first.name)} of ${type} leads to no other entity.`);
  }
  const next = someTarget(scope, step.type, { path: rest, inner: task.inner });
  return (row) => follow(scope.reader, row, { name: first.name, type: step.type }).some(next);
}

/** A condition on the last attribute of a path; each element that the path reaches is tried. */
function onLeaf(
  scope: Scope,
  type: string,
  task: { path: Path; leaf: (attribute: Attribute, type: string) => Predicate },
): Predicate {
  const leafStep = task.path[task.path.length - 1] as PathStep;
  return someTarget(scope, type, {
    path: task.path.slice(0, -1),
    inner: (leafType) => task.leaf(stepOf(scope, leafType, leafStep).attribute, leafType),
  });
}

function scalarPredicate(scope: Scope, name: string, test: ValueTest): Predicate {
  const { reader } = scope;
  return (row) => {
    const attribute = reader.store.registry.get(row.type).attributes.get(name);
    return attribute?.kind === 'scalar' && test(reader.scalar(row, attribute));
  };
}

/** Relations compare by the key of what they lead to; None means that they lead nowhere. */
function relationPredicate(
  scope: Scope,
  attribute: Exclude<Attribute, { kind: 'scalar' }>,
  test: ValueTest,
): Predicate {
  return (row) => {
    const targets = follow(scope.reader, row, { name: attribute.name, type: attribute.target });
    const keys: Value[] = targets.length === 0 ? [null] : targets.map((target) => target.key);
    return keys.some(test);
  };
}

const keyAttribute = {
  kind: 'scalar',
  name: 'id',
  type: 'str',
  target: undefined,
  initial: undefined,
  legacy: undefined,
  immutable: true,
  required: true,
  computed: false,
  restricted: false,
} as const;

function comparePredicate(
  scope: Scope,
  type: string,
  condition: Extract<Condition, { kind: 'compare' }>,
): Predicate {
  const { operator, value, path } = condition;
  return onLeaf(scope, type, {
    path,
    leaf: (attribute) =>
      attribute.kind === 'scalar'
        ? scalarPredicate(scope, attribute.name, valueTest(attribute, operator, value))
        : relationPredicate(scope, attribute, valueTest(keyAttribute, operator, value)),
  });
}

function inPredicate(scope: Scope, type: string, condition: Extract<Condition, { kind: 'in' }>): Predicate {
  const literals = literalsOf(scope, condition.values);
  const adjust = (test: ValueTest): ValueTest => (condition.negated ? (value) => !test(value) : test);
  return onLeaf(scope, type, {
    path: condition.path,
    leaf: (attribute) =>
      attribute.kind === 'scalar'
        ? scalarPredicate(scope, attribute.name, adjust(memberTest(attribute, literals)))
        : relationPredicate(scope, attribute, adjust(memberTest(keyAttribute, literals))),
  });
}

export function literalsOf(scope: Scope, values: readonly Literal[] | Query): readonly Literal[] {
  return 'entityType' in values ? scope.subquery(values) : values;
}

/** Compiles a condition on entities of a type; unknown attributes and wrong values are errors at once. */
export function predicate(scope: Scope, type: string, condition: Condition): Predicate {
  switch (condition.kind) {
    case 'and': {
      const [left, right] = [predicate(scope, type, condition.left), predicate(scope, type, condition.right)];
      return (row) => left(row) && right(row);
    }
    case 'or': {
      const [left, right] = [predicate(scope, type, condition.left), predicate(scope, type, condition.right)];
      return (row) => left(row) || right(row);
    }
    case 'not': {
      const inner = predicate(scope, type, condition.inner);
      return (row) => !inner(row);
    }
    case 'some': {
      const { inner, path } = condition;
      return someTarget(scope, type, {
        path,
        inner: (target) => (inner ? predicate(scope, target, inner) : () => true),
      });
    }
    case 'compare':
      return comparePredicate(scope, type, condition);
    case 'in':
      return inPredicate(scope, type, condition);
  }
}
