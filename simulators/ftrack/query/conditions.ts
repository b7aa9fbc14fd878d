import type { Condition, Literal, PathCondition } from './ast';
import type { Scope } from './scope';
import { literalsOf } from './scope';

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

export function boundLiterals(scope: Scope, condition: PathCondition): readonly Literal[] | undefined {
  if (condition.kind === 'compare' && condition.operator === '=') {
    return [condition.value];
  }
  return condition.kind === 'in' && !condition.negated ? literalsOf(scope, condition.values) : undefined;
}
