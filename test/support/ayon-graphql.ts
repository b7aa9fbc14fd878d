import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { GraphQLSchema } from 'graphql';
import { buildSchema } from 'graphql';

const file = path.resolve(__dirname, '../../../shared/data/ayon/graphql-schema.graphql');

/** The recorded schema of a real server; undefined, and said so, when it is not there. */
export function recordedSchema(): GraphQLSchema | undefined {
  if (existsSync(file)) {
    return buildSchema(readFileSync(file, 'utf8'));
  }
  process.stderr.write('Skipped: the recorded GraphQL schema of AYON is not there.\n');
  return undefined;
}
