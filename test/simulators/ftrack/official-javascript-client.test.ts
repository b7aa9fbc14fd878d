import { operation, projectSchema } from '@ftrack/api';
import type { Day, Entity } from './javascript-day';
import { sorted, startDay } from './javascript-day';

let day: Day;
let project: string;
let sequence: string;
let shot: string;
let task: string;

beforeAll(async () => {
  day = await startDay();
});

afterAll(() => day.close());

const names = (entities: unknown): unknown[] => (entities as Entity[]).map(({ name }) => name);
const update = (type: string, id: string, data: Record<string, unknown>): Promise<unknown> =>
  day.ada.update(type, [id], data);

describe('the official JavaScript client in production', () => {
  test('reads schemas and server information on start', async () => {
    expect(day.ada.serverInformation).toMatchObject({
      is_timezone_support_enabled: true,
      user_information: { username: 'ada' },
    });
    expect(day.ada.schemas?.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['Task', 'RenderPass', 'Event']),
    );
    expect(day.ada.getPrimaryKeyAttributes('Metadata')).toEqual(['parent_id', 'key']);
    expect(day.ada.getSchema('Shot')).toMatchObject({
      alias_for: { id: 'Task', classifiers: { object_typeid: expect.stringMatching(/^bad911de/) } },
    });
    const brief = await day.open('bob', { serverInformationValues: ['schema_hash'] });
    expect(Object.keys(brief.serverInformation ?? {})).toEqual(
      expect.arrayContaining(['schema_hash', 'is_timezone_support_enabled']),
    );
    expect(brief.serverInformation).not.toHaveProperty('version');
    expect(await day.ada.getServerVersion()).toMatch(/^\d+\./);
  });

  test('creates a project tree in one batch, and more of it call by call', async () => {
    const ids = Array.from({ length: 6 }, () => crypto.randomUUID()) as [string, ...string[]];
    const [projectId, folder = '', episode = '', sequenceId = '', shotId = '', taskId = ''] = ids;
    [project, sequence, shot, task] = [projectId, sequenceId, shotId, taskId];
    const schema = await day.idOf('ProjectSchema', 'Feature');
    const type = await day.idOf('Type', 'Animation');
    const answers = await day.batch([
      operation.create('Project', {
        id: project,
        name: 'tagflug',
        full_name: 'Tagflug – Spielfilm',
        project_schema_id: schema,
        start_date: new Date('2026-03-02'),
        end_date: new Date('2026-12-18'),
      }),
      operation.create('Folder', { id: folder, name: 'assets', parent_id: project }),
      operation.create('Episode', { id: episode, name: 'ep01', parent_id: project }),
      operation.create('Sequence', { id: sequence, name: 'sq010', parent_id: episode }),
      operation.create('Shot', { id: shot, name: 'sh010', parent_id: sequence }),
      operation.create('Task', {
        id: task,
        name: 'animation',
        parent_id: shot,
        type_id: type,
        priority_id: await day.idOf('Priority', 'High'),
        start_date: '2026-03-09T08:00:00.250Z',
      }),
    ]);
    expect(answers.map(({ id }) => id)).toEqual([project, folder, episode, sequence, shot, task]);
    expect(answers[5]).toMatchObject({ start_date: '2026-03-09T08:00:00.250Z' });
    await day.make('Shot', { name: 'sh020', parent_id: sequence });
    await day.make('RenderPass', { name: 'beauty', parent: { __entity_type__: 'Shot', id: shot } });
    const character = await day.idOf('Type', 'Character');
    await day.make('AssetBuild', { name: 'Pilotin', parent_id: folder, type_id: character });

    const read = await day.one(
      'select name, project.full_name, status.state.short, priority.name, start_date, link, ancestors.name, ' +
        `object_type.name, created_by.username from Task where id is ${task}`,
    );
    expect(read).toMatchObject({
      name: 'animation',
      project: { full_name: 'Tagflug – Spielfilm' },
      status: { state: { short: 'NOT_STARTED' } },
      priority: { name: 'High' },
      start_date: '2026-03-09T08:00:00.000Z',
      object_type: { name: 'Task' },
      created_by: { username: 'ada' },
    });
    expect(names(read['link'])).toEqual(['tagflug', 'ep01', 'sq010', 'sh010', 'animation']);
    expect(sorted(names(read['ancestors']))).toEqual(['ep01', 'sh010', 'sq010']);
    const tree = await day.find(`select id from TypedContext where project_id is ${project} order by name`);
    expect(sorted(tree.map((entity) => entity['__entity_type__']))).toEqual([
      'AssetBuild',
      'Episode',
      'Folder',
      'RenderPass',
      'Sequence',
      'Shot',
      'Shot',
      'Task',
    ]);
  });

  test('offers the statuses of the schema, sets them, assigns and unassigns', async () => {
    const schema = await day.idOf('ProjectSchema', 'Feature');
    const compositing = await day.idOf('Type', 'Compositing');
    // The client merges what it reads in several queries.
    const merging = await day.open('ada', { ensureSerializableResponse: false });
    const offered = async (type: string, typeId?: string): Promise<unknown[]> =>
      names(await projectSchema.getStatuses(merging, schema, type, typeId));
    expect(await offered('Task')).toEqual(['Not started', 'In progress', 'Pending Review', 'Approved']);
    expect(await offered('Task', compositing)).toEqual(['Not started', 'Approved']);
    expect(await offered('AssetVersion')).toEqual(['Pending Review', 'Approved']);
    expect((await offered('Shot')).length).toBe(4);
    for (const status of ['In progress', 'Approved']) {
      await update('Task', task, { status_id: await day.idOf('Status', status) });
    }
    const changes = await day.find(
      `select status.name, user.username from StatusChange where parent_id is ${task} order by date`,
    );
    expect(changes.slice(-2)).toMatchObject([
      { status: { name: 'In progress' }, user: { username: 'ada' } },
      { status: { name: 'Approved' } },
    ]);

    const { id: bob } = await day.one('User where username is "bob"');
    const resources = [bob, await day.idOf('Group', 'Lighting')];
    const made = await day.batch(
      resources.map((resource_id) =>
        operation.create('Appointment', { context_id: task, resource_id, type: 'assignment' }),
      ),
    );
    const mine = `select name from Task where assignments any (resource.id is ${bob}) and project_id is ${project}`;
    expect(names(await day.find(mine, await day.open('bob')))).toEqual(['animation']);
    await day.batch(made.map(({ id }) => operation.delete('Appointment', [id])));
    expect(await day.find(mine)).toEqual([]);
    expect(await day.find(mine, await day.open('bob'))).toEqual([]);
  });

  test('renames, moves and deletes a shot with what is below it', async () => {
    const elsewhere = await day.make('Sequence', { name: 'sq020', parent_id: project });
    const moved = await day.make('Shot', { name: 'sh900', parent_id: sequence });
    const below = await day.make('Task', { name: 'roto', parent_id: moved });
    await update('Shot', moved, { parent_id: elsewhere, name: 'sh901' });
    const read = await day.one(`select link, parent.name from Task where id is ${below}`);
    expect(names(read['link'])).toEqual(['tagflug', 'sq020', 'sh901', 'roto']);
    expect(await day.ada.delete('Sequence', [elsewhere])).toMatchObject({ data: true });
    expect(await day.find(`TypedContext where id in (${elsewhere}, ${moved}, ${below})`)).toEqual([]);
    const batch = [
      operation.create('Shot', { name: 'sh902', parent_id: sequence }),
      operation.create('Shot', { name: 'SH010', parent_id: sequence }),
    ];
    await expect(day.ada.call(batch)).rejects.toThrow('Duplicate entry');
    expect(await day.find(`Shot where name is "sh902" and project_id is ${project}`)).toEqual([]);
  });

  const values = {
    code: '2026-05-04T08:00:00.000Z',
    takes: 3,
    speed: 23.976,
    hero: true,
    page: 'https://wiki.studio.example/tagflug?shot=sh010#cut',
    length: '{self.takes} + 1',
    weather: ['fog'],
    tools: ['nuke', 'maya'],
    source: ['plate_07'],
    lens: '50 mm',
  };

  test('sets custom attributes of every type, reads them densely, and raw', async () => {
    const configurations = await day.find('select key, default from CustomAttributeConfiguration');
    const idOf = (key: string): string => configurations.find((one) => one['key'] === key)?.id ?? '';
    const dense = async (type: string, id: string): Promise<Record<string, unknown>> => {
      const entity = await day.one(`select custom_attributes from ${type} where id is ${id}`);
      const rows = entity['custom_attributes'] as { key: string; value: unknown }[];
      return Object.fromEntries(rows.map(({ key, value }) => [key, value]));
    };
    expect(await dense('Shot', shot)).toMatchObject({ takes: 1, hero: false, lens: '35 mm' });
    const dated = { ...values, shot_on: new Date('2026-04-01T00:00:00Z') };
    await day.ada.call(
      Object.entries(dated).map(([key, value]) =>
        operation.update('ContextCustomAttributeValue', [idOf(key), shot], { value }),
      ),
    );
    // The client sends every text that looks like a datetime as one; it comes back as text.
    expect(await dense('Shot', shot)).toMatchObject({
      ...values,
      shot_on: expect.stringMatching(/^2026-04-01/),
    });
    const rows = `select value from CustomAttributeValue where configuration_id is ${idOf('lens')}`;
    expect(await day.find(`${rows} and entity_id in (${shot}, ${task}, ${project})`)).toMatchObject([
      { entity_id: shot, value: '50 mm' },
    ]);
    expect(await dense('Task', task)).toMatchObject({ lens: '35 mm' });
    await day.ada.create('CustomAttributeValue', {
      configuration_id: idOf('lens'),
      entity_id: project,
      value: '75 mm',
    });
    expect(await dense('Project', project)).toMatchObject({ lens: '75 mm', budget: null });
    await day.ada.delete('CustomAttributeValue', [idOf('lens'), shot]);
    expect(await dense('Shot', shot)).toMatchObject({ lens: '35 mm' });
    await expect(
      day.ada.update('ContextCustomAttributeValue', [idOf('takes'), shot], { value: 'many' }),
    ).rejects.toMatchObject({ name: 'ServerValidationError' });
    expect(
      await day.find(
        'select id from Shot where custom_attributes any (key is "code" and value like "2026-05-04%")',
      ),
    ).toMatchObject([{ id: shot }]);
  });

  test('keeps metadata under its two keys', async () => {
    const row = { parent_id: shot, parent_type: 'Shot', key: 'source' };
    await day.ada.create('Metadata', { ...row, value: 'edit 7' });
    await day.ada.update('Metadata', [shot, 'source'], { value: 'edit 8' });
    expect(await day.one(`select metadata from Shot where id is ${shot}`)).toMatchObject({
      metadata: [{ key: 'source', value: 'edit 8' }],
    });
    await day.ada.delete('Metadata', [shot, 'source']);
    expect(await day.find(`Metadata where (parent_id is "${shot}"and key is "source")`)).toEqual([]);
  });
});
