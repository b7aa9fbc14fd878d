import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { GraphQLSchema, IntrospectionQuery } from 'graphql';
import { buildClientSchema, getIntrospectionQuery } from 'graphql';
import { parse } from 'yaml';
import type { Document } from '../../openapi/compare';
import { compareDocuments } from '../../openapi/compare';
import type { Group } from '../check';
import { pick } from '../pattern';
import { QUESTIONS } from '../questions';
import { startSchemaServer } from '../schema-server';
import type { Site } from '../site';
import { Differs, get, NotOffered, query } from '../site';
import { askerOf } from './client';

const OURS = path.resolve(__dirname, '../../../openapi/ayon.yaml');
const different = (expected: string, sentences: readonly string[]): Differs =>
  new Differs(sentences.map((found) => ({ at: 'document', expected, found })));

async function schemaOf(site: Site): Promise<GraphQLSchema> {
  const { status, body } = await site.send(query(getIntrospectionQuery()));
  const data = pick(body, 'data');
  if (status !== 200 || pick(data, '__schema') === undefined) {
    throw new NotOffered('the server does not tell its GraphQL schema (introspection is switched off)');
  }
  return buildClientSchema(data as IntrospectionQuery);
}

/** What goes wrong when our client talks to a server that has this schema, and leaves empty whatever may be empty. */
async function problemsWith(site: Site, schema: GraphQLSchema): Promise<string[]> {
  const server = await startSchemaServer(schema, 'with nulls');
  try {
    const failed: string[] = [];
    for (const { what, ask } of QUESTIONS) {
      await ask(askerOf(site, server.url)).catch((error: unknown) => {
        failed.push(`${what}: ${site.redact(String(pick(error, 'message')))}`);
      });
    }
    return failed;
  } finally {
    await server.close();
  }
}

export const documents: Group = {
  name: 'documents',
  title: "the server's own OpenAPI document and GraphQL schema against ours",
  checks: [
    {
      name: 'describes every endpoint, field and type of our OpenAPI description',
      why: 'The types of our client are made from that description.',
      run: async (site) => {
        const { status, body } = await site.send(get('/openapi.json'));
        if (status !== 200 || pick(body, 'paths') === undefined) {
          throw new NotOffered(`the server gives no OpenAPI document (/openapi.json answers ${status})`);
        }
        const ours = parse(readFileSync(OURS, 'utf8')) as Document;
        const sentences = compareDocuments(ours, body as Document);
        if (sentences.length > 0) {
          throw different('what openapi/ayon.yaml says', sentences);
        }
      },
    },
    {
      name: 'has every field and argument of our GraphQL queries, with types that our client takes',
      why: 'A field that may be empty where the client needs it fails only on the day it is empty.',
      run: async (site) => {
        const found = await problemsWith(site, await schemaOf(site));
        if (found.length > 0) {
          throw different('a schema that fits our queries', found);
        }
      },
    },
  ],
};
