import { z } from 'zod';
import { failure } from '../../errors';
import { graphqlRefusal, incompatible, mayBeOutage } from './errors';
import type { AyonHttp } from './http';
import { unreachable } from './network';

const Answer = z.object({
  data: z.unknown().nullish(),
  errors: z
    .array(
      z.object({
        message: z.string(),
        /** Where a resolver failed; absent when the query itself is not understood. */
        path: z.array(z.unknown()).nullish(),
        extensions: z.object({ status: z.number().nullish() }).nullish(),
      }),
    )
    .nullish(),
});

type Problem = NonNullable<z.infer<typeof Answer>['errors']>[number];

export interface GraphqlRequest<Data> {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly schema: z.ZodType<Data>;
  /** What is read, for messages. */
  readonly subject: string;
}

/** Asks AYON's GraphQL and validates the answer. @returns undefined when AYON says 404 (unknown project). */
export async function graphql<Data>(
  http: AyonHttp,
  request: GraphqlRequest<Data>,
  signal: AbortSignal,
): Promise<Data | undefined> {
  const { query, variables = {}, schema, subject } = request;
  const name = `POST /graphql (${subject})`;
  const raw = await http.call({ signal, kind: 'read', name }, (client, limited) =>
    client.POST('/graphql', { body: { query, variables }, signal: limited }),
  );
  const answer = Answer.safeParse(raw);
  if (!answer.success) {
    throw incompatible(name, 'the answer has another shape');
  }
  const problem = answer.data.errors?.[0];
  if (problem !== undefined) {
    return refused(http, { name, problem }, signal);
  }
  const data = schema.safeParse(answer.data.data);
  if (!data.success) {
    const [issue] = data.error.issues;
    throw incompatible(name, `${issue?.path.join('.')}: ${issue?.message}`);
  }
  return data.data;
}

/** What GraphQL's own errors mean: 404 is an answer, the others are failures as if they were the status of the answer. */
async function refused(
  http: AyonHttp,
  { name, problem }: { readonly name: string; readonly problem: Problem },
  signal: AbortSignal,
): Promise<undefined> {
  const status = problem.extensions?.status ?? (problem.path ? 500 : undefined);
  const message = http.redact(problem.message);
  if (status === 404) {
    return undefined;
  }
  if (status === undefined) {
    // A query that the server does not understand is wrong for every project: waited for, so that nothing parks.
    throw incompatible(name, message);
  }
  const failed = graphqlRefusal(status, name, message);
  throw mayBeOutage(failed) && !(await http.isThere(signal))
    ? unreachable({ call: name, server: http.server }, failed)
    : failed;
}

/** Nodes per page: AYON's own default is 100, and one page of everything holds up its database and ours. */
export const PAGE = 1_000;

export const PageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() });
export type PageInfo = z.infer<typeof PageInfo>;

/** Fields to select for {@link PageInfo}. */
export const PAGE_INFO = 'pageInfo{hasNextPage endCursor}';

/** Where to go on after a page; undefined: it was the last one. @throws when AYON does not move on. */
export function nextCursor(
  { hasNextPage, endCursor }: PageInfo,
  before: string | undefined,
  subject: string,
): string | undefined {
  if (!hasNextPage) {
    return undefined;
  }
  if (endCursor === null || endCursor === undefined || endCursor === before) {
    throw incompatible(
      `POST /graphql (${subject})`,
      'a further page is announced, but its cursor does not move',
    );
  }
  return endCursor;
}

export interface Connection<Node> {
  readonly pageInfo: PageInfo;
  readonly edges: readonly { readonly node: Node }[];
}

export interface PagedRequest<Data, Node> extends GraphqlRequest<Data> {
  /** The list to read to its end; the query takes `$after` and selects {@link PAGE_INFO}. */
  readonly connectionOf: (data: Data) => Connection<Node>;
}

/** A list page by page, to its end. @throws `ayon-rejected` when AYON does not know whose list it is. */
export async function* pages<Data, Node>(
  http: AyonHttp,
  request: PagedRequest<Data, Node>,
  signal: AbortSignal,
): AsyncGenerator<readonly Node[]> {
  const { subject } = request;
  let after: string | undefined;
  do {
    const variables = { ...request.variables, after: after ?? null };
    const data = await graphql(http, { ...request, variables }, signal);
    if (data === undefined) {
      throw failure('ayon-rejected', `AYON does not know ${subject}; check the name`);
    }
    const { edges, pageInfo } = request.connectionOf(data);
    yield edges.map(({ node }) => node);
    after = nextCursor(pageInfo, after, subject);
  } while (after !== undefined);
}

/** All pages of a list that is known to be short enough for memory. */
export async function all<Data, Node>(
  http: AyonHttp,
  request: PagedRequest<Data, Node>,
  signal: AbortSignal,
): Promise<Node[]> {
  const found: Node[] = [];
  for await (const page of pages(http, request, signal)) {
    found.push(...page);
  }
  return found;
}
