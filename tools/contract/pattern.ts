/**
 * What an answer has to look like. Objects may have more fields than the pattern; lists have exactly its items;
 * everything else is equal, or a {@link Matcher} takes it. null also stands for a field that is left out, as AYON does with
 * some that are empty.
 */
export type Pattern = unknown;

/** One place in which an answer is not as expected; all three are readable words. */
export interface Mismatch {
  readonly at: string;
  readonly expected: string;
  readonly found: string;
}

/** Takes any of several values. */
export class Matcher {
  /** What it takes, as it follows "expected". */
  readonly words: string;
  readonly takes: (value: unknown) => boolean;

  constructor(words: string, takes: (value: unknown) => boolean) {
    this.words = words;
    this.takes = takes;
  }
}

export const TEXT = new Matcher('a text', (value) => typeof value === 'string');
export const NUMBER = new Matcher('a number', (value) => typeof value === 'number');
export const TRUTH = new Matcher('true or false', (value) => typeof value === 'boolean');
export const LIST = new Matcher('a list', Array.isArray);
export const OBJECT = new Matcher('an object', (value) => isObject(value) && !Array.isArray(value));
export const ABSENT = new Matcher('nothing', (value) => value === undefined);
/** An id that AYON made or took. */
export const ID = matching(/^[0-9a-f]{32}$/, 'an id of 32 hex digits');
/** Without a zone AYON means UTC. */
export const TIME = matching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/, 'a time by ISO 8601');

export function matching(text: RegExp, words: string): Matcher {
  return new Matcher(words, (value) => typeof value === 'string' && text.test(value));
}

/** Takes a list of any length whose items all match; see {@link every}. */
class Every {
  readonly pattern: Pattern;

  constructor(pattern: Pattern) {
    this.pattern = pattern;
  }
}

/** A list of any length whose items all match. */
export const every = (pattern: Pattern): Every => new Every(pattern);

/** A list that has an item for each pattern, in any order, and maybe more. */
export const having = (...patterns: readonly Pattern[]): Matcher =>
  new Matcher(
    `a list with ${patterns.map(shownPattern).join(' and ')}`,
    (value) =>
      Array.isArray(value) &&
      patterns.every((pattern) => value.some((each) => mismatches(pattern, each).length === 0)),
  );

/** JSON within a text, as GraphQL gives objects. */
export const jsonText = (pattern: Pattern): Matcher =>
  new Matcher(`a text with the JSON ${shownPattern(pattern)}`, (value) => {
    try {
      return mismatches(pattern, JSON.parse(String(value))).length === 0;
    } catch {
      return false;
    }
  });

/** Every place in which a value differs from a pattern. */
export function mismatches(pattern: Pattern, value: unknown, at = 'body'): Mismatch[] {
  if (pattern instanceof Matcher) {
    return pattern.takes(value) ? [] : [{ at, expected: pattern.words, found: shown(value) }];
  }
  if (pattern instanceof Every) {
    return inList(Array.isArray(value) ? value.map(() => pattern.pattern) : [], value, at);
  }
  if (isObject(pattern)) {
    return Array.isArray(pattern) ? inList(pattern, value, at) : inObject(pattern, value, at);
  }
  return Object.is(pattern, value ?? (pattern === null ? null : value))
    ? []
    : [{ at, expected: shown(pattern), found: shown(value) }];
}

function inList(pattern: readonly Pattern[], value: unknown, at: string): Mismatch[] {
  if (!Array.isArray(value) || value.length !== pattern.length) {
    return [
      { at, expected: pattern.length === 0 ? 'a list' : `a list of ${pattern.length}`, found: shown(value) },
    ];
  }
  return pattern.flatMap((each, index) => mismatches(each, value[index], `${at}[${index}]`));
}

function inObject(pattern: object, value: unknown, at: string): Mismatch[] {
  if (!isObject(value) || Array.isArray(value)) {
    return [{ at, expected: 'an object', found: shown(value) }];
  }
  return Object.entries(pattern).flatMap(([name, each]) =>
    mismatches(each, Reflect.get(value, name), `${at}.${name}`),
  );
}

/** A value by a path of names and numbers; undefined where it ends early. */
export function pick(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((each, name) => (isObject(each) ? Reflect.get(each, name) : undefined), value);
}

/** The same, as a text; empty where there is none. */
export function pickText(value: unknown, ...path: readonly (string | number)[]): string {
  const found = pick(value, ...path);
  return typeof found === 'string' ? found : '';
}

/** The same, as a list; empty where there is none. */
export function pickList(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = pick(value, ...path);
  return Array.isArray(found) ? found : [];
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const LONGEST = 80;

/** One short line. Objects show their names only: a value may be a secret. */
export function shown(value: unknown): string {
  if (value === undefined) {
    return 'nothing';
  }
  if (Array.isArray(value)) {
    return `a list of ${value.length}`;
  }
  if (isObject(value)) {
    return `an object with ${Object.keys(value).slice(0, 8).join(', ') || 'nothing in it'}`;
  }
  const text = JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…"` : text;
}

function shownPattern(pattern: Pattern): string {
  if (pattern instanceof Matcher) {
    return pattern.words;
  }
  if (Array.isArray(pattern)) {
    return `[${pattern.map(shownPattern).join(', ')}]`;
  }
  return isObject(pattern)
    ? `{${Object.entries(pattern)
        .map(([name, each]) => `${name}: ${shownPattern(each)}`)
        .join(', ')}}`
    : shown(pattern);
}
