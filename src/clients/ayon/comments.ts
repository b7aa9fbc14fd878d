import { z } from 'zod';
import { commentProblem, projectNameProblem, refuse } from './checks';
import type { AyonHttp } from './http';
import { shaped } from './rest';
import type { ActAs } from './users';

/** A comment to write on an entity. */
export interface NewComment {
  readonly entityType: 'folder' | 'task' | 'product' | 'version';
  readonly entityId: string;
  /** Markdown, at most 2,000 characters. */
  readonly body: string;
  /** AYON user who shall have written it; default: the integration's own. */
  readonly author?: string;
  /** 32 hex digits; default: chosen by AYON. */
  readonly id?: string;
  /** ISO 8601. */
  readonly timestamp?: string;
  /** Kept with the comment, such as the id of the ftrack note. */
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface WrittenComment {
  readonly id: string;
  /** Why it bears another author, for the report. */
  readonly note?: string;
}

const Created = z.object({ id: z.string() });

/** @throws `value-invalid` for a text that AYON would refuse. */
export async function writeComment(
  { http, actAs }: { readonly http: AyonHttp; readonly actAs: ActAs },
  { project, comment }: { readonly project: string; readonly comment: NewComment },
  signal: AbortSignal,
): Promise<WrittenComment> {
  const { entityType, entityId, author, body, id, timestamp, data } = comment;
  refuse(projectNameProblem(project), commentProblem(body));
  const name = `POST /api/projects/${project}/${entityType}s/${entityId}/activities`;
  const path = { project_name: project, entity_type: `${entityType}s`, entity_id: entityId };
  const sent = {
    activityType: 'comment' as const,
    body,
    ...(id === undefined ? {} : { id }),
    ...(timestamp === undefined ? {} : { timestamp }),
    ...(data === undefined ? {} : { data: { ...data } }),
  };
  const write = (asUser: string | undefined): Promise<unknown> =>
    http.call<unknown>(
      { signal, kind: 'write', name, ...(asUser === undefined ? {} : { asUser }) },
      (client, limited) =>
        client.POST('/api/projects/{project_name}/{entity_type}/{entity_id}/activities', {
          params: { path },
          body: sent,
          signal: limited,
        }),
    );
  const { result, note } = await actAs(author, write, signal);
  return { ...shaped(Created, result, name), ...(note === undefined ? {} : { note }) };
}
