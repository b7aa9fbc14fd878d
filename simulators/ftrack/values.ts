import { validationError } from './errors';

/** Stored values are JSON; datetimes are kept as naive UTC text, `YYYY-MM-DDTHH:MM:SS[.ffffff]`. */
export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };

export type Data = Record<string, Value>;

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const stamp = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(\.\d{1,6})?)?)?\s*(Z|[+-]\d\d:?\d\d)?$/;

/** Naive UTC text of a naive, `Z` or offset datetime or of a date; undefined when it is none. */
export function parseDatetime(text: string): string | undefined {
  const match = stamp.exec(text.trim());
  if (!match) {
    return undefined;
  }
  const [, day = '', minutes = '00:00', seconds = '00', fraction = '', zone = 'Z'] = match;
  const epoch = Date.parse(`${day}T${minutes}:${seconds}${zone}`);
  if (Number.isNaN(epoch) || !isDay(day)) {
    return undefined;
  }
  const moment = new Date(epoch).toISOString();
  // Years before 0 and after 9999 have a sign.
  return /^\d/.test(moment) ? moment.slice(0, 19) + microseconds(fraction) : undefined;
}

/** JavaScript takes the 31st of February as a day of March. */
function isDay(day: string): boolean {
  return Number(day.slice(8)) < 29 || new Date(day).toISOString().startsWith(day);
}

function microseconds(fraction: string): string {
  const digits = fraction.slice(1).padEnd(6, '0');
  return Number(digits) === 0 ? '' : `.${digits}`;
}

export function nowStamp(): string {
  return new Date().toISOString().slice(0, 19);
}

/** What a client sent for a datetime attribute: wrapped, or plain text. */
export function readDatetime(value: unknown, attribute: string): string | null {
  const text = isRecord(value) ? value['value'] : value;
  if (text === null || text === undefined || text === '') {
    return null;
  }
  const parsed = typeof text === 'string' ? parseDatetime(text) : undefined;
  if (parsed === undefined) {
    throw validationError(`Value ${JSON.stringify(value)} of attribute ${attribute} is not a datetime.`);
  }
  return parsed;
}

export function wireDatetime(value: Value | undefined): Value {
  return typeof value === 'string' ? { __type__: 'datetime', value } : null;
}

/** Comparison key of text: the server's collation ignores case. */
export function folded(value: string): string {
  return value.toLowerCase();
}

export function asText(value: Value | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
