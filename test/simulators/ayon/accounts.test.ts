import type { AyonSimulator } from '../../../simulators/ayon';
import { startAyonSimulator } from '../../../simulators/ayon';
import { createFolder, TestClient, testId } from './client';

const KEY = 'abcdefghijklmnopqrstuvwxyz012345';
const HOUR = 3_600_000;

describe('accounts of the AYON simulator', () => {
  let simulator: AyonSimulator;
  let admin: TestClient;

  beforeEach(async () => {
    simulator = await startAyonSimulator();
    simulator.store.addProject({ name: 'show', code: 'shw' });
    simulator.store.addProject({ name: 'secret', code: 'sec' });
    admin = new TestClient(simulator);
  });

  afterEach(async () => {
    await simulator.close();
  });

  async function status(path: string, headers: Record<string, string>): Promise<number> {
    const answer = await fetch(`${simulator.url}${path}`, { headers });
    await answer.text();
    return answer.status;
  }

  it('lets a person log in by password and keeps the session for 72 hours after its last use', async () => {
    const { sessions, clock } = simulator.store;
    await admin.send('PUT', '/api/users/anna', {
      password: 'Long-Pass-1',
      data: { accessGroups: { show: ['artist'] } },
    });

    const wrong = await admin.send('POST', '/api/auth/login', { name: 'anna', password: 'no' });
    const login = await admin.send('POST', '/api/auth/login', { name: 'anna', password: 'Long-Pass-1' });
    const token = String(login.body['token']);
    const ways = [
      await status('/api/users/me', { authorization: `Bearer ${token}` }),
      await status('/api/users/me', { cookie: `a=b; accessToken=${token}` }),
      await status(`/api/users/me?token=${token}`, {}),
    ];
    clock.advance(71 * HOUR);
    const used = await status('/api/users/me', { authorization: `Bearer ${token}` });
    clock.advance(71 * HOUR);
    const slid = await status('/api/users/me', { authorization: `Bearer ${token}` });
    clock.advance(73 * HOUR);

    expect(wrong.status).toBe(401);
    expect(login.body).toMatchObject({ user: { name: 'anna', data: { password: 'hashed' } } });
    expect([...ways, used, slid]).toEqual([200, 200, 200, 200, 200]);
    expect(await status('/api/users/me', { authorization: `Bearer ${token}` })).toBe(401);
    expect(sessions.list().map(({ user }) => user)).not.toContain('anna');
    expect([...simulator.store.events.ascending()].map(({ topic }) => topic)).toContain('auth.login');
  });

  it('ends a session at logout', async () => {
    const opened = await admin.send('POST', '/api/auth/sessions', { userName: 'admin' });
    const authorization = `Bearer ${String(opened.body['token'])}`;
    const before = await status('/api/users/me', { authorization });

    await fetch(`${simulator.url}/api/auth/logout`, { method: 'POST', headers: { authorization } });

    expect([before, await status('/api/users/me', { authorization })]).toEqual([200, 401]);
  });

  it('refuses a key that was wrong once for a minute, and takes an accepted one for ten minutes unseen', async () => {
    const { clock, keys } = simulator.store;
    const early = await status('/api/users/me', { 'x-api-key': KEY });
    await admin.send('PUT', '/api/users/robot', { data: { isService: true }, apiKey: KEY });
    const cached = await status('/api/users/me', { 'x-api-key': KEY });
    const asToken = await status('/api/users/me', { authorization: `Bearer ${KEY}` });
    clock.advance(60_001);
    const accepted = await status('/api/users/me', { authorization: `ApiKey ${KEY}` });
    const sameAsToken = await status(`/api/users/me?token=${KEY}`, {});
    keys.delete(KEY);
    const unseen = await status('/api/users/me', { 'x-api-key': KEY });
    clock.advance(600_001);

    expect([early, cached, asToken]).toEqual([401, 401, 401]);
    expect([accepted, sameAsToken, unseen]).toEqual([200, 200, 200]);
    expect(await status('/api/users/me', { 'x-api-key': KEY })).toBe(401);
  });

  it('keeps ordinary users out of projects in which they have no access group', async () => {
    await admin.send('PUT', '/api/users/anna', {});
    await admin.send('PATCH', '/api/users/anna/accessGroups', {
      accessGroups: [{ project: 'show', accessGroups: ['artist'] }],
    });
    const anna = new TestClient(simulator, { 'x-as-user': 'anna' });

    const listed = await anna.send('GET', '/api/projects');
    const allowed = await anna.send('GET', '/api/projects/show');
    const refused = await anna.send('GET', '/api/projects/secret');
    const graphql = await anna.send('POST', '/graphql', { query: '{project(name:"secret"){name}}' });
    const managing = await anna.send('PUT', '/api/users/bob', {});

    expect(listed.body['projects']).toMatchObject([{ name: 'show' }]);
    expect([allowed.status, refused.status, managing.status]).toEqual([200, 403, 403]);
    expect(graphql.body['errors']).toMatchObject([{ extensions: { status: 403 } }]);
  });

  it('acts as the user of an operation: one without access fails that operation, an unknown one the request', async () => {
    await admin.send('PUT', '/api/users/anna', { data: { accessGroups: { show: ['artist'] } } });
    await admin.send('PUT', '/api/users/bob', {});
    const operation = (number: number, asUser: string) => ({
      ...createFolder(number, { name: `f${number}` }),
      asUser,
    });

    const mixed = await admin.operations('show', [operation(1, 'anna'), operation(2, 'bob')], {
      canFail: true,
    });
    const unknown = await admin.operations('show', [operation(3, 'nobody')], { canFail: true });
    const folder = await admin.send('GET', `/api/projects/show/folders/${testId(1)}`);

    expect(mixed.body['operations']).toMatchObject([
      { success: true },
      { status: 403, errorCode: 'forbidden' },
    ]);
    expect(unknown.status).toBe(404);
    expect(folder.body['createdBy']).toBe('anna');
  });

  it('renames a user everywhere and deletes one with its sessions', async () => {
    await admin.send('PUT', '/api/users/robot', { data: { isService: true }, apiKey: KEY });
    await admin.operations('show', [
      createFolder(1, { name: 'a' }),
      {
        type: 'create',
        entityType: 'task',
        entityId: testId(2),
        data: { name: 'comp', taskType: 'Compositing', folderId: testId(1), assignees: ['robot'] },
      },
    ]);

    const renamed = await admin.send('PATCH', '/api/users/robot/rename', { newName: 'robot2' });
    const taken = await admin.send('PATCH', '/api/users/robot2/rename', { newName: 'ADMIN' });
    const task = await admin.send('GET', `/api/projects/show/tasks/${testId(2)}`);
    const me = await new TestClient(simulator, { 'x-api-key': KEY }).send('GET', '/api/users/me');
    await admin.send('DELETE', '/api/users/robot2');

    expect([renamed.status, taken.status]).toEqual([204, 500]);
    expect(taken.body).toMatchObject({ code: 409 });
    expect([task.body['assignees'], me.body['name']]).toEqual([['robot2'], 'robot2']);
    expect(await status('/api/users/me', { 'x-api-key': KEY })).toBe(401);
  });

  it('gives new projects to users with default groups, and changes who is in a project without an event', async () => {
    await admin.send('PUT', '/api/users/anna', { data: { defaultAccessGroups: ['artist'] } });
    await admin.send('POST', '/api/projects', { name: 'fresh', code: 'fr' });
    await admin.send('POST', '/api/projects', { name: 'closed', code: 'cl', assignUsers: false });
    const count = [...simulator.store.events.ascending()].length;

    const users = await admin.send('GET', '/api/projects/fresh/users');
    const closed = await admin.send('GET', '/api/projects/closed/users');
    await admin.send('PATCH', '/api/projects/closed/users/anna', ['supervisor']);
    const changed = await admin.send('GET', '/api/projects/closed/users');
    await admin.send('PUT', '/api/projects/closed/teams/comp', { members: [{ name: 'anna', leader: true }] });
    const teams = await admin.send('GET', '/api/projects/closed/teams?show_members=true');
    await admin.send('DELETE', '/api/projects/closed/teams/comp');

    expect([users.body, closed.body, changed.body]).toEqual([
      { anna: ['artist'] },
      {},
      { anna: ['supervisor'] },
    ]);
    expect(teams.body).toMatchObject([
      { name: 'comp', memberCount: 1, members: [{ name: 'anna', roles: [] }] },
    ]);
    expect((await admin.send('GET', '/api/projects/closed/teams')).body).toEqual([]);
    expect([...simulator.store.events.ascending()].length).toBe(count);
  });

  it('renames a project as long as it has no thumbnails, and makes projects from presets', async () => {
    await admin.operations('show', [createFolder(1, { name: 'a' })]);
    await admin.send('PUT', '/api/anatomy/presets/small', {
      folder_types: [{ name: 'Shot' }],
      attributes: { fps: 30 },
    });
    await admin.send('POST', '/api/projects', {
      name: 'mini',
      code: 'mi',
      anatomyPreset: 'small',
      skeleton: true,
    });

    const renamed = await admin.send('POST', '/api/projects/show/rename', { name: 'film', code: 'flm' });
    const taken = await admin.send('POST', '/api/projects/film/rename', { name: 'SECRET' });
    const folder = await admin.send('GET', `/api/projects/film/folders/${testId(1)}`);
    simulator.store
      .project('film')
      .thumbnails.set(testId(9), { bytes: Buffer.from(''), contentType: 'image/png' });
    const refused = await admin.send('POST', '/api/projects/film/rename', { name: 'again' });
    const mini = await admin.send('GET', '/api/projects/mini');

    expect([renamed.status, taken.status, folder.status, refused.status]).toEqual([204, 409, 200, 400]);
    expect((await admin.send('GET', '/api/projects/show')).status).toBe(404);
    expect(mini.body).toMatchObject({ folderTypes: [{ name: 'Shot' }], attrib: { fps: 30 } });
    expect([...simulator.store.events.ascending()].map(({ topic }) => topic)).toEqual([
      'entity.folder.created',
      'entity.project_skeleton.created',
      'entity.project.renamed',
    ]);
  });
});
