import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GraphQLFieldResolver, GraphQLOutputType, GraphQLSchema } from 'graphql';
import { execute, isEnumType, isListType, isNonNullType, isScalarType, parse, validate } from 'graphql';

/** What a server that has only a schema answers for fields that may be null. */
export type Fill = 'with values' | 'with nulls' | 'in two pages';

export interface SchemaServer {
  readonly url: string;
  /** Every query that was sent. */
  readonly queries: readonly string[];
  /** What is wrong with them by the schema. */
  readonly problems: readonly string[];
  close(): Promise<void>;
}
/** Answers GraphQL by nothing but the types of a schema; REST gets an empty object with an id. */
export async function startSchemaServer(schema: GraphQLSchema, fill: Fill): Promise<SchemaServer> {
  const queries: string[] = [];
  const problems: string[] = [];
  const answer = async (body: string): Promise<unknown> => {
    const { query, variables } = JSON.parse(body) as { query: string; variables: Record<string, unknown> };
    const document = parse(query);
    const wrong = validate(schema, document).map(({ message }) => `${message} in ${query}`);
    queries.push(query);
    problems.push(...wrong);
    return wrong.length > 0
      ? { errors: wrong.map((message) => ({ message })) }
      : execute({ schema, document, variableValues: variables, fieldResolver: resolver(fill) });
  };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const answered = request.url === '/graphql' ? answer(body) : Promise.resolve({ id: 'x' });
      void answered.then((value) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value)),
      );
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, queries, problems, close };
}

/** Objects know the arguments of the list that they are of, so that their page can tell whether it is the last. */
interface Source {
  readonly args?: Readonly<Record<string, unknown>>;
}

/** Strings that hold an object as JSON. */
const JSON_TEXTS = new Set(['allAttrib', 'summary', 'payload']);

const resolver =
  (fill: Fill) =>
  (...[source, args, , info]: Parameters<GraphQLFieldResolver<Source, unknown>>): unknown => {
    if (info.fieldName === 'hasNextPage') {
      return fill === 'in two pages' && (source.args?.['after'] ?? null) === null;
    }
    if (info.fieldName === 'cursor') {
      // The schema lets an edge be without one; then nobody could go on behind it, so that is no answer.
      return 'c';
    }
    const own = Object.keys(args).length > 0 ? args : source.args;
    return sample(info.returnType, { fill, name: info.fieldName, args: own ?? {} });
  };

function sample(
  type: GraphQLOutputType,
  at: { readonly fill: Fill; readonly name: string; readonly args: Record<string, unknown> },
): unknown {
  if (!isNonNullType(type)) {
    return at.fill === 'with nulls' ? null : valueOf(type, at);
  }
  return valueOf(type.ofType, at);
}

function valueOf(type: GraphQLOutputType, at: Parameters<typeof sample>[1]): unknown {
  if (isListType(type)) {
    return [sample(type.ofType, at)];
  }
  if (isEnumType(type)) {
    return type.getValues()[0]?.value;
  }
  if (!isScalarType(type)) {
    return { args: at.args };
  }
  const values: Readonly<Record<string, unknown>> = { Int: 1, Float: 1.5, Boolean: true };
  const text = JSON_TEXTS.has(at.name) ? '{"ftrackId":"f"}' : 'x';
  return values[type.name] ?? (type.name === 'DateTime' ? '2026-01-01T00:00:00+00:00' : text);
}
