import type { FtrackEntity, FtrackEvent } from '../contracts/messages';
import { SECOND_HAND } from '../contracts/names';
import type { LogRow } from './event-log';
import { SECOND } from './event-log';
import type { Accepted, Named } from './model';
import { changedKeys } from './scope';

/** What an event tells, as its workflow keeps it. */
export function namedBy(event: FtrackEvent): Named {
  const named: Record<string, readonly string[] | '*'> = {};
  for (const entity of event.entities) {
    const id = entity.entityId.toLowerCase();
    const before = named[id] ?? [];
    const now = namedIn(entity);
    named[id] = before === '*' || now === '*' ? '*' : [...new Set([...before, ...now])];
  }
  return named;
}

/** As much as the event's scope covers, and no more. */
function namedIn(entity: FtrackEntity): readonly string[] | '*' {
  const { action } = entity;
  const names = [...changedKeys(entity), ...(action === 'move' ? [PARENT] : [])];
  return action === 'add' || action === 'remove' || names.length === 0 ? '*' : names;
}

const PARENT = 'parent_id';

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
interface Telling extends Pick<Accepted, 'event' | 'at'> {
  readonly names: Names;
}

/** What the hub's clock may differ from ftrack's log, at most and amply. */
const SLACK = 1.5 * SECOND;
/** An event that came so long after the time of a row was made after it. */
const AFTER = SECOND + SLACK;
/** Rows of one change that are farther from each other cannot belong to each other's events. */
const APART = 5 * SECOND;
/** Rows written so long before an unsettled one must be known too: the events of that time may be theirs. */
export const BEFORE = 30 * SECOND;

/** A row that another event tells may have one of the hub besides. */
const isOfHub = (event: string): boolean =>
  !Object.values(SECOND_HAND).some((beginning) => event.startsWith(beginning));

/**
 * Ids of the rows that an event told: each of their keys was named by an event that certainly came later, since values
 * are read when it is worked on, or by the row's own. Which is its own is not written anywhere: rows and events of one
 * key of one entity are matched in order, each event of the hub once, so that of changes in quick succession the last
 * one lacks an event if any of them does. What was created or removed takes an event of each key. A chain of rows that
 * began before the known ones can't be matched: there, only a later event tells.
 *
 * @param rows also settled ones, of {@link BEFORE} ms before each one that is not
 * @param sweptAt when a row without a time was certainly not there yet, ms since epoch
 */
export function toldRows(
  rows: readonly LogRow[],
  accepted: readonly Accepted[],
  sweptAt: number,
): Set<number> {
  const events = tellingsByEntity(accepted);
  const untold = new Set<number>();
  for (const [id, own] of grouped(rows, ({ entityId }) => [entityId])) {
    const whole = own.filter(({ action }) => action !== 'update');
    for (const [key, chain] of grouped(own, keysOf)) {
      const naming = (events.get(id) ?? []).filter(({ names }) => isNamed(key, names));
      const guests = key === ANY ? [] : whole.filter((row) => !keysOf(row).includes(key));
      const links = [
        ...linksOf(chain, { key, sweptAt }),
        ...linksOf(guests, { key, sweptAt, isGuest: true }),
      ];
      links.sort((one, other) => one.at - other.at || one.id - other.id);
      untoldOf(links, timesOf(naming)).forEach((row) => untold.add(row));
    }
  }
  return new Set(rows.flatMap(({ id }) => (untold.has(id) ? [] : [id])));
}

function tellingsByEntity(accepted: readonly Accepted[]): Map<string, Telling[]> {
  const all = accepted.flatMap(({ event, at, named }) =>
    Object.entries(named).map(([id, keys]) => ({ id, event, at, names: namesOf(keys) })),
  );
  return grouped(all, ({ id }) => [id]);
}

/** Stands for the keys of a row that does not say what changed: it may be in any event. */
const ANY = '';

/** Stands for the keys of what was removed: an event that names single keys finds it gone, and nothing to do. */
const GONE = '*';

function keysOf({ action, keys }: LogRow): string[] {
  if (action === 'remove') {
    return [GONE];
  }
  return keys?.length ? [...new Set(keys.map(plain))] : [ANY];
}

const isNamed = (key: string, names: Names): boolean => key === ANY || names === '*' || names.has(key);

/** A row in the chain of one key. */
interface Link {
  readonly id: number;
  readonly at: number;
  /** It may be in any event, and takes none. */
  readonly isVague: boolean;
  /** It only takes an event: another chain tells whether it was told. */
  readonly isGuest: boolean;
}

const linksOf = (
  rows: readonly LogRow[],
  more: { readonly key: string; readonly sweptAt: number; readonly isGuest?: boolean },
): Link[] =>
  rows.map(({ id, at }) => ({
    id,
    at: at ?? more.sweptAt,
    isVague: more.key === ANY || at === null,
    isGuest: more.isGuest ?? false,
  }));

interface Times {
  /** Of the hub's events, in order. */
  readonly hub: readonly number[];
  /** Of the last event. */
  readonly newest: number;
}

/** Parts of one event are one. */
function timesOf(events: readonly Telling[]): Times {
  const times = new Map(events.map(({ event, at }) => [event, at]));
  const hub = [...times].flatMap(([event, at]) => (isOfHub(event) ? [at] : []));
  const newest = [...times.values()].reduce((latest, at) => Math.max(latest, at), -Infinity);
  return { hub: hub.sort((one, other) => one - other), newest };
}

/** Ids of the rows of one key of one entity that no event told. */
function untoldOf(links: readonly Link[], { hub, newest }: Times): number[] {
  const untold: number[] = [];
  let next = 0;
  let begin = -Infinity;
  let before = -Infinity;
  for (const { id, at, isVague, isGuest } of links) {
    begin = at - before > APART ? at : begin;
    before = at;
    while ((hub[next] ?? Infinity) < at - SLACK) {
      next += 1;
    }
    const isOwn = next < hub.length && (isVague || at - begin <= BEFORE - APART);
    next += Number(!isVague);
    if (!isGuest && !isOwn && newest < at + AFTER) {
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
