import { z } from 'zod';
import type { AyonProject, ListEntry } from '../../domain/model';
import { listProblem, projectLabelProblem, projectNameProblem, refuse } from './checks';
import { all, PAGE, PAGE_INFO, PageInfo } from './graphql';
import type { AyonHttp } from './http';
import { shaped } from './rest';

export interface ProjectPatch {
  readonly label?: string | null;
  readonly attrib?: Readonly<Record<string, unknown>>;
  readonly statuses?: readonly ListEntry[];
  readonly folderTypes?: readonly ListEntry[];
  readonly taskTypes?: readonly ListEntry[];
}

export interface ProjectName {
  readonly name: string;
  readonly active: boolean;
  readonly ftrackId: string | null;
}

const Projects = z.object({
  projects: z.object({
    pageInfo: PageInfo,
    edges: z.array(
      z.object({ node: z.object({ name: z.string(), active: z.boolean(), allAttrib: z.string() }) }),
    ),
  }),
});
type Projects = z.infer<typeof Projects>;
const FtrackId = z.object({ ftrackId: z.string().nullish() });

const Entries = z.array(
  z.looseObject({ name: z.string(), scope: z.array(z.string()).nullable().exactOptional() }),
);

/** The lists are required: written back, a list that was left out would be emptied. */
const Project = z.object({
  name: z.string(),
  label: z.string().nullish(),
  active: z.boolean(),
  attrib: z.record(z.string(), z.json()),
  statuses: Entries,
  folderTypes: Entries,
  taskTypes: Entries,
});

/** Every project's name and `ftrackId`. */
export async function readProjects(http: AyonHttp, signal: AbortSignal): Promise<ProjectName[]> {
  const subject = 'the projects';
  const query = `query($after: String){projects(first: ${PAGE}, after: $after){${PAGE_INFO} edges{node{name active allAttrib}}}}`;
  const request = { query, schema: Projects, subject, connectionOf: (data: Projects) => data.projects };
  return (await all(http, request, signal)).map(({ name, active, allAttrib }) => ({
    name,
    active,
    ftrackId: shaped(FtrackId, JSON.parse(allAttrib), subject).ftrackId ?? null,
  }));
}

/** undefined when AYON has no such project; the case of the name is ignored. */
export async function readProject(
  http: AyonHttp,
  name: string,
  signal: AbortSignal,
): Promise<AyonProject | undefined> {
  refuse(projectNameProblem(name));
  const call = `GET /api/projects/${name}`;
  const path = { project_name: name };
  const raw = await http.find<unknown>({ signal, kind: 'read', name: call }, (client, limited) =>
    client.GET('/api/projects/{project_name}', { params: { path }, signal: limited }),
  );
  if (raw === undefined) {
    return undefined;
  }
  const project = shaped(Project, raw, call);
  return { ...project, label: project.label ?? null };
}

/**
 * Changes a project; a list replaces the whole list.
 * @throws `value-invalid` for names and labels that AYON would refuse.
 */
export async function patchProject(
  http: AyonHttp,
  { name, patch }: { readonly name: string; readonly patch: ProjectPatch },
  signal: AbortSignal,
): Promise<void> {
  refuse(
    projectNameProblem(name),
    projectLabelProblem(patch.label ?? ''),
    listProblem('statuses', patch.statuses ?? []),
    listProblem('folder types', patch.folderTypes ?? []),
    listProblem('task types', patch.taskTypes ?? []),
  );
  const params = { path: { project_name: name } };
  const body = JSON.parse(JSON.stringify(patch));
  const call = { signal, kind: 'write', name: `PATCH /api/projects/${name}`, idempotent: true } as const;
  await http.call(call, (client, limited) =>
    client.PATCH('/api/projects/{project_name}', { params, body, signal: limited }),
  );
}
