import { z } from 'zod';
import type { AyonNode } from '../../domain/model';
import { projectNameProblem, refuse } from './checks';
import type { AyonHttp } from './http';
import { shaped } from './rest';

type Asked = Pick<AyonNode, 'id' | 'kind'>;

/** From this many folders on, one request for the whole list is cheaper than one each. */
const LIST_FROM = 5;

/** Single reads that AYON gets at the same time: a look has to end while it is young enough to write by. */
const AT_ONCE = 8;

const Folders = z.object({
  folders: z.array(z.object({ id: z.string(), ownAttrib: z.array(z.string()).nullish() })),
});
const Own = z.object({ ownAttrib: z.array(z.string()) });

/** Attributes that each node itself sets, by REST (GraphQL may name too many). What is gone sets none. */
export async function readOwnAttributes(
  http: AyonHttp,
  { project, nodes }: { readonly project: string; readonly nodes: readonly Asked[] },
  signal: AbortSignal,
): Promise<Map<string, readonly string[]>> {
  refuse(projectNameProblem(project));
  const folders = nodes.filter(({ kind }) => kind === 'folder');
  const own =
    folders.length >= LIST_FROM ? await fromList(http, { project, nodes: folders }, signal) : new Map();
  const left = nodes.filter((node) => !own.has(node.id));
  for (let from = 0; from < left.length; from += AT_ONCE) {
    const some = left.slice(from, from + AT_ONCE);
    const read = await Promise.all(some.map((node) => readOne(http, { project, node }, signal)));
    some.forEach(({ id }, index) => own.set(id, read[index] ?? []));
  }
  return own;
}

async function fromList(
  http: AyonHttp,
  { project, nodes }: { readonly project: string; readonly nodes: readonly Asked[] },
  signal: AbortSignal,
): Promise<Map<string, readonly string[]>> {
  const name = `GET /api/projects/${project}/folders`;
  const answer = await http.call<unknown>({ signal, kind: 'read', name }, (client, limited) =>
    client.GET('/api/projects/{project_name}/folders', {
      params: { path: { project_name: project }, query: { attrib: true } },
      signal: limited,
    }),
  );
  const wanted = new Set(nodes.map(({ id }) => id));
  return new Map(
    shaped(Folders, answer, name).folders.flatMap(({ id, ownAttrib }) =>
      wanted.has(id) && ownAttrib ? [[id, ownAttrib]] : [],
    ),
  );
}

async function readOne(
  http: AyonHttp,
  { project, node: { id, kind } }: { readonly project: string; readonly node: Asked },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const name = `GET /api/projects/${project}/${kind}s/${id}`;
  const answer = await http.find<unknown>({ signal, kind: 'read', name }, (client, limited) =>
    kind === 'folder'
      ? client.GET('/api/projects/{project_name}/folders/{folder_id}', {
          params: { path: { project_name: project, folder_id: id } },
          signal: limited,
        })
      : client.GET('/api/projects/{project_name}/tasks/{task_id}', {
          params: { path: { project_name: project, task_id: id } },
          signal: limited,
        }),
  );
  return answer === undefined ? [] : shaped(Own, answer, name).ownAttrib;
}
