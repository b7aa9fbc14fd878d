import type { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import { codeOf, failure } from '../../errors';
import { graphqlRefusal, mayBeOutage, unreachable } from './errors';
import type { AyonHttp } from './http';

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
  if (!answer.success) {
    throw unusable(subject, 'the answer has another shape');
  }
  const problem = answer.data.errors?.[0];
  if (problem !== undefined) {
    const status = problem.extensions?.status ?? (problem.path ? 500 : 400);
    return refused(http, { subject, message: problem.message, status }, signal);
  }
  const data = schema.safeParse(answer.data.data);
  if (!data.success) {
    const [issue] = data.error.issues;
    throw unusable(subject, `${issue?.path.join('.')}: ${issue?.message}`);
  }
  return data.data;
}

/** What GraphQL's own errors mean: 404 is an answer, the others are failures as if they were the status of the answer. */
async function refused(
  http: AyonHttp,
  problem: { readonly subject: string; readonly message: string; readonly status: number },
  signal: AbortSignal,
): Promise<undefined> {
  const { subject, message, status } = problem;
  if (status === 404) {
    return undefined;
  }
  const failed = graphqlRefusal(status, `POST /graphql (${subject})`, message);
  if (codeOf(failed) === 'ayon-rejected') {
    throw unusable(subject, message);
  }
  throw mayBeOutage(failed) && !(await http.isThere(signal))
    ? unreachable(`POST /graphql (${subject})`, failed)
    : failed;
}

const unusable = (subject: string, why: string): ApplicationFailure =>
  failure(
    'ayon-rejected',
    `AYON's GraphQL does not give ${subject}: ${why.slice(0, 300)}; check the server's version and the key's rights`,
  );
