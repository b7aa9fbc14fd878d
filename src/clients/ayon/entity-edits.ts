import { z } from 'zod';
import type { AyonEdit } from '../../domain/model';
import { projectNameProblem, refuse } from './checks';
import type { AyonHttp } from './http';
import { shaped } from './rest';

/** Rows of a request. */
const PAGE = 1_000;

/** Requests for one answer. */
const MAX_PAGES = 10;

const Rows = z.array(
  z.object({
    topic: z.string(),
    user: z.string().nullish(),
    summary: z.record(z.string(), z.json()).nullish(),
    payload: z.record(z.string(), z.json()).nullish(),
  }),
);

/** What happened to a folder or a task. */
const EDIT = /^entity\.(?:folder|task)\.(\w+)$/;

/**
 * What AYON's event log tells of folders and tasks, the newest first. GraphQL documents no filter of events by entity,
 * the log's own query does; the server lets admins and services ask it. Events that were removed, or not stored yet,
 * are missing; where there are too many, the last one of each entity is `earlier`.
 */
export async function readEdits(
  http: AyonHttp,
  { project, ids }: { readonly project: string; readonly ids: readonly string[] },
  signal: AbortSignal,
): Promise<AyonEdit[]> {
  refuse(projectNameProblem(project));
  const found: AyonEdit[] = [];
  for (let page = 0; page < MAX_PAGES && ids.length > 0; page += 1) {
    const rows = await readRows(http, { project, ids, offset: page * PAGE }, signal);
    found.push(...rows.flatMap(toEdits));
    if (rows.length < PAGE) {
      return found;
    }
  }
  const earlier = { user: 'somebody', what: 'earlier', attributes: [] };
  return [...found, ...ids.map((nodeId) => ({ nodeId, ...earlier }))];
}

type Row = z.infer<typeof Rows>[number];

async function readRows(
  http: AyonHttp,
  {
    project,
    ids,
    offset,
  }: { readonly project: string; readonly ids: readonly string[]; readonly offset: number },
  signal: AbortSignal,
): Promise<Row[]> {
  const name = 'POST /api/query (events of folders and tasks)';
  const conditions = [
    { key: 'project', operator: 'eq' as const, value: project },
    { key: 'summary/entityId', operator: 'in' as const, value: [...ids] },
  ];
  const body = {
    entity: 'event' as const,
    filter: { operator: 'and' as const, conditions },
    limit: PAGE,
    offset,
  };
  const answer = await http.call<unknown>({ signal, kind: 'read', name }, (client, limited) =>
    client.POST('/api/query', { body, signal: limited }),
  );
  return shaped(Rows, answer, name);
}

function toEdits({ topic, user, summary, payload }: Row): AyonEdit[] {
  const [, what] = EDIT.exec(topic) ?? [];
  const nodeId = summary?.['entityId'];
  if (what === undefined || typeof nodeId !== 'string') {
    return [];
  }
  const values = what === 'attrib_changed' ? [payload?.['oldValue'], payload?.['newValue']] : [];
  const names = values.flatMap((each) => Object.keys(typeof each === 'object' && each !== null ? each : {}));
  return [{ nodeId, user: user ?? null, what, attributes: [...new Set(names)] }];
}
