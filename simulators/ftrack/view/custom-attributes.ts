import type { Data, Value } from '../values';
import { asText, isRecord } from '../values';
import { quoted, textAt } from './answers';
import type { Viewer } from './viewer';

export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** A custom attribute of one entity, with all that is needed to edit it. */
export interface CustomAttribute {
  readonly configurationId: string;
  readonly key: string;
  readonly label: string;
  /** Name of its type: `text`, `number`, `date`, `boolean`, `enumerator` … */
  readonly type: string;
  /** Dates as `YYYY-MM-DD…`. */
  readonly value: Value;
  /** A value is stored; otherwise `value` is the default. */
  readonly isSet: boolean;
  readonly isHierarchical: boolean;
  /** Of an enumerator. */
  readonly choices: readonly Choice[];
  readonly isMultiSelect: boolean;
}

function parsed(json: unknown): unknown {
  try {
    return typeof json === 'string' ? JSON.parse(json) : json;
  } catch {
    return undefined;
  }
}

/** What a configuration says of the choices of an enumerator: a list of `{menu, value}`, itself JSON in JSON. */
function enumeration(config: unknown): { choices: Choice[]; isMultiSelect: boolean } {
  const settings = parsed(config);
  const data = isRecord(settings) ? parsed(settings['data']) : undefined;
  const entries: readonly unknown[] = Array.isArray(data) ? data : [];
  return {
    choices: entries
      .filter(isRecord)
      .map(({ menu, value }) => ({ value: String(value), label: String(menu ?? value) })),
    isMultiSelect: isRecord(settings) && settings['multiSelect'] === true,
  };
}

function described(configuration: Data, found: { value: Value; isSet: boolean }): CustomAttribute {
  const { value, isSet } = found;
  return {
    configurationId: textAt(configuration, 'id') ?? '',
    key: textAt(configuration, 'key') ?? '',
    label: textAt(configuration, 'label') ?? textAt(configuration, 'key') ?? '',
    type: textAt(configuration, 'type.name') ?? '',
    value: isRecord(value) && 'value' in value ? value['value'] : value,
    isSet,
    isHierarchical: configuration['is_hierarchical'] === true,
    ...enumeration(configuration['config']),
  };
}

/** @param entity its id, and the schema in which its values are read, such as `ContextCustomAttributeValue` */
export function customAttributes(
  { hand }: Viewer,
  entity: { id: string; values: string },
): CustomAttribute[] {
  const id = quoted(entity.id);
  const values = hand.query(`select configuration_id, value from ${entity.values} where entity_id is ${id}`);
  if (values.length === 0) {
    return [];
  }
  const stored = hand.query(`select configuration_id from CustomAttributeValue where entity_id is ${id}`);
  const set = new Set(stored.map((row) => row['configuration_id']));
  const byId = new Map(values.map((row) => [row['configuration_id'], row['value'] ?? null]));
  const ids = [...byId.keys()].map((key) => quoted(asText(key))).join(', ');
  const configurations = hand.query(
    `select id, key, label, type.name, is_hierarchical, config from CustomAttributeConfiguration where id in (${ids}) order by sort, key`,
  );
  return configurations.map((row) => {
    const key = row['id'];
    return described(row, { value: byId.get(key) ?? null, isSet: set.has(key) });
  });
}
