import fc from 'fast-check';
import { FtrackError } from '../../../simulators/ftrack/errors';
import { compileExpression } from '../../../simulators/ftrack/hub/expression';
import type { FtrackSimulator, Hand } from '../../../simulators/ftrack/index';
import { startFtrackSimulator } from '../../../simulators/ftrack/index';

let simulator: FtrackSimulator;
let bob: Hand;

beforeAll(async () => {
  simulator = await startFtrackSimulator();
  bob = simulator.as('bob');
});

afterAll(() => simulator.close());

/** The error of a batch that was refused; anything but an FtrackError is a crash and thrown on. */
function refusal(operations: readonly unknown[]): FtrackError | undefined {
  try {
    bob.batch(operations as never);
    return undefined;
  } catch (error) {
    if (error instanceof FtrackError) {
      return error;
    }
    throw error;
  }
}

const words = (
  'select from Task Shot Project User where and or not in has any is id name parent parent.name status.state ' +
  'custom_attributes assignments link bid ( ) , [ ] "x" \' " None order by limit 3 offset like %a% start_date > <= != ' +
  'not_in 2026-01-01 desc Nothing \\ . metadata ancestors'
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
    fc.assert(
      fc.property(fc.oneof(expression, fc.string()), (text) => {
        refusal([{ action: 'query', expression: text }]);
      }),
      { numRuns: 2000 },
    );
    expect(refusal([{ action: 'query', expression: '' }])).toBeInstanceOf(FtrackError);
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
