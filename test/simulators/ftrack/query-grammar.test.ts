import type { FtrackSimulator, Hand } from '../../../simulators/ftrack/index';
import { startFtrackSimulator } from '../../../simulators/ftrack/index';
import { parseQuery } from '../../../simulators/ftrack/query/parser';

let simulator: FtrackSimulator;
let bob: Hand;
let folder = '';

const datetime = (value: string): object => ({ __type__: 'datetime', value });

beforeAll(async () => {
  simulator = await startFtrackSimulator();
  bob = simulator.as('bob');
  folder = bob.createContext('Folder', { name: 'grammar', parent: bob.findByPath('nordlicht').id });
  const task = (name: string, bid: number, data: object): string =>
    bob.create('Task', { name, bid, parent_id: folder, ...data });
  const alpha = task('alpha', 10, {
    start_date: datetime('2026-03-01T10:00:00'),
    description: 'It is "quoted"',
  });
  const beta = task('Beta', 20, {
    start_date: datetime('2026-03-01T10:00:00.700000'),
    description: String.raw`C:\path 100%`,
  });
  task('gamma', 30, { start_date: datetime('2026-03-02T00:00:00+02:00') });
  task('delta', 40, {});
  for (const [owner, key, value] of [
    [alpha, 'color', 'red'],
    [alpha, 'size', 'xl'],
    [beta, 'color', 'blue'],
    [beta, 'mood', 'red'],
  ] as const) {
    bob.batch([
      {
        action: 'create',
        entity_type: 'Metadata',
        entity_data: { parent_id: owner, parent_type: 'Task', key, value },
      },
    ]);
  }
});

afterAll(() => simulator.close());

/** Names of the tasks alpha, Beta, gamma and delta (with bids 10, 20, 30 and 40) that a condition accepts. */
const accepted = (condition: string): unknown[] =>
  bob
    .query(`select name from Task where parent_id is "${folder}" and (${condition}) order by bid`)
    .map(({ name }) => name);

