import type { Heard } from '../contracts/gap-fill';
import type { FtrackChange, FtrackEntity, FtrackEvent } from '../contracts/messages';
import { SECOND_HAND } from '../contracts/names';
import { isFtrackId } from './ids';
import type { LogEntry, LogMark } from './model';

/**
 * A row of ftrack's Event log, as far as it can be told what it is about. The log's vocabulary is undocumented: what is
 * not understood makes the row vaguer, never unusable.
 */
export interface LogRow extends LogMark {
  readonly entityId: string;
  /** Legacy table family as events name it; undefined when nothing of it reaches AYON. */
  readonly family: Family | undefined;
  readonly projectId: string | null;
  readonly userId: string | null;
  readonly action: 'add' | 'update' | 'remove';
  /** What changed, in the log's own words; undefined when the row does not say. */
  readonly keys: readonly string[] | undefined;
  /** Ids among the last values of something removed. */
  readonly changes: Readonly<Record<string, FtrackChange>>;
}

type Family = 'show' | 'task' | 'appointment';

const FAMILIES: Readonly<Record<string, Family>> = {
  show: 'show',
  project: 'show',
  appointment: 'appointment',
};

/** Families of rows that nothing in AYON follows; any other word may name a typed context of the studio's own type. */
const OTHERS = new Set(
  `asset assetversion version component filecomponent sequencecomponent containercomponent note list listobject
   typedcontextlist assetversionlist user group resource membership team job timer timelog dependency typedcontextlink
   assetversionlink reviewsession reviewsessionobject reviewsessioninvitee reviewsessionobjectstatus
   reviewsessionobjectannotation socialfeed socialnotification metadata userroleproject usersecurityroleproject
   notecomponent componentlocation milestone calendarevent disk setting entitysetting feed event recipient`.split(
    /\s+/,
  ),
);

const ACTIONS: Readonly<Record<string, LogRow['action']>> = {
  insert: 'add',
  create: 'add',
  add: 'add',
  delete: 'remove',
  remove: 'remove',
};

export function readLogRow(raw: LogEntry): LogRow {
  const data = objectIn(raw.data);
  const id = raw.parentId?.toLowerCase() ?? '';
  const action = ACTIONS[raw.insert?.toLowerCase() ?? ''] ?? 'update';
  const changes = data['changes'];
  return {
    id: raw.id,
    at: raw.at,
    entityId: id,
    family: isFtrackId(id) && raw.projectId !== null ? familyOf(raw.parentType) : undefined,
    projectId: raw.projectId,
    userId: raw.userId,
    action,
    keys: action === 'update' && isObject(changes) ? Object.keys(changes) : undefined,
    changes: action === 'remove' ? idsOf(isObject(data['values']) ? data['values'] : data) : {},
  };
}

function familyOf(parentType: string | null): Family | undefined {
  const word = parentType?.toLowerCase().replace(/[^a-z]/g, '') ?? '';
  return OTHERS.has(word) ? undefined : (FAMILIES[word] ?? 'task');
}

/** An assignment is gone with its row: only the log still says whose it was. */
const idsOf = (values: Readonly<Record<string, unknown>>): Record<string, FtrackChange> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([key, old]) => (isFtrackId(old) ? [[key, { old, new: null }]] : [])),
  );

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function objectIn(text: string | null): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

export interface Knowledge {
  /** Ids of the rows that an event told. */
  readonly told: ReadonlySet<number>;
  readonly heard: readonly Heard[];
  /** ms since epoch. */
  readonly now: number;
  /** When a row without a time was certainly not there yet, ms since epoch. */
  readonly sweptAt: number;
  readonly own: { readonly userId: string | undefined; readonly attributes: readonly string[] };
  readonly waits: {
    /** An event that a leecher has is visible in Temporal after this, ms. */
    readonly lag: number;
    /** A leecher that says nothing for so long is gone, ms. */
    readonly silent: number;
  };
}

/**
 * - `irrelevant`: nothing of it reaches AYON, or it is our own mark.
 * - `known`: an event told it.
 * - `missed`: no event did.
 * - `later`: one may still be on its way.
 */
export type Verdict = 'irrelevant' | 'known' | 'missed' | 'later';

/** ftrack cuts the times of its rows to seconds. */
export const SECOND = 1000;

/**
 * Whether an event told what a row says. A row needs nothing when a leecher vouches for its moment and an event that
 * arrived then or later named its entity, and the changed keys where the row tells them. What no leecher vouches for is
 * read again, whatever else was told about that entity: an earlier event does not cover a later change.
 */
