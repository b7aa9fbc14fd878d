import type { Store } from '../store/store';
import type { Data } from '../values';
import { isRecord } from '../values';
import type { Label } from './answers';
import { labelAt, personAt, quoted, textAt } from './answers';
import type { Viewer } from './viewer';

/** One line of an entity's history, from a row of `Event` or of a status change. */
export interface HistoryEntry {
  /** Naive UTC. */
  readonly date: string;
  readonly user: string | null;
  /** `Event.action`, such as `update.task`; null for a status change. */
  readonly action: string | null;
  readonly changes: readonly { readonly key: string; readonly from: string; readonly to: string }[];
  /** Of a status change. */
  readonly status: { readonly from: Label | null; readonly to: Label | null } | null;
}

const shownRows = 50;
const named = ['Status', 'Type', 'Priority', 'User', 'Context'];

/** A value as people read it: ids of what has a name as that name. */
export function readable(store: Store, value: unknown): string {
  if (value === null || value === undefined) {
    return '';
  }
  if (typeof value !== 'string') {
    return JSON.stringify(value);
  }
  for (const type of value.length >= 32 ? named : []) {
    const data = store.tableOf(type).get(value)?.data;
    const name = data?.['name'] ?? data?.['username'];
    if (typeof name === 'string') {
      return name;
    }
  }
  return value;
}

/** Only of updates: additions and removals list every column. */
function changesOf(store: Store, row: Data): HistoryEntry['changes'] {
  const content = JSON.parse(textAt(row, 'data') ?? '{}') as unknown;
  const changes = isRecord(content) ? content['changes'] : undefined;
  if (row['insert'] !== 'update' || !isRecord(changes)) {
    return [];
  }
  return Object.entries(changes).map(([key, change]) => ({
    key,
    from: readable(store, isRecord(change) ? change['old'] : null),
    to: readable(store, isRecord(change) ? change['new'] : null),
  }));
}

function base(row: Data, date: string): Pick<HistoryEntry, 'date' | 'user'> {
  return { date: textAt(row, date) ?? '', user: personAt(row, 'user') };
}

/** Newest first. Events and status changes come from two lists, as they do for every client. */
export function history({ hand, store }: Viewer, entityId: string): HistoryEntry[] {
  const of = `parent_id is ${quoted(entityId)}`;
  const user = 'user.first_name, user.last_name, user.username';
  const status = (path: string): string => `${path}.id, ${path}.name, ${path}.color`;
  const events = hand.query(
    `select action, insert, data, created_at, ${user} from Event where ${of} order by id desc limit ${shownRows}`,
  );
  const statuses = hand.query(
    `select date, ${status('from_status')}, ${status('status')}, ${user} from StatusChange where ${of} order by date desc limit ${shownRows}`,
  );
  const entries: HistoryEntry[] = [
    ...statuses.map((row) => ({
      ...base(row, 'date'),
      action: null,
      changes: [],
      status: { from: labelAt(row, 'from_status'), to: labelAt(row, 'status') },
    })),
    ...events.map((row) => ({
      ...base(row, 'created_at'),
      action: textAt(row, 'action'),
      changes: changesOf(store, row),
      status: null,
    })),
  ];
  return entries.sort((left, right) => (left.date < right.date ? 1 : left.date > right.date ? -1 : 0));
}
