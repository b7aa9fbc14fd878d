import type { Anatomy, StatusRow, TypeRow } from './default-anatomy';
import type { AttributeMap } from './inheritance';
import { attributesOf } from './inheritance';
import type { Json, JsonObject } from './json';
import { isObject } from './json';

/** Everything that a status without a scope fits. */
const EVERYTHING = ['folder', 'product', 'version', 'representation', 'task', 'workfile'];

function withOriginalName(row: TypeRow | JsonObject): JsonObject {
  const given = row as JsonObject;
  return { ...given, original_name: given['name'] };
}

function status(row: StatusRow): JsonObject {
  return { ...withOriginalName({ ...row }), scope: row.scope ?? EVERYTHING };
}

function linkType(row: JsonObject): JsonObject {
  const data = isObject(row['data']) ? row['data'] : {};
  return {
    link_type: row['linkType'],
    input_type: row['inputType'],
    output_type: row['outputType'],
    ...data,
  };
}

/** An object by name as a list of rows that carry their name. */
function named(rows: Json | undefined): JsonObject[] {
  return Object.entries(isObject(rows) ? rows : {}).map(([name, row]) => {
    return { name, ...(isObject(row) ? row : {}) };
  });
}

/** Lists of templates; what else stands beside them is common to all. */
export const TEMPLATE_GROUPS: readonly string[] = [
  'work',
  'publish',
  'hero',
  'delivery',
  'staging',
  'others',
];

function templates(config: JsonObject): JsonObject {
  const given = isObject(config['templates']) ? config['templates'] : {};
  return {
    ...(isObject(given['common']) ? given['common'] : {}),
    ...Object.fromEntries(TEMPLATE_GROUPS.map((group) => [group, named(given[group])])),
  };
}

/** An anatomy in its own, snake_case form; `values` are the attributes that are set. */
export function anatomyView(anatomy: Anatomy, values: JsonObject, all: AttributeMap): JsonObject {
  const { config } = anatomy;
  const attributes = [...attributesOf(all, 'project').values()].map(({ name, data }) => {
    return [name, values[name] ?? data['default'] ?? null] as const;
  });
  return {
    entity_naming: {
      capitalization: 'lower',
      separator: '_',
      ...(isObject(config['entityNaming']) ? config['entityNaming'] : {}),
    },
    roots: named(config['roots']),
    templates: templates(config),
    attributes: Object.fromEntries(attributes),
    folder_types: anatomy.folderTypes.map(withOriginalName),
    task_types: anatomy.taskTypes.map(withOriginalName),
    link_types: anatomy.linkTypes.map(linkType),
    statuses: anatomy.statuses.map(status),
    tags: anatomy.tags.map(withOriginalName),
    product_base_types: config['productBaseTypes'],
  };
}
