import fc from 'fast-check';
import type { FtrackEntity } from '../../../src/contracts/messages';
import type { LogRow } from '../../../src/domain/event-log';
import type { Accepted } from '../../../src/domain/model';
import { BEFORE, namedBy, toldRows } from '../../../src/domain/telling';

const SHOT = '0a0a0a0a-1111-4222-8333-444444444444';
const OTHER = '0b0b0b0b-1111-4222-8333-444444444444';

/** Times are seconds from an arbitrary moment. */
const T0 = 1_800_000_000_000;

const row = (id: number, seconds: number | null, keys: LogRow['keys'] = ['statusid']): LogRow => ({
  id,
  at: seconds === null ? null : T0 + Math.floor(seconds) * 1000,
  entityId: SHOT,
  family: 'task',
  projectId: OTHER,
  userId: null,
  action: 'update',
  keys,
  changes: {},
});

const unsaid = (id: number, seconds: number): LogRow => ({ ...row(id, seconds), keys: undefined });

const whole = (action: LogRow['action'], seconds: number): LogRow => ({ ...unsaid(1, seconds), action });

const event = (
  seconds: number,
  keys: readonly string[] | '*' = ['statusid'],
  name = `event of ${seconds}`,
): Accepted => ({
  event: name,
  at: T0 + seconds * 1000,
  named: { [SHOT]: keys },
});

const told = (rows: readonly LogRow[], events: readonly Accepted[]): number[] => [
  ...toldRows(rows, events, T0),
];

describe('changes at about the same time', () => {
  type Case = [what: string, other: LogRow, events: readonly Accepted[], isTold: boolean];
  test.each<Case>([
    ['one event tells only one of them', row(1, 100), [event(101)], false],
    ['also a second apart', row(1, 99), [event(100)], false],
    ['each has its event', row(1, 100), [event(100), event(101)], true],
    ['one that certainly came later tells both', row(1, 100), [event(102.5)], true],
    ['one that may be of the other does not', row(1, 100), [event(102.4)], false],
    ['parts of one event are one', row(1, 100), [event(100, '*', 'moved'), event(101, '*', 'moved')], false],
    [
      'what we had read again is no event of its own',
      row(1, 100),
      [event(100), event(100, '*', 'log-7')],
      false,
    ],
    ['nor what a webhook told besides', row(1, 100), [event(100), event(101, '*', 'webhook-7')], false],
    ['but tells what was before it', row(1, 100), [event(102.5, '*', 'log-7')], true],
    ['a creation takes its event', whole('add', 100), [event(100, '*')], false],
    ['a creation, and an event of the change', whole('add', 100), [event(100, '*'), event(101)], true],
    ['a removal takes its event', whole('remove', 100), [event(100, '*')], false],
    ['another key has another event', row(1, 100, ['name']), [event(100, ['name']), event(101)], true],
    ['no event of another key', row(1, 100, ['name']), [event(100, ['name'])], false],
    ['an event that names everything', row(1, 100, ['name']), [event(101, '*')], true],
    ['a row that does not say what changed', unsaid(1, 100), [event(101)], true],
    ['each has its event, not so near', row(1, 97), [event(97), event(101)], true],
    ['which of them lacks it is not known', row(1, 97), [event(101)], false],
  ])('%s', (...[, other, events, isTold]) => {
    expect(told([row(2, 100), other], events).includes(2)).toBe(isTold);
  });

  test('each key of a row needs to be named, by whatever event', () => {
    const both = row(1, 100, ['statusid', 'name']);

    expect(told([both], [event(100)])).toEqual([]);
    expect(told([both], [event(100), event(101, ['name'])])).toEqual([1]);
  });

  test.each<[string, readonly Accepted[], boolean]>([
    ['no event', [], false],
    ['an event of a key, at the time or later', [event(99.5), event(300)], false],
    ['its event', [event(100.2, '*')], true],
    ['a later event of everything', [event(300, '*')], true],
  ])('what was removed is told by an event that says so: %s', (_, events, isTold) => {
    expect(told([whole('remove', 100)], events)).toEqual(isTold ? [1] : []);
  });

  test('the event of a creation is not that of the removal that follows', () => {
    const rows = [whole('add', 100), { ...whole('remove', 101), id: 2 }];

    expect(told(rows, [event(100, '*')])).toEqual([1]);
    expect(told(rows, [event(100, '*'), event(101, '*')])).toEqual([1, 2]);
  });

  test('rows that do not say what changed may all be in one event', () => {
    expect(told([unsaid(1, 100), unsaid(2, 100)], [event(100.5)])).toEqual([1, 2]);
  });

  test.each([
    ['that says of no key that it changed', row(1, 100, [])],
    ['without a time', row(1, null, ['statusid'])],
  ])('a row %s needs an event too', (_, vague) => {
    expect(told([vague], [event(-2)])).toEqual([]);
    expect(told([vague], [event(100)])).toEqual([1]);
  });
});

