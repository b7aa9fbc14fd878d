import { createHash } from 'node:crypto';
import type { Data, Value } from '../values';
import type { Attribute, ScalarAttribute, ScalarType, SchemaDefinition } from './notation';
import type { EntitySchema, SchemaRegistry } from './registry';
import { remarks } from './remarks';

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

const formats: Partial<Record<ScalarType, string>> = { dt: 'date-time', json: 'json' };

function scalarProperty(attribute: ScalarAttribute): Data {
  const property: Data = { type: wireTypes[attribute.type], ...attribute.extra };
  const format = formats[attribute.type];
  if (format !== undefined) {
    property['format'] = format;
  }
  if (attribute.refersTo !== undefined) {
    property['format'] = 'foreign_key';
    property['description'] = `Foreign key(s): ${attribute.refersTo}`;
  }
  if (attribute.initial !== undefined && !attribute.silent) {
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
      return { type: 'array', items: { $ref: attribute.shownAs }, ...alias, ...hidden };
    case 'mapped':
      return {
        type: 'mapped_array',
        // What cannot be selected needs no key and value.
        ...(attribute.restricted ? {} : { key_value_attributes: { key: 'key', value: 'value' } }),
        items: { $ref: attribute.target },
        ...alias,
        ...hidden,
      };
  }
}

/** The property with the remark on it that this schema or one of its mixins has. */
function remarked(schema: EntitySchema, attribute: Attribute): Data {
  const remark = [...schema.lineage].map((id) => remarks[`${id}.${attribute.name}`]).find(Boolean);
  return remark === undefined ? property(attribute) : { ...property(attribute), description: remark };
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

function mixinOf({ mixin, hints }: SchemaDefinition): Data {
  return mixin === undefined ? {} : { $mixin: { $ref: mixin, ...(hints ? { hints } : {}) } };
}

function describe(schema: EntitySchema): Data {
  const attributes = [...schema.attributes.values()];
  const { definition } = schema;
  const { alsoSystem = [], alsoRequired = [], alsoImmutable = [], system = [] } = definition;
  const named = (keep: (attribute: Attribute) => boolean, also: readonly string[]): Value[] => [
    ...new Set([...attributes.filter(keep).map((attribute) => attribute.name), ...also]),
  ];
  const shown = [...system.map((name) => schema.attributes.get(name)?.legacy ?? name), ...alsoSystem];
  const isComputed = (attribute: Attribute): boolean =>
    attribute.computed && (attribute.kind === 'scalar' || attribute.kind === 'relation');
  const computed = named(isComputed, []);
  return {
    id: schema.id,
    type: 'object',
    ...aliasOf(schema),
    ...mixinOf(definition),
    properties: Object.fromEntries(
      attributes.map((attribute) => [attribute.name, remarked(schema, attribute)]),
    ),
    primary_key: [...schema.primaryKey],
    required: named((attribute) => attribute.required, alsoRequired),
    immutable: named((attribute) => attribute.immutable, alsoImmutable),
    default_projections: [...(definition.defaults ?? schema.primaryKey)],
    ...(shown.length === 0 ? {} : { system_projections: shown }),
    ...(computed.length === 0 ? {} : { computed }),
    ...(definition.group === true ? { metadata: { group_by: true } } : {}),
  };
}

/** The answer to `query_schemas`. */
export function schemasAnswer(registry: SchemaRegistry): Data[] {
  return registry
    .all()
    .filter((schema) => schema.definition.internal !== true)
    .map(describe);
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
