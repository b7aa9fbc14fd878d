import type { Value } from '../values';
import { isRecord } from '../values';

/** A text as a quoted value of the query language. */
export function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

/** What a dotted path leads to in an answered entity; null where it ends early. */
export function at(data: Value | undefined, path: string): Value {
  let current: unknown = data;
  for (const name of path.split('.')) {
    current = isRecord(current) ? current[name] : undefined;
  }
  return (current as Value | undefined) ?? null;
}

/** A text, or the text that is wrapped as a datetime or an address; null for what is neither. */
export function textAt(data: Value | undefined, path: string): string | null {
  const value = at(data, path);
  const text = isRecord(value) ? value['value'] : value;
  return typeof text === 'string' ? text : null;
}

/** A name with a colour: a status, a type. */
export interface Label {
  readonly id: string;
  readonly name: string;
  /** CSS colour as somebody once typed it. */
  readonly color: string | null;
}

/** @param path leads to a status or type of which id, name and colour were asked for */
export function labelAt(data: Value | undefined, path: string): Label | null {
  const id = textAt(data, `${path}.id`);
  const name = textAt(data, `${path}.name`) ?? '';
  return id === null ? null : { id, name, color: textAt(data, `${path}.color`) };
}

/** First and last name of a person, else the user name. */
export function personAt(data: Value | undefined, path: string): string | null {
  const person = path === '' ? (data ?? null) : at(data, path);
  const parts = [textAt(person, 'first_name'), textAt(person, 'last_name')].filter(
    (part) => part !== null && part !== '',
  );
  return parts.length > 0 ? parts.join(' ') : textAt(person, 'username');
}
