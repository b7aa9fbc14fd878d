import type { FtrackSimulator, Hand } from '../../../simulators/ftrack/index';
import { startFtrackSimulator } from '../../../simulators/ftrack/index';
import { parseQuery } from '../../../simulators/ftrack/query/parser';
import { plan } from '../../../simulators/ftrack/query/planner';
import { Reader } from '../../../simulators/ftrack/store/reader';
import { generateStudio } from '../../../simulators/studio';

let simulator: FtrackSimulator;
let bob: Hand;

beforeAll(async () => {
  simulator = await startFtrackSimulator();
  bob = simulator.as('bob');
});

afterAll(() => simulator.close());

const names = (expression: string): unknown[] => bob.query(expression).map((entity) => entity['name']);

describe('the query language', () => {
  const project = 'project.name is "nordlicht"';

  test.each([
    [
      'equality ignores case',
      `Shot where name is "SH010" and parent.name is "sq010" and ${project}`,
      ['sh010'],
    ],
    ['= and is mean the same', `Sequence where name = "sq010" and ${project}`, ['sq010']],
    ['single quotes', `Sequence where name is 'sq010' and ${project}`, ['sq010']],
    ['no blank before and', `Sequence where (name is "sq010"and ${project})`, ['sq010']],
    ['like with wildcards', `TypedContext where name like "%Flasche" and ${project}`, ['Grüne Flasche']],
    [
      'and binds tighter than or',
      `Sequence where name is sq010 or name is sq020 and ${project}`,
      ['sq010', 'sq020'],
    ],
    ['not', `Sequence where ${project} and not name is "sq010"`, ['sq020']],
    [
      'in without blanks or quotes',
      `Sequence where name in (sq010,sq020) and ${project}`,
      ['sq010', 'sq020'],
    ],
    ['not_in', `Sequence where name not_in ("sq010") and ${project}`, ['sq020']],
    ['an empty list finds nothing', 'Sequence where name in ()', []],
    ['has', `Sequence where parent has (name is "nordlicht")`, ['sq010', 'sq020']],
    [
      'any binds all conditions to one element',
      'Task where assignments any (resource.username is "bob" and resource.email is "kenji@studio.example")',
      [],
    ],
    [
      'any without a condition tests presence',
      'User where assignments any () order by username',
      [undefined, undefined, undefined, undefined],
    ],
    ['sub-query', `Sequence where id in (select parent_id from Shot where name is "sh030")`, ['sq010']],
    [
      'cast',
      `Shot where parent[Sequence].name is "sq020" and ${project} order by name desc`,
      ['sh020', 'sh010'],
    ],
    [
      'relation compared with None',
      'Project where parent is None order by name',
      ['nordlicht', 'weisser_wal'],
    ],
    [
      'order, offset and limit',
      `Shot where ${project} order by parent.name descending, name offset 1 limit 2`,
      ['sh020', 'sh010'],
    ],
    ['limit before offset', `Shot where ${project} order by parent.name, name limit 1 offset 2`, ['sh030']],
    ['dates', 'Project where start_date after "2026-01-20"', ['nordlicht']],
    [
      'dense custom attributes',
      `Project where custom_attributes any (key is "fps" and value is 24)`,
      ['weisser_wal'],
    ],
    [
      'polymorphic types',
      `TypedContext where object_type.name is "sequence" and ${project}`,
      ['sq010', 'sq020'],
    ],
  ])('%s', (_title, expression, expected) => {
    expect(names(expression)).toEqual(expected);
  });

  test('a dotted path through a collection matches when some element does', () => {
    const tasks = bob.query(
      `select assignments.resource.username from Task where assignments.resource.username is "kenji" and ${project}`,
    );
    expect(tasks).toHaveLength(5);
  });

  test('escaped quotes stay part of the text', () => {
    expect(parseQuery('Task where name is "a \\"b\\" \\\\ c"').where).toMatchObject({ value: 'a "b" \\ c' });
  });

  test.each([
    ['Task where', 'Expected an attribute at position 10, found end of expression.'],
    ['select name Task', 'Expected "," or "from" at position 12, found "Task".'],
    ['Task where name "x"', 'Expected an operator at position 16, found "x".'],
    ['Task where name is', 'Expected a value at position 18, found end of expression.'],
    ['Task where (name is x', 'Expected ")" at position 21, found end of expression.'],
    ['Task limit x', 'Expected a number at position 11, found "x".'],
    [
      'Task where name is "x',
      'Expected closing " for the text that starts at position 19, found end of expression.',
    ],
    [`Task where ${'('.repeat(5000)}`, 'Conditions are nested deeper than 200 at position 211.'],
  ])('a parse error names position and expectation: %s', (expression, message) => {
    expect(() => parseQuery(expression)).toThrow(message);
  });

  test.each([
    ['Nothing where id is 1', 'Unknown entity type "Nothing".'],
    ['Task where colour is 1', 'Entity type Task has no attribute "colour".'],
    ['select name.length from Task', 'Attribute "name" of Task has no attributes.'],
    ['Task where bid is many', 'Value "many" compared with bid is not a number.'],
    ['Task where start_date > soon', 'Value "soon" compared with start_date is not a datetime.'],
  ])('unknown names and wrong values are errors: %s', (expression, message) => {
    expect(() => bob.query(expression)).toThrow(message);
  });
});