/** Edits of one attribute with pauses in seconds, and the events they make, which take up to 0.8 s in the hub. */
const edits = (longest: number) =>
  fc
    .array(
      fc.record({
        pause: fc.double({ min: 0.01, max: 3.5, noNaN: true }),
        travel: fc.double({ min: 0, max: 0.8, noNaN: true }),
        isDropped: fc.boolean(),
      }),
      { minLength: 1, maxLength: longest },
    )
    .map((all) => {
      let now = 1000;
      let arrived = 0;
      return all.map(({ pause, travel, isDropped }, index) => {
        now += pause;
        arrived = Math.max(arrived, now + travel);
        const name = `event ${index}`;
        return { row: row(index + 1, now), made: now, event: event(arrived, ['statusid'], name), isDropped };
      });
    });

/** How far the leecher's clock may be off, in seconds. */
const off = fc.double({ min: -1.2, max: 1.2, noNaN: true });
const shifted = ({ at, ...rest }: Accepted, by: number): Accepted => ({ ...rest, at: at + by * 1000 });

describe('quick edits of one attribute', () => {
  test('the last one is never taken as told when the hub dropped its event, however many came before', () => {
    fc.assert(
      fc.property(edits(80), off, (made, by) => {
        const last = made.length;
        const events = made.flatMap(({ event: own, isDropped }, at) =>
          isDropped || at + 1 === last ? [] : [own],
        );
        // An event that comes after the last edit brings it along.
        fc.pre(events.every(({ at }) => at < T0 + (made.at(-1)?.made ?? 0) * 1000));
        const from = (made.at(-1)?.row.at ?? 0) - BEFORE;
        const rows = made.flatMap(({ row: { at, ...rest } }) => ((at ?? 0) < from ? [] : [{ ...rest, at }]));

        expect(
          told(
            rows,
            events.map((each) => shifted(each, by)),
          ),
        ).not.toContain(last);
      }),
      { numRuns: 1_000 },
    );
  });

  test('so too when they go on for longer than what is known of them', () => {
    const seconds = Array.from({ length: 61 }, (_, second) => second);
    const rows = seconds.slice(30).map((second) => row(second, second + 0.5));
    const events = seconds.slice(0, -1).map((second) => event(second + 0.6));

    expect(told(rows, events)).not.toContain(60);
  });

  test('all are told when nothing was dropped', () => {
    fc.assert(
      fc.property(edits(7), off, (made, by) => {
        expect(
          told(
            made.map((each) => each.row),
            made.map((each) => shifted(each.event, by)),
          ),
        ).toHaveLength(made.length);
      }),
      { numRuns: 1_000 },
    );
  });
});

test('thousands of rows and events of one entity are judged in a moment', () => {
  const count = 4_000;
  const rows = Array.from({ length: count }, (_, n) => row(n, n / 10));
  const events = Array.from({ length: count }, (_, n) => event(n / 10));

  const begin = performance.now();

  // The chain is longer than what is read of it: which event is whose cannot be told of its last seconds.
  expect(told(rows, events).length).toBeGreaterThan(count - 30);
  expect(performance.now() - begin).toBeLessThan(1_000);
});

test('an event names what its scope covers: keys where it has any, else whole entities', () => {
  const entity = { entityType: 'task', parents: null };
  const update = { ...entity, entityId: SHOT, action: 'update' };
  const move = { ...entity, entityId: OTHER, action: 'move' };
  const named = (...entities: FtrackEntity[]) =>
    namedBy({ id: 'e', topic: 'ftrack.update', user: {}, arrivedAt: 0, entities });

  expect(
    named(
      { ...update, entityId: SHOT.toUpperCase(), keys: ['statusid'] },
      { ...update, keys: ['name'] },
      { ...entity, entityId: OTHER, action: 'add', keys: ['name'] },
    ),
  ).toEqual({ [SHOT]: ['statusid', 'name'], [OTHER]: '*' });
  expect(named({ ...update, changes: { name: { old: 'a', new: 'b' } } }, move)).toEqual({
    [SHOT]: ['name'],
    [OTHER]: ['parent_id'],
  });
  expect(named(update)).toEqual({ [SHOT]: '*' });
});
