import type { FtrackSimulator, Hand } from '../../../simulators/ftrack/index';
import { startFtrackSimulator } from '../../../simulators/ftrack/index';
import type { Entity } from './batches';
import { change, creation, deletion, desk } from './batches';

let simulator: FtrackSimulator;
let bob: Hand;
const { one, batch, userId, fresh, newShot, newAsset } = desk(() => bob);

beforeAll(async () => {
  simulator = await startFtrackSimulator({ socialFeed: false });
  bob = simulator.as('bob');
});

afterAll(() => simulator.close());

describe('notes', () => {
  test('reach their writer, know what they stand on, and take their category from a label', () => {
    const shot = newShot();
    const version = bob.create('AssetVersion', { asset_id: newAsset(shot) });
    const label = bob.create('NoteLabel', { name: fresh('label') });
    // As the Python client does: the note first, then the collection of its parent, recipients and labels.
    const id = crypto.randomUUID();
    const aicha = userId('aicha');
    batch(
      creation('Note', { id, content: 'schön', author: { __entity_type__: 'User', id: userId('bob') } }),
      change('AssetVersion', version, { notes: [{ __entity_type__: 'Note', id }] }),
      creation('Recipient', { note_id: id, resource_id: aicha }),
      change('Note', id, { recipients: [{ __entity_type__: 'Recipient', note_id: id, resource_id: aicha }] }),
      creation('NoteLabelLink', { note_id: id, label_id: label }),
    );
    const read = one(
      `select content, parent_type, project.name, category.name, recipients.resource_id, author.username from Note where id is "${id}"`,
    );
    expect(read).toMatchObject({
      parent_type: 'AssetVersion',
      project: { name: 'nordlicht' },
      category: { id: label },
      author: { username: 'bob' },
    });
    const receivers = (read['recipients'] as Entity[]).map(({ resource_id: receiver }) => receiver);
    expect(new Set(receivers)).toEqual(new Set([aicha, userId('bob')]));
    expect(receivers).toHaveLength(2);
    batch(deletion('NoteLabelLink', [id, label]));
    expect(one(`select category_id from Note where id is "${id}"`)).toMatchObject({ category_id: null });
  });

  test('a reply joins the thread where it stands', () => {
    const shot = newShot();
    const id = bob.create('Note', {
      content: 'first',
      parent_id: shot,
      date: { __type__: 'datetime', value: '2026-01-01T00:00:00' },
    });
    const reply = crypto.randomUUID();
    batch(
      creation('Note', { id: reply, content: 'second' }),
      change('Note', id, { replies: [{ __entity_type__: 'Note', id: reply }] }),
    );
    const [first, second] = [id, reply].map((note) =>
      one(
        `select parent_id, in_reply_to_id, date, thread_activity, replies.content from Note where id is "${note}"`,
      ),
    );
    expect(second).toMatchObject({ parent_id: shot, in_reply_to_id: id });
    expect(first).toMatchObject({ replies: [{ content: 'second' }], thread_activity: second?.['date'] });
  });
});

describe('timers', () => {
  test('each user has one, which a client turns into a timelog', () => {
    const task = bob.createTask({ parent: newShot(), name: 'comp' });
    const [timer] = batch(
      creation('Timer', { user_id: userId('kenji'), context_id: task, comment: '', name: null }),
    );
    expect(timer).toMatchObject({ start: { __type__: 'datetime' } });
    const again = creation('Timer', { user_id: userId('kenji'), context_id: task });
    expect(() => batch(again)).toThrow(expect.objectContaining({ exception: 'DuplicateEntryError' }));
    bob.batch([
      creation('Timelog', {
        user_id: userId('kenji'),
        context_id: task,
        start: timer?.['start'],
        duration: 5,
      }),
      { action: 'delete', entity_type: 'Timer', entity_key: [timer?.['id']] },
    ] as Entity[]);
    batch(again);
    expect(bob.query(`Timer where user_id = "${userId('kenji')}"`)).toHaveLength(1);
  });
});

describe('values on the wire', () => {
  test.each([
    ['2026-05-04T10:00:00.123456+02:00', '2026-05-04T08:00:00.123456', '2026-05-04T08:00:00'],
    ['2026-05-04T08:00:00.500Z', '2026-05-04T08:00:00.500000', '2026-05-04T08:00:00'],
    ['2026-05-04T08:00:00', '2026-05-04T08:00:00', '2026-05-04T08:00:00'],
  ])('%s is echoed as sent, in UTC, and read in seconds', (sent, echoed, read) => {
    const [task] = batch(
      creation('Task', {
        name: fresh('dated'),
        parent: { __entity_type__: 'Shot', id: newShot() },
        start_date: { __type__: 'datetime', value: sent },
      }),
    );
    expect(task?.['start_date']).toEqual({ __type__: 'datetime', value: echoed });
    expect(
      one(`select start_date from Task where id is "${String(task?.['id'])}" and start_date is "${read}"`)[
        'start_date'
      ],
    ).toEqual({ __type__: 'datetime', value: read });
  });

  test('two public names of one column are one value', () => {
    const grant = bob.create('UserSecurityRole', { user_id: userId('kenji'), is_all_open_projects: false });
    expect(one(`select is_all_projects from UserSecurityRole where id is "${grant}"`)).toMatchObject({
      is_all_projects: false,
    });
  });

  test('composite keys come in the order of the schema, strings and lists alike', () => {
    const shot = newShot();
    batch(creation('Metadata', { parent_id: shot, key: 'a', value: '1' }));
    expect(() => batch(creation('Metadata', { parent_id: shot, key: 'a', value: '2' }))).toThrow(
      'Duplicate entry',
    );
    bob.batch([
      { action: 'update', entity_type: 'Metadata', entity_key: [shot, 'a'], entity_data: { value: '2' } },
    ]);
    expect(one(`select value from Metadata where (parent_id is "${shot}"and key is "a")`)).toMatchObject({
      value: '2',
    });
    expect(() => batch(deletion('Metadata', ['a', shot]))).toThrow('There is no Metadata');
    batch(deletion('Metadata', [shot, 'a']));
    bob.batch([
      { action: 'update', entity_type: 'Shot', entity_key: shot, entity_data: { description: 'x' } },
    ]);
    expect(one(`select metadata, description from Shot where id is "${shot}"`)).toMatchObject({
      metadata: [],
      description: 'x',
    });
  });
});

