import fc from 'fast-check';
import { FtrackError } from '../../../simulators/ftrack/errors';
import { compileExpression } from '../../../simulators/ftrack/hub/expression';
import type { FtrackSimulator, Hand } from '../../../simulators/ftrack/index';
import { startFtrackSimulator } from '../../../simulators/ftrack/index';
import { runQuery } from '../../../simulators/ftrack/query/execute';
import { Reader } from '../../../simulators/ftrack/store/reader';
import { until } from '../../support/until';
import { connectRaw } from './hub-client';

let simulator: FtrackSimulator;
let bob: Hand;

beforeAll(async () => {
  simulator = await startFtrackSimulator();
  bob = simulator.as('bob');
});

afterAll(() => simulator.close());

/** The error with which work was refused; anything but an FtrackError is a crash and thrown on. */
function thrownBy(work: () => unknown): FtrackError | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof FtrackError) {
      return error;
    }
    throw error;
  }
}

const refusal = (operations: readonly unknown[]): FtrackError | undefined =>
  thrownBy(() => bob.batch(operations as never));

const words = (
  'select from Task Shot Project User where and or not in has any is id name parent parent.name status.state ' +
  'custom_attributes assignments link bid ( ) , [ ] "x" \' " None order by limit 3 offset like %a% start_date > <= != ' +
  'not_in 2026-01-01 desc Nothing \\ . metadata ancestors group count( sum( avg( max( parent[Shot].name [Sequence] ' +
  'descendants children any( has( project.descendants lists incoming_links created_at 0 -1 \\" tasks ~ ; NaN 1e999'
).split(' ');

const expression = fc.array(fc.constantFrom(...words), { maxLength: 14 }).map((parts) => parts.join(' '));

const snapshot = (): string =>
  ['TypedContext', 'Project', 'Appointment', 'CustomAttributeValue', 'Metadata', 'TypedContextLink']
    .map((type) =>
      JSON.stringify([...simulator.store.tableOf(type).all()].sort((a, b) => (a.key < b.key ? -1 : 1))),
    )
    .join('\n');

