import type { AyonSimulator } from '../../../../simulators/ayon';
import { startAyonSimulator } from '../../../../simulators/ayon';
import { generateStudio, sampleStudio } from '../../../../simulators/studio';
import { commentProblem, listProblem, projectNameProblem } from '../../../../src/clients/ayon/checks';
import type { AyonClient } from '../../../../src/clients/ayon/client';
import { createAyonClient } from '../../../../src/clients/ayon/client';
import { codeOf } from '../../../../src/errors';

const { signal } = new AbortController();

let ayon: AyonSimulator;
let client: AyonClient;
const optionsOf = ({ url, apiKey }: AyonSimulator) => ({ serverUrl: url, apiKey, sender: 'main' });
const newClient = (): AyonClient =>
  createAyonClient({ ...optionsOf(ayon), addon: { name: 'ftrack', version: '1.0.0' } });
beforeAll(async () => {
  ayon = await startAyonSimulator({ studio: sampleStudio() });
  client = newClient();
});
afterAll(() => ayon.close());

/** Requests that AYON gets while something is done. */
async function asked(work: () => Promise<unknown>): Promise<{ code: string | undefined; calls: number }> {
  const before = ayon.calls.count();
  const error: unknown = await work().catch((thrown: unknown) => thrown);
  return { code: codeOf(error), calls: ayon.calls.count() - before };
}

/** Comments that were sent since so many requests. */
const comments = (since: number): number =>
  ayon.calls
    .list()
    .slice(since)
    .filter(({ path }) => path.endsWith('/activities')).length;

/** Author by comment. */
async function authorsIn(project: string): Promise<Map<string, string>> {
  const query =
    'query($project: String!){project(name: $project){activities(last: 20, referenceTypes: ["origin"]){edges{node{activityId author{name}}}}}}';
  const response = await fetch(`${ayon.url}/graphql`, {
    method: 'POST',
    headers: { 'x-api-key': ayon.apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { project } }),
  });
  const { data } = (await response.json()) as {
    data: {
      project: { activities: { edges: { node: { activityId: string; author: { name: string } } }[] } };
    };
  };
  return new Map(data.project.activities.edges.map(({ node }) => [node.activityId, node.author.name]));
}

const target = async () => {
  const [project] = await client.projects(signal);
  const name = project?.name ?? '';
  const [page] = await firstPage(client.pages(name, 'tasks', signal));
  return { project: name, entityType: 'task', entityId: page?.id ?? '' } as const;
};
const firstPage = async <Node>(pages: AsyncGenerator<readonly Node[]>): Promise<readonly Node[]> =>
  (await pages.next()).value ?? [];

describe('refused before AYON is asked', () => {
  test('a comment that is too long, or empty', async () => {
    const { project, ...at } = await target();
    const write = (body: string) => () => client.comment(project, { ...at, body }, signal);

    expect(await asked(write('x'.repeat(2_001)))).toEqual({ code: 'value-invalid', calls: 0 });
    expect(await asked(write(' '))).toEqual({ code: 'value-invalid', calls: 0 });
    expect(await asked(write('x'.repeat(2_000)))).toEqual({ code: undefined, calls: 1 });
    expect(commentProblem('😀'.repeat(2_000))).toBeUndefined();
    expect(commentProblem('x'.repeat(2_001))).toContain('2001 characters');
  });

  test('a project name, statuses and a label that AYON cannot hold', async () => {
    const statuses = [{ name: 'Pending review' }, { name: 'Pending Review' }];

    for (const work of [
      () => client.project('my-project', signal),
      () => client.settings('../users', signal),
      () => client.ownAttributes('a b', [{ id: 'a', kind: 'task' }], signal),
      () => client.patchProject('p', { statuses }, signal),
      () => client.patchProject('p', { taskTypes: [{ name: 'x'.repeat(101) }] }, signal),
      () => client.patchProject('p', { folderTypes: [{ name: ' ' }] }, signal),
      () => client.patchProject('p', { label: "Bob's film" }, signal),
    ]) {
      expect(await asked(work)).toEqual({ code: 'value-invalid', calls: 0 });
    }
    expect(projectNameProblem('my-project')).toContain('"my-project" can be no AYON project');
    expect(listProblem('statuses', statuses)).toContain('"Pending review" and "Pending Review"');
  });
});

describe('in the name of somebody', () => {
  test('a comment is written by the user, if AYON has an active one, else by the service user, which is told', async () => {
    const { project, ...at } = await target();
    const [user] = (await client.users(signal)).filter(({ active, name }) => active && name !== 'service');
    const write = (author: string) =>
      client.comment(project, { ...at, body: `by ${author}`, author }, signal);

    const known = await write(user?.name ?? '');
    const before = ayon.calls.count();
    const unknown = await write('nobody.here');
    // Not even tried: AYON would answer a bare 500.
    expect(comments(before)).toBe(1);

    expect(known.note).toBeUndefined();
    expect(unknown.note).toContain('AYON has no active user "nobody.here"');
    const authors = await authorsIn(project);
    expect(authors.get(known.id)).toBe(user?.name);
    expect(authors.get(unknown.id)).toBe('service');
  });

  test('a user that was removed a moment ago is no failure', async () => {
    const { project, ...at } = await target();
    ayon.store.users.set('gone', { ...user(), name: 'gone' });
    // Another client: it has not read the users yet.
    const fresh = newClient();
    const write = () => fresh.comment(project, { ...at, body: 'x', author: 'gone' }, signal);
    expect((await write()).note).toBeUndefined();

    ayon.store.users.delete('gone');

    expect((await write()).note).toContain('AYON has no active user "gone"');
  });

  test('a user that was switched off counts as none', async () => {
    const { project, ...at } = await target();
    ayon.store.users.set('retired', { ...user(), name: 'retired', active: false });
    const fresh = newClient();

    const { note } = await fresh.comment(project, { ...at, body: 'x', author: 'retired' }, signal);

    expect(note).toContain('AYON has no active user "retired"');
    ayon.store.users.delete('retired');
  });
});

const user = () => {
  const found = [...ayon.store.users.values()].find(({ name }) => name !== 'service');
  if (found === undefined) {
    throw new Error('the sample studio has users');
  }
  return found;
};

test('a project is read to its end in pages, each node once', async () => {
  const big = await startAyonSimulator({
    studio: generateStudio({ projects: 1, entitiesPerProject: 2_500, seed: 3 }),
  });
  const reader = createAyonClient({ ...optionsOf(big), addon: { name: 'ftrack', version: '1.0.0' } });
  const [{ name: project } = { name: '' }] = await reader.projects(signal);
  const ids: Record<'folders' | 'tasks', string[]> = { folders: [], tasks: [] };

  for (const list of ['folders', 'tasks'] as const) {
    for await (const page of reader.pages(project, list, signal)) {
      ids[list].push(...page.map(({ id }) => id));
    }
  }
  const top = await reader.entities(project, { topFolders: {} }, signal);
  const below = await reader.entities(project, { subtreesOf: top?.map(({ id }) => id) ?? [] }, signal);
  await big.close();

  const all = [...(top ?? []), ...(below ?? [])];
  const idsOf = (wanted: string) => all.filter(({ kind }) => kind === wanted).map(({ id }) => id);
  expect(ids.tasks.length).toBeGreaterThan(1_000);
  expect(ids.tasks.toSorted()).toEqual(idsOf('task').toSorted());
  expect(ids.folders.toSorted()).toEqual(idsOf('folder').toSorted());
  expect(await asked(() => client.pages('none', 'folders', signal).next())).toMatchObject({
    code: 'ayon-rejected',
  });
});
