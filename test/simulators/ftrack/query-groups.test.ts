import { Session } from '@ftrack/api';
import type { FtrackSimulator, Hand } from '../../../simulators/ftrack/index';
import { startFtrackSimulator } from '../../../simulators/ftrack/index';

interface Answer {
  readonly action?: string;
  readonly data?: Record<string, unknown>[];
  readonly metadata?: { readonly next: { readonly offset: number | null } };
  readonly exception?: string;
  readonly content?: string;
}

let simulator: FtrackSimulator;
let bob: Hand;

const datetime = (value: string): object => ({ __type__: 'datetime', value });

beforeAll(async () => {
  simulator = await startFtrackSimulator();
  bob = simulator.as('bob');
  const parent = bob.createContext('Folder', { name: 'groups', parent: bob.findByPath('nordlicht').id });
  const task = (name: string, status: string, data: object): string =>
    bob.create('Task', { name, parent_id: parent, status_id: bob.idOf('Status', status), ...data });
  task('one', 'Approved', { bid: 10, start_date: datetime('2026-03-01T00:00:00') });
  task('two', 'Approved', { bid: 25, start_date: datetime('2026-04-01T00:00:00') });
  task('three', 'In progress', { bid: 0.5 });
});

afterAll(() => simulator.close());

async function send(operation: object, strict = true): Promise<Answer> {
  const response = await fetch(`${simulator.url}/api`, {
    method: 'POST',
    headers: {
      'ftrack-user': simulator.user,
      'ftrack-api-key': simulator.key,
      'ftrack-strict-api': String(strict),
    },
    body: JSON.stringify([operation]),
  });
  const answer = (await response.json()) as Answer | [Answer];
  return Array.isArray(answer) ? answer[0] : answer;
}

const query = (expression: string, strict = true): Promise<Answer> =>
  send({ action: 'query', expression }, strict);

const tasks = 'from Task where parent.name is "groups"';

describe('groups', () => {
  test('have their values and aggregates, but no type and no key', async () => {
    const answer = await query(
      `select count(id), count(start_date), sum(bid), avg(bid), min(bid), max(start_date), status_id ${tasks} order by status_id group by status_id`,
    );
    const [approved, inProgress] = [bob.idOf('Status', 'Approved'), bob.idOf('Status', 'In progress')];
    const groups = [
      {
        count_id: 2,
        count_start_date: 2,
        sum_bid: 35,
        avg_bid: 17.5,
        min_bid: 10,
        max_start_date: datetime('2026-04-01T00:00:00'),
        status_id: approved,
      },
      {
        count_id: 1,
        count_start_date: 0,
        sum_bid: 0.5,
        avg_bid: 0.5,
        min_bid: 0.5,
        max_start_date: null,
        status_id: inProgress,
      },
    ];
    expect(answer).toEqual({
      action: 'query',
      data: approved < inProgress ? groups : groups.reverse(),
      metadata: { next: { offset: null } },
    });
  });

  test('can be by several attributes and by those of relations, in pages', async () => {
    const page = (tail: string): Promise<Answer> =>
      query(
        `select count(id) ${tasks} order by status.name desc group by project_id, status.name limit 1 ${tail}`,
      );
    const { id } = bob.findByPath('nordlicht');
    const group = (count: number, name: string): object => ({
      count_id: count,
      project_id: id,
      status: { name },
    });
    expect(await page('')).toMatchObject({
      data: [group(1, 'In progress')],
      metadata: { next: { offset: 1 } },
    });
    expect(await page('offset 1')).toMatchObject({
      data: [group(2, 'Approved')],
      metadata: { next: { offset: null } },
    });
  });

  test('count custom attribute values too', async () => {
    const { id } = bob.findByPath('nordlicht/sq010/sh010');
    const answer = await query(
      `select count(entity_id) from ContextCustomAttributeValue where entity_id is "${id}" and key in ("fps", "frameEnd") group by key`,
    );
    expect(answer.data).toEqual(
      expect.arrayContaining([
        { count_entity_id: 1, key: 'fps' },
        { count_entity_id: 1, key: 'frameEnd' },
      ]),
    );
  });

  test.each([
    ['select count(id) from Task', 'count(id) needs a "group by" clause.'],
    ['select count(id) from User group by is_active', 'Entities of type User cannot be grouped.'],
    [
      'select name, count(id) from Task group by status_id',
      'Attribute name must be in "group by" or inside of an aggregate.',
    ],
    [
      'select count(id) from Task order by name group by status_id',
      'Attribute name must be in "group by" or inside of an aggregate.',
    ],
    [
      'select sum(name) from Task group by status_id',
      'sum(name) of Task: sum takes a number of the entity itself.',
    ],
    [
      'select max(status.sort) from Task group by status_id',
      'max(status.sort) of Task: max takes a number or datetime of the entity itself.',
    ],
    [
      'select count(id) from Task group by assignments.resource_id',
      'Attribute assignments.resource_id of Task has not one value per entity.',
    ],
    ['select count(id) from Task group by status', 'Attribute status of Task has not one value per entity.'],
    ['select count(colour) from Task group by name', 'Entity type Task has no attribute "colour".'],
  ])('are refused where they mean nothing: %s', async (expression, content) => {
    expect(await query(expression)).toMatchObject({ exception: 'ValidationError', content });
  });

  test('need strict mode', async () => {
    const { exception, content } = await query(`select count(id) ${tasks} group by status_id`, false);
    expect(exception).toBe('ValidationError');
    expect(content).toContain('need strict mode');
  });
});

