import type { FtrackSimulator, Hand } from '../../../simulators/ftrack/index';
import { startFtrackSimulator } from '../../../simulators/ftrack/index';

interface Change {
  old: unknown;
  new: unknown;
}

interface Entity {
  entityId?: string;
  entityType: string;
  entity_type?: string;
  action: string;
  keys?: string[];
  changes?: Record<string, Change>;
  parents?: { entityId: string; entityType: string; parentId: string | null }[];
}

interface Update {
  id: string;
  data: {
    entities: Entity[];
    parents: string[];
    user?: unknown;
    clientToken: string | null;
    pushToken: string | null;
  };
  source: { user?: { username: string; id: string } };
}

let simulator: FtrackSimulator;
let bob: Hand;
let updates: Update[];
let noise: Update[];

beforeEach(async () => {
  simulator = await startFtrackSimulator();
  bob = simulator.as('bob', { clientToken: 'token-1' });
  updates = [];
  noise = [];
  simulator.hub.onEvent((event) => {
    const update = event as unknown as Update;
    const isNoise = update.data.entities[0]?.entityType === 'socialfeed';
    (isNoise ? noise : updates).push(update);
  });
});

afterEach(() => simulator.close());

const only = (): Entity => {
  expect(updates).toHaveLength(1);
  return updates[0]?.data.entities[0] as Entity;
};

test('tokens come back as they were sent; the text "undefined" is none', async () => {
  const { id } = bob.findByPath('nordlicht/sq010/sh020');
  const send = (description: string, pushtoken: string): Promise<Response> =>
    fetch(`${simulator.url}/api`, {
      method: 'POST',
      headers: {
        'ftrack-user': simulator.user,
        'ftrack-api-key': simulator.key,
        'ftrack-clienttoken': 'mine',
        'ftrack-pushtoken': pushtoken,
      },
      body: JSON.stringify([
        { action: 'update', entity_type: 'Shot', entity_key: [id], entity_data: { description } },
      ]),
    });
  await send('one', 'undefined');
  await send('two', 'push-1');
  expect(updates.map(({ data }) => [data.clientToken, data.pushToken])).toEqual([
    ['mine', null],
    ['mine', 'push-1'],
  ]);
});

