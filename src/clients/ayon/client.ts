import { z } from 'zod';
import type { AyonAttribute, AyonNode, AyonProject, ListEntry } from '../../domain/model';
import { failure } from '../../errors';
import type { EntityQuery } from './entities';
import { readEntities } from './entities';
import { graphql } from './graphql';
import type { AyonHttpOptions } from './http';
import { AyonHttp } from './http';
import type { Operation, OperationResult } from './operations';
import { applyOperations } from './operations';

export interface AyonClientOptions extends AyonHttpOptions {
  /** Addon whose settings are read, from `AYON_ADDON_NAME` and `AYON_ADDON_VERSION`. */
  readonly addon: { readonly name: string; readonly version: string; readonly variant?: string };
}

export interface ProjectPatch {
  readonly label?: string | null;
  readonly attrib?: Readonly<Record<string, unknown>>;
  readonly statuses?: readonly ListEntry[];
  readonly folderTypes?: readonly ListEntry[];
  readonly taskTypes?: readonly ListEntry[];
}

/** AYON as the activities use it. Every method throws failures of the error table only. */
export interface AyonClient {
  isThere(signal: AbortSignal): Promise<boolean>;
  /** Name of the user behind our key. */
  me(signal: AbortSignal): Promise<string>;
  /** Every project's name and `ftrackId`. */
  projects(signal: AbortSignal): Promise<{ name: string; active: boolean; ftrackId: string | null }[]>;
  /** undefined when AYON has no such project; the case of the name is ignored. */
  project(name: string, signal: AbortSignal): Promise<AyonProject | undefined>;
  patchProject(name: string, patch: ProjectPatch, signal: AbortSignal): Promise<void>;
  attributes(signal: AbortSignal): Promise<AyonAttribute[]>;
  users(signal: AbortSignal): Promise<{ name: string; email: string | null }[]>;
  /** undefined when AYON has no such project. */
  entities(project: string, query: EntityQuery, signal: AbortSignal): Promise<AyonNode[] | undefined>;
  /** Attributes that each node itself sets, by REST (GraphQL may name too many). */
  ownAttributes(
    project: string,
    nodes: readonly Pick<AyonNode, 'id' | 'kind'>[],
    signal: AbortSignal,
  ): Promise<Map<string, readonly string[]>>;
  operations(
    project: string,
    operations: readonly Operation[],
    signal: AbortSignal,
  ): Promise<OperationResult[]>;
  /** Raw settings of the addon; undefined project: the studio's. */
  settings(project: string | undefined, signal: AbortSignal): Promise<unknown>;
}

const Projects = z.object({
  projects: z.object({
    edges: z.array(
      z.object({ node: z.object({ name: z.string(), active: z.boolean(), allAttrib: z.string() }) }),
    ),
  }),
});
const Users = z.object({
  users: z.object({
    edges: z.array(
      z.object({ node: z.object({ name: z.string(), attrib: z.object({ email: z.string().nullish() }) }) }),
    ),
  }),
});
const FtrackId = z.object({ ftrackId: z.string().nullish() });
const JsonRecord = z.record(z.string(), z.json());

/** From this many folders on, one request for the whole list is cheaper than one each. */
const LIST_FROM = 5;

/** Single reads that AYON gets at the same time: a look has to end while it is young enough to write by. */
const AT_ONCE = 8;

export function createAyonClient(options: AyonClientOptions): AyonClient {
  const http = new AyonHttp(options);
  return {
    ...projectCalls(http),
    isThere: (signal) => http.isThere(signal),
    me: async (signal) =>
      (
        await http.call({ signal, kind: 'read', name: 'GET /api/users/me' }, (client, limited) =>
          client.GET('/api/users/me', { signal: limited }),
        )
      ).name,
    attributes: (signal) => attributes(http, signal),
    users: (signal) => users(http, signal),
    entities: (project, query, signal) => readEntities(http, { project, query }, signal),
    ownAttributes: (project, nodes, signal) => ownAttributes(http, { project, nodes }, signal),
    operations: (project, operations, signal) => applyOperations(http, { project, operations }, signal),
    settings: (project, signal) => settings(http, { ...options.addon, project }, signal),
  };
}