describe('collections', () => {
  const refs = (type: string, ids: readonly string[]): object[] =>
    ids.map((id) => ({ __entity_type__: type, id }));

  test('become exactly what was sent: what is missing is let go, or goes when it cannot be alone', () => {
    const shot = newShot();
    const task = bob.createTask({ parent: shot, name: 'fx', assignees: ['bob', 'aicha'] });
    const [kept, lost] = bob.query(`Appointment where context_id is "${task}"`).map(({ id }) => id as string);
    const [echoed] = batch(change('Task', task, { assignments: refs('Appointment', [kept ?? '']) }));
    expect(echoed).toMatchObject({ assignments: [{ id: kept }] });
    expect(bob.query(`Appointment where id in (${String(kept)},${String(lost)})`)).toHaveLength(1);
    const note = bob.addNote(shot, 'x');
    batch(change('Shot', shot, { notes: [] }));
    expect(one(`select parent_id from Note where id is "${note}"`)).toMatchObject({ parent_id: null });
    const scope = bob.create('Scope', { name: fresh('scope') });
    batch(change('Shot', shot, { scopes: refs('Scope', [scope]) }));
    expect(bob.query(`Shot where scopes.id is "${scope}"`)).toHaveLength(1);
    batch(change('Shot', shot, { scopes: [] }));
    expect(bob.query(`Shot where scopes any () and id is "${shot}"`)).toEqual([]);
  });

  test('take only what exists and can change its owner', () => {
    const [shot, other] = [newShot(), newShot()];
    const [note, foreign] = [bob.addNote(shot, 'x'), bob.addNote(other, 'y')];
    const recipients = [{ __entity_type__: 'Recipient', note_id: foreign, resource_id: userId('bob') }];
    expect(() => batch(change('Note', note, { recipients }))).toThrow('note_id is part of its key');
    for (const assignments of [
      refs('Appointment', ['nothing']),
      [7],
      'x',
      [{ __entity_type__: 'Appointment' }],
    ]) {
      expect(() => batch(change('Shot', shot, { assignments }))).toThrow(
        expect.objectContaining({ exception: 'ValidationError' }),
      );
    }
    expect(() => batch(change('Shot', shot, { descendants: [] }))).toThrow('is computed');
  });
});

describe('moves', () => {
  test('below itself in any way are refused, even when a query of the batch looks at the circle', () => {
    const shot = newShot();
    const task = bob.createTask({ parent: shot, name: 'roto' });
    expect(() => bob.move(shot, shot)).toThrow('cannot be moved below itself');
    expect(() => bob.move(shot, task)).toThrow('cannot be moved below itself');
    expect(() =>
      batch(
        change('Shot', shot, { parent_id: task }),
        {
          action: 'query',
          expression: `select descendants, ancestors, link from Shot where id is "${shot}"`,
        },
        deletion('Shot', [shot]),
        creation('Shot', { name: 'x', parent_id: shot }),
      ),
    ).toThrow('needs a parent');
    // In between a circle is no harm: only the end of the batch counts.
    const sequence = bob.findByPath('nordlicht/sq020').id;
    batch(
      change('Shot', shot, { parent_id: task }),
      change('Task', task, { parent_id: sequence, name: fresh('roto') }),
    );
    expect(bob.entity(shot).data['parent_id']).toBe(task);
  });

  test('take assets, versions and notes to the other project', () => {
    const shot = newShot();
    const asset = newAsset(shot);
    const version = bob.create('AssetVersion', { asset_id: asset });
    const notes = [shot, version].map((id) => bob.addNote(id, 'x'));
    bob.move(shot, bob.findByPath('weisser_wal').id);
    const project = bob.findByPath('weisser_wal').id;
    for (const [type, id] of [
      ['Asset', asset],
      ['AssetVersion', version],
      ['Note', notes[0]],
      ['Note', notes[1]],
    ]) {
      expect(one(`select project_id from ${type} where id is "${id}"`)).toMatchObject({
        project_id: project,
      });
    }
  });
});
