import fc from 'fast-check';
import type { Ticket } from '../../../src/contracts/messages';
import type { Done, QueueInput, QueueState } from '../../../src/contracts/queue';
import * as queue from '../../../src/domain/project-queue';

const newQueue = (): QueueState => queue.queueState({ project: 'p' });
const ticket = (id: string, key: number, run = `run-${id}`): Ticket => ({ id, run, key });
const applied = ({ id, run }: Ticket): Done => ({ id, run, outcome: 'applied' });

/** Grants the next ticket as the workflow does. */
function grant(state: QueueState): Ticket | undefined {
  const next = queue.takeNext(state);
  if (next !== undefined) {
    state.number += 1;
    state.turn = { ...next, number: state.number, since: 0 };
  }
  return next;
}

function drain(state: QueueState): Ticket[] {
  const granted: Ticket[] = [];
  for (let next = grant(state); next !== undefined; next = grant(state)) {
    granted.push(next);
    queue.finish(state, applied(next));
  }
  return granted;
}

const tickets = fc.uniqueArray(
  fc.record({ id: fc.integer({ min: 0, max: 50 }).map(String), key: fc.integer({ min: 1, max: 1000 }) }),
  { selector: (each) => each.id },
);

test('late enrolments come out by key, each exactly once, whatever order and however often they came in', () => {
  fc.assert(
    fc.property(tickets, fc.infiniteStream(fc.nat()), (given, picks) => {
      const state = newQueue();
      const twice = [...given, ...given].map((each) => ({ each, at: picks.next().value }));
      const shuffled = twice.sort((a, b) => a.at - b.at).map(({ each }) => ticket(each.id, each.key));
      for (const each of shuffled) {
        queue.enqueue(state, { tickets: [each], late: true });
      }
      state.settling = false;

      const keys = drain(state).map((each) => each.key);

      expect(keys).toEqual(given.map((each) => each.key).sort((a, b) => a - b));
    }),
  );
});

test('live batches of two leechers come out in the order of the first ticket seen, whatever their clocks say', () => {
  fc.assert(
    fc.property(tickets, fc.integer({ min: -500, max: 500 }), (given, skew) => {
      const state = newQueue();
      const other = given.map((each) => ticket(each.id, each.key + skew));
      for (const [at, each] of given.entries()) {
        const first = at % 2 === 0 ? ticket(each.id, each.key) : (other[at] ?? ticket('x', 0));
        queue.enqueue(state, { tickets: [first] });
        queue.enqueue(state, { tickets: [other[at] ?? first] });
      }

      expect(drain(state).map((each) => each.id)).toEqual(given.map((each) => each.id));
    }),
  );
});

test('a second run of the holder asks the queue to look at the holder instead of taking its turn away', () => {
  const state = newQueue();
  queue.enqueue(state, { tickets: [ticket('a', 1)] });
  grant(state);

  queue.enqueue(state, { tickets: [ticket('a', 1, 'reset-run')], late: true });

  expect(state.turn).toMatchObject({ run: 'run-a', suspect: true });
  expect(state.tickets).toEqual([ticket('a', 1, 'reset-run')]);
});

test('an answer of a former run frees nothing', () => {
  const state = newQueue();
  queue.enqueue(state, { tickets: [ticket('a', 1)] });
  grant(state);

  queue.finish(state, applied(ticket('a', 1, 'former')));

  expect(state.turn?.run).toBe('run-a');
});

test('a cancelled event loses its place', () => {
  const state = newQueue();
  queue.enqueue(state, { tickets: [ticket('a', 1), ticket('b', 2)] });

  queue.finish(state, { id: 'a', run: 'run-a', outcome: 'skipped' });

  expect(state.tickets.map((each) => each.id)).toEqual(['b']);
});

test('a halted queue grants only the event that halts it', () => {
  const state = newQueue();
  const [a, b] = [ticket('a', 1), ticket('b', 2)];
  queue.enqueue(state, { tickets: [a, b] });
  grant(state);
  queue.finish(state, {
    ...applied(a),
    outcome: 'parked',
    parked: { key: 1, code: 'name-empty', reason: 'x', halt: true },
  });
  const blocked = grant(state);
  queue.enqueue(state, { tickets: [a], late: true });

  const retried = grant(state);
  queue.finish(state, applied(a));

  expect(blocked).toBeUndefined();
  expect(retried?.id).toBe('a');
  expect(grant(state)?.id).toBe('b');
});

test('a queue with a pause, a halt, a turn, a ticket or a parked event is not idle', () => {
  const idle = newQueue();
  const held = newQueue();
  queue.enqueue(held, { tickets: [ticket('a', 1)] });
  const busy: Array<Partial<QueueState>> = [
    { paused: 'x' },
    { haltedBy: 'x' },
    { tickets: held.tickets },
    { parked: [{ id: 'x', run: 'r', key: 1, code: 'name-empty', reason: '' }] },
  ];

  expect(queue.isIdle(idle)).toBe(true);
  expect(busy.map((each) => queue.isIdle({ ...newQueue(), ...each }))).toEqual([false, false, false, false]);
});

test('a rebuilt queue settles first, a queue started by a live batch does not', () => {
  const [rebuilt, live] = [newQueue(), newQueue()];

  queue.enqueue(rebuilt, { tickets: [ticket('a', 1)], late: true });
  queue.enqueue(live, { tickets: [ticket('a', 1)] });

  expect([rebuilt.settling, live.settling]).toEqual([true, false]);
});

test('a full queue, packed, stays below the 2 MB that a continue-as-new may carry, and unpacks to itself', () => {
  const state = newQueue();
  const uuid = (at: number) => `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`;
  const many = Array.from({ length: queue.MAX_TICKETS + 1 }, (_, at) =>
    ticket(`ftrack-event/${uuid(at)}`, 1.7e15 + at, uuid(at)),
  );
  const scope = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [uuid(at), ['statusid']]));
  for (let at = 0; at <= queue.MAX_PARKED; at += 1) {
    const parked = { key: 1.7e15, code: 'name-empty' as const, reason: 'x'.repeat(500), halt: false };
    queue.finish(state, { id: `ftrack-event/p${uuid(at)}`, run: uuid(at), outcome: 'parked', parked, scope });
  }
  queue.enqueue(state, { tickets: many });

  const packed = JSON.stringify(queue.pack(state));

  expect([state.tickets.length, state.overflow, state.parked.length, state.counts.parked]).toEqual([
    queue.MAX_TICKETS,
    1,
    queue.MAX_PARKED,
    queue.MAX_PARKED + 1,
  ]);
  expect(packed.length).toBeLessThan(1_900_000);
  expect(queue.queueState(JSON.parse(packed) as QueueInput)).toEqual(state);
});
