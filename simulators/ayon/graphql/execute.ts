import type { DocumentNode, GraphQLError, GraphQLSchema } from 'graphql';
import { execute, parse, validate } from 'graphql';
import type { Json, JsonObject } from '../json';
import { isObject } from '../json';
import type { AyonStore } from '../store';
import type { UserRecord } from '../users';
import { rootValue } from './root';
import { ayonSchema } from './schema';

/** Parsed and validated queries that are kept; clients send few different texts. */
const MAX_DOCUMENTS = 200;

type Prepared = { document: DocumentNode } | { errors: readonly GraphQLError[] };

/** The real server quotes names with ' where this library uses ". */
function errorView(error: GraphQLError, isQuoted: boolean): JsonObject {
  const { message, locations, path, extensions } = error.toJSON() as unknown as JsonObject;
  const text = typeof message === 'string' ? message : '';
  return {
    message: isQuoted ? text.replaceAll('"', "'") : text,
    ...(locations ? { locations } : {}),
    ...(path ? { path } : {}),
    ...(extensions ? { extensions } : {}),
  };
}

/** Answers GraphQL queries over the state of one server. Errors come with HTTP 200, as on the real server. */
export class GraphqlEndpoint {
  readonly #store: AyonStore;
  #attributes: AyonStore['attributes'] | undefined;
  #schema: GraphQLSchema | undefined;
  readonly #documents = new Map<string, Prepared>();

  constructor(store: AyonStore) {
    this.#store = store;
  }

  /** Runs one query. */
  async answer(body: JsonObject, user: UserRecord): Promise<JsonObject> {
    const query = typeof body['query'] === 'string' ? body['query'] : '';
    const schema = this.#currentSchema();
    const prepared = this.#prepare(query, schema);
    if ('errors' in prepared) {
      return { data: null, errors: prepared.errors.map((error) => errorView(error, true)) };
    }
    const result = await execute({
      schema,
      document: prepared.document,
      rootValue: rootValue(this.#store, user),
      variableValues: isObject(body['variables']) ? body['variables'] : {},
      operationName: typeof body['operationName'] === 'string' ? body['operationName'] : null,
    });
    const errors = result.errors?.map((error) => errorView(error, false));
    return { data: (result.data ?? null) as Json, ...(errors ? { errors } : {}) };
  }

  #currentSchema(): GraphQLSchema {
    if (!this.#schema || this.#attributes !== this.#store.attributes) {
      this.#attributes = this.#store.attributes;
      this.#schema = ayonSchema(this.#attributes);
      this.#documents.clear();
    }
    return this.#schema;
  }

  #prepare(query: string, schema: GraphQLSchema): Prepared {
    const known = this.#documents.get(query);
    if (known) {
      return known;
    }
    const prepared = parseAndValidate(query, schema);
    if (this.#documents.size >= MAX_DOCUMENTS) {
      this.#documents.clear();
    }
    this.#documents.set(query, prepared);
    return prepared;
  }
}

function parseAndValidate(query: string, schema: GraphQLSchema): Prepared {
  try {
    const document = parse(query);
    const errors = validate(schema, document);
    return errors.length > 0 ? { errors } : { document };
  } catch (error) {
    return { errors: [error as GraphQLError] };
  }
}
