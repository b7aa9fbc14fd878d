import { validationError } from '../errors';
import type { Attribute } from '../schema/notation';
import type { Reader } from '../store/reader';
import type { Row } from '../store/table';
import type { Literal, PathStep, Query } from './ast';

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

export function leadsNowhere(type: string, name: string): Error {
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

export function literalsOf(scope: Scope, values: readonly Literal[] | Query): readonly Literal[] {
  return 'entityType' in values ? scope.subquery(values) : values;
}
