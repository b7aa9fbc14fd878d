import { validationError } from '../errors';
import type { Attribute, CollectionAttribute, ScalarAttribute } from '../schema/notation';
import type { EntitySchema } from '../schema/registry';
import type { Data, Value } from '../values';
import { isRecord, readDatetime } from '../values';

/** What a client wants to be set, by kind of attribute; relations are already foreign keys. */
export interface Assignment {
  /** Columns in the order in which they were sent. */
  readonly columns: Data;
  readonly collections: readonly { attribute: CollectionAttribute; keys: readonly string[] }[];
  /** Names of the attributes that were sent, for the echo. */
  readonly names: readonly string[];
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
  return plain as Value;
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

function collectionKeys(attribute: CollectionAttribute, value: unknown): string[] {
  if (!Array.isArray(value)) {
    throw validationError(`Value ${JSON.stringify(value)} of attribute ${attribute.name} is not a list.`);
  }
  const keys = attribute.target === 'Metadata' ? ['parent_id', 'key'] : ['id'];
  const found = value.map((item: unknown) => referenceKey(item, attribute.name, keys));
  return found.filter((key) => key !== null);
}

/** @throws FtrackError for unknown attributes and values of a wrong type */
export function readAssignment(schema: EntitySchema, sent: Readonly<Record<string, unknown>>): Assignment {
  const columns: Data = {};
  const collections: Assignment['collections'][number][] = [];
  const names: string[] = [];
  for (const [name, value] of Object.entries(sent)) {
    if (name === '__entity_type__') {
      continue;
    }
    const attribute = attributeOf(schema, name);
    names.push(name);
    if (attribute.kind === 'scalar') {
      columns[name] = scalarValue(attribute, value);
    } else if (attribute.kind === 'relation') {
      columns[attribute.column] = referenceKey(value, name);
    } else if (attribute.target.endsWith('CustomAttributeValue')) {
      // Values are written by operations of their own; the list of references says nothing new.
      continue;
    } else {
      collections.push({ attribute, keys: collectionKeys(attribute, value) });
    }
  }
  return { columns, collections, names };
}

function attributeOf(schema: EntitySchema, name: string): Attribute {
  const attribute = schema.attributes.get(name);
  if (!attribute) {
    throw validationError(`Entity type ${schema.id} has no attribute ${JSON.stringify(name)}.`);
  }
  return attribute;
}
