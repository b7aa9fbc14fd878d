import type { FtrackSimulator, Hand } from '../../../simulators/ftrack/index';
import { startFtrackSimulator } from '../../../simulators/ftrack/index';
import type { Entity } from './batches';
import { change, creation, desk } from './batches';

let simulator: FtrackSimulator;
let bob: Hand;
const { one, batch, fresh, newShot, newAsset } = desk(() => bob);

beforeAll(async () => {
  simulator = await startFtrackSimulator({ socialFeed: false });
  bob = simulator.as('bob');
});

afterAll(() => simulator.close());

describe('what the server fills in', () => {
  test('a user without a name gets one, and nothing else that was not set comes back', () => {
    const [user] = batch(creation('User', { first_name: 'Ada' }));
    expect(user).toMatchObject({ username: user?.['id'], resource_type: 'user', first_name: 'Ada' });
    expect(user).not.toHaveProperty('email');
    expect(one(`select email from User where id is "${String(user?.['id'])}"`)).toMatchObject({
      email: null,
    });
  });

  test('statuses and types come from the schema of the project: workflow, override, object type, versions', () => {
    const schema = bob.create('ProjectSchema', {
      name: 'strict',
      task_workflow_schema_id: workflow(['Revise', 'Ready to start']),
      asset_version_workflow_schema_id: workflow(['Pending Review']),
      task_type_schema_id: bob.create('TaskTypeSchema', { name: 'fx only' }),
    });
    const types = String(
      one(`select task_type_schema_id from ProjectSchema where id is "${schema}"`)['task_type_schema_id'],
    );
    for (const name of ['Lighting', 'FX']) {
      batch(creation('TaskTypeSchemaType', { task_type_schema_id: types, type_id: bob.idOf('Type', name) }));
    }
    bob.create('ProjectSchemaOverride', {
      project_schema_id: schema,
      type_id: bob.idOf('Type', 'Lighting'),
      workflow_schema_id: workflow(['On Hold']),
    });
    const shots = bob.create('Schema', {
      project_schema_id: schema,
      object_type_id: 'bad911de-3bd6-47b9-8b46-3476e237cb36',
    });
    for (const [sort, name] of ['Omitted', 'Approved'].entries()) {
      batch(creation('SchemaStatus', { schema_id: shots, status_id: bob.idOf('Status', name), sort }));
    }
    const project = bob.create('Project', { name: fresh('strict'), project_schema_id: schema });
    const shot = bob.createShot({ parent: project, name: 'sh010' });
    const plain = bob.createTask({ parent: shot, name: 'fx' });
    const light = bob.createTask({ parent: shot, name: 'light', type: 'Lighting' });
    const version = bob.create('AssetVersion', { asset_id: newAsset(shot), task_id: plain });
    const expression = (type: string, id: string): string =>
      `select status.name from ${type} where id is "${id}"`;
    expect(one(`select status.name, type.name from Task where id is "${plain}"`)).toMatchObject({
      type: { name: 'FX' },
      status: { name: 'Ready to start' },
    });
    expect(one(expression('Task', light))).toMatchObject({ status: { name: 'On Hold' } });
    expect(one(expression('Shot', shot))).toMatchObject({ status: { name: 'Omitted' } });
    expect(one(expression('AssetVersion', version))).toMatchObject({ status: { name: 'Pending Review' } });
    // The reference does not say that ftrack refuses another status, so the simulator takes it.
    bob.setStatus(light, 'Completed');
    expect(one(expression('Task', light))).toMatchObject({ status: { name: 'Completed' } });
  });

  const workflow = (statuses: readonly string[]): string => {
    const id = bob.create('WorkflowSchema', { name: fresh('workflow') });
    for (const name of statuses) {
      const link = { workflow_schema_id: id, status_id: bob.idOf('Status', name) };
      batch(creation('WorkflowSchemaStatus', link));
    }
    return id;
  };

  test('versions are numbered per asset, know the latest, and have a user, a date and a way to them', () => {
    const shot = newShot();
    const asset = newAsset(shot);
    const [first, second] = [1, 2].map(() => bob.create('AssetVersion', { asset_id: asset }));
    const [late] = batch(creation('AssetVersion', {}), creation('AssetVersion', {}));
    batch(
      change('Asset', asset, {
        versions: [first, second, late?.['id']].map((id) => ({ __entity_type__: 'AssetVersion', id })),
      }),
    );
    const found = bob.query(
      `select version, is_latest_version, user.username, link, project_id from AssetVersion where asset_id is "${asset}" order by version`,
    );
    expect(found.map(({ version, is_latest_version: latest }) => [version, latest])).toEqual([
      [1, false],
      [2, false],
      [3, true],
    ]);
    expect(found[2]).toMatchObject({ user: { username: 'bob' }, project_id: bob.findByPath('nordlicht').id });
    expect((found.at(1)?.['link'] as { type: string }[] | undefined)?.map(({ type }) => type)).toEqual([
      'Project',
      'TypedContext',
      'TypedContext',
      'AssetVersion',
    ]);
    expect(one(`select latest_version.version from Asset where id is "${asset}"`)).toMatchObject({
      latest_version: { version: 3 },
    });
    bob.batch([{ action: 'delete', entity_type: 'AssetVersion', entity_key: [found[2]?.['id']] }]);
    expect(
      bob.query(`AssetVersion where asset_id is "${asset}" and is_latest_version is true`)[0]?.['id'],
    ).toBe(second);
  });

  test('way, ancestors, descendants and logged time are computed', () => {
    const shot = newShot();
    const task = bob.createTask({ parent: shot, name: 'paint' });
    bob.update(task, { bid: 3600 });
    const start = { __type__: 'datetime', value: '2026-11-21T08:00:00.000Z' };
    bob.create('Timelog', { context_id: task, duration: 600, start });
    bob.create('Timelog', { context_id: task, duration: 1200, start });
    const read = one(
      `select link, ancestors.name, time_logged, bid_time_logged_difference from Task where id is "${task}"`,
    );
    expect(read).toMatchObject({ time_logged: 1800, bid_time_logged_difference: 1800 });
    expect((read['link'] as { name: string }[]).map(({ name }) => name)).toEqual([
      'nordlicht',
      'sq020',
      bob.entity(shot).data['name'],
      'paint',
    ]);
    expect((read['ancestors'] as Entity[]).map(({ id }) => id)).toEqual([
      bob.findByPath('nordlicht/sq020').id,
      shot,
    ]);
    const above = one(
      `select descendants.name from Sequence where id is "${bob.findByPath('nordlicht/sq020').id}"`,
    );
    expect((above['descendants'] as Entity[]).map(({ id }) => id)).toContain(task);
    expect(() => bob.update(task, { time_logged: 5 })).toThrow('time_logged of Task is computed');
  });

  test('makers, dates and kinds of components, jobs, reviews and metadata', () => {
    const shot = newShot();
    const version = bob.create('AssetVersion', { asset_id: newAsset(shot) });
    const file = bob.create('FileComponent', { name: 'main', version_id: version });
    expect(one(`select system_type, size from Component where id is "${file}"`)).toMatchObject({
      __entity_type__: 'FileComponent',
      system_type: 'file',
      size: 0,
    });
    for (const status of ['done', 'failed']) {
      const job = bob.create('Job', { data: '{}', status: 'running' });
      const now = (): Entity => one(`select user.username, finished_at from Job where id is "${job}"`);
      expect(now()).toMatchObject({ user: { username: 'bob' }, finished_at: null });
      batch(change('Job', job, { status }));
      expect(now()).toMatchObject({ finished_at: { __type__: 'datetime' } });
      expect(() => batch(change('Job', job, { status: 'lost' }))).toThrow(
        'is none of queued, running, done, failed',
      );
    }
    const session = bob.create('ReviewSession', {
      name: 'Dailies',
      description: '',
      project_id: bob.findByPath('nordlicht').id,
    });
    const objects = ['a', 'b'].map((name) =>
      bob.create('ReviewSessionObject', {
        name,
        description: '',
        version: 'Version 1',
        version_id: version,
        review_session_id: session,
      }),
    );
    expect(
      bob.query(
        `select sort_order from ReviewSessionObject where review_session_id is "${session}" order by sort_order`,
      ),
    ).toMatchObject([
      { id: objects[0], sort_order: 0 },
      { id: objects[1], sort_order: 1 },
    ]);
    batch(creation('Metadata', { parent_id: file, key: 'source', value: 'edit 7' }));
    expect(one(`select parent_type from Metadata where parent_id is "${file}"`)).toMatchObject({
      parent_type: 'FileComponent',
    });
  });
});
