import type { FtrackSimulator, Hand } from '../../../simulators/ftrack/index';
import { startFtrackSimulator } from '../../../simulators/ftrack/index';
import { ownedColumns } from '../../../simulators/ftrack/operations/delete';
import { change, creation, deletion } from './batches';

let simulator: FtrackSimulator;
let bob: Hand;

beforeAll(async () => {
  simulator = await startFtrackSimulator({ socialFeed: false });
  bob = simulator.as('bob');
});

afterAll(() => simulator.close());

/** What belongs to a studio rather than to its history. */
const tables = [
  'Context',
  'Asset',
  'AssetVersion',
  'Component',
  'ComponentLocation',
  'Note',
  'Recipient',
  'NoteComponent',
  'NoteLabelLink',
  'Appointment',
  'List',
  'ListObject',
  'TypedContextLink',
  'AssetVersionLink',
  'Timelog',
  'Timer',
  'CustomAttributeValue',
  'CustomAttributeLink',
  'CustomAttributeLinkFrom',
  'Metadata',
  'ReviewSession',
  'ReviewSessionObject',
  'ReviewSessionInvitee',
  'ReviewSessionObjectStatus',
  'Manager',
  '_ContextScope',
  'StatusChange',
];

const sizes = (): Record<string, number> =>
  Object.fromEntries(tables.map((table) => [table, simulator.store.tableOf(table).size]));

/** Creates entities; the keys of link rows are not needed. */
const make = (type: string, data: object): string => {
  const operation = { action: 'create', entity_type: type, entity_data: data };
  return String((bob.batch([operation]) as [{ data: { id?: string } }])[0].data.id);
};

/** A project with something of every kind in it; returns its id. */
function fullProject(name: string): { project: string; shot: string; version: string; file: string } {
  const user_id = bob.idOf('User', 'linnea.s', 'username');
  const project = make('Project', { name });
  const [shot, other] = ['a', 'b'].map((shotName) => bob.createShot({ parent: project, name: shotName }));
  const task = bob.createTask({ parent: shot ?? '', name: 'fx', assignees: ['bob', 'aicha'] });
  const [assetType] = bob.query('AssetType');
  const asset = make('Asset', { name: 'plate', context_id: shot, type_id: assetType?.['id'] });
  const [version, source] = [1, 2].map(() => make('AssetVersion', { asset_id: asset, task_id: task }));
  make('AssetVersionLink', { from_id: source, to_id: version });
  const file = make('FileComponent', { name: 'main', version_id: version });
  const sequence = make('SequenceComponent', { name: 'frames', version_id: version, padding: 4 });
  make('FileComponent', { name: '1001', container_id: sequence });
  make('ComponentLocation', { component_id: file, location_id: '3a372bde-05bc-11e4-8908-20c9d081909b' });
  const note = make('Note', { content: 'x', parent_id: version });
  make('Note', { content: 'y', in_reply_to_id: note });
  make('NoteComponent', { note_id: note, component_id: file });
  make('NoteLabelLink', { note_id: note, label_id: make('NoteLabel', { name: `${name} label` }) });
  const list = make('TypedContextList', {
    name: 'dailies',
    project_id: project,
    category_id: bob.idOf('ListCategory', 'Shots'),
  });
  make('ListObject', { list_id: list, entity_id: shot });
  make('TypedContextLink', { from_id: shot, to_id: other });
  const start = { __type__: 'datetime', value: '2026-11-21T08:00:00' };
  make('Timelog', { context_id: task, duration: 60, start });
  make('Timer', { context_id: task, user_id });
  make('Metadata', { parent_id: version, key: 'a', value: 'b' });
  make('Manager', { context_id: shot, user_id });
  bob.setCustomAttribute(shot ?? '', 'frameEnd', 1100);
  bob.setStatus(task, 'Approved');
  const scope = make('Scope', { name: `${name} scope` });
  const scopes = [{ __entity_type__: 'Scope', id: scope }];
  bob.batch([{ action: 'update', entity_type: 'Project', entity_key: [project], entity_data: { scopes } }]);
  const session = make('ReviewSession', { name: 'r', description: '', project_id: project });
  const object = make('ReviewSessionObject', {
    name: 'o',
    description: '',
    version: 'Version 1',
    version_id: version,
    review_session_id: session,
  });
  const invitee = make('ReviewSessionInvitee', {
    name: 'i',
    email: 'i@x.example',
    review_session_id: session,
  });
  make('ReviewSessionObjectStatus', {
    status: 'approved',
    review_session_object_id: object,
    review_session_invitee_id: invitee,
  });
  const configuration = make('CustomAttributeLinkConfiguration', {
    key: `${name}_link`,
    label: 'Link',
    entity_type: 'task',
    entity_type_to: 'assetversion',
  });
  make('CustomAttributeLink', { configuration_id: configuration, from_id: task, to_id: version });
  return { project, shot: shot ?? '', version: version ?? '', file };
}