export function verdictOn(row: LogRow, knowledge: Knowledge): Verdict {
  if (row.family === undefined || isOwnMark(row, knowledge.own)) {
    return 'irrelevant';
  }
  const { heard, now, waits } = knowledge;
  const at = row.at ?? knowledge.sweptAt;
  const isVouched = heard.some(({ from, to }) => from <= at && at + SECOND <= to);
  if (isVouched) {
    if (knowledge.told.has(row.id)) {
      return 'known';
    }
    return now - at < waits.lag ? 'later' : 'missed';
  }
  const alive = latest(heard).filter((each) => now - each.at < waits.silent);
  const mayCome = alive.some(({ from, to, pending }) => pending || (from <= at && to < at + SECOND));
  const isBehind = alive.some(({ from }) => from > at);
  return mayCome || !(isBehind || now - at >= waits.silent) ? 'later' : 'missed';
}

/** A leecher speaks for its present connection only; what it had said of an earlier one is final. */
const latest = (heard: readonly Heard[]): Heard[] => [
  ...new Map(heard.map((each) => [each.leecher, each])).values(),
];

/** Never by the user alone, where the row tells what was written: people may share that user. */
const isOwnMark = ({ userId, keys, action }: LogRow, own: Knowledge['own']): boolean =>
  own.userId !== undefined &&
  userId === own.userId &&
  action === 'update' &&
  (keys === undefined || keys.every((key) => own.attributes.includes(key)));

/** Entities that one event asks for at most: as many as one look at both systems takes in its stride. */
const PER_EVENT = 50;

/** Events, by project and in the log's order, that have everything missed read again. */
export function eventsFor(
  rows: readonly LogRow[],
  now: number,
): Array<{ project: string; event: FtrackEvent }> {
  const projects = new Map<string, Map<string, { entity: FtrackEntity; rows: LogRow[] }>>();
  for (const row of rows) {
    const { projectId } = row;
    if (projectId === null) {
      continue;
    }
    const entities = projects.get(projectId) ?? new Map<string, { entity: FtrackEntity; rows: LogRow[] }>();
    projects.set(projectId, entities);
    const key = `${row.entityId}/${row.action}`;
    const known = entities.get(key);
    entities.set(key, {
      entity: joined(known?.entity, entityOf(row, projectId)),
      rows: [...(known?.rows ?? []), row],
    });
  }
  return [...projects].flatMap(([project, entities]) => {
    const all = [...entities.values()];
    return Array.from({ length: Math.ceil(all.length / PER_EVENT) }, (_, index) => {
      const part = all.slice(index * PER_EVENT, (index + 1) * PER_EVENT);
      const own = part.flatMap((each) => each.rows);
      return { project, event: eventOf(own, { entities: part.map(({ entity }) => entity), now }) };
    });
  });
}

function entityOf(row: LogRow, projectId: string): FtrackEntity {
  const { entityId, family, action, keys, changes } = row;
  return {
    entityId,
    entityType: family ?? 'task',
    action,
    ...(keys === undefined ? {} : { keys: [...keys] }),
    ...(Object.keys(changes).length === 0 ? {} : { changes: { ...changes } }),
    parents: [{ entityId: projectId, entityType: 'show' }],
  };
}

/** One row that does not say what changed makes all of it unsaid. */
function joined(known: FtrackEntity | undefined, entity: FtrackEntity): FtrackEntity {
  if (known === undefined) {
    return entity;
  }
  const { keys: one, ...rest } = known;
  const { keys: other } = entity;
  return one && other ? { ...rest, keys: [...new Set([...one, ...other])] } : rest;
}

function eventOf(
  rows: readonly LogRow[],
  { entities, now }: { readonly entities: FtrackEntity[]; readonly now: number },
): FtrackEvent {
  const ids = rows.map(({ id }) => id).sort((one, other) => one - other);
  const users = new Set(rows.map(({ userId }) => userId));
  const [user] = users;
  return {
    id: nameOf(ids),
    topic: 'ftrack.update',
    user: users.size === 1 && typeof user === 'string' ? { id: user } : {},
    entities,
    arrivedAt: now,
  };
}

/** Other rows, other name: a look that is repeated after more rows came must not pass for the first. */
function nameOf(ids: readonly number[]): string {
  const [first] = ids;
  const last = ids.at(-1);
  return first === last
    ? `${SECOND_HAND.log}${first}`
    : `${SECOND_HAND.log}${first}-${last}-${fnv(ids.join())}`;
}

/** FNV-1a, 32 bits. */
function fnv(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash.toString(16).padStart(8, '0');
}
