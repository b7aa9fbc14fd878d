import { integrityError, permissionError, validationError } from '../errors';
import { entityById } from '../store/ownership';
import type { Row } from '../store/table';
import type { Value } from '../values';
import { asText, isRecord, readDatetime } from '../values';
import type { Work } from './caller';
import { assertWritable } from './caller';

type Check = (value: unknown, configuration: Row) => Value | undefined;

function options(configuration: Row): { multiple: boolean; values: Set<string> } {
  const config = JSON.parse(asText(configuration.data['config'] ?? '{}')) as {
    multiSelect?: boolean;
    data?: string;
  };
  const entries = JSON.parse(config.data ?? '[]') as { value: string }[];
  return { multiple: config.multiSelect === true, values: new Set(entries.map((entry) => entry.value)) };
}

const text: Check = (value) => (typeof value === 'string' ? value : undefined);

const enumerator: Check = (value, configuration) => {
  const chosen: unknown[] = Array.isArray(value) ? value : [value];
  const { multiple, values } = options(configuration);
  const isValid = chosen.every((item) => typeof item === 'string' && values.has(item));
  return isValid && (multiple || chosen.length <= 1) ? (chosen as string[]) : undefined;
};

/** By name of the custom attribute type: the value to store, or undefined when it does not fit. */
const checks: Readonly<Record<string, Check>> = {
  text,
  url: text,
  boolean: (value) => (typeof value === 'boolean' ? value : undefined),
  number: (value) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined),
  date: (value, configuration) => readDatetime(value, asText(configuration.data['key'])) ?? undefined,
  enumerator,
  // The choices of a dynamic enumerator are known only to whoever answers its event.
  'dynamic enumerator': (value) => {
    const chosen: unknown[] = Array.isArray(value) ? value : [value];
    return chosen.every((item) => typeof item === 'string') ? chosen : undefined;
  },
  expression: text,
};

function checked(work: Work, configuration: Row, value: unknown): Value {
  if (value === null) {
    return null;
  }
  const typeId = configuration.data['type_id'];
  const type = typeof typeId === 'string' ? work.reader.store.find('CustomAttributeType', typeId) : undefined;
  const typeName = asText(type?.data['name'] ?? 'text');
  const wrapped = isRecord(value) && typeName !== 'date' ? value['value'] : value;
  const stored = (checks[typeName] ?? checks['text'])?.(wrapped, configuration);
  if (stored === undefined) {
    const key = asText(configuration.data['key']);
    throw validationError(
      `Value ${JSON.stringify(value)} does not fit custom attribute ${key} of type ${typeName}.`,
    );
  }
  return stored;
}

/** The entity that carries the value. */
function ownerOf(work: Work, entityId: string): Row {
  const owner = entityById(work.reader.store, entityId);
  if (!owner) {
    throw integrityError(`There is no entity ${entityId} that could have a custom attribute value.`);
  }
  assertWritable(work, owner);
  return owner;
}

function assertAllowed(work: Work, owner: Row, configuration: Row): void {
  const { store } = work.reader;
  const use = { kind: 'write', projectId: store.projectOf(owner) } as const;
  if (!store.access.mayUse(work.caller.username, configuration.key, use)) {
    throw permissionError(
      `User ${work.caller.username} has no permission to change custom attribute ${asText(configuration.data['key'])}.`,
    );
  }
}

/** Stores a value, whether or not there was one; how both raw and dense values are written. */
export function storeCustomValue(
  work: Work,
  target: { configurationId: string; entityId: string },
  value: unknown,
): Row {
  const { store } = work.reader;
  const configuration = store.find('CustomAttributeConfiguration', target.configurationId);
  const owner = ownerOf(work, target.entityId);
  if (!configuration || !work.reader.customValues.configurations(owner).includes(configuration)) {
    throw validationError(`${owner.type} ${owner.key} has no custom attribute ${target.configurationId}.`);
  }
  assertAllowed(work, owner, configuration);
  const stored = checked(work, configuration, value);
  const existing = work.reader.customValues.stored(target.configurationId, target.entityId);
  if (existing) {
    work.transaction.set(existing, 'value', stored);
    return existing;
  }
  return work.transaction.insert('CustomAttributeValue', {
    configuration_id: target.configurationId,
    entity_id: target.entityId,
    value: stored,
  });
}

/** Removes the stored value: reads give the default again. */
export function unsetCustomValue(work: Work, target: { configurationId: string; entityId: string }): boolean {
  const owner = ownerOf(work, target.entityId);
  const configuration = work.reader.store.find('CustomAttributeConfiguration', target.configurationId);
  if (configuration) {
    assertAllowed(work, owner, configuration);
  }
  const existing = work.reader.customValues.stored(target.configurationId, target.entityId);
  if (existing) {
    work.transaction.remove(existing);
  }
  return existing !== undefined;
}
