import { z } from 'zod';
import type { LogEntry, LogMark } from '../../domain/model';
import { parse, queryAll } from './query';
import type { FtrackSession } from './session';

/** The ids that ftrack's Event log holds at present; null when it shows us none. */
export interface LogEnds {
  readonly oldest: number | null;
  readonly newest: number | null;
}

const Text = z
  .string()
  .nullish()
  .transform((text) => text ?? null);
const Id = z.object({ id: z.coerce.number().int() });
const Mark = Id.extend({ created_at: Text });
const Row = Mark.extend({
  insert: Text,
  /** Decoded by some servers. */
  data: z.unknown().transform((data) => (typeof data === 'string' ? data : JSON.stringify(data ?? null))),
  parent_type: Text,
  parent_id: Text,
  project_id: Text,
  user_id: Text,
});

const Answer = <Row extends z.ZodType>(row: Row) => z.object({ data: z.array(row) });

const query = (expression: string) => ({ action: 'query' as const, expression });

/** Rows per query. */
const CHUNK = 200;
const WHAT = 'reading the event log';

export async function readLogEnds(session: FtrackSession, signal: AbortSignal): Promise<LogEnds> {
  const operations = ['asc', 'desc'].map((order) =>
    query(`select id from Event order by id ${order} limit 1`),
  );
  const answers = await session.call({ operations, what: WHAT }, signal);
  const [oldest, newest] = parse(Answer(Id), answers).map(({ data }) => data[0]?.id ?? null);
  return { oldest: oldest ?? null, newest: newest ?? null };
}

/** The next rows above an id, in the order of their ids. */
export async function readLogMarks(
  session: FtrackSession,
  { above, limit }: { readonly above: number; readonly limit: number },
  signal: AbortSignal,
): Promise<LogMark[]> {
  const expression = `select id, created_at from Event where id > ${above} order by id limit ${limit}`;
  const answers = await session.call({ operations: [query(expression)], what: WHAT }, signal);
  const rows = parse(Answer(Mark), answers).flatMap(({ data }) => data);
  const isUtc = await session.timezoneSupport(signal);
  return rows.map((row) => ({ id: row.id, at: timeOf(row.created_at, isUtc) }));
}

export async function readLogEntries(
  session: FtrackSession,
  ids: readonly number[],
  signal: AbortSignal,
): Promise<LogEntry[]> {
  const entries = Array.from({ length: Math.ceil(ids.length / CHUNK) }, (_, index) => {
    const some = ids.slice(index * CHUNK, (index + 1) * CHUNK).join(', ');
    return `select id, insert, data, created_at, parent_type, parent_id, project_id, user_id from Event where id in (${some})`;
  });
  const rows = parse(Row, (await queryAll(session, { entries }, signal)).entries);
  const isUtc = await session.timezoneSupport(signal);
  return rows
    .map((row) => ({
      id: row.id,
      at: timeOf(row.created_at, isUtc),
      insert: row.insert,
      data: row.data,
      parentType: row.parent_type,
      parentId: row.parent_id,
      projectId: row.project_id,
      userId: row.user_id,
    }))
    .sort((one, other) => one.id - other.id);
}

function timeOf(iso: string | null, isUtc: boolean): number | null {
  const at = isUtc && iso !== null ? Date.parse(iso) : Number.NaN;
  return Number.isNaN(at) ? null : at;
}
