import type { AyonSimulator } from '../../../simulators/ayon';
import { startAyonSimulator } from '../../../simulators/ayon';
import { createFolder, TestClient, testId } from './client';

type Names = { node: { name: string } }[];

interface Page {
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
  edges: Names;
}

const create = (entityType: string, number: number, data: Record<string, unknown>) => ({
  type: 'create',
  entityType,
  entityId: testId(number),
  data,
});

describe('GraphQL of the AYON simulator', () => {
  let simulator: AyonSimulator;
  let client: TestClient;

  beforeAll(async () => {
    simulator = await startAyonSimulator();
    simulator.store.addProject({ name: 'show', code: 'shw' });
    client = new TestClient(simulator);
    const folders = [
      createFolder(1, { name: 'sq010', folderType: 'Sequence', attrib: { fps: 30 } }),
      createFolder(2, { name: 'sh010', parentId: testId(1), status: 'On hold', label: 'Der Hafen' }),
      createFolder(3, { name: 'sh020', parentId: testId(1), attrib: { fps: 48 }, tags: ['x'] }),
      createFolder(4, { name: 'assets', folderType: 'Folder', data: { note: { by: 'anna' } } }),
    ];
    const { body } = await client.operations('show', [
      ...folders,
      create('task', 11, { name: 'comp', taskType: 'Compositing', folderId: testId(2), assignees: ['anna'] }),
      create('task', 12, { name: 'anim', taskType: 'Animation', folderId: testId(3) }),
      create('product', 21, { name: 'renderMain', productType: 'render', folderId: testId(2) }),
      ...[1, 2, -2].map((version, at) =>
        create('version', 31 + at, { version, productId: testId(21), taskId: testId(11), author: 'admin' }),
      ),
      create('workfile', 41, { path: '/work/sh010_comp_v001.nk', taskId: testId(11) }),
    ]);
    if (body['success'] !== true) {
      throw new Error(`The project could not be made: ${JSON.stringify(body)}`);
    }
    await client.send('PUT', '/api/projects/show/links/types/breakdown%7Cfolder%7Cfolder', {});
    await client.send('POST', '/api/projects/show/links', {
      input: testId(4),
      output: testId(3),
      linkType: 'breakdown|folder|folder',
    });
  });

  afterAll(async () => {
    await simulator.close();
  });

  async function page(call: string, variables: Record<string, unknown> = {}): Promise<Page> {
    const declared = Object.keys(variables).map((name) => `$${name}: String`);
    const head = declared.length > 0 ? `query(${declared.join(', ')})` : '';
    const fields = 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { node { name } }';
    const data = await client.query<{ project: { list: Page } }>(
      `${head} { project(name: "show") { list: ${call} { ${fields} } } }`,
      variables,
    );
    return data.project.list;
  }

  const names = async (call: string, variables?: Record<string, unknown>): Promise<string[]> =>
    (await page(call, variables)).edges.map(({ node }) => node.name);

  it.each([
    [{ key: 'attrib/fps', operator: 'gt', value: 25 }, ['sq010', 'sh010', 'sh020']],
    [{ key: 'attrib.fps', operator: 'eq', value: 48 }, ['sh020']],
    [{ key: 'folder_type', operator: 'in', value: ['Sequence', 'Folder'] }, ['sq010', 'assets']],
    [{ key: 'label', operator: 'notnull' }, ['sh010']],
    [{ key: 'tags', operator: 'includes', value: 'x' }, ['sh020']],
    [{ key: 'tags', operator: 'excludesany', value: ['x', 'y'] }, ['sq010', 'sh010', 'assets']],
    [{ key: 'name', operator: 'like', value: 'SH%' }, ['sh010', 'sh020']],
    [{ key: 'data/note/by', operator: 'eq', value: 'anna' }, ['assets']],
  ])('filters folders by %j', async (condition, expected) => {
    expect(await names('folders(filter: $f)', { f: JSON.stringify({ conditions: [condition] }) })).toEqual(
      expected,
    );
  });

  it('joins conditions by and, or, and nesting, and refuses what it does not know', async () => {
    const name = (value: string) => ({ key: 'name', operator: 'eq', value });
    const either = { operator: 'or', conditions: [name('sh010'), name('sh020')] };
    const both = {
      operator: 'and',
      conditions: [either, { key: 'status', operator: 'eq', value: 'On hold' }],
    };

    const found = await names('folders(filter: $f)', { f: JSON.stringify(both) });
    const query =
      'query($f: String) { project(name: "show") { folders(filter: $f) { edges { node { name } } } } }';
    const broken = await Promise.all(
      [
        '{',
        '{"conditions":[{"key":"nope","value":1}]}',
        '{"conditions":[{"key":"name","operator":"is","value":1}]}',
      ].map((f) => client.send('POST', '/graphql', { query, variables: { f } })),
    );

    expect(found).toEqual(['sh010']);
    await expect(names('folders(statuses: ["Ready (Client)"])')).rejects.toThrow('Invalid status name');
    expect(broken.map(({ body }) => body['errors'])).toMatchObject(
      Array.from({ length: 3 }, () => [{ extensions: { status: 400 } }]),
    );
  });

  it('finds by search, neighbours, links, expressions, heroes', async () => {
    const task = JSON.stringify({ conditions: [{ key: 'task_type', value: 'Animation' }] });
    const folder = JSON.stringify({ conditions: [{ key: 'status', value: 'On hold' }] });

    expect(await names('folders(search: "HAFEN sq010")')).toEqual(['sh010']);
    expect(await names('folders(taskFilter: $f)', { f: task })).toEqual(['sh020']);
    expect(await names('folders(assignees: ["anna"])')).toEqual(['sh010']);
    expect(await names('folders(hasLinks: IN)')).toEqual(['sh020']);
    expect(await names('folders(hasLinks: NONE)')).toEqual(['sq010', 'sh010']);
    expect(await names('folders(pathEx: "^/sq010/.*20$")')).toEqual(['sh020']);
    expect(await names('tasks(folderFilter: $f)', { f: folder })).toEqual(['comp']);
    expect(await names('products(taskFilter: $f)', { f: task })).toEqual([]);
    expect(await names('versions(heroOnly: true)')).toEqual(['HERO']);
    expect(await names('versions(heroOrLatestOnly: true)')).toEqual(['v002', 'HERO']);
    expect(await names('workfiles(paths: ["/work/sh010_comp_v001.nk"])')).toEqual(['sh010_comp_v001.nk']);
  });

  it('looks below folders for versions, too', async () => {
    const above = `folderIds: ["${testId(1)}"]`;

    expect(await names(`versions(${above})`)).toEqual([]);
    expect(await names(`versions(${above}, includeFolderChildren: true)`)).toEqual(['v001', 'v002', 'HERO']);
  });

  it('ignores no filter: asked for what does not exist, each finds nothing', async () => {
    type Fields = { name: string; args: { name: string; type: { name: string | null; kind: string } }[] }[];
    const { __type: type } = await client.query<{ __type: { fields: Fields } }>(
      '{ __type(name: "ProjectNode") { fields { name args { name type { name kind } } } } }',
    );
    const lists = type.fields.filter(({ args }) => args.some(({ name }) => name === 'first'));
    const filters = lists.flatMap(({ name, args }) => {
      const skipped = new Set(['first', 'after', 'last', 'before', 'sortBy', 'attributes', 'hasLinks']);
      const wanted = args.filter((arg) => arg.type.kind !== 'NON_NULL' && !skipped.has(arg.name));
      return wanted
        .filter((arg) => arg.type.name !== 'Boolean')
        .map(({ name: arg, type: { kind, name: of } }) => {
          const value = of === 'Int' || arg === 'versions' ? '-77' : '"zzz"';
          return `${name}(${arg}: ${kind === 'LIST' ? `[${value}]` : value})`;
        });
    });
    const found: string[] = [];
    for (const filter of filters) {
      const query = `{ project(name: "show") { list: ${filter} { edges { __typename } } } }`;
      const { body } = await client.send('POST', '/graphql', { query });
      const data = body['data'] as { project: { list: { edges: unknown[] } } | null } | null;
      const isRefused = JSON.stringify(body['errors'] ?? '').includes('Invalid');
      if (!isRefused && data?.project?.list.edges.length !== 0) {
        found.push(filter);
      }
    }

    expect(filters.length).toBeGreaterThan(80);
    expect(found).toEqual([]);
  });

  it('pages in the order of a column, forwards and backwards', async () => {
    const first = await page('folders(sortBy: "name", first: 3)');
    const rest = await page('folders(sortBy: "name", first: 3, after: $c)', { c: first.pageInfo.endCursor });
    const last = await page('folders(sortBy: "attrib.fps", last: 2)');
    const before = await page('folders(sortBy: "attrib.fps", last: 2, before: $c)', {
      c: last.pageInfo.endCursor,
    });

    expect([first, rest, last, before].map(({ edges }) => edges.map(({ node }) => node.name))).toEqual([
      ['assets', 'sh010', 'sh020'],
      ['sq010'],
      ['sh020', 'sh010'],
      ['sq010', 'assets'],
    ]);
    expect([first, rest].map(({ pageInfo }) => pageInfo.hasNextPage)).toEqual([true, false]);
    expect([last, before].map(({ pageInfo }) => pageInfo.hasPreviousPage)).toEqual([true, false]);
  });

  it('walks backwards in the order of insertion by last and before', async () => {
    const last = await page('folders(last: 2)');
    const before = await page('folders(last: 5, before: $c)', { c: last.pageInfo.endCursor });

    expect(last.edges.map(({ node }) => node.name)).toEqual(['assets', 'sh020']);
    expect(before.edges.map(({ node }) => node.name)).toEqual(['sh010', 'sq010']);
  });

  it('answers what lies below and beside an entity', async () => {
    const data = await client.query(`{ project(name: "show") { usedTags color bundle { production }
      folder(id: "${testId(1)}") { totalFolderCount totalTaskCount totalVersionCount thumbnail { id } }
      product(id: "${testId(21)}") { versionList { version name } }
      version(id: "${testId(32)}") { heroVersionId isLatest isLatestDone hasReviewables }
      workfile(id: "${testId(41)}") { name path taskId task { name } }
      links { edges { linkType inputNode { name } outputNode { name } } } }
      user(name: "admin") { isStagingAllowed tasks(projectName: "show") { edges { node { name } } } } }`);

    expect(data).toEqual({
      project: {
        usedTags: ['x'],
        color: null,
        bundle: { production: null },
        folder: { totalFolderCount: 2, totalTaskCount: 2, totalVersionCount: 3, thumbnail: null },
        product: {
          versionList: [
            { version: 1, name: 'v001' },
            { version: 2, name: 'v002' },
            { version: -2, name: 'HERO' },
          ],
        },
        version: { heroVersionId: testId(33), isLatest: true, isLatestDone: false, hasReviewables: false },
        workfile: {
          name: 'sh010_comp_v001.nk',
          path: '/work/sh010_comp_v001.nk',
          taskId: testId(11),
          task: { name: 'comp' },
        },
        links: {
          edges: [{ linkType: 'breakdown', inputNode: { name: 'assets' }, outputNode: { name: 'sh020' } }],
        },
      },
      user: { isStagingAllowed: true, tasks: { edges: [] } },
    });
  });

  it('filters events by everything that the real server offers', async () => {
    const events = async (args: string): Promise<number> => {
      const query = `{ events(${args}, first: 100) { edges { node { topic createdAt } } } }`;
      const data = await client.query<{ events: { edges: unknown[] } }>(query);
      return data.events.edges.length;
    };
    const source = await client.send('POST', '/api/events', {
      topic: 'test.source',
      payload: { deep: [{ x: 1 }] },
    });
    await client.send('POST', '/api/enroll', {
      sourceTopic: 'test.source',
      targetTopic: 'test.target',
      sender: 'w',
    });
    const filter = JSON.stringify(JSON.stringify({ conditions: [{ key: 'payload/deep/0/x', value: 1 }] }));
    const { createdAt } = simulator.store.events.get(String(source.body['id'])) ?? { createdAt: '' };

    expect(await events('topics: ["entity.folder.*"]')).toBe(4);
    expect(await events('topics: ["entity.folder.created", "entity.task.created"], users: ["service"]')).toBe(
      6,
    );
    expect(await events('projects: ["show"], statuses: ["pending"]')).toBe(0);
    expect(await events('states: ["pending"]')).toBe(1);
    expect(await events('hasChildren: true')).toBe(1);
    expect(await events(`filter: ${filter}`)).toBe(1);
    expect(await events(`newerThan: "${createdAt}", topics: ["test.*"]`)).toBeLessThan(2);
    expect(await events('newerThan: "2999-01-01T00:00:00Z"')).toBe(0);
    expect(await events(`olderThan: "2000-01-01T00:00:00Z"`)).toBe(0);
  });
});
