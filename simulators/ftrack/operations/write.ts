import { duplicateError, validationError } from '../errors';
import { reference, wireCustomValue } from '../query/projection';
import type { EntitySchema } from '../schema/registry';
import type { Row } from '../store/table';
import type { Data, Value } from '../values';
import { isRecord, wireDatetime } from '../values';
import type { Work } from './caller';
import { assertWritable, keepAccess } from './caller';
import { replaceMembers } from './collections';
import { linkType } from './custom-links';
import { storeCustomValue, unsetCustomValue } from './custom-values';
import { applyDefaults } from './defaults';
import { removeRow } from './delete';
import type { Assignment } from './fields';
import { readAssignment } from './fields';

/** One operation as it was sent. */
export type SentOperation = Readonly<Record<string, unknown>>;

function entityData(operation: SentOperation): Readonly<Record<string, unknown>> {
  const data = operation['entity_data'] ?? {};
  if (!isRecord(data)) {
    throw validationError('An operation needs "entity_data" that is an object.');
  }
  return data;
}

function sentSchema(work: Work, operation: SentOperation): EntitySchema {
  const type = operation['entity_type'];
  if (typeof type !== 'string') {
    throw validationError('An operation needs "entity_type" that is a text.');
  }
  // The two faces of a custom attribute link are one thing: it is written as what leads from an entity.
  return work.reader.store.registry.named(type.replace(/CustomAttributeLinkFrom$/, 'CustomAttributeLink'));
}

/** Values of the key in the order of the schema's primary key. */
function entityKey(operation: SentOperation, schema: EntitySchema): string[] {
  const sent = operation['entity_key'];
  const parts: unknown[] = Array.isArray(sent) ? sent : [sent];
  const isValid = parts.every((part) => typeof part === 'string' || typeof part === 'number');
  if (!isValid || parts.length !== schema.primaryKey.length) {
    throw validationError(
      `Key ${JSON.stringify(sent)} does not fit ${schema.id}: expected ${schema.primaryKey.join(', ')}.`,
    );
  }
  return parts.map(String);
}

function concreteType(work: Work, sent: EntitySchema, data: Readonly<Record<string, unknown>>): string {
  if (sent.id === 'List') {
    return data['system_type'] === 'assetversion' ? 'AssetVersionList' : 'TypedContextList';
  }
  return sent.family === 'CustomAttributeLink' ? linkType(work, data) : sent.id;
}

/** A list is stored under the subtype for what it lists, a custom attribute link under that for where it leads. */
function concreteSchema(
  work: Work,
  sent: EntitySchema,
  data: Readonly<Record<string, unknown>>,
): EntitySchema {
  const schema = work.reader.store.registry.get(concreteType(work, sent, data));
  if (!schema.concrete) {
    throw validationError(`Entities of type ${schema.id} cannot be created.`);
  }
  return schema;
}

const isValueSchema = (id: string): boolean => id.endsWith('CustomAttributeValue');

function customTarget(parts: readonly unknown[]): { configurationId: string; entityId: string } {
  return { configurationId: String(parts[0]), entityId: String(parts[1]) };
}

/** Key, system projections and the given attributes as they are stored now. */
function echo(
  work: Work,
  row: Row,
  assignment: Assignment & { data: Readonly<Record<string, unknown>> },
): Data {
  const out = reference(work.reader, row, work.caller.strict);
  const { attributes } = work.reader.store.registry.get(row.type);
  for (const name of assignment.names) {
    const attribute = attributes.get(name);
    if (attribute?.kind === 'relation') {
      const target = work.reader.related(row, attribute);
      out[name] = target ? reference(work.reader, target, work.caller.strict) : null;
    } else if (attribute?.kind === 'scalar') {
      const value = assignment.stamps[name] ?? row.data[name] ?? null;
      out[name] = attribute.type === 'dt' ? wireDatetime(value) : value;
    } else {
      out[name] = assignment.data[name] as Value;
    }
  }
  return out;
}

function echoValue(work: Work, row: Row): Data {
  return { ...reference(work.reader, row, work.caller.strict), value: wireCustomValue(work.reader, row) };
}

