import { Session } from '@ftrack/api';
import type { FtrackSimulator, Hand } from '../../../simulators/ftrack/index';
import { startFtrackSimulator } from '../../../simulators/ftrack/index';

type Entity = Record<string, unknown>;

let simulator: FtrackSimulator;
let bob: Hand;
let clock = 0;

beforeAll(async () => {
  simulator = await startFtrackSimulator({ now: () => Date.now() + clock });
  bob = simulator.as('bob');
});

afterAll(() => simulator.close());

const call = <Answer = Entity>(operation: Entity): Answer => bob.batch([operation])[0] as Answer;

describe('reset_remote', () => {
  const enter = async (key: string, user = 'kenji'): Promise<number> => {
    const headers = { 'ftrack-user': user, 'ftrack-api-key': key, 'ftrack-strict-api': 'true' };
    const body = JSON.stringify([{ action: 'query', expression: 'select id from User limit 1' }]);
    return (await fetch(`${simulator.url}/api`, { method: 'POST', headers, body })).status;
  };
  const reset = (entityType: string, key: unknown): string =>
    call<{ data: { api_key: string } }>({
      action: 'reset_remote',
      reset_type: 'api_key',
      entity_type: entityType,
      entity_key: key,
    }).data.api_key;

  test('gives a user a new key, and the old one is refused at once', async () => {
    const old = simulator.keyOf('kenji');
    expect(await enter(old)).toBe(200);

    const fresh = reset('User', bob.idOf('User', 'kenji', 'username'));

    expect([await enter(old), await enter(fresh), await enter(fresh, 'bob')]).toEqual([401, 200, 401]);
  });

  test('gives an API key another value, good for its user or for everyone', async () => {
    const personal = bob.create('ApiKey', { resource_id: bob.idOf('User', 'kenji', 'username') });
    const common = bob.create('ApiKey', {});
    const [first, second] = [reset('ApiKey', [personal]), reset('ApiKey', [common])];

    expect([await enter(first), await enter(first, 'bob')]).toEqual([200, 401]);
    expect([await enter(second), await enter(second, 'bob'), await enter(second, 'nobody')]).toEqual([
      200, 200, 401,
    ]);
    const third = reset('ApiKey', [common]);
    expect([await enter(second), await enter(third)]).toEqual([401, 200]);
  });

  test('knows nothing else', () => {
    expect(() => reset('Task', 'x')).toThrow('reset_type "api_key" of a User or an ApiKey');
    expect(() => reset('User', 'x')).toThrow('There is no User with key x');
    expect(() => call({ action: 'reset_remote', reset_type: 'password', entity_type: 'User' })).toThrow(
      'password',
    );
  });
});

describe('get_widget_url', () => {
  const widget = (more: Entity = {}): string =>
    call<{ widget_url: string }>({ action: 'get_widget_url', name: 'info', theme: null, ...more }).widget_url;

  test('opens for six minutes without credentials', async () => {
    const shot = bob.findByPath('nordlicht/sq010/sh010');
    bob.rename(shot.id, 'sh<010>');
    const url = widget({ entity_type: 'Shot', entity_key: [shot.id], theme: 'light' });

    const page = await fetch(url);
    expect(page.status).toBe(200);
    await expect(page.text()).resolves.toContain('Shot sh&lt;010&gt;');
    clock = 5.9 * 60_000;
    expect((await fetch(url)).status).toBe(200);
    clock = 6.1 * 60_000;
    expect((await fetch(url)).status).toBe(403);
    clock = 0;
    expect((await fetch(url.replace('light', 'dark'))).status).toBe(403);
    bob.rename(shot.id, 'sh010');
  });

  test('is refused for unknown widgets and entities', () => {
    expect(() => widget({ name: 'weather' })).toThrow('info, tasks, tasks_browser');
    expect(() => widget({ entity_type: 'Shot', entity_key: ['nothing'] })).toThrow(
      'There is no Shot with key nothing',
    );
  });
});

