import type { FtrackSimulator, Hand } from '../../../simulators/ftrack/index';
import { startFtrackSimulator } from '../../../simulators/ftrack/index';
import { change, creation, deletion, desk } from './batches';

let simulator: FtrackSimulator;
let bob: Hand;
const { one, batch, fresh, newShot, newAsset } = desk(() => bob);

beforeAll(async () => {
  simulator = await startFtrackSimulator({ socialFeed: false });
  bob = simulator.as('bob');
});

afterAll(() => simulator.close());

const configure = (type: string, more: object = {}): { id: string; key: string } => {
  const key = fresh('attribute');
  const id = bob.create('CustomAttributeConfiguration', {
    key,
    label: key,
    entity_type: 'show',
    is_hierarchical: true,
    type_id: bob.idOf('CustomAttributeType', type),
    config: '{}',
    default: null,
    ...more,
  });
  return { id, key };
};

const choices = (multiSelect: boolean): object => ({
  config: JSON.stringify({
    multiSelect,
    data: JSON.stringify([
      { menu: 'Two D', value: '2d' },
      { menu: 'Three D', value: '3d' },
    ]),
  }),
});

const datetime = (value: string): object => ({ __type__: 'datetime', value });

const dense = (entityId: string, key: string): unknown =>
  one(`select value from ContextCustomAttributeValue where entity_id is "${entityId}" and key is "${key}"`)[
    'value'
  ];

const raw = (configurationId: string): unknown[] =>
  bob
    .query(`select value from CustomAttributeValue where configuration_id is "${configurationId}"`)
    .map(({ value }) => value);

describe('values', () => {
  test.each([
    { type: 'text', fine: [['Grün', 'Grün']], wrong: [7, true, ['x']] },
    // The JavaScript client wraps every text that looks like a datetime.
    { type: 'text', fine: [[datetime('2026-05-01T10:00:00.000Z'), '2026-05-01T10:00:00.000Z']], wrong: [] },
    { type: 'url', fine: [['https://studio.example', 'https://studio.example']], wrong: [7] },
    { type: 'expression', fine: [['{self.fend} - 1', '{self.fend} - 1']], wrong: [7] },
    {
      type: 'boolean',
      fine: [
        [true, true],
        [false, false],
      ],
      wrong: ['yes', 1],
    },
    {
      type: 'number',
      fine: [
        [24, 24],
        [23.976, 23.976],
      ],
      wrong: ['24', true],
    },
    {
      type: 'date',
      fine: [[datetime('2026-05-01T02:00:00+02:00'), datetime('2026-05-01T00:00:00')]],
      wrong: ['soon', 7],
    },
    {
      type: 'enumerator',
      more: choices(false),
      fine: [
        [['2d'], ['2d']],
        ['3d', ['3d']],
        [[], []],
      ],
      wrong: [['4d'], ['2d', '3d'], 7],
    },
    {
      type: 'enumerator',
      more: choices(true),
      fine: [
        [
          ['2d', '3d'],
          ['2d', '3d'],
        ],
      ],
      wrong: [['2d', '4d'], [7]],
    },
    { type: 'dynamic enumerator', fine: [[['anything'], ['anything']]], wrong: [7, [true]] },
  ])('of type $type are kept as $fine, and $wrong are refused', ({ type, more, fine, wrong }) => {
    const shot = newShot();
    const { id, key } = configure(type, more);
    for (const [sent, kept] of fine) {
      const [echoed] = batch(change('ContextCustomAttributeValue', [id, shot], { value: sent }));
      expect(echoed).toMatchObject({ configuration_id: id, entity_id: shot, value: kept });
      expect(dense(shot, key)).toEqual(kept);
      expect(raw(id)).toEqual([kept]);
    }
    for (const value of wrong) {
      expect(() => batch(change('ContextCustomAttributeValue', [id, shot], { value }))).toThrow(
        expect.objectContaining({ exception: 'ValidationError', message: expect.stringContaining(key) }),
      );
    }
    batch(change('ContextCustomAttributeValue', [id, shot], { value: null }));
    expect(raw(id)).toEqual([null]);
  });

  test('are not handed down: a child has its own, or the default', () => {
    const shot = newShot();
    const task = bob.createTask({ parent: shot, name: 'paint' });
    const { id, key } = configure('number', { default: 25 });
    batch(creation('CustomAttributeValue', { configuration_id: id, entity_id: shot, value: 30 }));
    expect([shot, task].map((entity) => dense(entity, key))).toEqual([30, 25]);
    expect(raw(id)).toEqual([30]);
    const again = creation('CustomAttributeValue', { configuration_id: id, entity_id: shot, value: 31 });
    expect(() => batch(again)).toThrow(expect.objectContaining({ exception: 'DuplicateEntryError' }));
    batch(deletion('CustomAttributeValue', [id, shot]));
    expect(dense(shot, key)).toBe(25);
    expect(() => batch(deletion('CustomAttributeValue', [id, shot]))).toThrow('There is no stored value');
  });

  test('of a project hide a workspace-wide attribute of the same key, only there', () => {
    const shot = newShot();
    const foreign = bob.findByPath('weisser_wal/ep101').id;
    const { key } = configure('text', { default: 'wide' });
    const own = configure('number', { key, default: 3, project_id: bob.findByPath('nordlicht').id });
    expect([shot, foreign].map((entity) => dense(entity, key))).toEqual([3, 'wide']);
    expect(() => batch(change('ContextCustomAttributeValue', [own.id, foreign], { value: 4 }))).toThrow(
      'has no custom attribute',
    );
    const shotsOnly = configure('text', {
      is_hierarchical: false,
      entity_type: 'task',
      object_type_id: 'bad911de-3bd6-47b9-8b46-3476e237cb36',
      default: '',
    });
    expect(dense(shot, shotsOnly.key)).toBe('');
    expect(
      bob.query(`ContextCustomAttributeValue where entity_id is "${foreign}" and key is "${shotsOnly.key}"`),
    ).toEqual([]);
  });

  test('need a configuration that can be read', () => {
    for (const config of ['{', '7', '']) {
      expect(() => configure('enumerator', { config })).toThrow('is not the JSON text of an object');
    }
  });
});

