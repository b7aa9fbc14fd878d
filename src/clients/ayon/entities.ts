import { z } from 'zod';
import type { AyonNode } from '../../domain/model';
import { graphql } from './graphql';
import type { AyonHttp } from './http';

/** AYON answers 100 nodes unless told otherwise; more than this never comes from the filters used here. */
const FIRST = 100_000;

const Attributes = z.string().transform((text, context): Record<string, Json> => {
  const parsed: unknown = JSON.parse(text);
  const attributes = z.record(z.string(), z.json()).safeParse(parsed);
  if (!attributes.success) {
    context.addIssue('allAttrib is no object');
    return z.NEVER;
  }
  return attributes.data;
});

type Json = z.core.util.JSONType;

const Shared = {
  id: z.string(),
  name: z.string(),
  label: z.string().nullish(),
  path: z.string().nullish(),
  active: z.boolean(),
  status: z.string(),
  ownAttrib: z.array(z.string()),
  allAttrib: Attributes,
  updatedBy: z.string().nullish(),
};
const FolderNode = z.object({
  ...Shared,
  folderType: z.string(),
  parentId: z.string().nullish(),
  hasVersions: z.boolean(),
});
const TaskNode = z.object({
  ...Shared,
  taskType: z.string(),
  folderId: z.string(),
  assignees: z.array(z.string()),
});

const edges = <Node extends z.ZodType>(node: Node) => z.object({ edges: z.array(z.object({ node })) });
const Nodes = z.object({
  project: z.record(z.string(), z.union([edges(FolderNode), edges(TaskNode)])),
});

const SHARED = 'id name label path active status ownAttrib allAttrib updatedBy';
const FOLDER = `{edges{node{${SHARED} folderType parentId hasVersions}}}`;
const TASK = `{edges{node{${SHARED} taskType folderId assignees}}}`;

/** Which entities to read; everything named is answered by one request. Empty lists cost nothing. */
export interface EntityQuery {
  readonly folderIds?: readonly string[];
  readonly taskIds?: readonly string[];
  /** Folders and tasks whose `ftrackId` is one of these. */
  readonly folderFtrackIds?: readonly string[];
  readonly taskFtrackIds?: readonly string[];
  /** Direct children of these folders; `names` limits the folders among them. */
  readonly foldersBelow?: { readonly parents: readonly string[]; readonly names?: readonly string[] };
  /** Top folders with these names; undefined names: all of them. */
  readonly topFolders?: { readonly names?: readonly string[] };
  readonly tasksBelow?: readonly string[];
  /** These folders and everything below them, to any depth. */
  readonly subtreesOf?: readonly string[];
}

interface Part {
  readonly field: 'folders' | 'tasks';
  /** Arguments: GraphQL type and value by name. */
  readonly args: Readonly<Record<string, readonly [type: string, value: unknown]>>;
}

/** @returns undefined when AYON has no such project. */
export async function readEntities(
  http: AyonHttp,
  at: { readonly project: string; readonly query: EntityQuery },
  signal: AbortSignal,
): Promise<AyonNode[] | undefined> {
  const parts = partsOf(at.query);
  if (parts.length === 0) {
    return [];
  }
  const data = await graphql(
    http,
    { ...build(at.project, parts), schema: Nodes, subject: `folders and tasks of ${at.project}` },
    signal,
  );
  if (data === undefined) {
    return undefined;
  }
  const found = new Map<string, AyonNode>();
  for (const part of Object.values(data.project)) {
    for (const { node } of part.edges) {
      const entity = toEntity(node);
      found.set(`${entity.kind}/${entity.id}`, entity);
    }
  }
  return [...found.values()];
}

function partsOf(query: EntityQuery): Part[] {
  const { foldersBelow, topFolders } = query;
  const top: Part[] =
    topFolders === undefined
      ? []
      : [{ field: 'folders', args: { parentId: ['String', 'root'], ...namesArgument(topFolders.names) } }];
  const deep = { includeFolderChildren: ['Boolean!', true] } as const;
  return [
    ...part('folders', query.folderIds, (ids) => ({ ids: [STRINGS, ids] })),
    ...part('tasks', query.taskIds, (ids) => ({ ids: [STRINGS, ids] })),
    ...part('folders', query.folderFtrackIds, byFtrackId),
    ...part('tasks', query.taskFtrackIds, byFtrackId),
    ...part('folders', foldersBelow?.parents, (ids) => ({
      parentIds: [STRINGS, ids],
      ...namesArgument(foldersBelow?.names),
    })),
    ...top,
    ...part('tasks', query.tasksBelow, (ids) => ({ folderIds: [STRINGS, ids] })),
    ...part('folders', query.subtreesOf, (ids) => ({ parentIds: [STRINGS, ids], ...deep })),
    ...part('tasks', query.subtreesOf, (ids) => ({ folderIds: [STRINGS, ids], ...deep })),
  ];
}

const STRINGS = '[String!]';

/** An empty list asks nothing: AYON would take it for no filter at all. */
function part(
  field: Part['field'],
  list: readonly string[] | undefined,
  argsOf: (list: readonly string[]) => Part['args'],
): Part[] {
  return list === undefined || list.length === 0 ? [] : [{ field, args: argsOf([...new Set(list)]) }];
}

const namesArgument = (names: readonly string[] | undefined): Part['args'] =>
  names === undefined ? {} : { names: [STRINGS, [...new Set(names)]] };

const byFtrackId = (ids: readonly string[]): Part['args'] => ({
  attributes: ['[AttributeFilterInput!]', [{ name: 'ftrackId', values: ids }]],
});

function build(
  project: string,
  parts: readonly Part[],
): { query: string; variables: Record<string, unknown> } {
  const variables: Record<string, unknown> = { project };
  const declared = ['$project: String!'];
  const fields = parts.map(({ field, args }, index) => {
    const used = Object.entries(args).map(([name, [type, value]]) => {
      const variable = `${name}${index}`;
      variables[variable] = value;
      declared.push(`$${variable}: ${type}`);
      return `${name}: $${variable}`;
    });
    const body = field === 'folders' ? FOLDER : TASK;
    return `part${index}: ${field}(first: ${FIRST}, ${used.join(', ')})${body}`;
  });
  return { query: `query(${declared.join(', ')}){project(name: $project){${fields.join(' ')}}}`, variables };
}

function toEntity(node: z.infer<typeof FolderNode> | z.infer<typeof TaskNode>): AyonNode {
  const folder = 'folderType' in node;
  return {
    kind: folder ? 'folder' : 'task',
    id: node.id,
    name: node.name,
    label: node.label ?? null,
    type: folder ? node.folderType : node.taskType,
    parentId: folder ? (node.parentId ?? null) : node.folderId,
    path: `/${(node.path ?? node.name).replace(/^\/+/, '')}`,
    active: node.active,
    status: node.status,
    assignees: folder ? [] : node.assignees,
    attrib: node.allAttrib,
    ownAttrib: node.ownAttrib,
    hasVersions: folder ? node.hasVersions : false,
    updatedBy: node.updatedBy ?? null,
  };
}