describe('ftrack.update', () => {
  test('names the changed column by its legacy name, and parents from self to project', () => {
    const shot = bob.findByPath('nordlicht/sq010/sh020');
    const old = shot.data['status_id'];
    bob.setStatus(shot.id, 'Approved');
    expect(only()).toEqual({
      entityId: shot.id,
      entityType: 'task',
      entity_type: 'Shot',
      action: 'update',
      keys: ['statusid'],
      changes: { statusid: { old, new: bob.idOf('Status', 'Approved') } },
      objectTypeId: 'bad911de-3bd6-47b9-8b46-3476e237cb36',
      parentId: bob.findByPath('nordlicht/sq010').id,
      parents: [
        expect.objectContaining({ entityId: shot.id, entityType: 'task', entity_type: 'Shot' }),
        expect.objectContaining({ entityType: 'task', entity_type: 'Sequence' }),
        expect.objectContaining({ entityType: 'show', entity_type: 'Project', parentId: null }),
      ],
    });
    const bobId = bob.idOf('User', 'bob', 'username');
    expect(updates[0]?.data).toMatchObject({
      clientToken: 'token-1',
      user: { userid: bobId, name: 'Bob Fischer' },
    });
    expect(updates[0]?.source.user).toEqual({ username: 'bob', id: bobId });
    expect(updates[0]?.id).toMatch(/^[0-9a-f]{32}$/);
  });

  test('a new entity carries every column, old values null', () => {
    const { id: parent } = bob.findByPath('nordlicht/sq010');
    const id = bob.createShot({ parent, name: 'sh900' });
    const entity = only();
    expect(entity).toMatchObject({ action: 'add', entityId: id });
    expect(entity.changes).toMatchObject({
      taskid: { old: null, new: id },
      name: { old: null, new: 'sh900' },
      showid: { old: null, new: bob.findByPath('nordlicht').id },
      startdate: { old: null, new: null },
      isopen: { old: null, new: true },
      created_at: { old: null, new: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/) },
    });
  });

  test('a removal carries the whole last state, of everything that went', () => {
    const shot = bob.findByPath('nordlicht/sq010/sh020');
    bob.remove(shot.id);
    const entities = updates[0]?.data.entities ?? [];
    expect(entities.map(({ action, entityType }) => `${action} ${entityType}`).sort()).toEqual([
      'remove appointment',
      'remove appointment',
      'remove appointment',
      'remove task',
      'remove task',
      'remove task',
    ]);
    const removed = entities.find(({ entityId }) => entityId === shot.id);
    expect(removed?.changes?.['name']).toEqual({ old: 'sh020', new: null });
    expect(removed?.parents?.at(-1)?.entityType).toBe('show');
  });

  test('a new parent is a move', () => {
    const shot = bob.findByPath('nordlicht/sq010/sh030');
    bob.move(shot.id, bob.findByPath('nordlicht/sq020').id);
    expect(only()).toMatchObject({ action: 'move', keys: ['parent_id'] });
  });

  test.each([
    ['ayon_sync_failed', true, { old: null, new: '1' }],
    ['frameEnd', 1200, { old: '1056', new: '1200' }],
    ['department', ['2d', '3d'], { old: null, new: '2d,3d' }],
    ['ayon_path', null, { old: null, new: '' }],
    ['frameEnd', undefined, { old: '1056', new: null }],
  ])('custom attribute %s appears as text under its key', (key, value, change) => {
    const shot = bob.findByPath('nordlicht/sq010/sh020');
    bob.setCustomAttribute(shot.id, key, value);
    expect(only()).toMatchObject({ entityId: shot.id, keys: [key], changes: { [key]: change } });
  });

  test('a batch is one event; a change of nothing is none', () => {
    const { id: parent } = bob.findByPath('nordlicht/sq010/sh010');
    bob.createTask({ parent, name: 'paint', assignees: ['aicha'] });
    expect(updates[0]?.data.entities.map(({ entityType }) => entityType)).toEqual(['task', 'appointment']);
    expect(updates).toHaveLength(1);
    bob.rename(parent, 'sh010');
    expect(updates).toHaveLength(1);
  });

  test('a copy carries its custom attribute values, in one event', () => {
    const shot = bob.findByPath('nordlicht/sq010/sh020');
    const id = bob.copy(shot.id, 'sh021');
    expect(only()).toMatchObject({
      action: 'add',
      entityId: id,
      changes: { frameEnd: { old: null, new: '1056' } },
    });
    expect(bob.storedCustomAttribute(id, 'fend')).toBe(1056);
  });

  test('a new project emits as show', () => {
    const id = bob.create('Project', { name: 'spot2', full_name: 'Spot 2' });
    expect(only()).toMatchObject({
      entityType: 'show',
      action: 'add',
      entityId: id,
      parentId: null,
      changes: { fullname: { old: null, new: 'Spot 2' } },
      parents: [{ entityId: id }],
    });
    expect(bob.createContext('Sequence', { parent: id, name: 'sq010' })).toBe(
      bob.findByPath('spot2/sq010').id,
    );
  });

  test.each([
    ['TypedContextLink', 'dependency', { keys: ['from_id', 'to_id'], parent: 'task' }],
    ['Note', 'note', { keys: ['text', 'parent_id', 'userid'], parent: 'task' }],
    ['Timelog', 'timelog', { keys: ['context_id', 'duration'], parent: 'task' }],
    ['TypedContextList', 'list', { keys: ['typeid'], parent: 'show' }],
    ['ListObject', 'listobject', { keys: ['listid', 'entityid'], parent: 'list' }],
    ['User', 'user', { keys: ['username', 'isactive'], parent: undefined }],
  ])('%s emits as %s with legacy keys', (type, entityType, expected) => {
    const [from, to] = ['sh010', 'sh020'].map((name) => bob.findByPath(`nordlicht/sq010/${name}`).id);
    const project = bob.findByPath('nordlicht').id;
    const category = bob.idOf('ListCategory', 'Shots');
    const list = { name: 'dailies', project_id: project, category_id: category };
    const listId = type === 'ListObject' ? bob.create('TypedContextList', list) : '';
    updates = [];
    const data: Record<string, object> = {
      TypedContextLink: { from_id: from, to_id: to },
      Note: { content: 'schön', parent_id: from },
      Timelog: {
        context_id: from,
        duration: 60,
        start: { __type__: 'datetime', value: '2026-11-21T08:00:00' },
      },
      TypedContextList: list,
      ListObject: { list_id: listId, entity_id: from },
      User: { username: 'new' },
    };
    bob.create(type, { ...data[type] });
    const entity = only();
    expect(entity).toMatchObject({ entityType, entity_type: type, action: 'add' });
    expect(entity.keys).toEqual(expect.arrayContaining(expected.keys));
    expect(entity.parents?.[1]?.entityType).toBe(expected.parent);
  });

  test('noise without content follows each changed entity', () => {
    bob.rename(bob.findByPath('nordlicht/sq010').id, 'sq015');
    expect(noise.map(({ data }) => data.entities)).toEqual([
      [{ action: 'update', entityType: 'socialfeed' }],
    ]);
  });
});

describe('the Event log', () => {
  const rows = (where = ''): Record<string, unknown>[] =>
    bob.query(`select action, insert, data, parent_id, user.username from Event ${where} order by id`);

  test('has a row with a rising integer id for each changed entity', () => {
    const shot = bob.findByPath('nordlicht/sq010/sh010');
    bob.setStatus(shot.id, 'Approved');
    bob.remove(shot.id);
    expect(rows().map(({ id, insert }) => `${String(id)} ${String(insert)}`)).toEqual([
      '1 update',
      '2 delete',
      '3 delete',
      '4 delete',
      '5 delete',
      '6 delete',
      '7 delete',
    ]);
    const [deletion] = rows(`where insert is "delete" and parent_id is "${shot.id}"`);
    expect(JSON.parse(String(deletion?.['data']))).toMatchObject({ id: shot.id, values: { name: 'sh010' } });
    expect(rows('where id > 6')).toHaveLength(1);
  });

  test('ids can become readable out of order', () => {
    const shot = bob.findByPath('nordlicht/sq010/sh010');
    const held = simulator.eventLog.holdNext();
    bob.rename(shot.id, 'a');
    bob.rename(shot.id, 'b');
    expect(rows().map(({ id }) => id)).toEqual([2]);
    expect(held.ids).toEqual([1]);
    held.release();
    expect(rows().map(({ id }) => id)).toEqual([1, 2]);
  });

  test('statuses keep their history', () => {
    const shot = bob.findByPath('nordlicht/sq010/sh010');
    bob.setStatus(shot.id, 'Approved');
    const changes = bob.query(
      `select from_status.name, status.name, user.username from StatusChange where parent_id is "${shot.id}"`,
    );
    expect(changes).toMatchObject([
      { from_status: { name: 'In progress' }, status: { name: 'Approved' }, user: { username: 'bob' } },
    ]);
  });
});