function projectCalls(http: AyonHttp): Pick<AyonClient, 'projects' | 'project' | 'patchProject'> {
  return {
    async projects(signal) {
      const query = 'query{projects(first: 100000){edges{node{name active allAttrib}}}}';
      const data = await graphql(http, { query, schema: Projects, subject: 'the projects' }, signal);
      return (data?.projects.edges ?? []).map(({ node }) => {
        const attrib = FtrackId.safeParse(JSON.parse(node.allAttrib));
        return { name: node.name, active: node.active, ftrackId: attrib.data?.ftrackId ?? null };
      });
    },
    async project(name, signal) {
      const path = { project_name: name };
      const raw = await http.find(
        { signal, kind: 'read', name: `GET /api/projects/${name}` },
        (client, limited) =>
          client.GET('/api/projects/{project_name}', { params: { path }, signal: limited }),
      );
      return raw === undefined
        ? undefined
        : {
            name: raw.name,
            label: raw.label ?? null,
            active: raw.active ?? true,
            attrib: JsonRecord.parse(raw.attrib ?? {}),
            statuses: raw.statuses ?? [],
            folderTypes: raw.folderTypes ?? [],
            taskTypes: raw.taskTypes ?? [],
          };
    },
    async patchProject(name, patch, signal) {
      const params = { path: { project_name: name } };
      const body = JSON.parse(JSON.stringify(patch));
      await http.call({ signal, kind: 'write', name: `PATCH /api/projects/${name}` }, (client, limited) =>
        client.PATCH('/api/projects/{project_name}', { params, body, signal: limited }),
      );
    },
  };
}

async function attributes(http: AyonHttp, signal: AbortSignal): Promise<AyonAttribute[]> {
  const answer = await http.call({ signal, kind: 'read', name: 'GET /api/attributes' }, (client, limited) =>
    client.GET('/api/attributes', { signal: limited }),
  );
  return answer.attributes.map(({ name, scope, builtin, data }) => ({
    name,
    type: data.type ?? 'string',
    scope: scope ?? [],
    inherit: data.inherit ?? true,
    builtin: builtin ?? false,
  }));
}

async function users(http: AyonHttp, signal: AbortSignal): Promise<{ name: string; email: string | null }[]> {
  const query = 'query{users(first: 100000){edges{node{name attrib{email}}}}}';
  const data = await graphql(http, { query, schema: Users, subject: 'the users' }, signal);
  return (data?.users.edges ?? []).map(({ node }) => ({ name: node.name, email: node.attrib.email ?? null }));
}

async function ownAttributes(
  http: AyonHttp,
  { project, nodes }: { project: string; nodes: readonly Pick<AyonNode, 'id' | 'kind'>[] },
  signal: AbortSignal,
): Promise<Map<string, readonly string[]>> {
  const folders = nodes.filter(({ kind }) => kind === 'folder');
  const wanted = new Set(nodes.map(({ id }) => id));
  const own = new Map<string, readonly string[]>();
  if (folders.length >= LIST_FROM) {
    const all = await http.call(
      { signal, kind: 'read', name: `GET /api/projects/${project}/folders` },
      (client, limited) =>
        client.GET('/api/projects/{project_name}/folders', {
          params: { path: { project_name: project }, query: { attrib: true } },
          signal: limited,
        }),
    );
    all.folders
      .filter(({ id }) => wanted.has(id))
      .forEach(({ id, ownAttrib }) => own.set(id, ownAttrib ?? []));
  }
  const readOne = async ({ id, kind }: Pick<AyonNode, 'id' | 'kind'>): Promise<void> => {
    const name = `GET /api/projects/${project}/${kind}s/${id}`;
    const answer = await http.find({ signal, kind: 'read', name }, (client, limited) =>
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
    own.set(id, answer?.ownAttrib ?? []);
  };
  const left = nodes.filter((node) => !own.has(node.id));
  for (let from = 0; from < left.length; from += AT_ONCE) {
    await Promise.all(left.slice(from, from + AT_ONCE).map(readOne));
  }
  return own;
}

async function settings(
  http: AyonHttp,
  addon: { name: string; version: string; variant?: string; project: string | undefined },
  signal: AbortSignal,
): Promise<unknown> {
  const { name, version, variant = 'production', project } = addon;
  const call = { signal, kind: 'read', name: `GET /api/addons/${name}/${version}/settings` } as const;
  const found = await http.find<unknown>(call, (client, limited) =>
    project === undefined
      ? client.GET('/api/addons/{addon_name}/{addon_version}/settings', {
          params: { path: { addon_name: name, addon_version: version }, query: { variant } },
          signal: limited,
        })
      : client.GET('/api/addons/{addon_name}/{version}/settings/{project_name}', {
          params: { path: { addon_name: name, version, project_name: project }, query: { variant } },
          signal: limited,
        }),
  );
  if (found === undefined) {
    // The same for every event of every project: waited for, so that an upgrade parks nothing.
    throw failure(
      'settings-invalid',
      `AYON has no addon ${name} ${version} to read settings of; install that version or set AYON_ADDON_VERSION to the one that is there`,
    );
  }
  return found;
}
