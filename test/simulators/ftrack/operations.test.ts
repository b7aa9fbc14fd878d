import type { FtrackSimulator, Hand } from '../../../simulators/ftrack/index';
import { startFtrackSimulator } from '../../../simulators/ftrack/index';

let simulator: FtrackSimulator;
let bob: Hand;

beforeEach(async () => {
  simulator = await startFtrackSimulator();
  bob = simulator.as('bob');
});

afterEach(() => simulator.close());

const post = async (
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; json: unknown }> => {
  const response = await fetch(`${simulator.url}/api`, {
    method: 'POST',
    headers: { 'ftrack-user': simulator.user, 'ftrack-api-key': simulator.key, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, json: await response.json() };
};

describe('create', () => {
  test('fills project, object type, status, type, priority and stamps', () => {
    const sequence = bob.findByPath('nordlicht/sq010');
    const id = bob.createTask({ parent: sequence.id, name: 'layout' });
    expect(bob.entity(id).data).toMatchObject({
      context_type: 'task',
      project_id: bob.findByPath('nordlicht').id,
      object_type_id: '11c137c0-ee7e-4f9c-91c5-8c77cec22b2c',
      status_id: bob.idOf('Status', 'Not started'),
      type_id: bob.idOf('Type', 'Generic'),
      priority_id: '9661b320-3a0c-11e2-81c1-0800200c9a66',
      created_by_id: bob.idOf('User', 'bob', 'username'),
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
  });

  test.each([true, false])(
    'a relation counts more than its foreign key beside it, sent before it: %s',
    (first) => {
      const [high, none] = ['High', 'None'].map((name) => bob.idOf('Priority', name));
      const relation = { priority: { __entity_type__: 'Priority', id: high } };
      const data = first ? { ...relation, priority_id: none } : { priority_id: none, ...relation };
      const parent_id = bob.findByPath('nordlicht/sq010').id;
      const id = bob.create('Task', { name: 'urgent', parent_id, ...data });
      expect(bob.entity(id).data).toMatchObject({ priority_id: high });
    },
  );

  test('echoes what was set, references and datetimes as sent included, and nothing never set', async () => {
    const { id } = bob.findByPath('nordlicht/sq010/sh010');
    const { json } = await post([
      {
        action: 'create',
        entity_type: 'Task',
        entity_data: {
          __entity_type__: 'Task',
          name: 'paint',
          parent: { __entity_type__: 'Shot', id },
          start_date: { __type__: 'datetime', value: '2026-11-21T14:11:13.275656+02:00' },
          assignments: [],
        },
      },
    ]);
    const [{ data }] = json as [{ data: Record<string, unknown> }];
    expect(data).toMatchObject({
      parent_id: id,
      start_date: { __type__: 'datetime', value: '2026-11-21T12:11:13.275656' },
      assignments: [],
    });
    expect(data).not.toHaveProperty('end_date');
    expect(data).not.toHaveProperty('thumbnail_id');
  });

  test('checks constraints at the end of the batch: a required value may come later', () => {
    const id = crypto.randomUUID();
    const { id: parent } = bob.findByPath('nordlicht');
    const creation = { action: 'create', entity_type: 'List', entity_data: { id, project_id: parent } };
    expect(() => bob.batch([creation])).toThrow('Attribute category_id of TypedContextList');
    const category = bob.idOf('ListCategory', 'Shots');
    bob.batch([
      creation,
      { action: 'update', entity_type: 'List', entity_key: [id], entity_data: { category_id: category } },
    ]);
    expect(bob.query(`select category.name from TypedContextList where id is "${id}"`)[0]).toMatchObject({
      category: { name: 'Shots' },
    });
  });

  test.each([
    ['a sibling with the same name but for case', { name: 'SH010' }, 'DuplicateEntryError'],
    ['an unknown attribute', { name: 'x', colour: 'red' }, 'ValidationError'],
    ['a value of a wrong type', { name: 7 }, 'ValidationError'],
    [
      'a kind that is another one',
      { name: 'x', object_type_id: '11c137c0-ee7e-4f9c-91c5-8c77cec22b2c' },
      'ValidationError',
    ],
    ['a foreign key to nothing', { name: 'x', status_id: 'nope' }, 'IntegrityError'],
    ['no parent', { name: 'x', parent_id: null }, 'IntegrityError'],
  ])('refuses %s, and nothing of the batch stays', async (_title, data, exception) => {
    const { id } = bob.findByPath('nordlicht/sq010');
    const events: unknown[] = [];
    simulator.hub.onEvent((event) => events.push(event));
    const create = (entityData: object): object => ({
      action: 'create',
      entity_type: 'Shot',
      entity_data: { parent_id: id, ...entityData },
    });
    const answer = await post([create({ name: 'fine' }), create(data)]);
    expect(answer).toMatchObject({ status: 200, json: { exception, content: expect.any(String) } });
    expect(bob.query('Shot where name is "fine"')).toEqual([]);
    expect(events).toEqual([]);
  });
});

describe('update', () => {
  test('moves a subtree to another project', () => {
    const shot = bob.findByPath('nordlicht/sq010/sh010');
    const target = bob.findByPath('weisser_wal/ep101/ep101_sq010');
    bob.rename(shot.id, 'sh010_moved');
    bob.move(shot.id, target.id);
    const task = bob.findByPath('weisser_wal/ep101/ep101_sq010/sh010_moved/animation');
    expect(task.data['project_id']).toBe(bob.findByPath('weisser_wal').id);
  });

  test('refuses to move an entity below itself and to change what is immutable', () => {
    const sequence = bob.findByPath('nordlicht/sq010');
    const shot = bob.findByPath('nordlicht/sq010/sh010');
    expect(() => bob.move(sequence.id, shot.id)).toThrow('cannot be moved below itself');
    expect(() => bob.update(shot.id, { type_id: bob.idOf('Type', 'FX') })).toThrow(
      'type_id of Shot cannot be changed',
    );
  });

  test('replaces the members of a collection', () => {
    const shots = ['sh010', 'sh020', 'sh030'].map((name) => bob.findByPath(`nordlicht/sq010/${name}`).id);
    const list = bob.create('TypedContextList', {
      name: 'dailies',
      project_id: bob.findByPath('nordlicht').id,
      category_id: bob.idOf('ListCategory', 'Shots'),
    });
    const replace = (ids: (string | undefined)[]): void => {
      const items = ids.map((id) => ({ __entity_type__: 'Shot', id }));
      bob.batch([
        { action: 'update', entity_type: 'TypedContextList', entity_key: [list], entity_data: { items } },
      ]);
    };
    replace([shots[0], shots[1]]);
    replace([shots[1], shots[2]]);
    const members = bob.query(`select items.name from TypedContextList where id is "${list}"`);
    expect(members[0]?.['items']).toMatchObject([{ name: 'sh020' }, { name: 'sh030' }]);
  });
});

describe('custom attribute values', () => {
  test('are written through the dense view, read both ways, and unset', () => {
    const { id } = bob.findByPath('nordlicht/sq010/sh010');
    bob.setCustomAttribute(id, 'ayon_id', 'abc');
    expect(bob.storedCustomAttribute(id, 'ayon_id')).toBe('abc');
    bob.setCustomAttribute(id, 'ayon_id', undefined);
    expect(bob.storedCustomAttribute(id, 'ayon_id')).toBeUndefined();
    const expression = `select value from ContextCustomAttributeValue where entity_id is "${id}" and key is "ayon_id"`;
    expect(bob.query(expression)[0]).toMatchObject({ value: '' });
  });

  test.each([
    ['frameEnd', 'many'],
    ['ayon_sync_failed', 'yes'],
    ['department', ['4d']],
    ['ayon_id', 7],
  ])('refuses a value that does not fit %s', (key, value) => {
    const { id } = bob.findByPath('nordlicht/sq010/sh010');
    expect(() => bob.setCustomAttribute(id, key, value)).toThrow(`does not fit custom attribute ${key}`);
  });

  test('of type date are stored as UTC and come back as datetimes', () => {
    const { id } = bob.findByPath('nordlicht');
    const date = { __type__: 'datetime', value: '2026-05-01T02:00:00+02:00' };
    bob.setCustomAttribute(id, 'delivery', date);
    const [project] = bob.query(`select custom_attributes from Project where id is "${id}"`);
    const values = project?.['custom_attributes'] as { key: string; value: unknown }[];
    expect(values.find(({ key }) => key === 'delivery')?.value).toEqual({
      __type__: 'datetime',
      value: '2026-05-01T00:00:00',
    });
    expect(() => bob.setCustomAttribute(id, 'delivery', 'soon')).toThrow('delivery is not a datetime');
  });

  test('exist only where their configuration applies', () => {
    const { id } = bob.findByPath('nordlicht/sq010/sh010/animation');
    expect(() => bob.setCustomAttribute(id, 'fstart', 1)).toThrow('has no custom attribute fstart');
  });
});

describe('delete', () => {
  test('takes everything below and attached along', () => {
    const sequence = bob.findByPath('nordlicht/sq010');
    bob.addNote(bob.findByPath('nordlicht/sq010/sh010/animation').id, 'schön');
    const counts = (): number[] =>
      ['TypedContext', 'Appointment', 'CustomAttributeValue', 'Note'].map((type) => bob.query(type).length);
    const before = counts();
    bob.remove(sequence.id);
    expect(counts().map((count, index) => (before[index] ?? 0) - count)).toEqual([10, 9, 12, 1]);
  });
});

describe('errors', () => {
  test('an unknown action is named as the Python client expects it', async () => {
    await expect(post([{ action: 'fly' }])).resolves.toMatchObject({
      json: { content: expect.stringContaining("Invalid action u'fly'") },
    });
  });

  test.each([
    ['not JSON', '{'],
    ['no list', '{}'],
    ['no operation', '[7]'],
    ['no key', '[{"action":"update","entity_type":"Task","entity_data":{}}]'],
    ['a foreign action name', '[{"action":"constructor"}]'],
  ])('%s is answered with an error object, and with a status only in strict mode', async (_title, body) => {
    await expect(post(body)).resolves.toMatchObject({ status: 200, json: { error_code: null } });
    const strict = await post(body, { 'ftrack-strict-api': 'true' });
    expect(strict.status).toBe(422);
  });

  test('wrong or revoked credentials are refused', async () => {
    const refused = { status: 401, json: { exception: 'InvalidCredentialsError' } };
    await expect(post([], { 'ftrack-api-key': 'wrong' })).resolves.toMatchObject(refused);
    simulator.revokeCredentials();
    await expect(post([])).resolves.toMatchObject(refused);
    simulator.restoreCredentials();
    await expect(post([])).resolves.toMatchObject({ status: 200, json: [] });
  });

  test('strict mode answers only what was asked for', async () => {
    const body = [{ action: 'query', expression: 'select name from Sequence where name is "sq020"' }];
    const { json } = await post(body, { 'ftrack-strict-api': 'true' });
    const [{ data }] = json as [{ data: object[] }];
    expect(Object.keys(data[0] ?? {})).toEqual(['__entity_type__', 'id', 'name']);
  });
});
