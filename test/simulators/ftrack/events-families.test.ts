import type { FtrackSimulator, Hand } from '../../../simulators/ftrack/index';
import { startFtrackSimulator } from '../../../simulators/ftrack/index';
import { change, creation, deletion, desk } from './batches';

interface Told {
  entityId: string;
  entityType: string;
  entity_type: string;
  action: string;
  keys: string[];
  changes: Record<string, { old: unknown; new: unknown }>;
  parentId: string | null;
  parents: { entityId: string; entityType: string }[];
}

let simulator: FtrackSimulator;
let bob: Hand;
let told: { entities: Told[]; parents: string[] }[] = [];
const { batch, fresh, newShot, newAsset, userId } = desk(() => bob);

beforeAll(async () => {
  simulator = await startFtrackSimulator({ socialFeed: false });
  bob = simulator.as('bob');
  simulator.hub.onEvent(({ data }) => told.push(data as (typeof told)[number]));
});

afterAll(() => simulator.close());

/** What the one event of the latest batch tells of an entity. */
const about = (id: string): Told => {
  const found = told.at(-1)?.entities.filter(({ entityId }) => entityId === id) ?? [];
  expect(found).toHaveLength(1);
  return found[0] as Told;
};

const way = (id: string): string[] => about(id).parents.map(({ entityType }) => entityType);

describe('ftrack.update', () => {
  test('leads from everything that tells of itself up to the project', () => {
    const shot = newShot();
    const context = ['task', 'task', 'show'];
    const asset = newAsset(shot);
    expect(way(asset)).toEqual(['asset', ...context]);
    const version = bob.create('AssetVersion', { asset_id: asset });
    expect(way(version)).toEqual(['assetversion', 'asset', ...context]);
    expect(about(version).keys).toEqual(
      expect.arrayContaining(['versionid', 'assetid', 'statusid', 'ispublished']),
    );
    expect(way(bob.addNote(version, 'schön'))).toEqual(['note', 'assetversion', 'asset', ...context]);
    const session = bob.create('ReviewSession', {
      name: 'r',
      description: '',
      project_id: bob.findByPath('nordlicht').id,
    });
    const object = bob.create('ReviewSessionObject', {
      name: 'o',
      description: '',
      version: 'Version 1',
      version_id: version,
      review_session_id: session,
    });
    expect(way(object)).toEqual(['reviewsessionobject', 'reviewsession', 'show']);
    const timer = bob.create('Timer', { context_id: shot });
    expect(way(timer)).toEqual(['timer', ...context]);
    expect(way(bob.create('Job', { data: '{}' }))).toEqual(['job']);
    const [grant] = bob.query(`UserSecurityRole where user_id is "${userId('aicha')}"`);
    const access = bob.create('UserSecurityRoleProject', {
      user_security_role_id: grant?.['id'],
      project_id: bob.findByPath('nordlicht').id,
    });
    expect(way(access)).toEqual(['userroleproject', 'show']);
    expect(told.at(-1)?.parents).toEqual([access, bob.findByPath('nordlicht').id]);
    // Each has its row in the log, under its project if it has one.
    const rows = bob.query(
      `select parent_type, project.name from Event where parent_id in (${[object, timer, access].join(',')}) order by id`,
    );
    expect(rows).toMatchObject(
      ['reviewsessionobject', 'timer', 'userroleproject'].map((type) => ({
        parent_type: type,
        project: { name: 'nordlicht' },
      })),
    );
  });

  test('one event holds everything of a batch, of whatever kind', () => {
    const [moved, changed, gone] = [newShot(), newShot(), newShot()];
    const task = bob.createTask({ parent: gone, name: 'paint' });
    const added = crypto.randomUUID();
    batch(
      change('Shot', changed, { description: 'x' }),
      change('Shot', moved, { parent_id: bob.findByPath('nordlicht/sq010').id, description: 'y' }),
      creation('Shot', { id: added, name: fresh('added'), parent_id: changed }),
      deletion('Shot', gone),
    );
    const actions = new Map(told.at(-1)?.entities.map(({ entityId, action }) => [entityId, action]));
    expect(Object.fromEntries(actions)).toEqual({
      [changed]: 'update',
      [moved]: 'move',
      [added]: 'add',
      [gone]: 'remove',
      [task]: 'remove',
    });
    expect(about(moved).keys).toEqual(['parent_id', 'description']);
    expect(about(task).changes['name']).toEqual({ old: 'paint', new: null });
    expect(way(task)).toEqual(['task', 'task', 'task', 'show']);
  });

  test('a circle that goes as a whole is told like any other removal', () => {
    const shot = newShot();
    const task = bob.createTask({ parent: shot, name: 'roto' });
    batch(change('Shot', shot, { parent_id: task }), deletion('Task', task));
    expect(told.at(-1)?.entities.map(({ action }) => action)).toEqual(['remove', 'remove']);
    expect(bob.query(`TypedContext where id in (${shot}, ${task})`)).toEqual([]);
  });

  test('custom attributes of versions, assets, lists and people are told as text with the entity', () => {
    const shot = newShot();
    const asset = newAsset(shot);
    const entities = {
      assetversion: ['AssetVersion', bob.create('AssetVersion', { asset_id: asset })],
      asset: ['Asset', asset],
      list: [
        'List',
        bob.create('TypedContextList', {
          name: fresh('list'),
          project_id: bob.findByPath('nordlicht').id,
          category_id: bob.idOf('ListCategory', 'Shots'),
        }),
      ],
      user: ['User', userId('kenji')],
    } as const;
    for (const [entityType, [type, id]] of Object.entries(entities)) {
      const configuration = bob.create('CustomAttributeConfiguration', {
        key: `rate_${entityType}`,
        label: 'Rate',
        entity_type: entityType,
        type_id: bob.idOf('CustomAttributeType', 'number'),
        config: '{"isdecimal":true}',
        default: 1.5,
      });
      const key = [configuration, id];
      const dense = `${type}CustomAttributeValue`;
      expect(
        bob.query(`select value from ${dense} where entity_id is "${id}" and key is "rate_${entityType}"`),
      ).toMatchObject([{ value: 1.5 }]);
      batch(change(dense, key, { value: 2.5 }));
      expect(about(id)).toMatchObject({
        entityType,
        action: 'update',
        changes: { [`rate_${entityType}`]: { old: null, new: '2.5' } },
      });
      expect(() => batch(change(dense, key, { value: 'fast' }))).toThrow('does not fit custom attribute');
    }
  });
});