describe('links', () => {
  const linkTo = (entityType: string, more: object = {}): string =>
    bob.create('CustomAttributeLinkConfiguration', {
      key: fresh('link'),
      label: 'Link',
      entity_type: 'task',
      object_type_id: 'bad911de-3bd6-47b9-8b46-3476e237cb36',
      entity_type_to: entityType,
      ...more,
    });

  test('lead from one entity to another, and are found from both ends', () => {
    const [from, to] = [newShot(), newShot()];
    const configuration = linkTo('task');
    const [made] = batch(
      creation('CustomAttributeLink', { configuration_id: configuration, from_id: from, to_id: to }),
    );
    expect(made).toMatchObject({ __entity_type__: 'CustomAttributeLink', from_id: from, to_id: to });
    const id = made?.['id'] as string;
    expect(bob.query(`Shot where custom_attribute_links any (to_id is "${to}")`)).toMatchObject([
      { id: from },
    ]);
    expect(bob.query(`Shot where custom_attribute_links_from any (from_id is "${from}")`)).toMatchObject([
      { id: to },
    ]);
    const name = (entity: string): unknown => bob.entity(entity).data['name'];
    expect(one(`select context.name from ContextCustomAttributeLink where id is "${id}"`)).toMatchObject({
      context: { name: name(to) },
    });
    expect(one(`select context.name from ContextCustomAttributeLinkFrom where id is "${id}"`)).toMatchObject({
      context: { name: name(from) },
    });
    expect(() => bob.query('select custom_attribute_links from Shot')).toThrow('cannot be selected');
    batch(deletion('CustomAttributeLinkFrom', id));
    expect(bob.query(`CustomAttributeLink where from_id is "${from}"`)).toEqual([]);
    expect(bob.query(`CustomAttributeLinkFrom where from_id is "${from}"`)).toEqual([]);
  });

  test('lead only where their configuration says, once if it says so', () => {
    const shot = newShot();
    const version = bob.create('AssetVersion', { asset_id: newAsset(shot) });
    const link = (configurationId: string, from: string, to: string): object =>
      batch(creation('CustomAttributeLink', { configuration_id: configurationId, from_id: from, to_id: to }));
    const many = linkTo('assetversion');
    expect(() => link(many, shot, shot)).toThrow(`cannot lead to Shot ${shot}`);
    expect(() => link(many, bob.findByPath('nordlicht/sq020').id, version)).toThrow(
      'cannot lead from Sequence',
    );
    expect(() => link(many, shot, crypto.randomUUID())).toThrow('leads to an entity that does not exist');
    link(many, shot, version);
    link(many, shot, bob.create('AssetVersion', { asset_id: newAsset(shot) }));
    for (const type of ['AssetVersionCustomAttributeLink', 'ContextCustomAttributeLinkFrom']) {
      expect(bob.query(`${type} where configuration_id is "${many}"`)).toHaveLength(2);
    }
    const single = linkTo('user', { one_to_one: true });
    link(single, shot, bob.idOf('User', 'bob', 'username'));
    expect(() => link(single, shot, bob.idOf('User', 'aicha', 'username'))).toThrow('which allows one');
    batch(deletion('AssetVersion', version));
    expect(bob.query(`CustomAttributeLink where from_id is "${shot}"`)).toHaveLength(2);
  });
});