describe('search', () => {
  const search = (more: object): Promise<Answer> =>
    send({
      action: 'search',
      entity_type: 'TypedContext',
      expression: 'select name from TypedContext order by name',
      terms: [],
      ...more,
    });
  const names = ({ data }: Answer): unknown[] | undefined => data?.map(({ name }) => name);

  test('finds by every term in name or path, below a context, of some object types', async () => {
    const { id } = bob.findByPath('nordlicht');
    const objectTypes = [bob.idOf('ObjectType', 'Shot')];
    const terms = ['SQ010', ' sh0 '];
    const [everywhere, inside, shots] = [
      await search({ terms }),
      await search({ terms, context_id: id }),
      await search({ terms, context_id: id, object_type_ids: objectTypes }),
    ];
    expect(names(shots)).toEqual(['sh010', 'sh020', 'sh030']);
    expect(names(inside)).toHaveLength(9);
    expect(everywhere.data?.length).toBeGreaterThan(9);
    expect(shots).toMatchObject({ action: 'search', metadata: { next: { offset: null } } });
    expect(names(await search({ terms: ['sh010', 'nothing'] }))).toEqual([]);
    expect(names(await search({ context_id: bob.findByPath('nordlicht/sq020').id }))).toHaveLength(7);
  });

  test('keeps the conditions and pages of its expression, and knows people', async () => {
    const page = await search({
      terms: ['sq010'],
      expression: 'select name from Shot where name is_not "sh010" limit 1',
    });
    expect(names(page)).toHaveLength(1);
    expect(page.metadata?.next.offset).toBe(1);
    const people = await send({
      action: 'search',
      entity_type: 'User',
      expression: 'select username from User',
      terms: ['kenji'],
      object_type_ids: null,
      context_id: null,
    });
    expect(people.data?.map(({ username }) => username)).toEqual(['kenji']);
  });

  test('is what the official client sends', async () => {
    const session = new Session(simulator.url, simulator.user, simulator.key, { autoConnectEventHub: false });
    const answer = await session.search({
      expression: 'select name from AssetBuild',
      entityType: 'AssetBuild',
      terms: ['nordlicht', 'flasche'],
    });
    expect(answer.data.map((entity) => (entity as unknown as { name: string }).name)).toEqual([
      'Grüne Flasche',
    ]);
  });

  test.each([
    [{ expression: undefined }, 'A search needs "expression", a text.'],
    [{ entity_type: 7 }, 'A search needs "entity_type", a text.'],
    [{ entity_type: 'Nothing' }, 'Unknown entity type "Nothing".'],
    [
      { entity_type: 'User' },
      'A search for entities of type User needs an expression for them, not for TypedContext.',
    ],
    [{ terms: [1] }, '"terms" of a search must be a list of texts.'],
    [{ object_type_ids: {} }, '"object_type_ids" of a search must be a list of texts.'],
  ])('refuses %j', async (more, content) => {
    expect(await search(more)).toMatchObject({ exception: 'ValidationError', content });
  });
});
