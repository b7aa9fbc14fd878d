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
  /** The type to which the attribute leads; that of the entity itself for a scalar. */
  readonly type: string;
  readonly isScalar: boolean;
  readonly children: Map<string, Node>;
  /** Whether entities that other paths reach too can be here or below. */
  meets: boolean;
}

/**
 * Writes the rows of one answer as the server does: where an entity occurs first, it has everything that is asked of
 * it anywhere, because the Python client reads no later occurrence. Those have what is asked of them there.
 */
export class Projector {
  private readonly scope: Scope;
  private readonly reader: Reader;
  private readonly strict: boolean;
  private readonly root: Node;
  /** Families to which more than one path leads: only their entities can occur in several places. */
  private readonly meetings = new Set<string>();
  private readonly families = new Set<string>();
  /** What is asked of entities that were not written yet. */
  private readonly wanted = new Map<Row, Set<Node>>();

  /** @param request.strict only what was asked for, no system projections */
  constructor(scope: Scope, request: { type: string; paths: readonly Path[]; strict: boolean }) {
    this.scope = scope;
    this.reader = scope.reader;
    this.strict = request.strict;
    this.root = newNode(request.type, false);
    this.lead(request.type);
    for (const path of request.paths) {
      this.plant(this.root, path);
    }
    if (this.meetings.size > 0 && !this.strict) {
      this.markMeetings(this.root);
    }
  }

  /** All rows of an answer, once. */
  project(rows: readonly Row[]): Data[] {
    for (const row of this.root.meets ? rows : []) {
      this.gather(row, this.root);
    }
    return rows.map((row) => this.entity(row, [this.root]));
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
      if (attribute.kind !== 'scalar' && !current.children.has(step.name)) {
        this.lead(type);
      }
      current = child(current, step.name, newNode(type, attribute.kind === 'scalar'));
    }
  }

  private lead(type: string): void {
    const { family } = this.reader.store.registry.get(type);
    (this.families.has(family) ? this.meetings : this.families).add(family);
  }

  private markMeetings(node: Node): void {
    for (const next of node.children.values()) {
      this.markMeetings(next);
    }
    const below = [...node.children.values()].some(({ meets }) => meets);
    const { family } = this.reader.store.registry.get(node.type);
    node.meets = below || (!node.isScalar && this.meetings.has(family));
  }

  private gather(row: Row, node: Node): void {
    const wanted = this.wanted.get(row) ?? new Set();
    if (wanted.has(node)) {
      return;
    }
    this.wanted.set(row, wanted.add(node));
    for (const [name, next] of node.children) {
      for (const target of next.meets ? follow(this.reader, row, { name, type: next.type }) : []) {
        this.gather(target, next);
      }
    }
  }

  private entity(row: Row, nodes: readonly Node[]): Data {
    const asked = this.wanted.get(row) ?? nodes;
    this.wanted.delete(row);
    const out = reference(this.reader, row, this.strict);
    const { attributes } = this.reader.store.registry.get(row.type);
    for (const [name, children] of branches([...asked], attributes)) {
      const attribute = attributes.get(name);
      if (attribute) {
        out[name] = this.value(row, attribute, children);
      }
    }
    return out;
  }

  private value(row: Row, attribute: Attribute, nodes: readonly Node[]): Value {
    if (attribute.kind === 'scalar') {
      const value = this.reader.scalar(row, attribute);
      const isDate =
        attribute.type === 'dt' || (attribute.type === 'var' && this.reader.customValues.isDate(row));
      return isDate ? wireDatetime(value) : value;
    }
    const targets = new Map<Row, Node[]>();
    for (const node of nodes) {
      for (const target of follow(this.reader, row, { name: attribute.name, type: node.type })) {
        targets.set(target, [...(targets.get(target) ?? []), node]);
      }
    }
    const shown = [...targets].map(([target, asked]) =>
      attribute.kind === 'mapped' ? this.mapped(target, asked) : this.entity(target, asked),
    );
    return attribute.kind === 'relation' ? (shown[0] ?? null) : shown;
  }

  /** Members of a mapped array always carry their key and value. */
  private mapped(row: Row, nodes: readonly Node[]): Data {
    return {
      ...this.entity(row, nodes),
      key: row.data['key'] ?? null,
      value: wireCustomValue(this.reader, row),
    };
  }
}

function newNode(type: string, isScalar: boolean): Node {
  return { type, isScalar, children: new Map(), meets: false };
}

function child(node: Node, name: string, added: Node): Node {
  const known = node.children.get(name) ?? added;
  node.children.set(name, known);
  return known;
}

type Branches = readonly (readonly [name: string, nodes: readonly Node[]])[];

/** What is asked of an entity, by attribute; in the order in which the Python client reads, where that matters. */
function branches(nodes: readonly Node[], attributes: ReadonlyMap<string, Attribute>): Branches {
  const found = new Map<string, Node[]>();
  for (const node of nodes) {
    for (const [name, next] of node.children) {
      found.set(name, [...(found.get(name) ?? []), next]);
    }
  }
  const meeting = [...found.values()].flat().filter(({ meets }) => meets);
  if (meeting.length < 2) {
    return [...found];
  }
  return [...attributes.keys()].flatMap((name) => {
    const next = found.get(name);
    return next ? [[name, next] as const] : [];
  });
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
