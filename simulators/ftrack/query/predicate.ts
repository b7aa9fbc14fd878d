import { validationError } from '../errors';
import type { Attribute, ScalarAttribute } from '../schema/notation';
import type { Reader } from '../store/reader';
import type { Row } from '../store/table';
import type { Condition, Literal, Path, PathCondition, PathStep, Query } from './ast';
import type { ValueTest } from './comparison';
import { memberTest, valueTest } from './comparison';

export type Predicate = (row: Row) => boolean;

/** What compiling a condition needs besides the condition. */
export interface Scope {
  readonly reader: Reader;
  /** Values of a sub-query's first projection; computed once per query. */
  readonly subquery: (query: Query) => readonly Literal[];
}

/** A step of a path as it is resolved on a type. */
export interface ResolvedStep {
  readonly attribute: Attribute;
  /** The type that the step leads to; for an attribute that leads nowhere, the type that has it. */
  readonly type: string;
}

/** @throws FtrackError for unknown attributes and types, and for casts to what the attribute cannot lead to */
export function stepOf(scope: Scope, type: string, { name, cast }: PathStep): ResolvedStep {
  const { registry } = scope.reader.store;
  const attribute = registry.attribute(type, name);
  if (attribute.kind === 'scalar') {
    if (cast !== undefined) {
      throw leadsNowhere(type, name);
    }
    return { attribute, type };
  }
  if (cast === undefined) {
    registry.get(attribute.target);
    return { attribute, type: attribute.target };
  }
  const isRelated =
    registry.get(cast).lineage.has(attribute.target) || registry.get(attribute.target).lineage.has(cast);
  if (!isRelated) {
    throw validationError(
      `Attribute ${JSON.stringify(name)} of ${type} leads to ${attribute.target}, never to ${cast}.`,
    );
  }
  return { attribute, type: cast };
}

function leadsNowhere(type: string, name: string): Error {
  return validationError(`Attribute ${JSON.stringify(name)} of ${type} leads to no other entity.`);
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
    throw leadsNowhere(type, first.name);
  }
  const next = someTarget(scope, step.type, { path: rest, inner: task.inner });
  // Computed rows are new on each reading.
  const isComputed = scope.reader.store.registry.get(step.type).definition.virtual === true;
  const test = isComputed ? next : remembering(next);
  return (row) => follow(scope.reader, row, { name: first.name, type: step.type }).some(test);
}

function scalarPredicate(scope: Scope, name: string, test: ValueTest): Predicate {
  const { reader } = scope;
  return (row) => {
    const attribute = reader.store.registry.get(row.type).attributes.get(name);
    return attribute?.kind === 'scalar' && test(reader.scalar(row, attribute));
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

export function literalsOf(scope: Scope, values: readonly Literal[] | Query): readonly Literal[] {
  return 'entityType' in values ? scope.subquery(values) : values;
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
