import type { AyonClient } from '../../src/clients/ayon/client';
import type { EntityQuery } from '../../src/clients/ayon/entities';
import { readNewest, readPage } from '../../src/clients/ayon/event-page';
import type { AyonHttp } from '../../src/clients/ayon/http';
import type { ListName } from '../../src/clients/ayon/nodes';

/** With what our client asks. */
export interface Asker {
  readonly client: AyonClient;
  readonly http: AyonHttp;
  readonly project: string;
  readonly signal: AbortSignal;
}

/** A way in which our client asks GraphQL. */
export interface ClientQuestion {
  /** What is asked for, in words. */
  readonly what: string;
  /** File of `src/clients/ayon` that holds the query. */
  readonly file: string;
  /** Whether the client itself reads to the end; else it reads one page. */
  readonly isWhole: boolean;
  /** @throws a failure of the error table when the answer is not what the client understands. */
  readonly ask: (asker: Asker) => Promise<unknown>;
}

const SOME = '00000000000000000000000000000000';

/** Every part that a question for entities may have, with and without names. */
const PARTS: readonly (readonly [what: string, query: EntityQuery])[] = [
  ['folders by id', { folderIds: [SOME] }],
  ['tasks by id', { taskIds: [SOME] }],
  ['folders by ftrackId', { folderFtrackIds: [SOME] }],
  ['tasks by ftrackId', { taskFtrackIds: [SOME] }],
  ['folders below folders', { foldersBelow: { parents: [SOME] } }],
  ['folders below folders by name', { foldersBelow: { parents: [SOME], names: ['b'] } }],
  ['top folders', { topFolders: {} }],
  ['top folders by name', { topFolders: { names: ['b'] } }],
  ['tasks below folders', { tasksBelow: [SOME] }],
  ['whole subtrees', { subtreesOf: [SOME] }],
];
const EVERYTHING: EntityQuery = Object.assign({}, ...PARTS.map(([, query]) => query));

const LISTS: readonly ListName[] = ['folders', 'tasks', 'products', 'versions'];

async function toEnd(pages: AsyncIterable<readonly unknown[]>): Promise<number> {
  let count = 0;
  for await (const page of pages) {
    count += page.length;
  }
  return count;
}

const EVENTS = { topics: ['entity.*'], first: 100, after: null, anchor: null };
const whole = (what: string, file: string, ask: ClientQuestion['ask']): ClientQuestion => ({
  what,
  file,
  isWhole: true,
  ask,
});
const ofEvents = (what: string, ask: ClientQuestion['ask']): ClientQuestion => ({
  what,
  file: 'event-page.ts',
  isWhole: false,
  ask,
});

/** Every way in which our client asks GraphQL. */
export const QUESTIONS: readonly ClientQuestion[] = [
  ofEvents('a page of events', ({ http, signal }) => readPage(http, EVENTS, signal)),
  ofEvents('a page of events, and whether the last one is still there', ({ http, signal }) =>
    readPage(http, { ...EVENTS, topics: null, anchor: SOME }, signal),
  ),
  ofEvents('the newest events', ({ http, signal }) => readNewest(http, { topics: null, last: 100 }, signal)),
  whole('the users', 'users.ts', ({ client, signal }) => client.users(signal)),
  whole('the projects', 'projects.ts', ({ client, signal }) => client.projects(signal)),
  ...[...PARTS, ['all of these at once', EVERYTHING] as const].map(([what, query]) =>
    whole(what, 'entities.ts', ({ client, project, signal }) => client.entities(project, query, signal)),
  ),
  ...LISTS.map((list) =>
    whole(`all ${list}`, 'entities.ts', ({ client, project, signal }) =>
      toEnd(client.pages(project, list, signal)),
    ),
  ),
];
