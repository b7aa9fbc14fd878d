import { boundComplaint } from './attribute-bounds';
import type { AttributeDefinition, AttributeType } from './attributes';
import type { EntityKind, EntityRecord, FieldCheck } from './entity-kinds';
import { KINDS, modelName } from './entity-kinds';
import type { Issue } from './errors';
import { EntityError, issuesText, missingIssue, patternIssue } from './errors';
import type { Json, JsonObject } from './json';
import { camelKeys, isObject } from './json';

/** Names of folders, tasks, products and representations. */
export const NAME_PATTERN = '^[a-zA-Z0-9_]([a-zA-Z0-9_\\.\\-]*[a-zA-Z0-9_])?$';

const ENTITY_ID = /^[0-9a-f]{32}$/;

/** The fields of a request that were given and are known, under the names of the record. */
export type EntityInput = { -readonly [Key in keyof EntityRecord]?: EntityRecord[Key] };

interface Checked {
  value?: Json;
  issue?: Omit<Issue, 'loc'>;
}

function typeIssue(type: string, msg: string): Checked {
  return { issue: { msg, type: `type_error.${type}` } };
}

function checkId(value: Json): Checked {
  if (typeof value !== 'string') {
    return typeIssue('str', 'str type expected');
  }
  const hex = value.replaceAll('-', '').toLowerCase();
  if (ENTITY_ID.test(hex)) {
    return { value: hex };
  }
  return { issue: { msg: 'Invalid entity ID', type: 'value_error' } };
}

function checkName(value: Json): Checked {
  if (typeof value !== 'string') {
    return typeIssue('str', 'str type expected');
  }
  if (new RegExp(NAME_PATTERN).test(value)) {
    return { value };
  }
  const { msg, type, ctx } = patternIssue([], NAME_PATTERN);
  return { issue: { msg, type, ...(ctx ? { ctx } : {}) } };
}

function checkInteger(value: Json): Checked {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) {
    return { value: Math.trunc(number) };
  }
  return typeIssue('integer', 'value is not a valid integer');
}

function checkFloat(value: Json): Checked {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number)
    ? { value: number }
    : typeIssue('float', 'value is not a valid float');
}

function checkText(value: Json): Checked {
  return typeof value === 'string' || typeof value === 'number'
    ? { value: String(value) }
    : typeIssue('str', 'str type expected');
}

function checkTexts(value: Json): Checked {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
    ? { value }
    : typeIssue('list', 'value is not a valid list');
}

function checkFlag(value: Json): Checked {
  return typeof value === 'boolean' ? { value } : typeIssue('bool', 'value could not be parsed to a boolean');
}

/** The server reads a date in any ISO form and prints it as Python does: `+00:00`, no zero fractions. */
function checkDate(value: Json): Checked {
  if (typeof value !== 'string' || Number.isNaN(Date.parse(value))) {
    return { issue: { msg: 'invalid datetime format', type: 'value_error.datetime' } };
  }
  const full = value.length === 10 ? `${value}T00:00:00` : value;
  return { value: full.replace(/\.0+(?=Z|[+-]|$)/, '').replace(/Z$/, '+00:00') };
}

function checkIntegers(value: Json): Checked {
  return Array.isArray(value) && value.every((item) => typeof item === 'number' && Number.isInteger(item))
    ? { value }
    : typeIssue('list', 'value is not a valid list');
}

function checkObject(value: Json): Checked {
  return isObject(value) ? { value } : typeIssue('dict', 'value is not a valid dict');
}

function checkList(value: Json): Checked {
  return Array.isArray(value) ? { value } : typeIssue('list', 'value is not a valid list');
}

const CHECKS: Record<FieldCheck, (value: Json) => Checked> = {
  name: checkName,
  text: checkText,
  id: checkId,
  texts: checkTexts,
  integer: checkInteger,
  flag: checkFlag,
  object: checkObject,
  list: checkList,
};

const ATTRIBUTE_CHECKS: Record<AttributeType, (value: Json) => Checked> = {
  string: checkText,
  integer: checkInteger,
  float: checkFloat,
  boolean: checkFlag,
  datetime: checkDate,
  list_of_strings: checkTexts,
  list_of_integers: checkIntegers,
  list_of_any: checkList,
  list_of_submodels: checkList,
  dict: checkObject,
};

/** Reads `attrib`: unknown attributes are dropped without a word, null asks to remove the own value. */
export function readAttributes(
  given: Json | undefined,
  known: ReadonlyMap<string, AttributeDefinition>,
  issues: Issue[],
): JsonObject {
  const result: JsonObject = {};
  for (const [name, value] of Object.entries(isObject(given) ? given : {})) {
    const definition = known.get(name);
    if (!definition || value === undefined) {
      continue;
    }
    const checked: Checked = value === null ? { value } : ATTRIBUTE_CHECKS[definition.data.type](value);
    const issue = checked.issue ?? boundComplaint(checked.value ?? null, definition);
    if (issue) {
      issues.push({ loc: ['attrib', name], ...issue });
    } else {
      result[name] = checked.value;
    }
  }
  return result;
}

/** What reading a request body needs to know. */
export interface InputContext {
  kind: EntityKind;
  mode: 'Post' | 'Patch';
  attributes: ReadonlyMap<string, AttributeDefinition>;
}

function readField(at: { api: string; check: FieldCheck }, value: Json, issues: Issue[]): Json | undefined {
  const checked = CHECKS[at.check](value);
  if (checked.issue) {
    issues.push({ loc: [at.api], ...checked.issue });
  }
  return checked.value;
}

const NULLABLE: ReadonlySet<string> = new Set([
  'label',
  'parentId',
  'thumbnailId',
  'taskId',
  'author',
  'productBaseType',
  'traits',
]);

/** Null empties a field that may be empty; where it may not, a create is refused and an update ignores it. */
function readNull(
  field: { api: string; key: string; required?: boolean },
  input: Record<string, unknown>,
  { mode, issues }: { mode: 'Post' | 'Patch'; issues: Issue[] },
): void {
  if (NULLABLE.has(field.api)) {
    input[field.key] = null;
  } else if (mode === 'Post' && field.required) {
    const msg = 'none is not an allowed value';
    issues.push({ loc: [field.api], msg, type: 'type_error.none.not_allowed' });
  }
}

/**
 * Reads the `data` of one create or update. Unknown keys are ignored, as the server does.
 * @throws EntityError `invalid_data` that lists every complaint
 */
export function readEntityInput(given: JsonObject, context: InputContext): EntityInput {
  const data = camelKeys(given);
  const issues: Issue[] = [];
  const input: Record<string, unknown> = {};
  for (const field of KINDS[context.kind].fields) {
    const value = data[field.api];
    if (value === undefined) {
      if (context.mode === 'Post' && field.required) {
        issues.push(missingIssue([field.api]));
      }
    } else if (value === null) {
      readNull(field, input, { mode: context.mode, issues });
    } else {
      input[field.key] = readField(field, value, issues);
    }
  }
  if (data['attrib'] !== undefined) {
    input['attrib'] = readAttributes(data['attrib'], context.attributes, issues);
  }
  if (issues.length > 0) {
    const text = issuesText(modelName(context.kind, context.mode), issues);
    throw new EntityError('invalid_data', `Invalid data provided: ${text}`, issues);
  }
  return input as EntityInput;
}
