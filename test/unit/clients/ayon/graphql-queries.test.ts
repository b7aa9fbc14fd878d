import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSchema } from 'graphql';
import type { AyonClient } from '../../../../src/clients/ayon/client';
import { createAyonClient } from '../../../../src/clients/ayon/client';
import { AyonHttp } from '../../../../src/clients/ayon/http';
import { codeOf } from '../../../../src/errors';
import { QUESTIONS } from '../../../../tools/contract/questions';
import type { Fill } from '../../../../tools/contract/schema-server';
import { startSchemaServer } from '../../../../tools/contract/schema-server';
import { recordedSchema } from '../../../support/ayon-graphql';

const { signal } = new AbortController();
const optionsOf = (serverUrl: string) => ({ serverUrl, apiKey: 'k'.repeat(32), sender: 'test' });
const clientOf = (serverUrl: string): AyonClient =>
  createAyonClient({ ...optionsOf(serverUrl), addon: { name: 'ftrack', version: '1.0.0' } });

/** Those that read a list to its end by themselves; events are read page by page. */
const LISTS = QUESTIONS.filter(({ isWhole }) => isWhole).length;

test('every file of the client that holds a query is asked below', () => {
  const folder = path.resolve(__dirname, '../../../../src/clients/ayon');
  const holders = readdirSync(folder).filter((name) =>
    /`query\(|'query\(|`query\{|'query\{/.test(readFileSync(path.join(folder, name), 'utf8')),
  );

  expect(holders).toEqual([...new Set(QUESTIONS.map(({ file }) => file))].toSorted());
});

const schema = recordedSchema();

(schema === undefined ? describe.skip : describe)('every GraphQL query of the client', () => {
  const real = schema ?? buildSchema('type Query { none: Int }');

  test.each<[Fill, number]>([
    ['with values', QUESTIONS.length],
    ['with nulls', QUESTIONS.length],
    ['in two pages', QUESTIONS.length + LISTS],
  ])('is understood by the real schema, and its answer by the client, filled %s', async (fill, questions) => {
    const server = await startSchemaServer(real, fill);
    const client = clientOf(server.url);
    const http = new AyonHttp(optionsOf(server.url));

    for (const { ask } of QUESTIONS) {
      await ask({ client, http, project: 'p', signal });
    }
    await server.close();

    expect(server.problems).toEqual([]);
    expect(server.queries.length).toBe(questions);
  });

  test.each([
    ['that it does not have', 'users(first: Int, after: String): C', 'Cannot query field "pageInfo"'],
    ['that it leaves empty', 'users(first: Int, after: String): C!', 'edges.0.node.name'],
  ])('of another server is an error that names the field %s', async (_, users, words) => {
    const page = users.endsWith('!') ? 'pageInfo: P! ' : '';
    const other = buildSchema(
      `type Query { ${users} } type C { ${page}edges: [E!]! } type E { node: N! } type A { email: String }
       type N { name: String active: Boolean! attrib: A! } type P { hasNextPage: Boolean! endCursor: String }`,
    );
    const server = await startSchemaServer(other, 'with nulls');

    const error: unknown = await clientOf(server.url)
      .users(signal)
      .catch((thrown: unknown) => thrown);
    await server.close();

    expect(codeOf(error)).toBe('ayon-incompatible');
    expect(error).toMatchObject({ message: expect.stringContaining(words) });
  });
});
