import path from 'node:path';
import type { AyonSimulator } from '../../../simulators/ayon';
import { startAyonSimulator } from '../../../simulators/ayon';
import type { FtrackSimulator } from '../../../simulators/ftrack';
import { startFtrackSimulator } from '../../../simulators/ftrack';
import { generateStudio } from '../../../simulators/studio';
import { readStudioFile } from '../../../simulators/studio/file';

const EXAMPLE = path.resolve(__dirname, '../../../simulators/examples/studio.yaml');

describe('the example studio in ftrack', () => {
  let simulator: FtrackSimulator;
  const query = (expression: string): Record<string, unknown>[] => simulator.as('ada').query(expression);

  beforeAll(async () => {
    simulator = await startFtrackSimulator({ studio: readStudioFile(EXAMPLE) });
  });
  afterAll(() => simulator.close());

  test('has the tree with statuses, types, priorities, people and links', () => {
    const [task] = query(
      'select status.name, type.name, priority.name, bid, start_date, assignments.resource.username, outgoing_links.to.name from Task where name is "animation"',
    );
    expect(task).toMatchObject({
      status: { name: 'Pending Review' },
      type: { name: 'Animation' },
      priority: { name: 'High' },
      bid: 40 * 3600,
      start_date: { value: '2026-03-02T00:00:00' },
      outgoing_links: [{ to: { name: 'compositing' } }],
    });
    const assignments = task?.['assignments'] as { resource: { username: string } }[];
    expect(assignments.map(({ resource }) => resource.username).toSorted()).toEqual(['bob', 'cleo']);
    expect(query('select key, value from Metadata')).toMatchObject([{ key: 'director', value: 'R. Eggers' }]);
  });

  test('has its own object type as a type of entity', () => {
    expect(query('select name, parent.name, object_type.name from RenderPass')).toMatchObject([
      { name: 'beauty', parent: { name: 'sh010' }, object_type: { name: 'Render Pass' } },
    ]);
  });

  test('has custom attributes of every type with values where they belong', () => {
    const configurations = query('select key, type.name from CustomAttributeConfiguration');
    const types = new Set(configurations.map(({ type }) => (type as { name: string }).name));
    expect([...types].toSorted()).toEqual(
      [
        'boolean',
        'date',
        'dynamic enumerator',
        'enumerator',
        'expression',
        'number',
        'text',
        'url',
      ].toSorted(),
    );
    const valuesOf = (type: string, name: string): Record<string, unknown> => {
      const [found] = query(`select custom_attributes from ${type} where name is "${name}"`);
      const values = found?.['custom_attributes'] as { key: string; value: unknown }[];
      return Object.fromEntries(values.map(({ key, value }) => [key, value]));
    };
    expect(valuesOf('Shot', 'sh010')).toMatchObject({
      isHero: true,
      weather: ['fog'],
      frameEnd: 1096,
      camera: '35 mm',
      cutLength: '{self.fend} - {self.fstart} + 1',
      shootDay: { value: '2026-03-20T00:00:00' },
    });
    expect(valuesOf('Project', 'leuchtturm')).toMatchObject({ budget: 125000.5, fps: 24 });
    expect(valuesOf('Task', 'animation')).toMatchObject({ tools: ['maya', 'houdini'] });
    expect(valuesOf('TypedContextList', 'Trailer')).toMatchObject({ stage: 2 });
  });

  test('has versions with components, notes with replies, lists and a review session', () => {
    expect(
      query(
        'select version, user.username, task.name, status.name, components.name, components.file_type from AssetVersion where asset.name is "animation" order by version',
      ),
    ).toMatchObject([
      { version: 1, user: { username: 'bob' }, status: { name: 'Omitted' }, components: [] },
      {
        version: 2,
        task: { name: 'animation' },
        components: [
          { name: 'main', file_type: '.usd' },
          { name: 'review', file_type: '.mov' },
        ],
      },
    ]);
    expect(query('select replies.content from Note where content like "Is the lamp%"')).toMatchObject([
      { replies: [{ content: 'No, it is a prop.' }] },
    ]);
    expect(query('select items.name from TypedContextList where name is "Trailer"')).toMatchObject([
      { items: [{ name: 'sh010' }, { name: 'sh020' }] },
    ]);
    expect(
      query('select review_session_objects.name, review_session_invitees.email from ReviewSession'),
    ).toMatchObject([
      {
        review_session_objects: [{ name: 'animation' }, { name: 'keeper' }],
        review_session_invitees: [{ email: 'client@film.example' }],
      },
    ]);
    expect(query('select resource_identifier from ComponentLocation')).toHaveLength(1);
  });

  test('has people with roles and groups, and project schemas that narrow what is possible', () => {
    expect(query('select username from User where is_active is false')).toMatchObject([{ username: 'dora' }]);
    expect(
      query('select security_role.name, is_all_projects from UserSecurityRole where user.username is "cleo"'),
    ).toMatchObject([{ security_role: { name: 'Artist' }, is_all_projects: false }]);
    expect(simulator.as('bob').query('Project where name is "geheim"')).toEqual([]);
    expect(query('select group.parent.name from Membership where group.name is "Night shift"')).toMatchObject(
      [{ group: { parent: { name: 'Everyone' } } }],
    );
    const [schema] = query(
      'select task_type_schema.types.name, asset_version_workflow_schema.statuses.name, task_workflow_schema_overrides from ProjectSchema where name is "Feature"',
    );
    expect(schema).toMatchObject({
      asset_version_workflow_schema: { statuses: [{ name: 'Pending Review' }, { name: 'Approved' }] },
      task_workflow_schema_overrides: [{}],
    });
    expect(query('select is_private, project_schema.name from Project where name is "geheim"')).toMatchObject(
      [{ is_private: true, project_schema: { name: 'Small' } }],
    );
  });

  test('gives a user the key of the description', async () => {
    const studio = readStudioFile(EXAMPLE);
    const [ada, ...others] = studio.users;
    const keyed = await startFtrackSimulator({
      studio: { ...studio, users: ada ? [{ ...ada, apiKey: 'secret-of-ada' }, ...others] : others },
    });
    expect([keyed.keyOf('ada'), keyed.keyOf('bob')]).toEqual(['secret-of-ada', 'key-of-bob']);
    await keyed.close();
  });
});