describe('conditions', () => {
  test.each([
    ['bid > 20', ['gamma', 'delta']],
    ['bid after 20', ['gamma', 'delta']],
    ['bid greater_than "20"', ['gamma', 'delta']],
    ['bid <20', ['alpha']],
    ['bid less_than 20', ['alpha']],
    ['bid>=20', ['Beta', 'gamma', 'delta']],
    ['bid <= 2e1', ['alpha', 'Beta']],
    ['bid != 20', ['alpha', 'gamma', 'delta']],
    ['bid is_not 20', ['alpha', 'gamma', 'delta']],
    ['bid in (10,"40")', ['alpha', 'delta']],
    ['bid not_in (10, 40)', ['Beta', 'gamma']],
    ["name in (ALPHA, 'beta')", ['alpha', 'Beta']],
    ['name like "%TA"', ['Beta', 'delta']],
    ['name like "%a%a"', ['alpha', 'gamma']],
    ['name like "alph"', []],
    ['name like "a%a%a"', []],
    ['name not_like "%ta"', ['alpha', 'gamma']],
  ])('numbers and text: %s', (condition, expected) => {
    expect(accepted(condition)).toEqual(expected);
  });

  test.each([
    ['start_date = "2026-03-01T10:00:00"', ['alpha', 'Beta']],
    ['start_date is 2026-03-01T10:00:00.999Z', ['alpha', 'Beta']],
    ['start_date is "2026-03-01T12:00:00.000+02:00"', ['alpha', 'Beta']],
    ['start_date is "2026-03-01 10:00"', ['alpha', 'Beta']],
    ['start_date after "2026-03-01T10:00:00"', ['gamma']],
    ['start_date before 2026-03-02', ['alpha', 'Beta', 'gamma']],
    ['start_date >= "2026-03-01T22:00:00Z"', ['gamma']],
    ['start_date is None', ['delta']],
    ['start_date is_not none', ['alpha', 'Beta', 'gamma']],
  ])('moments compare by the second in UTC: %s', (condition, expected) => {
    expect(accepted(condition)).toEqual(expected);
  });

  test.each([
    [String.raw`description is "It is \"quoted\""`, ['alpha']],
    [`description is 'it is "quoted"'`, ['alpha']],
    [String.raw`description is 'It is \"quoted\"'`, ['alpha']],
    [String.raw`description is "c:\\path 100%"`, ['Beta']],
    ['description is ""', ['gamma', 'delta']],
  ])('quotes and backslashes: %s', (condition, expected) => {
    expect(accepted(condition)).toEqual(expected);
  });

  test.each([
    ['name is alpha or name is beta and bid is 99', ['alpha']],
    ['(name is alpha or name is beta) and bid is 20', ['Beta']],
    ['NOT name is alpha AND NOT ( bid > 30 OR bid is 20 )', ['gamma']],
    ['not not name is alpha', ['alpha']],
    ['not (name is alpha or not bid < 40)', ['Beta', 'gamma']],
  ])('precedence and negation: %s', (condition, expected) => {
    expect(accepted(condition)).toEqual(expected);
  });

  test.each([
    ['metadata any (key is "color" and value is "red")', ['alpha']],
    ['metadata any (key=color and value=blue)', ['Beta']],
    // Each condition of a dotted path is met by some element, not all by the same.
    ['metadata.key is "color" and metadata.value is "red"', ['alpha', 'Beta']],
    ['metadata any ()', ['alpha', 'Beta']],
    ['not metadata any ()', ['gamma', 'delta']],
    ['metadata any (not key is "color")', ['alpha', 'Beta']],
    ['metadata.key not_in ("color", "mood")', ['alpha']],
  ])('mapped arrays: %s', (condition, expected) => {
    expect(accepted(condition)).toEqual(expected);
  });

  const all = ['alpha', 'Beta', 'gamma', 'delta'];

  test.each([
    ['parent[Folder].name is "GRAMMAR"', all],
    ['parent[TypedContext] has (name is "grammar")', all],
    ['parent[Folder] is_not None', all],
    ['parent[Project] is None', all],
    ['parent[Folder].parent[Project].full_name like "Nordlicht%"', all],
    ['parent[Shot].name is "grammar"', []],
    ['parent has (parent has (name is nordlicht))', all],
    ['parent is None', []],
    ['parent is_not None and type is None', []],
    ['id in (select id from Task where bid > 20)', ['gamma', 'delta']],
    ['id not_in (select id from Task where bid > 20 limit 1000)', ['alpha', 'Beta']],
    ['parent_id in (select parent_id from Task where id in (select id from Task where name is delta))', all],
    ['parent in (select id from Folder where name is "grammar")', all],
    ['parent_id in (Folder where name is "grammar")', all],
    ['name in (select, other)', []],
    ['start_date in (select parent_id from Project)', []],
    ['start_date in (None, 2026-03-01T22:00:00)', ['gamma', 'delta']],
  ])('casts, relations and sub-queries: %s', (condition, expected) => {
    expect(accepted(condition)).toEqual(expected);
  });

  test('parts of a composite key need no blank before and', () => {
    const [alpha] = bob.query('select id from Task where name is "alpha"');
    const id = alpha?.['id'] as string;
    const found = bob.query(`select value from Metadata where (parent_id is "${id}"and key is "size")`);
    expect(found).toEqual([{ __entity_type__: 'Metadata', parent_id: id, key: 'size', value: 'xl' }]);
  });

  test('dates in custom attributes compare as dates, lists by their elements', () => {
    const shot = bob.findByPath('nordlicht/sq010/sh010');
    const build = bob.findByPath('nordlicht/assets/Grüne Flasche');
    const keys = (condition: string): unknown[] =>
      bob
        .query(
          `select key from ContextCustomAttributeValue where entity_id in (${shot.id}, ${build.id}) and ${condition} order by key`,
        )
        .map(({ key }) => key);
    expect(keys('value = 1048')).toEqual(['fend', 'frameEnd']);
    expect(keys('key like "%end" and value > 1047.5')).toEqual(['fend', 'frameEnd']);
    expect(keys('value is "3D"')).toEqual(['department']);
    const parents = bob.query(
      `select name from AssetBuild where custom_attributes any (key is "DEPARTMENT" and value in ("3d")) and project.name is nordlicht`,
    );
    expect(parents.map(({ name }) => name)).toEqual(['Grüne Flasche', 'Fjord Panorama']);
  });
});

describe('order and pages', () => {
  const listed = (tail: string): unknown[] =>
    bob.query(`select name from Task where parent.name is "grammar" ${tail}`).map(({ name }) => name);

  test.each([
    ['order by name', ['alpha', 'Beta', 'delta', 'gamma']],
    ['order by bid desc', ['delta', 'gamma', 'Beta', 'alpha']],
    ['order by start_date ascending, name descending', ['delta', 'Beta', 'alpha', 'gamma']],
    ['order by parent.name, parent[Folder].id desc, name', ['alpha', 'Beta', 'delta', 'gamma']],
    ['ORDER BY name OFFSET 1 LIMIT 2', ['Beta', 'delta']],
    ['limit 2 offset 3 order by name', ['gamma']],
    ['order by name limit 0', []],
  ])('%s', (tail, expected) => {
    expect(listed(tail)).toEqual(expected);
  });

  test('sorting few of many gives what sorting all gives', () => {
    const all = listed('order by name desc, bid');
    expect(listed('order by name desc, bid limit 3')).toEqual(all.slice(0, 3));
  });
});

