import fc from 'fast-check';
import { FtrackError } from '../../../simulators/ftrack/errors';
import type { FtrackSimulator, Hand } from '../../../simulators/ftrack/index';
import { startFtrackSimulator } from '../../../simulators/ftrack/index';
import { ofType } from '../../../simulators/ftrack/query/candidates';
import { newScope } from '../../../simulators/ftrack/query/execute';
import { parseQuery } from '../../../simulators/ftrack/query/parser';
import { plan } from '../../../simulators/ftrack/query/planner';
import { predicate } from '../../../simulators/ftrack/query/predicate';
import { Reader } from '../../../simulators/ftrack/store/reader';
import { generateStudio } from '../../../simulators/studio';

let simulator: FtrackSimulator;
let kenji: Hand;
let ids: readonly string[] = [];

beforeAll(async () => {
  const studio = generateStudio({ projects: 2, entitiesPerProject: 250, seed: 11 });
  simulator = await startFtrackSimulator({ studio });
  kenji = simulator.as('kenji');
  ids = kenji.query('select id from Context').map(({ id }) => id as string);
  for (const [index, id] of ids.slice(0, 40).entries()) {
    const task = kenji.createTask({
      parent: ids[2] ?? '',
      name: `extra ${index}`,
      assignees: ['bob', 'aicha'],
    });
    kenji.create('TypedContextLink', { from_id: task, to_id: ids[60 + index] });
    if (index % 3 === 0) {
      kenji.create('Metadata', { parent_id: id, parent_type: 'Task', key: `k${index % 5}`, value: 'x' });
    }
  }
});

afterAll(() => simulator.close());

const types = ['TypedContext', 'Task', 'Shot', 'Context'] as const;
const scalarPaths = [
  'id',
  'parent_id',
  'project_id',
  'status_id',
  'parent.id',
  'parent.parent_id',
  'parent.parent.id',
  'project.id',
  'children.id',
  'children.parent_id',
  'parent.children.id',
  'parent',
  'project',
  'parent[Sequence].id',
  'outgoing_links.to_id',
  'incoming_links.from.id',
];
const namePaths = [
  'name',
  'project.name',
  'status.name',
  'status.state.short',
  'parent.name',
  'parent[Shot].name',
  'assignments.resource.username',
  'metadata.key',
  'project.created_by.username',
];
const names = [
  'show_001',
  'show_002',
  'Approved',
  'DONE',
  'bob',
  'aicha',
  'assets',
  'extra 3',
  'k1',
  'sh010',
];

const id = fc.nat().map((index) => ids[index % ids.length] ?? '');
const leaf = fc.oneof(
  fc
    .tuple(fc.constantFrom(...scalarPaths), fc.constantFrom('is', 'is_not', '>', '<='), id)
    .map(([path, operator, value]) => `${path} ${operator} "${value}"`),
  fc
    .tuple(fc.constantFrom(...scalarPaths), fc.constantFrom('in', 'not_in'), fc.array(id, { maxLength: 4 }))
    .map(([path, operator, values]) => `${path} ${operator} (${values.join(', ')})`),
  fc
    .tuple(
      fc.constantFrom(...namePaths),
      fc.constantFrom('is', '!=', 'like', 'not_like'),
      fc.constantFrom(...names),
    )
    .map(([path, operator, value]) => `${path} ${operator} "${value}"`),
  fc.constantFrom(...scalarPaths).map((path) => `${path} is None`),
  fc.constantFrom(
    'parent_id in (select id from Shot where name is "sh010")',
    'children any ()',
    'assignments any ()',
  ),
);
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc
      .tuple(tie('condition'), fc.constantFrom('and', 'or'), tie('condition'))
      .map((parts) => `(${parts.join(' ')})`),
    tie('condition').map((inner) => `not ${inner}`),
    fc
      .tuple(fc.constantFrom('parent', 'project', 'children', 'parent.parent'), tie('condition'))
      .map(([path, inner]) => `${path} ${path === 'children' ? 'any' : 'has'} (${inner})`),
  ),
}));

const found = (expression: string): string[] =>
  kenji.query(expression).map((entity) => entity['id'] as string);

/** The sentence of a refusal in place of the keys: `status` of a project is a text, that of a task leads on. */
function outcome(work: () => string[]): string[] | string {
  try {
    return work();
  } catch (error) {
    if (error instanceof FtrackError) {
      return error.message;
    }
    throw error;
  }
}

const ascending = (one: unknown, other: unknown): number => (String(one) < String(other) ? -1 : 1);

describe('plans', () => {
  test('give what trying every entity gives, in any page of ids', () => {
    const reader = new Reader(simulator.store, { username: 'kenji' });
    let helped = 0;
    const slowly = (type: string, where: string): string[] => {
      const scope = newScope(reader);
      const query = parseQuery(`${type} where ${where}`);
      const accepts = predicate(scope, type, query.where ?? { kind: 'and', parts: [] });
      helped += query.where && plan(scope, type, query.where) ? 1 : 0;
      const keys = [...ofType(reader, type).rows()].filter(accepts).map(({ key }) => key);
      return keys.toSorted(ascending);
    };
    const page = fc.record({ last: id, limit: fc.nat(12) });
    fc.assert(
      fc.property(fc.constantFrom(...types), condition, page, (type, where, { last, limit }) => {
        const expected = outcome(() => slowly(type, where));
        const all = outcome(() => found(`select id from ${type} where ${where}`).toSorted(ascending));
        expect(all).toEqual(expected);
        const keys = typeof expected === 'string' ? [] : expected;
        const pages = outcome(() => [
          ...found(`${type} where ${where} and id > "${last}" order by id limit ${limit}`),
          '-',
          ...found(`${type} where id <= "${last}" and (${where}) order by id desc limit ${limit}`),
        ]);
        const after = keys.filter((key) => key > last).slice(0, limit);
        const before = keys
          .filter((key) => key <= last)
          .toReversed()
          .slice(0, limit);
        expect(pages).toEqual(typeof expected === 'string' ? expected : [...after, '-', ...before]);
      }),
      { numRuns: 250 },
    );
    expect(helped).toBeGreaterThan(100);
  });

  test('find the newest numbered rows between two numbers', () => {
    const numbers = (tail: string): number[] =>
      kenji.query(`Event ${tail}`).map((event) => event['id'] as number);
    const all = numbers('order by id');
    const [low = 0, high = 0] = [all[5], all[25]];
    const between = numbers(`where id > ${low} and id <= ${high} order by id desc limit 4`);
    expect(between).toEqual(all.slice(22, 26).toReversed());
    expect(numbers(`where id >= ${low} and id < ${high}`)).toEqual(all.slice(5, 25));
    expect(numbers(`where id in (${low}, "${high}")`)).toEqual([low, high]);
  });

  test('go over link rows to what lies behind them', () => {
    const projectId = kenji.findByPath('show_001').id;
    const category = kenji.idOf('ListCategory', 'Shots');
    const shot = ids.find((each) => simulator.store.context(each)?.type === 'Shot') ?? '';
    const list = kenji.create('TypedContextList', {
      name: 'one shot',
      project_id: projectId,
      category_id: category,
      items: [{ __entity_type__: 'Shot', id: shot }],
    });
    expect(found(`Shot where lists any (id is "${list}")`)).toEqual([shot]);
    expect(found(`TypedContextList where items.id is "${shot}"`)).toEqual([list]);
    const scope = newScope(new Reader(simulator.store, { username: 'kenji' }));
    const { where } = parseQuery(`Shot where lists any (id is "${list}")`);
    expect(where && plan(scope, 'Shot', where)?.size).toBe(1);
  });
});
