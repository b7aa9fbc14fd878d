import type { AyonSimulator } from '../../../simulators/ayon';
import { startAyonSimulator } from '../../../simulators/ayon';
import { createFolder, TestClient, testId, updateFolder } from './client';

const PROJECT = 'show';
const folderPath = (number: number): string => `/api/projects/${PROJECT}/folders/${testId(number)}`;

describe('operations of the AYON simulator', () => {
  let simulator: AyonSimulator;
  let client: TestClient;

  beforeEach(async () => {
    simulator = await startAyonSimulator();
    simulator.store.addProject({ name: PROJECT, code: 'shw' });
    client = new TestClient(simulator);
  });

  afterEach(async () => {
    await simulator.close();
  });

  function topics(): string[] {
    return [...simulator.store.events.ascending()].map(({ topic }) => topic);
  }

  it('undoes everything of a failed batch, names and events included', async () => {
    const failed = await client.operations(PROJECT, [
      createFolder(1, { name: 'sq010' }),
      createFolder(2, { name: 'bad name' }),
    ]);
    const again = await client.operations(PROJECT, [createFolder(3, { name: 'SQ010' })]);

    expect(failed.body['success']).toBe(false);
    expect(failed.body['operations']).toMatchObject([{ success: true }, { errorCode: 'invalid_data' }]);
    expect(again.body['success']).toBe(true);
    expect((await client.send('GET', folderPath(1))).status).toBe(404);
    expect(topics()).toEqual(['entity.folder.created']);
  });

  it('puts a changed, moved and deleted entity back as it was', async () => {
    await client.operations(PROJECT, [
      createFolder(1, { name: 'sq010' }),
      createFolder(2, { name: 'sh010', parentId: testId(1), attrib: { fps: 30 } }),
      createFolder(3, { name: 'other' }),
    ]);
    const before = await client.send('GET', folderPath(2));

    const failed = await client.operations(PROJECT, [
      updateFolder(2, { name: 'renamed', parentId: testId(3), attrib: { fps: null } }),
      { type: 'delete', entityType: 'folder', entityId: testId(1) },
      updateFolder(99, { label: 'nobody' }),
    ]);

    expect(failed.body['success']).toBe(false);
    expect((await client.send('GET', folderPath(2))).body).toEqual(before.body);
    expect(before.body['path']).toBe('/sq010/sh010');
  });

  it('answers with the status of the failure when raiseOnError is set', async () => {
    const answer = await client.operations(PROJECT, [updateFolder(9, { name: 'x' })], { raiseOnError: true });

    expect(answer.status).toBe(404);
  });

  it('gives the name of a deactivated folder free and refuses to take it back', async () => {
    await client.operations(PROJECT, [createFolder(1, { name: 'sh010' })]);
    await client.operations(PROJECT, [
      updateFolder(1, { active: false }),
      createFolder(2, { name: 'SH010' }),
    ]);

    const answer = await client.operations(PROJECT, [updateFolder(1, { active: true })]);

    expect(answer.body['operations']).toMatchObject([{ status: 409, errorCode: 'unique-violation' }]);
  });

  it('shows the inherited value again when an own value is removed', async () => {
    await client.operations(PROJECT, [
      createFolder(1, { name: 'sq010', attrib: { fps: 30, ftrackId: 'own' } }),
      createFolder(2, { name: 'sh010', parentId: testId(1), attrib: { fps: 48 } }),
    ]);

    await client.operations(PROJECT, [updateFolder(2, { attrib: { fps: null } })]);
    const { body } = await client.send('GET', folderPath(2));

    expect(body['attrib']).toMatchObject({ fps: 30 });
    expect(body['attrib']).not.toHaveProperty('ftrackId');
    expect(body['ownAttrib']).toEqual([]);
  });

  it('merges data by key and removes a key that is null', async () => {
    await client.operations(PROJECT, [createFolder(1, { name: 'a', data: { x: { y: 1 }, z: 1 } })]);

    await client.send('PATCH', folderPath(1), { data: { x: { w: 2 }, z: null } });

    expect((await client.send('GET', folderPath(1))).body['data']).toEqual({ x: { w: 2 } });
  });

  it('drops an attribute that the server does not know until it was restarted', async () => {
    const definition = { position: 40, scope: ['folder'], data: { type: 'string', inherit: false } };
    await client.operations(PROJECT, [createFolder(1, { name: 'a' })]);
    await client.send('PUT', '/api/attributes/shotgun', definition);

    const early = await client.send('PATCH', folderPath(1), { attrib: { shotgun: 'x' } });
    const dropped = await client.send('GET', folderPath(1));
    await client.send('POST', '/api/system/restart');
    await client.send('PATCH', folderPath(1), { attrib: { shotgun: 'x' } });

    expect(early.status).toBe(204);
    expect(dropped.body['attrib']).not.toHaveProperty('shotgun');
    expect((await client.send('GET', folderPath(1))).body['attrib']).toMatchObject({ shotgun: 'x' });
  });

  it('keeps folders above published versions in place, also after a move of the published part', async () => {
    await client.operations(PROJECT, [
      createFolder(1, { name: 'sq010' }),
      createFolder(2, { name: 'sh010', parentId: testId(1) }),
      createFolder(3, { name: 'sq020' }),
    ]);
    await client.operations(PROJECT, [
      {
        type: 'create',
        entityType: 'product',
        entityId: testId(4),
        data: { name: 'main', productType: 'render', folderId: testId(2) },
      },
      {
        type: 'create',
        entityType: 'version',
        entityId: testId(5),
        data: { version: 1, productId: testId(4) },
      },
    ]);

    const refused = await client.operations(PROJECT, [updateFolder(1, { name: 'x' })]);
    const forced = await client.operations(PROJECT, [
      { ...updateFolder(2, { parentId: testId(3) }), force: true },
    ]);
    const free = await client.operations(PROJECT, [updateFolder(1, { name: 'x' })]);
    const held = await client.operations(PROJECT, [updateFolder(3, { name: 'y' })]);

    expect(refused.body['operations']).toMatchObject([{ status: 403 }]);
    expect(forced.body['success']).toBe(true);
    expect(free.body['success']).toBe(true);
    expect(held.body['operations']).toMatchObject([{ status: 403 }]);
  });

  it('refuses a folder below itself', async () => {
    await client.operations(PROJECT, [
      createFolder(1, { name: 'a' }),
      createFolder(2, { name: 'b', parentId: testId(1) }),
    ]);

    const answer = await client.operations(PROJECT, [updateFolder(1, { parentId: testId(2) })]);

    expect(answer.body['success']).toBe(false);
  });

  it('answers a broken constraint of a REST create with HTTP 500 and the true code in the body', async () => {
    const data = { name: 'a', folderType: 'Shot' };
    await client.send('POST', `/api/projects/${PROJECT}/folders`, data);

    const twin = await client.send('POST', `/api/projects/${PROJECT}/folders`, data);

    expect(twin.status).toBe(500);
    expect(twin.body).toMatchObject({ code: 409, error: 'unique-violation' });
  });

  it('runs background batches and gives the result by polling', async () => {
    const path = `/api/projects/${PROJECT}/operations/background`;
    const started = await client.send('POST', path, { operations: [createFolder(1, { name: 'a' })] });

    const polled = await client.send('GET', `${path}/${String(started.body['id'])}`);

    expect(started.body['status']).toBe('pending');
    expect(polled.body).toMatchObject({ status: 'completed', result: { success: true } });
  });

  it('refuses to drop a status that is used and follows a renamed one', async () => {
    await client.operations(PROJECT, [createFolder(1, { name: 'a', status: 'On hold' })]);
    const path = `/api/projects/${PROJECT}`;

    const refused = await client.send('PATCH', path, { statuses: [{ name: 'Not ready' }] });
    await client.send('PATCH', path, { statuses: [{ name: 'Paused', original_name: 'On hold' }] });

    expect(refused.status).toBe(500);
    expect((await client.send('GET', folderPath(1))).body['status']).toBe('Paused');
  });

  it('creates 1,000 folders in batches within a second', async () => {
    const started = performance.now();
    for (let batch = 0; batch < 10; batch += 1) {
      const numbers = Array.from({ length: 100 }, (_, index) => batch * 100 + index + 1);
      const answer = await client.operations(
        PROJECT,
        numbers.map((number) => createFolder(number, { name: `sh${number}` })),
      );
      expect(answer.body['success']).toBe(true);
    }

    expect(performance.now() - started).toBeLessThan(1000);
  });
});
