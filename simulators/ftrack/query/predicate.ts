import type { ScalarAttribute } from '../schema/notation';
import type { Row } from '../store/table';
import type { Condition, Path, PathCondition, PathStep } from './ast';
import type { ValueTest } from './comparison';
import { memberTest, valueTest } from './comparison';
import { boundTo } from './conditions';
import type { Scope } from './scope';
import { follow, leadsNowhere, literalsOf, stepOf } from './scope';

export type Predicate = (row: Row) => boolean;

/** Remembers the answer for each row: many rows lead to the same few, and chains of collections to ever more. */
function remembering(test: Predicate): Predicate {
  const known = new Map<Row, boolean>();
  return (row) => {
    const before = known.get(row);
    if (before !== undefined) {
      return before;
    }
    const result = test(row);
    known.set(row, result);
    return result;
  };
}

interface Search {
  readonly path: Path;
  readonly inner: (type: string) => Predicate;
  /** What `inner` tests, where that is a condition of its own. */
  readonly condition?: Condition | undefined;
}

function someTarget(scope: Scope, type: string, task: Search): Predicate {
  const [first, ...rest] = task.path;
  if (!first) {
    return task.inner(type);
  }
  const step = stepOf(scope, type, first);
  if (step.attribute.kind === 'scalar') {
    throw leadsNowhere(type, first.name);
  }
  const next = someTarget(scope, step.type, { ...task, path: rest });
  if (scope.reader.store.registry.get(step.type).definition.virtual === true) {
    const targets = denseTargets(scope, step.type, rest.length === 0 ? task.condition : undefined);
    return (row) => targets(row).some(next);
  }
  const test = remembering(next);
  return (row) => follow(scope.reader, row, { name: first.name, type: step.type }).some(test);
}

/** Computed custom attribute values: of all attributes, or of those that `key is …` names. */
function denseTargets(
  scope: Scope,
  type: string,
  condition: Condition | undefined,
): (row: Row) => readonly Row[] {
  const { reader } = scope;
  const key = reader.store.registry.attribute(type, 'key');
  const keys = boundTo(scope, condition, 'key');
  const isNamed = keys && key.kind === 'scalar' ? memberTest(key, keys) : undefined;
  const only = isNamed && ((configuration: Row) => isNamed(configuration.data['key'] ?? null));
  return (row) =>
    reader.customValues.dense(row, only).filter((value) => value.type === type && reader.sees(value));
}

/** Types of one family can mean different things by one name: each has its own look at its rows. */
function scalarPredicate(scope: Scope, name: string, test: ValueTest): Predicate {
  const { reader } = scope;
  const byType = new Map<string, Predicate>();
  const ofType = (type: string): Predicate => {
    const attribute = reader.store.registry.get(type).attributes.get(name);
    if (attribute?.kind !== 'scalar') {
      return () => false;
    }
    return attribute.derived === true
      ? (row) => test(reader.scalar(row, attribute))
      : (row) => test(row.data[name] ?? null);
  };
  return (row) => {
    const known = byType.get(row.type);
    if (known) {
      return known(row);
    }
    const added = ofType(row.type);
    byType.set(row.type, added);
    return added(row);
  };
}

/** Stands for the key of what a relation leads to. */
const keyAttribute: ScalarAttribute = {
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
};

/** Relations compare by the key of what they lead to; None means that they lead nowhere. */
function keyPredicate(scope: Scope, step: { name: string; type: string }, test: ValueTest): Predicate {
  return (row) => {
    const targets = follow(scope.reader, row, step);
    return targets.length === 0 ? test(null) : targets.some((target) => test(target.key));
  };
}

/** A test of the last attribute of a path; each element that the path reaches is tried. */
function onLeaf(
  scope: Scope,
  type: string,
  task: { path: Path; test: (attribute: ScalarAttribute) => ValueTest },
): Predicate {
  const last = task.path[task.path.length - 1] as PathStep;
  return someTarget(scope, type, {
    path: task.path.slice(0, -1),
    inner: (owner) => {
      const step = stepOf(scope, owner, last);
      return step.attribute.kind === 'scalar'
        ? scalarPredicate(scope, last.name, task.test(step.attribute))
        : keyPredicate(scope, { name: last.name, type: step.type }, task.test(keyAttribute));
    },
  });
}

function inPredicate(
  scope: Scope,
  type: string,
  condition: Extract<PathCondition, { kind: 'in' }>,
): Predicate {
  const literals = literalsOf(scope, condition.values);
  return onLeaf(scope, type, {
    path: condition.path,
    test: (attribute) => {
      const test = memberTest(attribute, literals);
      return condition.negated ? (value) => !test(value) : test;
    },
  });
}

/** Compiles a condition on entities of a type; unknown attributes and wrong values are errors at once. */
export function predicate(scope: Scope, type: string, condition: Condition): Predicate {
  switch (condition.kind) {
    case 'and':
    case 'or': {
      const parts = condition.parts.map((part) => predicate(scope, type, part));
      return condition.kind === 'and'
        ? (row) => parts.every((part) => part(row))
        : (row) => parts.some((part) => part(row));
    }
    case 'not': {
      const inner = predicate(scope, type, condition.inner);
      return (row) => !inner(row);
    }
    case 'some': {
      const { inner, path } = condition;
      return someTarget(scope, type, {
        path,
        condition: inner,
        inner: (target) => (inner ? predicate(scope, target, inner) : () => true),
      });
    }
    case 'compare': {
      const { path, operator, value } = condition;
      return onLeaf(scope, type, { path, test: (attribute) => valueTest(attribute, operator, value) });
    }
    case 'in':
      return inPredicate(scope, type, condition);
  }
}
