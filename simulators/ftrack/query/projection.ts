import { validationError } from '../errors';
import type { Attribute } from '../schema/notation';
import type { Reader } from '../store/reader';
import type { Row } from '../store/table';
import type { Data, Value } from '../values';
import { wireDatetime } from '../values';
import type { Path } from './ast';
import type { Scope } from './scope';
import { follow, stepOf } from './scope';

interface Node {
  /** The type to which the attribute leads. */
  readonly type: string;
  readonly children: Map<string, Node>;
}

/** Writes rows as the server answers them. */
export class Projector {
  private readonly scope: Scope;
  private readonly reader: Reader;
  private readonly strict: boolean;
  private readonly root: Node;

  /** @param request.strict only what was asked for, no system projections */
  constructor(scope: Scope, request: { type: string; paths: readonly Path[]; strict: boolean }) {
    this.scope = scope;
    this.reader = scope.reader;
    this.strict = request.strict;
    this.root = { type: request.type, children: new Map() };
    for (const path of request.paths) {
      this.plant(this.root, path);
    }
  }

  project(row: Row): Data {
    return this.entity(row, this.root);
  }

  private plant(node: Node, path: Path): void {
    let current = node;
    for (const step of path) {
      const { attribute, type } = stepOf(this.scope, current.type, step);
      const name = JSON.stringify(step.name);
      if (attribute.restricted) {
        throw validationError(
          `Attribute ${name} of ${current.type} cannot be selected, only used in conditions.`,
        );
      }
      if (attribute.kind === 'scalar' && step !== path[path.length - 1]) {
        throw validationError(`Attribute ${name} of ${current.type} has no attributes.`);
      }
      current = child(current, step.name, type);
    }
  }

  private entity(row: Row, node: Node): Data {
    const out = reference(this.reader, row, this.strict);
    const { attributes } = this.reader.store.registry.get(row.type);
    for (const [name, child] of node.children) {
      const attribute = attributes.get(name);
      if (attribute) {
        out[name] = this.value(row, attribute, child);
      }
    }
    return out;
  }

  private value(row: Row, attribute: Attribute, node: Node): Value {
    if (attribute.kind === 'scalar') {
      const value = this.reader.scalar(row, attribute);
      const isDate =
        attribute.type === 'dt' || (attribute.type === 'var' && this.reader.customValues.isDate(row));
      return isDate ? wireDatetime(value) : value;
    }
    const targets = follow(this.reader, row, { name: attribute.name, type: node.type });
    const shown = targets.map((target) =>
      attribute.kind === 'mapped' ? this.mapped(target, node) : this.entity(target, node),
    );
    return attribute.kind === 'relation' ? (shown[0] ?? null) : shown;
  }

  /** Members of a mapped array always carry their key and value. */
  private mapped(row: Row, node: Node): Data {
    return {
      ...this.entity(row, node),
      key: row.data['key'] ?? null,
      value: wireCustomValue(this.reader, row),
    };
  }
}

function child(node: Node, name: string, type: string): Node {
  const known = node.children.get(name);
  if (known) {
    return known;
  }
  const added = { type, children: new Map<string, Node>() };
  node.children.set(name, added);
  return added;
}

/** The value of a custom attribute value row or metadata row; dates are wrapped. */
export function wireCustomValue(reader: Reader, row: Row): Value {
  const value = row.data['value'] ?? null;
  return reader.customValues.isDate(row) ? wireDatetime(value) : value;
}

/** Type, primary key and, unless strict, the system projections that are set. */
export function reference(reader: Reader, row: Row, strict = false): Data {
  const schema = reader.store.registry.get(row.type);
  const { system = [], discriminators = [] } = schema.definition;
  const out: Data = { __entity_type__: row.type };
  for (const name of schema.primaryKey) {
    out[name] = row.data[name] ?? null;
  }
  for (const name of strict ? [] : [...system, ...discriminators]) {
    const value = row.data[name] ?? null;
    if (value !== null) {
      out[name] = value;
    }
  }
  return out;
}
