import { validationError } from '../errors';
import type { Reader } from '../store/reader';
import type { Row } from '../store/table';
import type { Value } from '../values';
import type { Path } from './ast';
import type { ResolvedStep, Scope } from './scope';
import { follow, stepOf } from './scope';

interface NamedStep extends ResolvedStep {
  readonly name: string;
}

/** @throws FtrackError when a step is unknown, or comes after an attribute that leads nowhere */
export function resolvePath(scope: Scope, type: string, path: Path): readonly NamedStep[] {
  const steps: NamedStep[] = [];
  let current = type;
  for (const step of path) {
    const before = steps[steps.length - 1];
    if (before?.attribute.kind === 'scalar') {
      throw validationError(`Attribute ${JSON.stringify(before.name)} of ${current} has no attributes.`);
    }
    const resolved = { name: step.name, ...stepOf(scope, current, step) };
    steps.push(resolved);
    current = resolved.type;
  }
  return steps;
}

function reached(reader: Reader, row: Row, steps: readonly NamedStep[]): Value[] {
  const [first, ...rest] = steps;
  if (!first) {
    return [row.key];
  }
  const attribute = reader.store.registry.get(row.type).attributes.get(first.name);
  if (first.attribute.kind === 'scalar') {
    return [attribute?.kind === 'scalar' ? reader.scalar(row, attribute) : null];
  }
  return follow(reader, row, first).flatMap((target) => reached(reader, target, rest));
}

/** Everything to which a path leads from a row: values of attributes, keys of relations. */
export function valuesOf(scope: Scope, type: string, path: Path): (row: Row) => Value[] {
  const steps = resolvePath(scope, type, path);
  return (row) => reached(scope.reader, row, steps);
}
