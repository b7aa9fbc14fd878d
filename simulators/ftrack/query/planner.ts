import type { CollectionAttribute } from '../schema/notation';
import type { Table } from '../store/table';
import type { Condition, Literal, PathCondition } from './ast';
import type { Candidates } from './candidates';
import { disjoint, either, ofType, smaller } from './candidates';
import type { ResolvedStep, Scope } from './predicate';
import { literalsOf, predicate, stepOf } from './predicate';

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
  return disjoint(literals.map((literal) => table.where(column, literal)));
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
    return referringBy((key) => table.where(column, key), table.size, task.targets);
  }
  if (attribute.kind === 'scalar' || attribute.computed) {
    return undefined;
  }
  return attribute.via
    ? overLinks(scope, type, { ...task, attribute })
    : owners(scope, type, { ...task, attribute });
}

/** For few targets the exact rows; for many no more is known than that they are rows of the table. */
function referringBy(
  of: (key: string) => ReturnType<Table['where']>,
  most: number,
  targets: Candidates,
): Candidates {
  if (targets.size <= fewEntities) {
    return disjoint([...targets.rows()].map((target) => of(target.key)));
  }
  return {
    size: most,
    *rows() {
      for (const target of targets.rows()) {
        yield* of(target.key);
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
  return {
    size: targets.size,
    *rows() {
      const ids = new Set<unknown>();
      for (const target of targets.rows()) {
        ids.add(target.data[attribute.column]);
      }
      for (const id of ids) {
        const owner = typeof id === 'string' ? scope.reader.store.find(type, id) : undefined;
        if (owner) {
          yield owner;
        }
      }
    },
  };
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
  const links = referringBy((key) => table.where(via.other, key), table.size, task.targets);
  return {
    size: links.size,
    *rows() {
      const found = [...links.rows()].map((link) => link.data[via.own]);
      for (const id of new Set(found)) {
        const owner = typeof id === 'string' ? store.find(type, id) : undefined;
        if (owner) {
          yield owner;
        }
      }
    },
  };
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

/** Conditions that all hold; a condition that is no conjunction holds alone. */
export function conjuncts(condition: Condition | undefined): readonly Condition[] {
  return condition?.kind === 'and' ? condition.parts.flatMap(conjuncts) : condition ? [condition] : [];
}

/** Literals to which a conjunction binds an attribute; undefined when it does not. */
export function boundTo(
  scope: Scope,
  condition: Condition | undefined,
  name: string,
): readonly Literal[] | undefined {
  for (const part of conjuncts(condition)) {
    const literals = isAbout(part, name) ? boundLiterals(scope, part) : undefined;
    if (literals) {
      return literals;
    }
  }
  return undefined;
}

/** Whether the condition is about this attribute of the entity itself. */
export function isAbout(condition: Condition, name: string): condition is PathCondition {
  return 'path' in condition && condition.path.length === 1 && condition.path[0]?.name === name;
}

function boundLiterals(scope: Scope, condition: PathCondition): readonly Literal[] | undefined {
  if (condition.kind === 'compare' && condition.operator === '=') {
    return [condition.value];
  }
  return condition.kind === 'in' && !condition.negated ? literalsOf(scope, condition.values) : undefined;
}
