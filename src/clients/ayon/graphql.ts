import { z } from 'zod';
import { failure } from '../../errors';
import type { AyonHttp } from './http';

const Answer = z.object({
  data: z.unknown().nullish(),
  errors: z
    .array(
      z.object({
        message: z.string(),
        extensions: z.object({ status: z.number().nullish() }).nullish(),
      }),
    )
    .nullish(),
});

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
  const raw = await http.call(
    { signal, kind: 'read', name: `POST /graphql (${subject})` },
    (client, limited) => client.POST('/graphql', { body: { query, variables }, signal: limited }),
  );
  const answer = Answer.safeParse(raw);
  const problem = answer.success ? answer.data.errors?.[0] : undefined;
  if (problem?.extensions?.status === 404) {
    return undefined;
  }
  const data = answer.success && problem === undefined ? schema.safeParse(answer.data.data) : undefined;
  if (data?.success) {
    return data.data;
  }
  const refused = problem?.extensions?.status === 401 || problem?.extensions?.status === 403;
  const why = problem?.message ?? data?.error?.issues[0]?.message ?? 'the answer has another shape';
  throw failure(
    refused ? 'ayon-refused-key' : 'ayon-rejected',
    `AYON's GraphQL does not give ${subject}: ${why.slice(0, 300)}; check the server's version and the key's rights`,
  );
}