describe('refusals', () => {
  test.each([
    ['select count(id from Task group by id', 'Expected ")" at position 16, found "from".'],
    ['select median(bid) from Task', 'Expected "," or "from" at position 13, found "(".'],
    ['Task where name is x y', 'Expected end of expression at position 21, found "y".'],
    ['Task limit 1 limit 2', 'Expected end of expression at position 13, found "limit".'],
    ['Task limit -1', 'Expected a number at position 11, found "-1".'],
    ['Task group status_id', 'Expected "by" at position 11, found "status_id".'],
    ['Task where ! is x', 'Unexpected "!" at position 11.'],
    ['Task where name in select', 'Expected "(" at position 19, found "select".'],
    ['Task where parent..name is x', 'Expected an attribute path at position 11, found "parent..name".'],
    ['Task where parent[Shot is x', 'Expected "]" at position 23, found "is".'],
    ['select name from where', 'Expected an entity type at position 17, found "where".'],
    [
      `Task where ${'parent.'.repeat(60)}name is x`,
      'Expected a path of at most 50 attributes at position 11',
    ],
    [
      `Task where id in (${'select id from Task where id in ('.repeat(300)}`,
      'Conditions are nested deeper than 200',
    ],
  ])('what cannot be read names its position: %#', (expression, message) => {
    expect(() => parseQuery(expression)).toThrow(message);
  });

  test.each([
    ['Task where parent[Nothing].name is x', 'Unknown entity type "Nothing".'],
    ['Task where parent[User].name is x', 'Attribute "parent" of Task leads to Context, never to User.'],
    ['select parent[User].username from Task', 'Attribute "parent" of Task leads to Context, never to User.'],
    ['Task where name[Shot] is x', 'Attribute "name" of Task leads to no other entity.'],
    ['Task where name has (id is 1)', 'Attribute "name" of Task leads to no other entity.'],
    ['Task order by name.length', 'Attribute "name" of Task has no attributes.'],
    ['Task order by colour', 'Entity type Task has no attribute "colour".'],
    [
      'select custom_attribute_links from Shot',
      'Attribute "custom_attribute_links" of Shot cannot be selected, only used in conditions.',
    ],
    [
      'Task where id in (select count(id) from Task group by id)',
      'A query inside of "in (…)" can have no aggregates and no "group by".',
    ],
  ])('what has no meaning says why: %s', (expression, message) => {
    expect(() => bob.query(expression)).toThrow(message);
  });

  test('over HTTP they are an error object, with its status in strict mode only', async () => {
    const send = (expression: unknown, strict: boolean): Promise<Response> =>
      fetch(`${simulator.url}/api`, {
        method: 'POST',
        headers: {
          'ftrack-user': simulator.user,
          'ftrack-api-key': simulator.key,
          'ftrack-strict-api': String(strict),
        },
        body: JSON.stringify([{ action: 'query', expression }]),
      });
    const [strict, loose] = [await send('Task where', true), await send('select nope from Task', false)];
    expect([strict.status, loose.status]).toEqual([422, 200]);
    expect(await strict.json()).toEqual({
      exception: 'ParseError',
      content: 'Expected an attribute at position 10, found end of expression.',
      error_code: null,
    });
    expect(await loose.json()).toEqual({
      exception: 'ValidationError',
      content: 'Entity type Task has no attribute "nope".',
      error_code: null,
    });
  });

  test('very long expressions are answered', () => {
    const ids = Array.from({ length: 20_000 }, (_, index) => `id-${index}`);
    expect(bob.query(`Task where id in (${ids.join(',')})`)).toEqual([]);
    expect(bob.query(`Task where ${ids.map((id) => `id is ${id}`).join(' or ')}`)).toEqual([]);
    expect(bob.query(`Task where ${'not '.repeat(20_000)} name is alpha`)).toHaveLength(1);
    const chain = 'project.descendants.'.repeat(12);
    expect(bob.query(`Task where ${chain}name is "nothing like this"`)).toEqual([]);
  });
});