describe('delete', () => {
  test('of a project leaves nothing of it behind, in no table', () => {
    const before = sizes();
    const { project } = fullProject('gone');
    const full = sizes();
    expect(tables.filter((table) => (full[table] ?? 0) <= (before[table] ?? 0))).toEqual([]);
    bob.remove(project);
    expect(sizes()).toEqual(before);
  });

  test('clears columns that can do without what is gone, also in entities far away', () => {
    const { shot, version, file } = fullProject('cleared');
    bob.batch([
      { action: 'update', entity_type: 'Shot', entity_key: [shot], entity_data: { thumbnail_id: file } },
    ]);
    bob.remove(bob.findByPath('cleared/a/fx').id);
    const read = bob.query(`select task_id, asset_id from AssetVersion where id is "${version}"`);
    expect(read).toMatchObject([{ task_id: null }]);
    bob.batch([{ action: 'delete', entity_type: 'FileComponent', entity_key: [file] }]);
    expect(bob.query(`select thumbnail_id from Shot where id is "${shot}"`)).toMatchObject([
      { thumbnail_id: null },
    ]);
    bob.batch([{ action: 'delete', entity_type: 'Asset', entity_key: [read[0]?.['asset_id']] }]);
    expect(bob.query(`ReviewSessionObject where version_id is "${version}"`)).toEqual([]);
    bob.remove(bob.findByPath('cleared').id);
  });

  test('is refused for what something else cannot do without, unless that goes in the same batch', () => {
    const status = make('Status', {
      name: 'Odd',
      color: '#000000',
    });
    const shot = bob.createShot({ parent: bob.findByPath('nordlicht').id, name: 'odd', status: 'Odd' });
    const deletion = { action: 'delete', entity_type: 'Status', entity_key: [status] };
    expect(() => bob.batch([deletion])).toThrow(
      expect.objectContaining({
        exception: 'IntegrityError',
        message: expect.stringContaining('status_id of Shot'),
      }),
    );
    bob.batch([deletion, { action: 'delete', entity_type: 'Shot', entity_key: [shot] }]);
    expect(bob.query('Status where name is "Odd"')).toEqual([]);
    expect(bob.query('Shot where name is "odd"')).toEqual([]);
  });

  test('finds what hangs on an entity by an index, whatever the table', () => {
    const missing = ownedColumns().filter(
      ([table, column]) => !simulator.store.tableOf(table).isIndexed(column),
    );
    expect(missing).toEqual([]);
  });

  test('takes away also what was made anew in the same batch', () => {
    const id = crypto.randomUUID();
    const parent = bob.findByPath('nordlicht/sq010').id;
    const made = creation('Shot', { id, name: 'again', parent_id: parent });
    bob.batch([made, deletion('Shot', id), made, deletion('Shot', id)]);
    expect(bob.query(`Shot where id is "${id}"`)).toEqual([]);
  });
});

test('a refused batch gives back what it deleted and made anew', () => {
  const parent_id = bob.findByPath('nordlicht/sq010').id;
  const id = bob.createShot({ parent: parent_id, name: 'phoenix' });
  const again = creation('Shot', { id, name: 'ash', parent_id });
  const wrong = { action: 'nope' } as never;
  expect(() => bob.batch([deletion('Shot', id), again, wrong])).toThrow('Invalid action');
  expect(bob.query(`select name from Shot where id is "${id}"`)).toMatchObject([{ name: 'phoenix' }]);
  expect(bob.query(`Shot where parent_id is "${parent_id}" and name in (ash, phoenix)`)).toHaveLength(1);
});

describe('names of siblings', () => {
  test('count as they are at the end of the batch', () => {
    const parent_id = bob.create('Folder', {
      name: 'names',
      parent_id: bob.findByPath('nordlicht').id,
    });
    const [first, second] = ['a', 'b'].map((name) => bob.create('Shot', { name, parent_id })) as [
      string,
      string,
    ];
    bob.batch([change('Shot', first, { name: 'B' }), change('Shot', second, { name: 'A' })]);
    expect(bob.query(`select name from Shot where parent_id is "${parent_id}" order by name`)).toMatchObject([
      { id: second, name: 'A' },
      { id: first, name: 'B' },
    ]);
    const twins = ['c', 'C'].map((name) => creation('Shot', { name, parent_id }));
    expect(() => bob.batch(twins)).toThrow('Duplicate entry: Shot "c" exists below');
    expect(() => bob.batch([change('Shot', first, { name: 'a' })])).toThrow('Duplicate entry: Shot "a"');
  });
});