describe('bad input', () => {
  test('query expressions answer or are refused, never crash', () => {
    const text = fc.oneof(
      expression,
      fc.string({ maxLength: 60 }),
      fc.string({ unit: 'binary', maxLength: 20 }),
    );
    fc.assert(
      fc.property(text, fc.boolean(), (start, isCondition) => {
        const refused = refusal([
          { action: 'query', expression: isCondition ? `select id from Task where ${start}` : start },
        ]);
        return refused === undefined || /^(ParseError|ValidationError)$/.test(refused.exception);
      }),
      { numRuns: 2500 },
    );
    expect(refusal([{ action: 'query', expression: '' }])).toBeInstanceOf(FtrackError);
  });

  test('groups answer or are refused, never crash', () => {
    const reader = new Reader(simulator.store, { username: 'bob' });
    const path = fc.constantFrom(
      ...'id bid name status_id start_date status.name parent.parent_id link assignments metadata.key nope'.split(
        ' ',
      ),
    );
    const selected = fc.tuple(
      fc.constantFrom('', 'count', 'count', 'count', 'sum', 'avg', 'min', 'max'),
      path,
    );
    const text = fc.record({
      select: fc.array(selected, { minLength: 1, maxLength: 2 }),
      type: fc.constantFrom('Task', 'Task', 'Shot', 'User', 'ContextCustomAttributeValue'),
      group: fc.array(path, { minLength: 1, maxLength: 2 }),
      tail: fc.constantFrom('', 'order by status_id', 'order by name desc limit 1', 'offset 2'),
    });
    let answered = 0;
    fc.assert(
      fc.property(text, ({ select, type, group, tail }) => {
        const columns = select.map(([name, column]) => (name === '' ? column : `${name}(${column})`));
        const grouped = `select ${columns.join(', ')} from ${type} group by ${group.join(', ')} ${tail}`;
        answered += thrownBy(() => runQuery(reader, grouped, true)) ? 0 : 1;
      }),
      { numRuns: 1500 },
    );
    expect(answered).toBeGreaterThan(5);
  });

  test('searches of any shape answer or are refused, never crash', () => {
    const loose = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(undefined, 'nordlicht', ['sq'], [], 'Shot', 'User'),
    );
    const search = fc.record({
      action: fc.constant('search'),
      expression: fc.oneof(fc.constantFrom('Shot', 'select name from Task limit 2'), expression, loose),
      entity_type: fc.oneof(fc.constantFrom('Shot', 'Task', 'Context'), loose),
      terms: loose,
      context_id: loose,
      object_type_ids: loose,
    });
    let answered = 0;
    fc.assert(
      fc.property(search, (operation) => {
        answered += refusal([operation]) ? 0 : 1;
      }),
      { numRuns: 1000 },
    );
    expect(answered).toBeGreaterThan(5);
  });

  test('operations of any shape are refused or done, and refused ones leave nothing behind', () => {
    const ids = [
      'nordlicht',
      'nordlicht/sq010',
      'nordlicht/sq010/sh010',
      'nordlicht/sq010/sh010/animation',
    ].map((path) => bob.findByPath(path).id);
    const [project, sequence, shot, task] = ids;
    const configuration = bob.query('CustomAttributeConfiguration where key is "frameEnd"')[0]?.['id'];
    const possible = [
      { action: 'delete', entity_type: 'Shot', entity_key: [shot] },
      {
        action: 'update',
        entity_type: 'Task',
        entity_key: [task],
        entity_data: { name: 'x', parent_id: sequence },
      },
      { action: 'create', entity_type: 'Folder', entity_data: { name: 'x', parent_id: project } },
      {
        action: 'create',
        entity_type: 'Metadata',
        entity_data: { parent_id: shot, key: 'a', value: 'b', parent_type: 'Shot' },
      },
      ...['update', 'delete'].map((action) => ({
        action,
        entity_type: 'ContextCustomAttributeValue',
        entity_key: [configuration, shot],
        entity_data: { value: 7 },
      })),
    ];
    const value = fc.oneof(fc.constantFrom(...ids), fc.jsonValue({ maxDepth: 2 }));
    const operation = fc.record(
      {
        action: fc.constantFrom('create', 'update', 'delete', 'query'),
        entity_type: fc.constantFrom(
          'Task',
          'Shot',
          'Project',
          'Appointment',
          'Metadata',
          'CustomAttributeValue',
          'x',
        ),
        entity_key: fc.oneof(fc.constantFrom(...ids), fc.array(value, { maxLength: 2 }), value),
        entity_data: fc.oneof(
          fc.dictionary(
            fc.constantFrom(
              'id',
              'name',
              'parent_id',
              'parent',
              'children',
              'bid',
              'start_date',
              'metadata',
              'key',
            ),
            value,
          ),
          value,
        ),
      },
      { requiredKeys: ['action'] },
    );
    // A move below itself is only found at the end of the batch, after everything before was done.
    const impossible = {
      action: 'update',
      entity_type: 'Sequence',
      entity_key: [sequence],
      entity_data: { parent_id: shot },
    };
    const before = snapshot();
    let refused = 0;
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...possible), operation), { maxLength: 4 }),
        (operations) => {
          const error = refusal([...operations, impossible]);
          refused += error ? 1 : 0;
          return error !== undefined;
        },
      ),
      { numRuns: 1500 },
    );
    expect(refused).toBe(1500);
    expect(snapshot()).toBe(before);
    expect(bob.query(`Shot where parent_id is "${sequence}"`)).toHaveLength(3);
  });

  test('frames of any shape leave the hub and its other clients alone', async () => {
    const [good, bad] = [await connectRaw(simulator), await connectRaw(simulator)];
    await good.subscribe('good', 'topic=studio.fine');
    const topics = [
      'ftrack.meta.subscribe',
      'ftrack.meta.unsubscribe',
      'ftrack.meta.reply',
      'studio.x',
      7,
      null,
    ];
    const event = fc.record(
      {
        topic: fc.constantFrom(...topics),
        data: fc.oneof(
          fc.jsonValue({ maxDepth: 2 }),
          fc.record({
            subscriber: fc.jsonValue({ maxDepth: 1 }),
            subscription: fc.jsonValue({ maxDepth: 0 }),
          }),
        ),
        source: fc.jsonValue({ maxDepth: 2 }),
        target: fc.jsonValue({ maxDepth: 1 }),
        inReplyToEvent: fc.jsonValue({ maxDepth: 0 }),
      },
      { requiredKeys: [] },
    );
    const frame = fc.oneof(
      fc.string(),
      fc
        .tuple(fc.constantFrom('1', '2', '3', '4', '5', '6', '7', '8', '55', ''), fc.string())
        .map((parts) => parts.join(':::')),
      event.map((sent) => `5:1+::${JSON.stringify({ name: 'ftrack.event', args: [sent] })}`),
      fc.jsonValue().map((sent) => `5:::${JSON.stringify(sent)}`),
    );
    for (const text of fc.sample(frame, 1500)) {
      bad.socket.send(text);
    }
    bad.socket.send(Buffer.from([0, 1, 2, 255]));
    expect(await bad.subscribe('bad', 'topic=studio.fine')).toContain('true');
    bad.publish({ id: 'end', topic: 'studio.fine', data: {}, source: { id: 'x' } });
    await until(() => [good, bad].every((client) => client.events().some(({ id }) => id === 'end')));
    expect(good.events().map(({ id }) => id)).toEqual(['end']);
  });

  test('hub expressions compile or are refused with a sentence', () => {
    const parts = fc.constantFrom(
      'topic',
      '=',
      '!=',
      'a.*',
      '"x"',
      "'",
      'and',
      'or',
      'not',
      '(',
      ')',
      '>=',
      '5',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 8 }), (tokens) => {
        try {
          return typeof compileExpression(tokens.join(' '))({ topic: 'a.b' }) === 'boolean';
        } catch (error) {
          return error instanceof Error && /^(Expected|Cannot read)/.test(error.message);
        }
      }),
      { numRuns: 2000 },
    );
    expect(compileExpression('topic=a.*')({ topic: 'a.b' })).toBe(true);
  });
});
