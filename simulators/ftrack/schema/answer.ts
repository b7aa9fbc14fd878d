import { createHash } from 'node:crypto';
import type { Data, Value } from '../values';
import type { Attribute, ScalarAttribute, ScalarType } from './notation';
import type { EntitySchema, SchemaRegistry } from './registry';

const wireTypes: Record<ScalarType, string> = {
  str: 'string',
  fk: 'string',
  int: 'integer',
  num: 'number',
  bool: 'boolean',
  dt: 'string',
  json: 'string',
  var: 'variable',
  obj: 'object',
};

const formats: Partial<Record<ScalarType, string>> = { dt: 'date-time', json: 'json', fk: 'foreign_key' };

function scalarProperty(attribute: ScalarAttribute): Data {
  const property: Data = { type: wireTypes[attribute.type] };
  const format = attribute.target === undefined ? formats[attribute.type] : 'foreign_key';
  if (format !== undefined) {
    property['format'] = format;
  }
  if (attribute.target !== undefined) {
    property['description'] = `Foreign key(s): ${attribute.target}.id`;
  }
  if (attribute.initial !== undefined) {
    property['default'] = attribute.initial;
  }
  return property;
}

function property(attribute: Attribute): Data {
  const alias: Data = attribute.legacy === undefined ? {} : { alias_for: attribute.legacy };
  const hidden: Data = attribute.restricted ? { restricted_projection: true } : {};
  switch (attribute.kind) {
    case 'scalar':
      return { ...scalarProperty(attribute), ...alias, ...hidden };
    case 'relation':
      return { $ref: attribute.target, ...alias, ...hidden };
    case 'collection':
      return { type: 'array', items: { $ref: attribute.target }, ...alias, ...hidden };
    case 'mapped':
      return {
        type: 'mapped_array',
        key_value_attributes: { key: 'key', value: 'value' },
        items: { $ref: attribute.target },
        ...alias,
        ...hidden,
      };
  }
}

function aliasOf(schema: EntitySchema): Data {
  const { alias, classifier } = schema.definition;
  if (alias === undefined) {
    return {};
  }
  if (classifier === undefined) {
    return { alias_for: alias };
  }
  const column = schema.attributes.get(classifier.column)?.legacy ?? classifier.column;
  return { alias_for: { id: alias, classifiers: { [column]: classifier.value } } };
}

function describe(schema: EntitySchema, registry: SchemaRegistry): Data {
  const attributes = [...schema.attributes.values()].filter(
    (attribute) => attribute.kind === 'scalar' || registry.has(attribute.target),
  );
  const named = (keep: (attribute: Attribute) => boolean): Value[] =>
    attributes.filter(keep).map((attribute) => attribute.name);
  const { definition } = schema;
  const system = (definition.system ?? []).map((name) => schema.attributes.get(name)?.legacy ?? name);
  const computed = named((attribute) => attribute.computed && attribute.kind === 'scalar');
  return {
    id: schema.id,
    type: 'object',
    ...aliasOf(schema),
    ...(definition.mixin === undefined ? {} : { $mixin: { $ref: definition.mixin } }),
    properties: Object.fromEntries(attributes.map((attribute) => [attribute.name, property(attribute)])),
    primary_key: [...schema.primaryKey],
    required: named((attribute) => attribute.required),
    immutable: named((attribute) => attribute.immutable),
    default_projections: [...(definition.defaults ?? schema.primaryKey)],
    ...(system.length === 0 ? {} : { system_projections: system }),
    ...(computed.length === 0 ? {} : { computed }),
    ...(definition.group === true ? { metadata: { group_by: true } } : {}),
  };
}

/** The answer to `query_schemas`. */
export function schemasAnswer(registry: SchemaRegistry): Data[] {
  return registry.all().map((schema) => describe(schema, registry));
}

function ascii(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** JSON as Python's `json.dumps(value, sort_keys=True)` writes it. */
function pythonJson(value: Value): string {
  if (Array.isArray(value)) {
    return `[${value.map(pythonJson).join(', ')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const keys = Object.keys(value).sort();
    return `{${keys.map((key) => `${ascii(key)}: ${pythonJson(value[key] ?? null)}`).join(', ')}}`;
  }
  return typeof value === 'string' ? ascii(value) : JSON.stringify(value);
}

/** MD5 that the Python client compares with its schema cache. */
export function schemaHash(schemas: readonly Data[]): string {
  return createHash('md5')
    .update(pythonJson([...schemas]))
    .digest('hex');
}
