import type { AttributeDefinition, AttributeScope } from '../attributes';
import type { AttributeMap } from '../inheritance';
import { attributesOf } from '../inheritance';
import type { Json, JsonObject } from '../json';
import { isObject, sortedJson } from '../json';

function valueText(value: Json, definition: AttributeDefinition | undefined): string {
  if (typeof value === 'number') {
    const isFloat = definition?.data.type === 'float';
    return isFloat && Number.isInteger(value) ? `${value}.0` : String(value);
  }
  return typeof value === 'string' ? JSON.stringify(value) : sortedJson(value);
}

/** `allAttrib`: JSON with sorted keys, in which whole floats keep their `.0`. */
export function allAttribText(values: JsonObject, attributes: AttributeMap): string {
  let text = '';
  for (const name of Object.keys(values).sort()) {
    // Names of attributes are letters and digits: nothing to escape.
    text += `${text === '' ? '' : ','}"${name}":${valueText(values[name] ?? null, attributes.get(name))}`;
  }
  return `{${text}}`;
}

/** JSON text of an object; null for an empty one. */
export function textOrNull(value: JsonObject): string | null {
  return Object.keys(value).length === 0 ? null : sortedJson(value);
}

/** A file of a representation as a node. */
export function fileNode(file: Json): JsonObject {
  const given = isObject(file) ? file : {};
  const size = given['size'];
  const hashType = given['hashType'] ?? given['hash_type'] ?? 'md5';
  return { ...given, size: typeof size === 'number' ? String(size) : (size ?? '0'), hashType };
}

/** Values of the attributes of a scope, for `attrib` of projects and users. */
export function attribOf(values: JsonObject, scope: AttributeScope, attributes: AttributeMap): JsonObject {
  const names = [...attributesOf(attributes, scope).keys()];
  return Object.fromEntries(names.map((name) => [name, values[name] ?? null]));
}
