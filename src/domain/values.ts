import { sameInstant, toAyonDate } from './dates';
import type { Json } from './model';

/** Text as it is, anything else as JSON. */
const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** A value in the target's type, or why it has none. `null` is a value: unset. */
export type Converted = { readonly value: Json } | { readonly problem: string };

const UNSET: Converted = { value: null };

/**
 * An ftrack value as the AYON attribute type wants it.
 * Unset in ftrack (null, '', an empty enumerator) is unset in AYON. Numbers may come as text (`24000/1001`, `23,976`),
 * as studios keep frame rates in text attributes.
 * @param type AYON attribute type.
 */
export function toAyonValue(value: Json, type: string): Converted {
  if (value === null || value === '' || (Array.isArray(value) && value.length === 0)) {
    return UNSET;
  }
  if (type.startsWith('list_of_')) {
    return toList(value, type);
  }
  return toScalar(single(value), type);
}

/** Enumerators come as lists even when they allow one choice. */
const single = (value: Json): Json =>
  Array.isArray(value) && value.length === 1 ? (value[0] ?? null) : value;

function toScalar(value: Json, type: string): Converted {
  switch (type) {
    case 'integer':
      return toNumber(value, true);
    case 'float':
      return toNumber(value, false);
    case 'boolean':
      return toBoolean(value);
    case 'datetime':
      return toDate(value);
    case 'string':
      return toText(value);
    default:
      return { value };
  }
}

function toText(value: Json): Converted {
  if (Array.isArray(value)) {
    return { value: value.map(textOf).join(', ') };
  }
  return value !== null && typeof value === 'object'
    ? { problem: 'is no text' }
    : { value: value === null ? null : textOf(value) };
}

function toBoolean(value: Json): Converted {
  const text = textOf(value).toLowerCase();
  if (text === 'true' || text === '1') {
    return { value: true };
  }
  return text === 'false' || text === '0'
    ? { value: false }
    : { problem: `"${text}" is neither true nor false` };
}

function toDate(value: Json): Converted {
  const date = typeof value === 'string' ? toAyonDate(value) : undefined;
  return date === undefined ? { problem: `${JSON.stringify(value)} is no date` } : { value: date };
}

function toNumber(value: Json, whole: boolean): Converted {
  const number = typeof value === 'number' ? value : parseNumber(textOf(value));
  if (number === undefined || !Number.isFinite(number)) {
    return { problem: `${JSON.stringify(value)} is no number` };
  }
  return whole && !Number.isInteger(number) ? { problem: `${number} is no whole number` } : { value: number };
}

function parseNumber(text: string): number | undefined {
  const [top, bottom, ...more] = text.trim().replace(',', '.').split('/');
  const parts = [top, bottom ?? '1'].map((part) => (part?.trim() ? Number(part) : Number.NaN));
  const [numerator = Number.NaN, denominator = Number.NaN] = parts;
  const number = numerator / denominator;
  return more.length > 0 || Number.isNaN(number) ? undefined : number;
}

function toList(value: Json, type: string): Converted {
  const items = Array.isArray(value) ? value : typeof value === 'string' ? value.split(/,\s*/) : [value];
  const itemType = type === 'list_of_integers' ? 'integer' : type === 'list_of_any' ? 'any' : 'string';
  const converted = items.map((item) => toScalar(item, itemType));
  const bad = converted.find((item) => 'problem' in item);
  return bad ?? { value: converted.map((item) => ('value' in item ? item.value : null)) };
}

/** Equal in the eyes of the receiver: dates by instant, numbers by value, unset in any spelling. */
export function sameValue(a: Json | undefined, b: Json | undefined, type: string): boolean {
  const [left, right] = [a ?? null, b ?? null];
  if (left === null || right === null) {
    return left === right;
  }
  if (type === 'datetime') {
    return sameInstant(left, right);
  }
  return JSON.stringify(left) === JSON.stringify(right);
}
