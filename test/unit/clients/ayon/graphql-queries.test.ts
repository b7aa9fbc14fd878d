import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSchema } from 'graphql';
import type { AyonClient } from '../../../../src/clients/ayon/client';
import { createAyonClient } from '../../../../src/clients/ayon/client';
import type { EntityQuery } from '../../../../src/clients/ayon/entities';
import { readNewest, readPage } from '../../../../src/clients/ayon/event-page';
import { AyonHttp } from '../../../../src/clients/ayon/http';
import { codeOf } from '../../../../src/errors';
import type { Fill } from '../../../support/ayon-graphql';
import { recordedSchema, startSchemaServer } from '../../../support/ayon-graphql';

const { signal } = new AbortController();
const optionsOf = (serverUrl: string) => ({ serverUrl, apiKey: 'k'.repeat(32), sender: 'test' });
const clientOf = (serverUrl: string): AyonClient =>
  createAyonClient({ ...optionsOf(serverUrl), addon: { name: 'ftrack', version: '1.0.0' } });

/** Every part that a question for entities may have, with and without names. */
const PARTS: readonly EntityQuery[] = [
  { folderIds: ['a'] },
  { taskIds: ['a'] },
  { folderFtrackIds: ['a'] },
  { taskFtrackIds: ['a'] },
  { foldersBelow: { parents: ['a'] } },
  { foldersBelow: { parents: ['a'], names: ['b'] } },
  { topFolders: {} },
  { topFolders: { names: ['b'] } },
  { tasksBelow: ['a'] },
  { subtreesOf: ['a'] },
];
const EVERYTHING: EntityQuery = Object.assign({}, ...PARTS);

async function toEnd(pages: AsyncIterable<unknown>): Promise<void> {
  for await (const page of pages) {
    expect(page).toHaveLength(1);
  }
}

type Ask = (client: AyonClient, http: AyonHttp) => Promise<unknown>;
const events = { topics: ['entity.*'], first: 100, after: null, anchor: null };

/** Every way in which the client asks GraphQL. */
const QUESTIONS: readonly [file: string, ask: Ask][] = [
  ['event-page.ts', (_, http) => readPage(http, events, signal)],
  [
    'event-page.ts',
    (_, http) => readPage(http, { ...events, topics: null, after: 'c', anchor: 'x' }, signal),
  ],
  ['event-page.ts', (_, http) => readNewest(http, { topics: null, last: 100 }, signal)],
  ['users.ts', (client) => client.users(signal)],
  ['projects.ts', (client) => client.projects(signal)],
  ...[...PARTS, EVERYTHING].map((query): (typeof QUESTIONS)[number] => [
    'entities.ts',
    (client) => client.entities('p', query, signal),
  ]),
  ...(['folders', 'tasks', 'products', 'versions'] as const).map((list): (typeof QUESTIONS)[number] => [
    'entities.ts',
    (client) => toEnd(client.pages('p', list, signal)),
  ]),
];

/** Those that read a list to its end by themselves; events are read page by page. */
const LISTS = QUESTIONS.filter(([file]) => file !== 'event-page.ts').length;

test('every file of the client that holds a query is asked below', () => {
  const folder = path.resolve(__dirname, '../../../../src/clients/ayon');
  const holders = readdirSync(folder).filter((name) =>
    /`query\(|'query\(|`query\{|'query\{/.test(readFileSync(path.join(folder, name), 'utf8')),
  );

  expect(holders).toEqual([...new Set(QUESTIONS.map(([file]) => file))].toSorted());
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

    for (const [, ask] of QUESTIONS) {
      await ask(client, http);
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