export function create(work: Work, operation: SentOperation): Data {
  const data = entityData(operation);
  const sent = sentSchema(work, operation);
  const schema = concreteSchema(work, sent, data);
  if (isValueSchema(schema.id)) {
    return createValue(work, schema, data);
  }
  const { store } = work.reader;
  const assignment = readAssignment(store.registry, schema, data);
  const columns = { ...assignment.columns };
  applyDefaults(work, schema, columns);
  const key = store.keyOf(schema.id, columns);
  if (store.tableOf(schema.id).get(key)) {
    throw duplicateError(`Duplicate entry: ${schema.id} ${key} exists.`);
  }
  const row = work.transaction.insert(schema.id, columns);
  settleAccess(work, row);
  for (const collection of assignment.collections) {
    replaceMembers(work, row, collection);
  }
  const names = [...new Set([...Object.keys(columns), ...assignment.names])];
  const echoed = echo(work, row, { ...assignment, names, data });
  // Clients find what they created by the type that they gave.
  return sent.family === 'CustomAttributeLink' ? { ...echoed, __entity_type__: sent.id } : echoed;
}

function settleAccess(work: Work, row: Row): void {
  if (row.type === 'Project') {
    keepAccess(work, row);
  }
  assertWritable(work, row);
}

function createValue(work: Work, schema: EntitySchema, data: Readonly<Record<string, unknown>>): Data {
  const target = customTarget(schema.primaryKey.map((name) => data[name]));
  if (work.reader.customValues.stored(target.configurationId, target.entityId)) {
    throw duplicateError(
      `Duplicate entry: custom attribute value ${target.configurationId} of ${target.entityId}.`,
    );
  }
  return echoValue(work, storeCustomValue(work, target, data['value'] ?? null));
}

/**
 * The entity that the operation's key names.
 *
 * @throws FtrackError when there is none that the caller may change
 */
export function existing(work: Work, schema: EntitySchema, operation: SentOperation): Row {
  const key = entityKey(operation, schema).join('|');
  const row = work.reader.store.find(schema.id, key);
  if (!row) {
    throw validationError(`There is no ${schema.id} with key ${key}.`);
  }
  assertWritable(work, row);
  return row;
}

export function update(work: Work, operation: SentOperation): Data {
  const data = entityData(operation);
  const schema = sentSchema(work, operation);
  if (isValueSchema(schema.id)) {
    const target = customTarget(entityKey(operation, schema));
    return echoValue(work, storeCustomValue(work, target, data['value'] ?? null));
  }
  const row = existing(work, schema, operation);
  const { registry } = work.reader.store;
  const concrete = registry.get(row.type);
  const assignment = readAssignment(registry, concrete, data);
  for (const [column, value] of Object.entries(assignment.columns)) {
    assertMutable(concrete, row, { column, value });
    work.transaction.set(row, column, value);
  }
  settleAccess(work, row);
  for (const collection of assignment.collections) {
    replaceMembers(work, row, collection);
  }
  return echo(work, row, { ...assignment, data });
}

function assertMutable(schema: EntitySchema, row: Row, change: { column: string; value: Value }): void {
  const { column, value } = change;
  if (schema.attributes.get(column)?.immutable === true && (row.data[column] ?? null) !== value) {
    throw validationError(`Attribute ${column} of ${schema.id} cannot be changed.`);
  }
}

export function remove(work: Work, operation: SentOperation): boolean {
  const schema = sentSchema(work, operation);
  if (isValueSchema(schema.id)) {
    const target = customTarget(entityKey(operation, schema));
    if (!unsetCustomValue(work, target)) {
      throw validationError(`There is no stored value ${target.configurationId} of ${target.entityId}.`);
    }
    return true;
  }
  // The Python client first takes a member out of its collection, which removes what cannot live without it.
  const key = entityKey(operation, schema).join('|');
  if (work.reader.store.find(schema.id, key) || !work.transaction.hasRemoved(schema.id, key)) {
    removeRow(work, existing(work, schema, operation));
  }
  return true;
}
