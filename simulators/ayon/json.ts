/** Any JSON value. */
export type Json = string | number | boolean | null | Json[] | JsonObject;

/** A JSON object; a missing key and `undefined` mean the same. */
export interface JsonObject {
  [key: string]: Json | undefined;
}

/** Tells whether a value is an object with keys (no array, no null). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object of a request, or an empty one. */
export function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** A text of a request, or the standard one. */
export function textOf(value: Json | undefined, standard = ''): string {
  return typeof value === 'string' ? value : standard;
}

/** The texts in a list of a request; none without a list. */
export function textsOf(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** Compares two JSON values by content; the order of keys does not matter. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) {
    return true;
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
  }
  if (!isObject(a) || !isObject(b)) {
    return false;
  }
  const left = Object.keys(a).filter((key) => a[key] !== undefined);
  const right = Object.keys(b).filter((key) => b[key] !== undefined);
  return left.length === right.length && left.every((key) => sameJson(a[key], b[key]));
}

/** Serializes with sorted keys and no spaces, as AYON's GraphQL answers do. */
export function sortedJson(value: Json | undefined): string {
  if (Array.isArray(value)) {
    return `[${value.map((item) => sortedJson(item)).join(',')}]`;
  }
  if (!isObject(value)) {
    return JSON.stringify(value ?? null);
  }
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  return `{${keys
    .sort()
    .map((key) => `${JSON.stringify(key)}:${sortedJson(value[key])}`)
    .join(',')}}`;
}

/** Orders keys as Postgres stores them in jsonb: shorter first, then by bytes. */
export function storedKeyOrder(keys: Iterable<string>): string[] {
  return [...keys].sort((a, b) => a.length - b.length || (a < b ? -1 : Number(a > b)));
}

/** Turns `folder_type` into `folderType`; other keys stay. */
export function camelCase(key: string): string {
  return key.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}

/** Turns the keys of a request into camelCase; both forms are accepted. */
export function camelKeys(data: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [camelCase(key), value]));
}

/** What a table has under a word that came from outside, which may be `constructor`. */
export function entryOf<Value>(table: Readonly<Record<string, Value>>, word: string): Value | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}

/** Turns `folderType` into `folder_type`. */
export function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `folder` becomes `Folder`. */
export function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
