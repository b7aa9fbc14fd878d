import fc from 'fast-check';
import { FtrackError } from '../../../simulators/ftrack/errors';
import type { Hand, Operation } from '../../../simulators/ftrack/hand';
import type { FtrackSimulator } from '../../../simulators/ftrack/index';
import { startFtrackSimulator } from '../../../simulators/ftrack/index';
import type { Attribute } from '../../../simulators/ftrack/schema/notation';
import type { EntitySchema } from '../../../simulators/ftrack/schema/registry';
import type { Row } from '../../../simulators/ftrack/store/table';

let simulator: FtrackSimulator;
let bob: Hand;

beforeAll(async () => {
  simulator = await startFtrackSimulator({ socialFeed: false });
  bob = simulator.as('bob');
});

afterAll(() => simulator.close());

/** A choice that is made when the operation is about to run, from what there is then. */
interface Plan {
  readonly action: string;
  readonly type: number;
  readonly key: number;
  readonly fields: readonly { readonly attribute: number; readonly value: number; readonly odd: unknown }[];
}

const plan = fc.record({
  action: fc.constantFrom('create', 'create', 'create', 'update', 'update', 'update', 'delete', 'query'),
  type: fc.nat(1000),
  key: fc.nat(1000),
  fields: fc.array(
    fc.record({
      attribute: fc.nat(1000),
      value: fc.nat(1000),
      odd: fc.option(fc.jsonValue({ maxDepth: 1 }), { freq: 12, nil: undefined }),
    }),
    { maxLength: 5 },
  ),
});

const pick = <Item>(items: readonly Item[], index: number): Item | undefined => items[index % items.length];

const stored = (): EntitySchema[] =>
  simulator.store.registry
    .all()
    .filter(({ definition }) => definition.virtual !== true && definition.internal !== true);

/** Whoever asks must be able to go on asking. */
const untouched = new Set(['User', 'SecurityRole', 'UserSecurityRole', 'UserSecurityRoleProject', 'Project']);

const rowsOf = (type: string): Row[] => {
  const { definition } = simulator.store.registry.get(type);
  return definition.virtual === true ? [] : [...simulator.store.tableOf(type).all()];
};

const keyOf = (row: Row): unknown[] =>
  simulator.store.registry.get(row.type).primaryKey.map((name) => row.data[name]);

const reference = (type: string, index: number): object | null => {
  const row = pick(rowsOf(type), index);
  const { primaryKey } = simulator.store.registry.get(row?.type ?? type);
  return row
    ? { __entity_type__: row.type, ...Object.fromEntries(primaryKey.map((name) => [name, row.data[name]])) }
    : null;
};

function sample(attribute: Attribute, index: number): unknown {
  if (attribute.kind === 'relation') {
    return reference(attribute.target, index);
  }
  if (attribute.kind !== 'scalar') {
    return [reference(attribute.target, index), reference(attribute.target, index + 1)].filter(Boolean);
  }
  if (attribute.target !== undefined) {
    return pick(rowsOf(attribute.target), index)?.key ?? 'nothing';
  }
  const byType: Partial<Record<typeof attribute.type, unknown>> = {
    bool: index % 2 === 0,
    int: index,
    num: index / 2,
    dt: { __type__: 'datetime', value: '2026-05-01T10:00:00+02:00' },
  };
  const owner = pick(rowsOf(pick(['Context', 'AssetVersion', 'Note', 'User'], index) ?? 'Context'), index);
  const text = attribute.name.endsWith('_id') || attribute.name === 'id' ? owner?.key : `text ${index % 7}`;
  return byType[attribute.type] ?? text;
}

const readable = (schema: EntitySchema): string[] =>
  [...schema.attributes.values()].filter(({ restricted }) => !restricted).map(({ name }) => name);

const writable = (schema: EntitySchema): Attribute[] =>
  [...schema.attributes.values()].filter(({ computed, derived }) => !computed && derived !== true);

/** What there is none of yet is made. */
function operation({ action: wanted, type, key, fields }: Plan): Operation {
  const schema = pick(stored(), type) as EntitySchema;
  const row = pick(rowsOf(schema.id), key);
  const action = row || wanted === 'query' ? wanted : 'create';
  if (action === 'query' || (row && action !== 'create' && untouched.has(row.type))) {
    return {
      action: 'query',
      expression: `select ${readable(schema).join(', ')} from ${schema.id} limit 5`,
    };
  }
  const attributes = writable(schema);
  const required = attributes.filter((attribute) => attribute.required && attribute.name !== 'id');
  const chosen = fields.map(({ attribute, value, odd }) => {
    const one = pick(attributes, attribute) as Attribute;
    return [one.name, odd ?? sample(one, value)] as const;
  });
  const needed = action === 'create' ? required.map((one) => [one.name, sample(one, key)] as const) : [];
  return {
    action,
    entity_type: row && action !== 'create' ? row.type : schema.id,
    entity_key: row ? keyOf(row) : ['nothing'],
    entity_data: Object.fromEntries([...needed, ...chosen]),
  };
}

function danglingColumns(row: Row): string[] {
  const { store } = simulator;
  return [...store.registry.get(row.type).attributes.values()].flatMap((attribute) => {
    const value = row.data[attribute.name];
    const target = attribute.kind === 'scalar' ? attribute.target : undefined;
    const dangles = target !== undefined && typeof value === 'string' && !store.find(target, value);
    return dangles ? [`${row.type} ${row.key}: ${attribute.name} leads nowhere`] : [];
  });
}

function misplaced(row: Row): string[] {
  const { store } = simulator;
  const parent = store.context(row.data['parent_id']);
  const isHome = parent !== undefined && store.projectOf(parent) === row.data['project_id'];
  return [
    ...(isHome ? [] : [`${row.key}: not in the project of its parent`]),
    ...(depth(row) > 50 ? [`${row.key}: below itself`] : []),
  ];
}

/** Columns that lead nowhere, contexts below themselves or in a foreign project, names that are there twice. */
function faults(): string[] {
  const history = new Set(['Event', 'Feed', 'StatusChange']);
  const families = new Set(stored().map(({ family }) => family));
  const rows = [...families].filter((family) => !history.has(family)).flatMap(rowsOf);
  const contexts = rowsOf('TypedContext').filter(({ type }) => type !== 'Project');
  const places = contexts.map(({ data }) => JSON.stringify([data['parent_id'], data['name']]).toLowerCase());
  return [
    ...rows.flatMap(danglingColumns),
    ...contexts.flatMap(misplaced),
    ...places.filter((place, index) => places.indexOf(place) !== index),
  ];
}

function depth(row: Row): number {
  let steps = 0;
  for (let current: Row | undefined = row; current && steps <= 50; steps += 1) {
    current = simulator.store.context(current.data['parent_id']);
  }
  return steps;
}

test('whatever is asked for is done or refused with a reason, and the workspace stays whole', () => {
  let done = 0;
  const reasons = new Set<string>();
  fc.assert(
    fc.property(fc.array(plan, { minLength: 1, maxLength: 3 }), (plans) => {
      try {
        bob.batch(plans.map(operation));
        done += 1;
      } catch (error) {
        if (!(error instanceof FtrackError)) {
          throw error;
        }
        reasons.add(error.exception);
      }
    }),
    { numRuns: 4000, endOnFailure: true },
  );
  expect(faults()).toEqual([]);
  expect(done).toBeGreaterThan(300);
  expect([...reasons]).toEqual(
    expect.arrayContaining(['ValidationError', 'IntegrityError', 'DuplicateEntryError']),
  );
});
