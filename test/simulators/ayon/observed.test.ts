import type { AyonSimulator } from '../../../simulators/ayon';
import { startAyonSimulator } from '../../../simulators/ayon';
import { createFolder, TestClient, testId, updateFolder } from './client';

const create = (entityType: string, number: number, data: Record<string, unknown>) => ({
  type: 'create',
  entityType,
  entityId: testId(number),
  data,
});

describe('what was observed on a real server and is in no recorded answer', () => {
  let simulator: AyonSimulator;
  let client: TestClient;

  beforeEach(async () => {
    simulator = await startAyonSimulator();
    simulator.store.addProject({ name: 'show', code: 'shw' });
    simulator.store.addUser({ name: 'anna' });
    client = new TestClient(simulator, { 'x-sender-type': 'ftrack' });
    await client.operations('show', [
      createFolder(1, { name: 'sq010' }),
      create('task', 2, { name: 'comp', taskType: 'Compositing', folderId: testId(1) }),
      create('product', 3, { name: 'main', productType: 'render', folderId: testId(1) }),
      create('version', 4, { version: 1, productId: testId(3), taskId: testId(2) }),
      create('representation', 5, { name: 'exr', versionId: testId(4) }),
      createFolder(6, { name: 'sq020' }),
    ]);
  });

  afterEach(() => simulator.close());

  async function read(path: string): Promise<Record<string, unknown>> {
    return (await client.send('GET', `/api/projects/show/${path}`)).body;
  }

  const failures = async (...operations: unknown[]): Promise<unknown[]> => {
    const { body } = await client.operations('show', operations, { canFail: true });
    return (body['operations'] as { status: number }[]).map(({ status }) => status);
  };

  it('gives new entities the first status whose scope fits', async () => {
    const paths = [`folders/${testId(1)}`, `versions/${testId(4)}`, `representations/${testId(5)}`];
    const statuses = await Promise.all(paths.map(async (path) => (await read(path))['status']));

    expect(statuses).toEqual(['Not ready', 'Pending review', 'Omitted']);
  });

  it('lets only managers change where published versions lie, and only by force', async () => {
    const move = updateFolder(1, { parentId: testId(6) });

    expect(await failures(move)).toEqual([403]);
    expect(await failures({ ...move, force: true, asUser: 'anna' })).toEqual([403]);
    expect(await failures({ ...move, force: true })).toEqual([204]);
  });

  it('refuses people versions of another author', async () => {
    const version = (number: number, author: string) => ({
      ...create('version', 10 + number, { version: number, productId: testId(3), author }),
      asUser: 'anna',
    });

    expect(await failures(version(2, 'admin'), version(3, 'anna'))).toEqual([403, 201]);
  });

  it('keeps the version of a deleted task, without the task', async () => {
    await failures({ type: 'delete', entityType: 'task', entityId: testId(2) });

    expect((await read(`versions/${testId(4)}`))['taskId'] ?? null).toBeNull();
  });

  it('records the sender type of a change of a project', async () => {
    await client.send('PATCH', '/api/projects/show', { label: 'The show' });
    const events = [...simulator.store.events.ascending()].slice(-2);

    expect(events).toMatchObject([
      { topic: 'entity.project.label_changed', senderType: 'ftrack' },
      { topic: 'entity.project.changed', senderType: 'ftrack' },
    ]);
  });

  it('counts the age of a source from its last change', async () => {
    const { body } = await client.send('POST', '/api/events', { topic: 'test.source' });
    simulator.store.clock.advance(4 * 86_400_000);
    const enroll = () =>
      client.send('POST', '/api/enroll', { sourceTopic: 'test.source', targetTopic: 'test.t', sender: 'w' });
    const before = await enroll();
    await client.send('PATCH', `/api/events/${String(body['id'])}`, { description: 'again' });

    expect([before.status, (await enroll()).status]).toEqual([204, 200]);
  });
});
