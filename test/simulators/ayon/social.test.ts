import type { AyonSimulator } from '../../../simulators/ayon';
import { startAyonSimulator } from '../../../simulators/ayon';
import { createFolder, TestClient, testId } from './client';

const PATH = '/api/projects/show';

describe('comments, links and lists of the AYON simulator', () => {
  let simulator: AyonSimulator;
  let client: TestClient;
  let anna: TestClient;

  beforeEach(async () => {
    simulator = await startAyonSimulator();
    simulator.store.addProject({ name: 'show', code: 'shw' });
    simulator.store.addUser({ name: 'anna' });
    client = new TestClient(simulator);
    anna = new TestClient(simulator, { 'x-as-user': 'anna' });
    const task = (number: number, name: string) => ({
      type: 'create',
      entityType: 'task',
      entityId: testId(number),
      data: { name, taskType: 'Compositing', folderId: testId(number - 10) },
    });
    const folders = [createFolder(1, { name: 'a' }), createFolder(2, { name: 'b' })];
    await client.operations('show', [...folders, task(11, 'comp'), task(12, 'comp')]);
  });

  afterEach(async () => {
    await simulator.close();
  });

  function topics(): string[] {
    const all = [...simulator.store.events.ascending()].map(({ topic }) => topic);
    return all.filter((topic) => !topic.startsWith('entity.'));
  }

  const comment = (body: string, more: Record<string, unknown> = {}) => ({
    type: 'create',
    data: { entityType: 'task', entityId: testId(11), activityType: 'comment', body, ...more },
  });

  it('runs comments in a batch that keeps what was done before a failure', async () => {
    const broken = comment('x'.repeat(2001));
    const stopped = await client.send('POST', `${PATH}/operations/activities`, {
      operations: [{ ...comment('one'), activityId: testId(50) }, broken, comment('never')],
    });
    const tolerant = await client.send('POST', `${PATH}/operations/activities`, {
      operations: [
        broken,
        { type: 'update', activityId: testId(50), data: { body: 'changed', tags: ['x'] } },
        { type: 'delete', activity_id: testId(99) },
      ],
      canFail: true,
    });

    expect(stopped.body).toMatchObject({ success: false, operations: [{ success: true }, { status: 400 }] });
    expect(tolerant.body['operations']).toMatchObject([{ status: 400 }, { success: true }, { status: 404 }]);
    expect([...simulator.store.project('show').activities.values()]).toMatchObject([
      { body: 'changed', tags: ['x'] },
    ]);
    expect(topics()).toEqual(['activity.created', 'activity.updated']);
  });

  it('lets people edit their own comments only, and write nothing but comments and reviews', async () => {
    const path = `${PATH}/tasks/${testId(11)}/activities`;
    const mine = await anna.send('POST', path, { activityType: 'comment', body: 'mine' });
    const other = await client.send('POST', path, {
      activityType: 'comment',
      body: 'theirs',
      id: testId(50),
    });
    const strange = await anna.send('POST', path, { activityType: 'status.change', body: '' });
    const edits = await Promise.all([
      anna.send('PATCH', `${PATH}/activities/${String(mine.body['id'])}`, { body: 'better' }),
      anna.send('PATCH', `${PATH}/activities/${testId(50)}`, { body: 'no' }),
      anna.send('DELETE', `${PATH}/activities/${testId(50)}`),
      client.send('DELETE', `${PATH}/activities/${String(mine.body['id'])}`),
    ]);
    const watchers = await client.send('GET', `${PATH}/tasks/${testId(11)}/watchers`);
    await client.send('POST', `${PATH}/tasks/${testId(11)}/watchers`, { watchers: ['admin'] });

    expect([other.status, strange.status]).toEqual([201, 403]);
    expect(edits.map(({ status }) => status)).toEqual([204, 403, 403, 204]);
    expect(watchers.body).toEqual({ watchers: ['anna'] });
    expect((await client.send('GET', `${PATH}/tasks/${testId(11)}/watchers`)).body).toEqual({
      watchers: ['admin'],
    });
  });

  it('makes many links in one transaction with one event', async () => {
    const type = 'breakdown|folder|folder';
    await client.send('PUT', `${PATH}/links/types/${encodeURIComponent(type)}`, {
      data: { color: '#ff0000' },
    });
    const link = (number: number) => ({
      id: testId(number),
      input: testId(1),
      output: testId(2),
      linkType: type,
    });

    const made = await client.send('POST', `${PATH}/links/bulk`, { links: [link(60), link(61)] });
    const refused = await client.send('POST', `${PATH}/links/bulk`, { links: [link(62), link(60)] });
    const removed = await client.send('DELETE', `${PATH}/links/types/${encodeURIComponent(type)}`);

    expect(made.body['created']).toMatchObject([
      { id: testId(60), linkType: 'breakdown' },
      { id: testId(61) },
    ]);
    expect([refused.status, removed.status]).toEqual([409, 204]);
    expect([...simulator.store.project('show').links.keys()]).toEqual([testId(60), testId(61)]);
    expect(topics()).toEqual(['links.created']);
  });

  it('skips no link when one of an earlier page is deleted meanwhile', async () => {
    const type = 'breakdown|folder|folder';
    await client.send('PUT', `${PATH}/links/types/${encodeURIComponent(type)}`, { data: {} });
    const links = [60, 61, 62].map((number) => {
      return { id: testId(number), input: testId(1), output: testId(2), linkType: type };
    });
    await client.send('POST', `${PATH}/links/bulk`, { links });
    type Links = { pageInfo: { endCursor: string }; edges: { id: string }[] };
    const page = async (after: string | null): Promise<{ all: Links; own: Links }> => {
      const args = `(first: 1, after: ${JSON.stringify(after)}) { pageInfo { endCursor } edges { id } }`;
      const query = `{ project(name: "show") { all: links${args} folder(id: "${testId(1)}") { own: links${args} } } }`;
      const { project } = await client.query<{ project: { all: Links; folder: { own: Links } } }>(query);
      return { all: project.all, own: project.folder.own };
    };
    const first = await page(null);
    await client.send('DELETE', `${PATH}/links/${testId(60)}`);
    const second = await page(first.all.pageInfo.endCursor);

    expect(first.own.pageInfo).toEqual(first.all.pageInfo);
    expect([second.all, second.own].map(({ edges }) => edges)).toEqual([
      [{ id: testId(61) }],
      [{ id: testId(61) }],
    ]);
  });

  it('changes single items of a list, and appends in merge what has no item id', async () => {
    const items = [1, 2].map((number) => ({ id: testId(70 + number), entityId: testId(number) }));
    await client.send('POST', `${PATH}/lists`, {
      id: testId(70),
      entityType: 'folder',
      label: 'Daily',
      items,
    });
    const path = `${PATH}/lists/${testId(70)}`;

    await client.send('POST', `${path}/items`, { id: testId(73), entityId: testId(1), label: 'again' });
    await client.send('PATCH', `${path}/items/${testId(73)}`, { data: { note: 'x' }, position: 9 });
    await client.send('DELETE', `${path}/items/${testId(71)}`);
    const missing = await client.send('DELETE', `${path}/items/${testId(71)}`);
    await client.send('PATCH', `${path}/items`, {
      mode: 'merge',
      items: [{ id: testId(72), label: 'B' }, { entityId: testId(2) }],
    });
    await client.send('POST', `${path}/order`, { order: [testId(73), testId(72)] });
    const { body } = await client.send('GET', path);
    const entities = await client.send('GET', `${path}/entities`);
    const sorted = await client.query(`{ project(name: "show") { entityLists(search: "dail") { edges { node {
      label count items(sortBy: "label", first: 2) { edges { entityId node { name } } } } } } } }`);
    await client.send('PATCH', `${path}/items`, { mode: 'delete', items: [{ id: testId(73) }] });

    expect(missing.status).toBe(404);
    expect(body['items']).toMatchObject([
      { id: testId(73), entityId: testId(1), label: 'again', data: { note: 'x' }, position: 0 },
      { id: testId(72), entityId: testId(2), label: 'B' },
      { entityId: testId(2), label: null },
    ]);
    expect(entities.body).toEqual({ entityType: 'folder', entityIds: [testId(1), testId(2), testId(2)] });
    expect(sorted).toMatchObject({
      project: {
        entityLists: {
          edges: [
            {
              node: {
                label: 'Daily',
                count: 3,
                items: { edges: [{ node: { name: 'b' } }, { entityId: testId(1) }] },
              },
            },
          ],
        },
      },
    });
    expect(simulator.store.project('show').lists.get(testId(70))?.items).toHaveLength(2);
    expect(topics().filter((topic) => topic === 'entity_list.changed')).toHaveLength(6);
  });

  it('keeps who may see a list, and refuses items without an entity and modes that do not exist', async () => {
    const access = { anna: 20 };
    await client.send('POST', `${PATH}/lists`, { id: testId(90), entityType: 'task', label: 'a', access });
    const nothing = await client.send('POST', `${PATH}/lists`, {
      entityType: 'task',
      label: 'b',
      items: [{ label: 'x' }],
    });
    const items = [{ entityId: testId(11) }];
    const mode = await client.send('PATCH', `${PATH}/lists/${testId(90)}/items`, { mode: 'append', items });
    const { body } = await client.send('GET', `${PATH}/lists/${testId(90)}`);

    expect([nothing.status, mode.status]).toEqual([400, 400]);
    expect(body).toMatchObject({ access, items: [] });
    expect(simulator.store.project('show').lists.size).toBe(1);
  });

  it('assigns people to tasks, finds folders by their tasks, keeps workfiles by path', async () => {
    const assign = (mode: string, users: string[]) =>
      client.send('POST', `${PATH}/tasks/${testId(12)}/assign`, { mode, users });
    await assign('set', ['anna', 'bob']);
    await assign('add', ['bob', 'eve']);
    await assign('remove', ['anna']);
    const wrong = await assign('toggle', ['anna']);
    const task = await client.send('GET', `${PATH}/tasks/${testId(12)}`);
    const filter = { conditions: [{ key: 'assignees', operator: 'includes', value: 'eve' }] };
    const folders = await client.send('POST', `${PATH}/tasksFolders`, { filter });
    const workfile = { path: '/w/comp_v001.nk', taskId: testId(12) };
    const made = await client.send('POST', `${PATH}/workfiles`, { ...workfile, id: testId(80) });
    const twin = await client.send('POST', `${PATH}/workfiles`, workfile);
    const read = await client.send('GET', `${PATH}/workfiles/${testId(80)}`);

    expect([task.body['assignees'], wrong.status]).toEqual([['bob', 'eve'], 400]);
    expect(folders.body).toEqual({ folderIds: [testId(2)] });
    expect([made.status, twin.status, twin.body['code']]).toEqual([201, 500, 409]);
    expect(read.body).toMatchObject(workfile);
  });
});
