import fc from 'fast-check';
import type { Ticket } from '../../../src/contracts/messages';
import type { Done, QueueInput, QueueState } from '../../../src/contracts/queue';
import * as queue from '../../../src/domain/project-queue';

const newQueue = (): QueueState => queue.queueState({ project: 'p' });
const ticket = (id: string, key: number, run = `run-${id}`): Ticket => ({ id, run, key });
const applied = ({ id, run }: Ticket, turn: number | null): Done => ({ id, run, turn, outcome: 'applied' });

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
    queue.finish(state, applied(next, state.number));
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

test('an answer to a former turn of the same run, or without a turn, frees nothing', () => {
  const state = newQueue();
  queue.enqueue(state, { tickets: [ticket('a', 1)] });
  grant(state);
  const first = state.number;
  queue.finish(state, applied(ticket('a', 1), first));
  queue.enqueue(state, { tickets: [ticket('a', 1)] });
  grant(state);

  queue.finish(state, applied(ticket('a', 1), first));
  queue.finish(state, applied(ticket('a', 1), null));

  expect(state.turn?.number).toBe(first + 1);
});

test('a cancelled event loses its place', () => {
  const state = newQueue();
  queue.enqueue(state, { tickets: [ticket('a', 1), ticket('b', 2)] });

  queue.finish(state, { id: 'a', run: 'run-a', turn: null, outcome: 'skipped' });

  expect(state.tickets.map((each) => each.id)).toEqual(['b']);
});

const parkedHalting = (each: Ticket, turn: number | null): Done => ({
  ...applied(each, turn),
  outcome: 'parked',
  parked: { key: each.key, code: 'name-empty', reason: 'x', halt: true },
});

test('a halted queue grants only the event that halts it, and takes that even when it is full', () => {
  const state = newQueue();
  const [a, b] = [ticket('a', 1), ticket('b', 2)];
  queue.enqueue(state, { tickets: [a, b] });
  grant(state);
  queue.finish(state, parkedHalting(a, state.number));
  const blocked = grant(state);
  queue.enqueue(state, {
    tickets: Array.from({ length: queue.MAX_TICKETS }, (_, at) => ticket(`x${at}`, 10 + at)),
  });
  queue.enqueue(state, { tickets: [a], late: true });

  const retried = grant(state);
  queue.finish(state, applied(a, state.number));

  expect(blocked).toBeUndefined();
  expect(retried?.id).toBe('a');
  expect(grant(state)?.id).toBe('b');
});

test('a halt that a person ended does not come back with the next announcement; a terminated event ends its halt', () => {
  const state = newQueue();
  const a = ticket('a', 1);
  queue.enqueue(state, { tickets: [a] });
  grant(state);
  queue.finish(state, parkedHalting(a, state.number));
  const halted = state.haltedBy;
  queue.resume(state);
  queue.finish(state, parkedHalting(a, null));
  const afterAnnouncement = state.haltedBy;
  state.haltedBy = 'a';

  queue.forget(state, ['a']);

  expect([halted, afterAnnouncement, state.haltedBy]).toEqual(['a', null, null]);
  expect(state.counts.parked).toBe(1);
  expect(state.parked).toEqual([]);
});

test('after an overflow newer live tickets are refused until the queue has drained, then it settles', () => {
  const state = newQueue();
  queue.enqueue(state, {
    tickets: Array.from({ length: queue.MAX_TICKETS + 1 }, (_, at) => ticket(`x${at}`, 1 + at)),
  });
  grant(state);
  queue.finish(state, applied(state.turn ?? ticket('', 0), state.number));
  queue.enqueue(state, { tickets: [ticket('newer', 1e6)] });
  const refused = state.overflow;
  drain(state);

  queue.enqueue(state, { tickets: [ticket('later', 2e6)] });

  expect(refused).toBe(2);
  expect([state.settling, state.overflow, state.tickets.length]).toEqual([true, 0, 1]);
});

test('an outage keeps the time at which it was first seen, and ends', () => {
  const state = newQueue();
  queue.enqueue(state, { tickets: [ticket('a', 1)] });
  grant(state);
  const outage = { run: 'run-a', system: 'AYON', reason: 'gone' };

  queue.setWaiting(state, { ...outage, since: 1000 });
  queue.setWaiting(state, { ...outage, since: 9000 });
  const { text } = queue.view(state);
  queue.setWaiting(state, { run: 'run-a', system: null, since: 9500 });

  expect(text).toMatch(/^waiting for AYON since 1970-01-01T00:00:01.000Z: gone/);
  expect(queue.view(state).state).toBe('working');
});

test('ids of any kind survive packing', () => {
  const state = newQueue();
  queue.enqueue(state, { tickets: [ticket('reconcile/p', 1), ticket('ftrack-event/e', 2)] });

  expect(queue.queueState(queue.pack(state)).tickets).toEqual(state.tickets);
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

test('a rebuilt queue settles first; one started by a live batch, or alive for long, does not', () => {
  const [rebuilt, live, old] = [newQueue(), newQueue(), { ...newQueue(), fresh: false }];

  queue.enqueue(rebuilt, { tickets: [ticket('a', 1)], late: true });
  queue.enqueue(live, { tickets: [ticket('a', 1)] });
  queue.enqueue(old, { tickets: [ticket('a', 1)], late: true });

  expect([rebuilt.settling, live.settling, old.settling]).toEqual([true, false, false]);
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
    queue.finish(state, {
      id: `ftrack-event/p${uuid(at)}`,
      run: uuid(at),
      turn: at,
      outcome: 'parked',
      parked,
      scope,
    });
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
