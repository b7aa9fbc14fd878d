/**
 * The one convention for dates. ftrack's start and end are datetimes without zone (UTC on servers with time zone
 * support, the server's own clock otherwise), AYON's `startDate` and `endDate` are datetimes with zone. The digits are
 * kept as they are and called UTC: `2025-12-01T00:00:00` ↔ `2025-12-01T00:00:00+00:00`. No day is added or taken, so a
 * value at midnight keeps its day, and going there and back changes nothing. Seconds are the finest unit.
 */
const DIGITS = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?))?/;

/** @returns undefined for text that is no date. */
export function toAyonDate(text: string): string | undefined {
  const [, day, time = '00:00:00'] = DIGITS.exec(text.trim()) ?? [];
  if (day === undefined) {
    return undefined;
  }
  const iso = `${day}T${time.length === 5 ? `${time}:00` : time}+00:00`;
  return Number.isNaN(Date.parse(iso)) ? undefined : iso;
}

/** The instant in whole seconds; undefined for anything that is no date. */
function instant(value: unknown): number | undefined {
  if (typeof value !== 'string' || !DIGITS.test(value)) {
    return undefined;
  }
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/i.test(value) ? value : toAyonDate(value);
  const ms = zoned === undefined ? Number.NaN : Date.parse(zoned.replace(' ', 'T'));
  return Number.isNaN(ms) ? undefined : Math.floor(ms / 1000);
}

export function sameInstant(a: unknown, b: unknown): boolean {
  const left = instant(a);
  return left !== undefined && left === instant(b);
}
