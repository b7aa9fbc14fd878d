import { TEMPLATE_GROUPS } from './anatomy-view';
import type { Anatomy } from './default-anatomy';
import { defaultAnatomy } from './default-anatomy';
import type { Json, JsonObject } from './json';
import { isObject, textOf } from './json';

/** The rows of an anatomy list as the project keeps them. */
function rowsOf<Row>(value: Json | undefined, standard: Row[]): Row[] {
  if (!Array.isArray(value)) {
    return standard;
  }
  return value.filter(isObject).map(({ original_name: _original, ...row }) => row as Row);
}

function linkTypes(value: Json | undefined, standard: JsonObject[]): JsonObject[] {
  if (!Array.isArray(value)) {
    return standard;
  }
  return value.filter(isObject).map((row) => {
    const { link_type, input_type, output_type, ...data } = row;
    const [linkType, inputType, outputType] = [textOf(link_type), textOf(input_type), textOf(output_type)];
    return { name: `${linkType}|${inputType}|${outputType}`, linkType, inputType, outputType, data };
  });
}

/** Rows that carry their name as an object by name. */
function byName(value: Json | undefined, standard: Json | undefined): Json | undefined {
  if (!Array.isArray(value)) {
    return standard;
  }
  const rows = value.filter(isObject).map(({ name, ...row }) => [typeof name === 'string' ? name : '', row]);
  return Object.fromEntries(rows) as JsonObject;
}

function templates(value: Json | undefined, standard: Json | undefined): Json | undefined {
  if (!isObject(value)) {
    return standard;
  }
  const before = isObject(standard) ? standard : {};
  const common = Object.entries(value).filter(([key]) => !TEMPLATE_GROUPS.includes(key));
  const groups = TEMPLATE_GROUPS.map((group) => [group, byName(value[group], before[group])]);
  const commonBefore = isObject(before['common']) ? before['common'] : {};
  return { ...Object.fromEntries(groups), common: { ...commonBefore, ...Object.fromEntries(common) } };
}

/** The configuration of a project with the roots, templates and naming of a snake_case anatomy. */
export function readConfig(given: JsonObject, before: JsonObject): JsonObject {
  const { entity_naming: entityNaming, product_base_types: productBaseTypes } = given;
  return {
    ...before,
    roots: byName(given['roots'], before['roots']),
    templates: templates(given['templates'], before['templates']),
    ...(isObject(entityNaming) ? { entityNaming } : {}),
    ...(isObject(productBaseTypes) ? { productBaseTypes } : {}),
  };
}

/** The link types of a snake_case anatomy; those of before where it has none. */
export function readLinkTypes(given: JsonObject, before: JsonObject[]): JsonObject[] {
  return linkTypes(given['link_types'], before);
}

/** Reads a snake_case anatomy; what it leaves out is as in the default one. */
export function readAnatomy(given: JsonObject): Anatomy {
  const standard = defaultAnatomy();
  return {
    folderTypes: rowsOf(given['folder_types'], standard.folderTypes),
    taskTypes: rowsOf(given['task_types'], standard.taskTypes),
    statuses: rowsOf(given['statuses'], standard.statuses),
    tags: rowsOf(given['tags'], standard.tags),
    linkTypes: readLinkTypes(given, standard.linkTypes),
    config: readConfig(given, standard.config),
  };
}