describe('invitations', () => {
  test('are sent to whom exists', () => {
    const user = bob.idOf('User', 'kenji', 'username');
    const session = bob.create('ReviewSession', {
      name: 'dailies',
      project_id: bob.findByPath('nordlicht').id,
      start_date: '2026-01-01',
      end_date: '2027-01-01',
    });
    const invitee = bob.create('ReviewSessionInvitee', {
      name: 'Client',
      email: 'client@example.com',
      review_session_id: session,
    });
    const invite = { action: 'send_review_session_invite', review_session_invitee_id: invitee };

    expect(call({ action: 'send_user_invite', user_id: user, metadata: { why: 'test' } })).toEqual({
      sent: true,
      metadata: { why: 'test' },
    });
    expect(call(invite)).toEqual({ sent: true });
    expect(bob.query(`select last_sent_at from ReviewSessionInvitee where id is "${invitee}"`)).toMatchObject(
      [{ last_sent_at: { __type__: 'datetime' } }],
    );
    expect(() => call({ action: 'send_user_invite', user_id: invitee })).toThrow('There is no User');
    expect(() => call({ action: 'send_review_session_invite' })).toThrow('"review_session_invitee_id"');
  });
});

describe('security roles', () => {
  const act = (action: string, more: Entity): unknown => call({ action, ...more })['data'];

  test('are given, exchanged, limited to projects and taken', () => {
    const user = bob.create('User', { username: 'new.person' });
    const [role, next] = ['read', 'write'].map((name) =>
      bob.create('SecurityRole', { name, type: 'PROJECT' }),
    );
    const project = bob.findByPath('nordlicht').id;
    const own = { user_id: user, role_id: role };
    const rows = (): unknown =>
      bob.query(
        'select security_role_id, is_all_projects, user_security_role_projects.project_id ' +
          `from UserSecurityRole where user_id is "${user}"`,
      );

    act('add_user_security_role', own);
    act('grant_user_security_role_project', { ...own, project_id: project });
    expect(rows()).toMatchObject([
      {
        security_role_id: role,
        is_all_projects: false,
        user_security_role_projects: [{ project_id: project }],
      },
    ]);
    expect(() => act('add_user_security_role', own)).toThrow('already has');
    expect(() => act('grant_user_security_role_project', { ...own, project_id: project })).toThrow('already');
    act('update_user_security_role', { ...own, new_role_id: next });
    expect(rows()).toMatchObject([{ security_role_id: next, user_security_role_projects: [{}] }]);
    expect(() => act('remove_user_security_role', own)).toThrow('does not have');
    const other = { ...own, role_id: next, project_id: project };
    expect(act('revoke_user_security_role_project', other)).toBe(true);
    expect(() => act('revoke_user_security_role_project', other)).toThrow('not granted');
    expect(act('remove_user_security_role', other)).toBe(true);
    expect(rows()).toEqual([]);
    act('add_user_security_role', { ...own, all_open_projects: true });
    expect(rows()).toMatchObject([{ is_all_projects: true }]);
  });

  test('can be granted to API keys, by what exists only', () => {
    const apiKey = bob.create('ApiKey', {});
    const role = bob.create('SecurityRole', { name: 'api', type: 'API' });

    expect(act('grant_api_key_security_role', { api_key_id: apiKey, role_id: role })).toBe(true);

    expect([...simulator.rolesOfApiKey(apiKey)]).toEqual([role]);
    expect(() => act('grant_api_key_security_role', { api_key_id: 'x', role_id: role })).toThrow('ApiKey x');
  });
});

test('the JavaScript client calls the operations over HTTP', async () => {
  const session = new Session(simulator.url, simulator.user, simulator.key, { autoConnectEventHub: false });
  await session.initializing;
  const [widget] = await session.call([{ action: 'get_widget_url', name: 'tasks', theme: 'dark' }] as never);
  const { widget_url: url } = widget as unknown as { widget_url: string };

  expect(url.startsWith(`${simulator.url}/widget/tasks?`)).toBe(true);
  expect((await fetch(url)).status).toBe(200);
});