describe('finished media', () => {
  test('are told as an encoded version', async () => {
    const version = bob.create('AssetVersion', { asset_id: newAsset(newShot()) });
    const id = bob.create('FileComponent', { name: 'plate', file_type: '.mp4', size: 4 });
    simulator.files.put(id, Buffer.from('film'), 'video/mp4');
    told = [];
    bob.batch([{ action: 'encode_media', component_id: id, version_id: version, keep_original: true }]);
    await simulator.jobs.idle();
    const entities = told.flatMap((event) => event.entities).filter(({ entityId }) => entityId === version);
    expect(entities).toMatchObject([
      { action: 'encoded', entityType: 'assetversion', entity_type: 'AssetVersion' },
    ]);
    expect(
      bob.query(`select insert from Event where parent_id is "${version}" and action like "encoded%"`),
    ).toMatchObject([{ insert: 'update' }]);
  });
});

describe('the history of statuses', () => {
  test('has rows of the kind of entity that they tell of', () => {
    const task = bob.createTask({ parent: newShot(), name: 'fx' });
    const version = bob.create('AssetVersion', { asset_id: newAsset(task), task_id: task });
    bob.setStatus(task, 'Approved');
    batch(change('AssetVersion', version, { status_id: bob.idOf('Status', 'Approved') }));
    for (const [type, id] of [
      ['TypedContextStatusChange', task],
      ['AssetVersionStatusChange', version],
    ]) {
      expect(
        bob.query(`select status.name, user.username, parent.id from ${type} where parent_id is "${id}"`),
      ).toMatchObject([{ status: { name: 'Approved' }, user: { username: 'bob' }, parent: { id } }]);
    }
    expect(bob.query(`StatusChange where parent_id in (${task}, ${version})`)).toHaveLength(2);
  });
});