describe('projections', () => {
  test('key, type and system projections come along; references carry no more than those', () => {
    const [task] = bob.query('select parent from Task where name is "look dev" and parent.name is "Harpune"');
    const harpune = bob.findByPath('weisser_wal/assets/Requisiten & Möbel/Harpune');
    const project = bob.findByPath('weisser_wal');
    expect(task).toEqual({
      __entity_type__: 'Task',
      id: bob.findByPath('weisser_wal/assets/Requisiten & Möbel/Harpune/look dev').id,
      project_id: project.id,
      context_type: 'task',
      object_type_id: '11c137c0-ee7e-4f9c-91c5-8c77cec22b2c',
      parent: {
        __entity_type__: 'AssetBuild',
        id: harpune.id,
        project_id: project.id,
        context_type: 'task',
        object_type_id: '4be63b64-5010-42fb-bf1f-428af9d638f0',
      },
    });
  });

  test('link, ancestors and dense custom attributes can be selected', () => {
    const [shot] = bob.query(
      'select link, ancestors.name, custom_attributes from Shot where name is "sh020" and parent.name is "ep101_sq010"',
    );
    const shown = shot as unknown as {
      link: { name: string; type: string }[];
      ancestors: { name: string }[];
      custom_attributes: { key: string; value: unknown }[];
    };
    expect(shown.link.map(({ type, name }) => `${type} ${name}`)).toEqual([
      'Project weisser_wal',
      'TypedContext ep101',
      'TypedContext ep101_sq010',
      'TypedContext sh020',
    ]);
    expect(shown.ancestors.map(({ name }) => name)).toEqual(['ep101', 'ep101_sq010']);
    const values = new Map(shown.custom_attributes.map(({ key, value }) => [key, value]));
    expect(values.get('frameEnd')).toBe(1131);
    // fps is stored on the project only: values are not inherited, the default shows.
    expect(values.get('fps')).toBe(25);
  });

  test('raw values are only what is stored, dense values are all', () => {
    const { id } = bob.findByPath('nordlicht/sq010/sh010');
    const raw = bob.query(`select value from CustomAttributeValue where entity_id is "${id}"`);
    const dense = bob.query(`select value from ContextCustomAttributeValue where entity_id is "${id}"`);
    expect(raw.map(({ value }) => value)).toEqual([1001, 1048, 1001, 1048]);
    expect(dense).toHaveLength(17);
  });
});

describe('paging', () => {
  test('the next offset is given exactly while rows remain', async () => {
    const page = async (
      offset: number,
    ): Promise<{ data: unknown[]; metadata: { next: { offset: number | null } } }> => {
      const response = await fetch(`${simulator.url}/api`, {
        method: 'POST',
        headers: { 'ftrack-user': simulator.user, 'ftrack-api-key': simulator.key },
        body: JSON.stringify([
          { action: 'query', expression: `Status order by id limit 3 offset ${offset}` },
        ]),
      });
      return ((await response.json()) as [never])[0];
    };
    const pages = [await page(0), await page(3), await page(6)];
    expect(pages.map(({ data }) => data.length)).toEqual([3, 3, 3]);
    expect(pages.map(({ metadata }) => metadata.next.offset)).toEqual([3, 6, null]);
  });
});

