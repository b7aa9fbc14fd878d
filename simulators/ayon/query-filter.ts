import type { Json, JsonObject } from './json';
import { entryOf, isObject, sameJson } from './json';

/** Reads one value of a row; undefined and null mean that there is none. */
export type ReadKey<Row> = (row: Row) => Json | undefined;

/** How a key of a filter is read; undefined for a key that does not exist. */
export type KeyReader<Row> = (path: readonly string[]) => ReadKey<Row> | undefined;

/** A filter that the server cannot understand. */
export class InvalidFilter extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InvalidFilter';
  }
}

type Compare = (actual: Json | undefined, wanted: Json) => boolean;

function isMissing(value: Json | undefined): boolean {
  return value === undefined || value === null;
}

/** Numbers compare as numbers, everything else as text, which is right for ISO times, too. */
function order(actual: Json | undefined, wanted: Json): number {
  if (isMissing(actual)) {
    return Number.NaN;
  }
  if (typeof wanted === 'number') {
    return Number(actual) - wanted;
  }
  const [left, right] = [textOf(actual), textOf(wanted)];
  return left < right ? -1 : Number(left > right);
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

/** SQL LIKE: `%` any text, `_` any character; case matters not, as people search. */
function like(actual: Json | undefined, wanted: Json): boolean {
  const pattern = textOf(wanted)
    .replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  return !isMissing(actual) && new RegExp(`^${pattern}$`, 'is').test(textOf(actual));
}

function listOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

function has(actual: Json | undefined, item: Json): boolean {
  return listOf(actual).some((own) => sameJson(own, item));
}

const OPERATORS: Readonly<Record<string, Compare>> = {
  eq: (actual, wanted) => sameJson(actual ?? null, wanted),
  ne: (actual, wanted) => !sameJson(actual ?? null, wanted),
  like,
  lt: (actual, wanted) => order(actual, wanted) < 0,
  gt: (actual, wanted) => order(actual, wanted) > 0,
  lte: (actual, wanted) => order(actual, wanted) <= 0,
  gte: (actual, wanted) => order(actual, wanted) >= 0,
  in: (actual, wanted) => has(wanted, actual ?? null),
  notin: (actual, wanted) => !has(wanted, actual ?? null),
  isnull: (actual) => isMissing(actual),
  notnull: (actual) => !isMissing(actual),
  includes: (actual, wanted) => has(actual, wanted),
  excludes: (actual, wanted) => !has(actual, wanted),
  includesall: (actual, wanted) => listOf(wanted).every((item) => has(actual, item)),
  excludesall: (actual, wanted) => !listOf(wanted).every((item) => has(actual, item)),
  includesany: (actual, wanted) => listOf(wanted).some((item) => has(actual, item)),
  excludesany: (actual, wanted) => !listOf(wanted).some((item) => has(actual, item)),
};

/** Operators that need no value, and those that need a list. */
const WITHOUT_VALUE = new Set(['isnull', 'notnull']);
const WITH_LIST = new Set(['in', 'notin', 'includesall', 'excludesall', 'includesany', 'excludesany']);

function readCondition<Row>(given: JsonObject, reader: KeyReader<Row>): (row: Row) => boolean {
  const { key, operator = 'eq', value = null } = given;
  const read = typeof key === 'string' && key !== '' ? reader(key.split(/[/.]/)) : undefined;
  if (!read) {
    throw new InvalidFilter(`Invalid key: ${textOf(key)}`);
  }
  const compare = typeof operator === 'string' ? entryOf(OPERATORS, operator) : undefined;
  if (typeof operator !== 'string' || !compare) {
    throw new InvalidFilter(`Invalid operator: ${textOf(operator)}`);
  }
  if (WITH_LIST.has(operator) !== Array.isArray(value) && !WITHOUT_VALUE.has(operator)) {
    throw new InvalidFilter(`Invalid value for operator ${operator}: ${textOf(value)}`);
  }
  return (row) => compare(read(row), value);
}

/**
 * Reads a filter `{operator: and|or, conditions: [{key, operator, value} | filter]}`; an empty one accepts every row.
 * Keys are columns, with `/` between the steps into a JSON column (`summary/entityId`).
 * @throws InvalidFilter
 */
export function readFilter<Row>(
  given: Json | null | undefined,
  reader: KeyReader<Row>,
): (row: Row) => boolean {
  if (given === null || given === undefined) {
    return () => true;
  }
  const { conditions = [], operator = 'and' } = isObject(given) ? given : {};
  if (!isObject(given) || !Array.isArray(conditions) || (operator !== 'and' && operator !== 'or')) {
    throw new InvalidFilter(`Invalid filter: ${textOf(given)}`);
  }
  const tests = conditions.map((item) => {
    if (!isObject(item)) {
      throw new InvalidFilter(`Invalid condition: ${textOf(item)}`);
    }
    return item['conditions'] === undefined ? readCondition(item, reader) : readFilter(item, reader);
  });
  if (tests.length === 0) {
    return () => true;
  }
  return (row) => (operator === 'and' ? tests.every((test) => test(row)) : tests.some((test) => test(row)));
}

/** Reads a filter that comes as JSON text, as in GraphQL. */
export function parseFilter<Row>(
  text: string | null | undefined,
  reader: KeyReader<Row>,
): (row: Row) => boolean {
  if (text === null || text === undefined || text === '') {
    return () => true;
  }
  try {
    return readFilter(JSON.parse(text) as Json, reader);
  } catch (error) {
    throw error instanceof SyntaxError ? new InvalidFilter(`Invalid filter: ${error.message}`) : error;
  }
}

/** A value at the end of a path into JSON; `undefined` where the path ends before. */
export function valueAt(value: Json | undefined, path: readonly string[]): Json | undefined {
  let at = value;
  for (const step of path) {
    at = isObject(at) ? entryOf(at, step) : Array.isArray(at) ? at[Number(step)] : undefined;
  }
  return at;
}
