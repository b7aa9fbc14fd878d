import type { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import type { ErrorCode } from '../../errors';
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
  if (!answer.success) {
    throw unusable(subject, 'the answer has another shape');
  }
  const problem = answer.data.errors?.[0];
  if (problem !== undefined) {
    return refused(subject, { message: problem.message, status: problem.extensions?.status ?? 400 });
  }
  const data = schema.safeParse(answer.data.data);
  if (!data.success) {
    const [issue] = data.error.issues;
    throw unusable(subject, `${issue?.path.join('.')}: ${issue?.message}`);
  }
  return data.data;
}

/** What GraphQL's own errors mean: 404 is an answer, the others are failures. */
function refused(subject: string, problem: { readonly message: string; readonly status: number }): undefined {
  if (problem.status === 404) {
    return undefined;
  }
  throw problem.status === 401 || problem.status === 403
    ? unusable(subject, problem.message, 'ayon-refused-key')
    : unusable(subject, problem.message);
}

const unusable = (subject: string, why: string, code: ErrorCode = 'ayon-rejected'): ApplicationFailure =>
  failure(
    code,
    `AYON's GraphQL does not give ${subject}: ${why.slice(0, 300)}; check the server's version and the key's rights`,
  );