describe('a project that the service user may not read', () => {
  test('is left out of every answer silently, and cannot be written', () => {
    const service = simulator.as(simulator.user);
    const project = bob.findByPath('nordlicht');
    const shot = bob.findByPath('nordlicht/sq010/sh010');
    const read = (): number[] =>
      [
        'Project',
        `TypedContext where project_id is "${project.id}"`,
        `Appointment where context.parent_id is "${shot.id}"`,
        `CustomAttributeValue where entity_id is "${shot.id}"`,
      ].map((expression) => service.query(expression).length);
    const before = read();
    simulator.store.hideProject(project.id, [simulator.user]);
    expect(read()).toEqual([1, 0, 0, 0]);
    expect(() => service.rename(shot.id, 'x')).toThrow('has no permission to change Shot');
    expect(bob.query('Project')).toHaveLength(2);
    simulator.store.showProject(project.id);
    expect(read()).toEqual(before);
    expect(before).toEqual([2, 24, 3, 4]);
  });
});

describe('the planner', () => {
  const studio = generateStudio({ projects: 2, entitiesPerProject: 10_000, seed: 7 });
  const [project] = studio.projects;
  const projectId = project?.id ?? '';
  const entities = project?.entities ?? [];
  const shotId = entities.find(({ type }) => type === 'Shot')?.id ?? '';
  const children = entities.filter(({ parent }) => parent === shotId);
  let large: FtrackSimulator;

  beforeAll(async () => {
    large = await startFtrackSimulator({ studio });
  });

  afterAll(() => large.close());

  const candidates = (expression: string): number | undefined => {
    const query = parseQuery(expression);
    const reader = new Reader(large.store, { username: 'bob' });
    const scope = { reader, subquery: () => [shotId] };
    return query.where && plan(scope, query.entityType, query.where)?.size;
  };

  test.each([
    ['an id', `TypedContext where id is "${shotId}" and name like "%"`, 1],
    ['a list of ids', `TypedContext where id in (${shotId}, ${children[0]?.id}, nope)`, 2],
    ['a parent', `TypedContext where parent_id is "${shotId}"`, children.length],
    ['a parent through its relation', `TypedContext where parent.id is "${shotId}"`, children.length],
    ['a parent by has', `TypedContext where parent has (id is "${shotId}")`, children.length],
    ['a sub-query', 'TypedContext where parent_id in (select id from Shot)', children.length],
    [
      'either of two',
      `TypedContext where id is "${shotId}" or parent_id is "${shotId}"`,
      children.length + 1,
    ],
    ['a project', `TypedContext where project_id is "${projectId}"`, 10_001],
    ['what no index knows', 'TypedContext where name is "sh010"', undefined],
    ['one side of or without index', `TypedContext where id is "${shotId}" or name is "sh010"`, undefined],
  ])('looks only at what an index gives for %s', (_title, expression, size) => {
    expect(candidates(expression)).toBe(size);
  });

  test('pages through a project by id without sorting it, each entity once', () => {
    const kenji = large.as('kenji');
    const seen = new Set<unknown>();
    for (let last = ''; ; ) {
      const page = kenji.query(
        `select id from TypedContext where project_id is "${projectId}" and id > "${last}" order by id limit 1000`,
      );
      for (const { id } of page) {
        seen.add(id);
      }
      if (page.length < 1000) {
        break;
      }
      last = page.at(-1)?.['id'] as string;
    }
    expect(seen.size).toBe(10_000);
  });

  test('the newest rows by id come without sorting all', () => {
    const kenji = large.as('kenji');
    const all = kenji.query('select id from Task').map(({ id }) => id as string);
    const expected = all.sort().reverse().slice(1, 4);
    const page = kenji.query('select id from Task order by id desc offset 1 limit 3');
    expect(page.map(({ id }) => id)).toEqual(expected);
  });

  test('the list sorted by id stays right after creations and removals', () => {
    const kenji = large.as('kenji');
    const first = (): unknown =>
      kenji.query('select name from TypedContext order by id limit 1')[0]?.['name'];
    first();
    const id = kenji.create('Shot', { id: '00000000-0000', name: 'first', parent_id: projectId });
    expect(first()).toBe('first');
    kenji.remove(id);
    expect(first()).not.toBe('first');
  });

  test('the entities of a project stay sorted while some come, move and go', () => {
    const kenji = large.as('kenji');
    const other = studio.projects[1]?.id ?? '';
    const first = (project: string): unknown =>
      kenji.query(`select id from TypedContext where project_id is "${project}" order by id limit 1`)[0]?.[
        'id'
      ];
    const before = [first(projectId), first(other)];
    const id = kenji.create('Shot', { id: '00000000-0001', name: 'comes', parent_id: projectId });
    expect([first(projectId), first(other)]).toEqual([id, before[1]]);
    kenji.move(id, other);
    expect([first(projectId), first(other)]).toEqual([before[0], id]);
    kenji.remove(id);
    expect([first(projectId), first(other)]).toEqual(before);
  });
});
