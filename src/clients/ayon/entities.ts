import { z } from 'zod';
import type { AyonNode } from '../../domain/model';
import { graphql, nextCursor, PAGE, PAGE_INFO, PageInfo, pages } from './graphql';
import type { AyonHttp } from './http';
import type { Listed, ListName } from './nodes';
import { LISTS } from './nodes';
import { shaped } from './rest';

/** Which entities to read; everything named is answered by one request (per 1,000 nodes). Empty lists cost nothing. */
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
  /** Where the next page starts; undefined: the first one. */
  readonly after?: string;
}

/** @returns undefined when AYON has no such project. */
export async function readEntities(
  http: AyonHttp,
  at: { readonly project: string; readonly query: EntityQuery },
  signal: AbortSignal,
): Promise<AyonNode[] | undefined> {
  const subject = `folders and tasks of ${at.project}`;
  const found = new Map<string, AyonNode>();
  for (let parts = partsOf(at.query); parts.length > 0; ) {
    const data = await graphql(http, { ...build(at.project, parts), schema: Parts, subject }, signal);
    if (data === undefined) {
      return undefined;
    }
    const left: Part[] = [];
    parts.forEach((part, index) => {
      const list = data.project[`part${index}`];
      const { edges, pageInfo } = shaped(CONNECTIONS[part.field], list, `POST /graphql (${subject})`);
      edges.forEach(({ node }) => found.set(`${node.kind}/${node.id}`, node));
      const after = nextCursor(pageInfo, part.after, subject);
      left.push(...(after === undefined ? [] : [{ ...part, after }]));
    });
    parts = left;
  }
  return [...found.values()];
}

/** Each part is of one of the schemas below: a schema made anew for each question would cost a millisecond. */
const Parts = z.object({ project: z.record(z.string(), z.unknown()) });

/**
 * Everything of one kind in a project, page by page, so that a project of any size costs little memory.
 * @throws `ayon-rejected` when AYON has no such project.
 */
export function readAll<List extends ListName>(
  http: AyonHttp,
  { project, list }: { readonly project: string; readonly list: List },
  signal: AbortSignal,
): AsyncGenerator<readonly Listed<List>[]> {
  const node = LISTS[list].schema as unknown as z.ZodType<Listed<List>>;
  return pages(
    http,
    {
      query: `query($project: String!, $after: String){project(name: $project){list: ${list}(first: ${PAGE}, after: $after)${selection(list)}}}`,
      variables: { project },
      schema: z.object({ project: z.object({ list: connection(node) }) }),
      subject: `${list} of ${project}`,
      connectionOf: (data) => data.project.list,
    },
    signal,
  );
}

const selection = (list: ListName): string => `{${PAGE_INFO} edges{node{${LISTS[list].fields}}}}`;

const connection = <Node extends z.ZodType>(node: Node) =>
  z.object({ pageInfo: PageInfo, edges: z.array(z.object({ node })) });

const CONNECTIONS = { folders: connection(LISTS.folders.schema), tasks: connection(LISTS.tasks.schema) };

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

function build(project: string, parts: readonly Part[]) {
  const variables: Record<string, unknown> = { project };
  const declared = ['$project: String!'];
  const fields = parts.map(({ field, args, after }, index) => {
    const page: Part['args'] = after === undefined ? {} : { after: ['String', after] };
    const used = Object.entries({ ...args, ...page }).map(([name, [type, value]]) => {
      const variable = `${name}${index}`;
      variables[variable] = value;
      declared.push(`$${variable}: ${type}`);
      return `${name}: $${variable}`;
    });
    return `part${index}: ${field}(first: ${PAGE}, ${used.join(', ')})${selection(field)}`;
  });
  return {
    query: `query(${declared.join(', ')}){project(name: $project){${fields.join(' ')}}}`,
    variables,
  };
}
