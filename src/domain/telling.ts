import type { FtrackEvent } from '../contracts/messages';
import type { Knowledge, LogRow } from './event-log';
import { SECOND, timeOf } from './event-log';
import type { Accepted, Named } from './model';

/** What an event tells, as its workflow keeps it. */
export function namedBy(event: FtrackEvent): Named {
  const named: Record<string, readonly string[] | '*'> = {};
  for (const { entityId, action, keys } of event.entities) {
    const id = entityId.toLowerCase();
    const before = named[id] ?? [];
    const now = action === 'add' || action === 'remove' || !keys?.length ? '*' : keys;
    named[id] = before === '*' || now === '*' ? '*' : [...new Set([...before, ...now])];
  }
  return named;
}

/** Whether what an event named of an entity covers these keys; undefined keys: those that nobody knows. */
export function namesAll(named: Named[string] | undefined, keys: readonly string[] | undefined): boolean {
  const names = named === undefined ? undefined : namesOf(named);
  return names === '*' || (names !== undefined && (keys?.every((key) => names.has(plain(key))) ?? true));
}

/** Keys in plain spelling. */
type Names = ReadonlySet<string> | '*';

const namesOf = (keys: Named[string]): Names => (keys === '*' ? keys : new Set(keys.map(plain)));

/** Old and new column names differ in underscores. */
const plain = (key: string): string => key.toLowerCase().replaceAll('_', '');

/** What an event told of one entity, and when. */
interface Telling {
  readonly at: number;
  readonly names: Names;
}

/** Rows of one change that are nearer to each other may each belong to the other's event: their times are cut. */
const NEAR = 2 * SECOND;

/** Rows written so long before an unsettled one must be known too: the events of that time may be theirs. */
export const BEFORE = 30 * SECOND;

/**
 * Ids of the rows that an event told: each of their keys was named by an event that certainly came later, since values
 * are read when it is worked on, or by the row's own. Which is its own is not written anywhere: rows and events of one
 * key of one entity are matched in order, each event once, so that of changes in quick succession the last one lacks an
 * event if any of them does. A chain of them that began before the known rows can't be matched: there, only a later
 * event tells.
 *
 * @param rows also settled ones, of {@link BEFORE} ms before each one that is not
 */
export function toldRows(
  rows: readonly LogRow[],
  accepted: readonly Accepted[],
  clock: Pick<Knowledge, 'skew' | 'sweptAt'>,
): Set<number> {
  const events = tellingsByEntity(accepted);
  const untold = new Set<number>();
  for (const [id, of] of grouped(rows, ({ entityId }) => [entityId])) {
    for (const [key, chain] of grouped(of, keysOf)) {
      const naming = (events.get(id) ?? []).filter((each) => isNamed(key, each.names));
      const times = naming.map(({ at }) => at).sort((one, other) => one - other);
      untoldOf(chain, { key, times, clock }).forEach((row) => untold.add(row));
    }
  }
  return new Set(rows.flatMap(({ id }) => (untold.has(id) ? [] : [id])));
}

function tellingsByEntity(accepted: readonly Accepted[]): Map<string, Telling[]> {
  const all = accepted.flatMap(({ at, named }) =>
    Object.entries(named).map(([id, keys]) => ({ id, at, names: namesOf(keys) })),
  );
  return grouped(all, ({ id }) => [id]);
}

/** Stands for the keys of a row that does not say what changed: it may be in any event. */
const ANY = '';

const keysOf = ({ keys }: LogRow): string[] => (keys?.length ? [...new Set(keys.map(plain))] : [ANY]);

const isNamed = (key: string, names: Names): boolean => key === ANY || names === '*' || names.has(key);

interface Naming {
  readonly key: string;
  /** When events named it, in order, ms since epoch. */
  readonly times: readonly number[];
  readonly clock: Pick<Knowledge, 'skew' | 'sweptAt'>;
}

/** Ids of the rows of one key of one entity that no event told. */
function untoldOf(rows: readonly LogRow[], { key, times, clock }: Naming): number[] {
  const inOrder = rows
    .map((row) => ({ id: row.id, at: timeOf(row, clock), isVague: key === ANY || row.at === null }))
    .sort((one, other) => one.at - other.at || one.id - other.id);
  const newest = times.at(-1) ?? -Infinity;
  const untold: number[] = [];
  let next = 0;
  let begin = -Infinity;
  let before = -Infinity;
  for (const { id, at, isVague } of inOrder) {
    begin = at - before > NEAR ? at : begin;
    before = at;
    while ((times[next] ?? Infinity) < at - SECOND) {
      next += 1;
    }
    const isOwn = next < times.length && (isVague || at - begin <= BEFORE - NEAR);
    next += Number(!isVague);
    if (!isOwn && newest < at + NEAR) {
      untold.push(id);
    }
  }
  return untold;
}

function grouped<T>(items: readonly T[], keysOfOne: (item: T) => readonly string[]): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const item of items) {
    for (const key of keysOfOne(item)) {
      const known = found.get(key) ?? [];
      found.set(key, known);
      known.push(item);
    }
  }
  return found;
}