describe('the example studio in AYON', () => {
  let simulator: AyonSimulator;
  afterEach(() => simulator.close());

  test('has folders, tasks, products and versions once it is paired', async () => {
    simulator = await startAyonSimulator({ studio: readStudioFile(EXAMPLE) });
    const film = simulator.store.project('Der_Leuchtturm');
    const names = (kind: 'folder' | 'task' | 'product' | 'version'): string[] =>
      film.entities.orderedIds(kind).map((id) => film.entities.get(kind, id)?.name ?? '');
    expect(names('folder')).toEqual(['assets', 'Old_Keeper', 'sq010', 'sh010', 'beauty', 'sh020']);
    expect(names('task')).toEqual(['modeling', 'animation', 'compositing']);
    expect(names('product')).toEqual(['keeper', 'animation']);
    expect(names('version')).toEqual(['v001', 'v001', 'v002']);
    expect([...simulator.store.users.keys()]).toEqual(expect.arrayContaining(['ada', 'bob', 'cleo']));
    expect(simulator.store.user('dora').active).toBe(false);
  });

  test('has empty projects before', async () => {
    simulator = await startAyonSimulator({ studio: readStudioFile(EXAMPLE), paired: false });
    expect(simulator.store.project('Der_Leuchtturm').entities.orderedIds('folder')).toEqual([]);
  });
});

test('a generated studio at work starts in both simulators', async () => {
  const studio = generateStudio({ entities: 1000, seed: 7 });
  const ftrack = await startFtrackSimulator({ studio });
  const ayon = await startAyonSimulator({ studio });
  const count = (type: string): number => ftrack.as('bob').query(`select id from ${type}`).length;
  expect(count('TypedContext')).toBe(1000);
  for (const type of ['Appointment', 'AssetVersion', 'FileComponent', 'Note', 'ReviewSessionObject']) {
    expect([type, count(type)]).toEqual([type, expect.any(Number)]);
    expect(count(type)).toBeGreaterThan(5);
  }
  const [project] = [...ayon.store.projects.values()];
  expect(project?.entities.orderedIds('version').length).toBe(count('AssetVersion'));
  await Promise.all([ftrack.close(), ayon.close()]);
});
