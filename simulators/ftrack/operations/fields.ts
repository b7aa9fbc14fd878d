import { validationError } from '../errors';
import type { Attribute, CollectionAttribute, ScalarAttribute } from '../schema/notation';
import type { EntitySchema, SchemaRegistry } from '../schema/registry';
import type { Data, Value } from '../values';
import { asText, isRecord, readDatetime } from '../values';

/** What a client wants to be set, by kind of attribute; relations are already foreign keys. */
export interface Assignment {
  /** Columns in the order in which they were sent. */
  readonly columns: Data;
  readonly collections: readonly { attribute: CollectionAttribute; keys: readonly string[] }[];
  /** Names of the attributes that were sent, for the echo. */
  readonly names: readonly string[];
  /** Datetimes as exactly as they were sent: they are stored in seconds, but echoed whole. */
  readonly stamps: Data;
}

const accepts: Partial<Record<ScalarAttribute['type'], (value: unknown) => boolean>> = {
  str: (value) => typeof value === 'string',
  fk: (value) => typeof value === 'string',
  json: (value) => typeof value === 'string',
  int: (value) => Number.isInteger(value),
  num: (value) => typeof value === 'number' && Number.isFinite(value),
  bool: (value) => typeof value === 'boolean',
};

function scalarValue(attribute: ScalarAttribute, value: unknown): Value {
  if (attribute.type === 'dt') {
    return readDatetime(value, attribute.name);
  }
  if (value === null) {
    return null;
  }
  // The JavaScript client wraps every text that looks like a datetime, whatever the attribute is.
  const plain = isRecord(value) && value['__type__'] === 'datetime' ? value['value'] : value;
  const test = accepts[attribute.type];
  if (test && !test(plain)) {
    const shown = JSON.stringify(value);
    throw validationError(`Value ${shown} of attribute ${attribute.name} is not of type ${attribute.type}.`);
  }
  assertChoice(attribute, plain);
  return plain as Value;
}

function assertChoice(attribute: ScalarAttribute, value: unknown): void {
  const choices = attribute.extra?.['enum'];
  if (Array.isArray(choices) && !choices.includes(value as Value)) {
    throw validationError(
      `Value ${JSON.stringify(value)} of attribute ${attribute.name} is none of ${choices.map(asText).join(', ')}.`,
    );
  }
}

/** The key of a reference: `{__entity_type__, id}`, a bare id, or null. */
function referenceKey(value: unknown, name: string, keys: readonly string[] = ['id']): string | null {
  if (value === null || typeof value === 'string') {
    return value;
  }
  const parts = isRecord(value) ? keys.map((key) => value[key]) : [];
  if (parts.length === 0 || !parts.every((part) => typeof part === 'string')) {
    throw validationError(
      `Value ${JSON.stringify(value)} of attribute ${name} is not a reference to an entity.`,
    );
  }
  return parts.join('|');
}

function collectionKeys(registry: SchemaRegistry, attribute: CollectionAttribute, value: unknown): string[] {
  if (!Array.isArray(value)) {
    throw validationError(`Value ${JSON.stringify(value)} of attribute ${attribute.name} is not a list.`);
  }
  const { primaryKey } = registry.get(attribute.target);
  const found = value.map((item: unknown) => referenceKey(item, attribute.name, primaryKey));
  return found.filter((key) => key !== null);
}

const twins = new WeakMap<EntitySchema, ReadonlyMap<string, readonly string[]>>();

/** Columns by their internal name: some attributes are two public names for one column. */
function twinsOf(schema: EntitySchema): ReadonlyMap<string, readonly string[]> {
  const known = twins.get(schema);
  if (known) {
    return known;
  }
  const found = new Map<string, string[]>();
  for (const { kind, name, legacy } of schema.attributes.values()) {
    if (kind === 'scalar' && legacy !== undefined) {
      found.set(legacy, [...(found.get(legacy) ?? []), name]);
    }
  }
  twins.set(schema, found);
  return found;
}

/** Reads what was sent, attribute by attribute. */
class AssignmentReader {
  readonly assignment: Assignment;
  private readonly columns: Data = {};
  private readonly stamps: Data = {};
  private readonly collections: Assignment['collections'][number][] = [];
  private readonly names: string[] = [];
  private readonly registry: SchemaRegistry;
  private readonly schema: EntitySchema;

  constructor(registry: SchemaRegistry, schema: EntitySchema) {
    this.registry = registry;
    this.schema = schema;
    const { columns, collections, names, stamps } = this;
    this.assignment = { columns, collections, names, stamps };
  }

  read(name: string, value: unknown): void {
    const attribute = this.attribute(name);
    this.names.push(name);
    if (attribute.kind === 'scalar') {
      this.scalar(attribute, value);
    } else if (attribute.kind === 'relation') {
      const { primaryKey } = this.registry.get(attribute.target);
      this.columns[attribute.column] = referenceKey(value, name, primaryKey);
    } else if (!attribute.target.endsWith('CustomAttributeValue')) {
      // Custom values are written by operations of their own; the list of references to them says nothing new.
      const keys = collectionKeys(this.registry, attribute, value);
      this.collections.push({ attribute, keys });
    }
  }

  private scalar(attribute: ScalarAttribute, value: unknown): void {
    const { name, legacy } = attribute;
    const read = scalarValue(attribute, value);
    const stored = attribute.type === 'dt' && read !== null ? asText(read).slice(0, 19) : read;
    const columns = (legacy === undefined ? undefined : twinsOf(this.schema).get(legacy)) ?? [name];
    for (const column of columns) {
      this.columns[column] = stored;
    }
    if (attribute.type === 'dt') {
      this.stamps[name] = read;
    }
  }

  private attribute(name: string): Attribute {
    const attribute = this.schema.attributes.get(name);
    if (!attribute) {
      throw validationError(`Entity type ${this.schema.id} has no attribute ${JSON.stringify(name)}.`);
    }
    if (attribute.computed || attribute.derived === true) {
      throw validationError(`Attribute ${name} of ${this.schema.id} is computed and cannot be set.`);
    }
    return attribute;
  }
}

/**
 * A relation counts more than its foreign key beside it: the Python client adds the default of `priority_id` to a
 * `priority` that was chosen.
 *
 * @throws FtrackError for unknown attributes and values of a wrong type
 */
export function readAssignment(
  registry: SchemaRegistry,
  schema: EntitySchema,
  sent: Readonly<Record<string, unknown>>,
): Assignment {
  const reader = new AssignmentReader(registry, schema);
  const isRelation = (name: string): boolean => schema.attributes.get(name)?.kind === 'relation';
  const given = Object.entries(sent).filter(([name]) => name !== '__entity_type__');
  for (const wanted of [false, true]) {
    for (const [name, value] of given) {
      if (isRelation(name) === wanted) {
        reader.read(name, value);
      }
    }
  }
  return reader.assignment;
}
