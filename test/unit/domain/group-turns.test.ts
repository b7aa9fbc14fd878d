import fc from 'fast-check';
import type { Done, QueueState } from '../../../src/contracts/queue';
import * as queue from '../../../src/domain/project-queue';

const newQueue = (count: number): QueueState => {
  const state = queue.queueState({ project: 'p' });
  const tickets = Array.from({ length: count }, (_, at) => ({ id: `e${at}`, run: `run-${at}`, key: at }));
  queue.enqueue(state, { tickets });
  return state;
};

/** Grants as the workflow does. */
function grant(state: QueueState): { id: string; behind: number } | undefined {
  const next = queue.takeNext(state);
  if (next === undefined) {
    return undefined;
  }
  const behind = queue.offer(state);
  state.number += 1;
  state.turn = { ...next, number: state.number, since: 0, ...(behind === 0 ? {} : { behind }) };
  return { id: next.id, behind };
}

/** The holder's answer, after it took along so many of those behind it. */
function done(state: QueueState, taken: number | undefined, more: Partial<Done> = {}): queue.Notice[] {
  const { id = '', run = '', number = 0 } = state.turn ?? {};
  const events = queue.behind(state, number).slice(0, taken);
  const covered = { handler: 'h', outcome: 'applied', events } as const;
  const answer = { id, run, turn: number, outcome: 'applied', ...(taken === undefined ? {} : { covered }) };
  return [...queue.finish(state, { ...(answer as Done), ...more })];
}

test('each event has a turn or is covered, exactly once and in order, however many each holder takes along', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.infiniteStream(fc.nat({ max: 60 })), (count, sizes) => {
      const state = newQueue(count);
      const order: string[] = [];
      for (let next = grant(state); next !== undefined; next = grant(state)) {
        const taken = Math.min(sizes.next().value, next.behind);
        order.push(next.id, ...done(state, taken || undefined).map(({ id }) => id));
      }

      expect(order).toEqual(Array.from({ length: count }, (_, at) => `e${at}`));
      expect(state.counts.done + state.counts.covered).toBe(count);
    }),
  );
});

test('few events, and those behind a halt, are not offered', () => {
  const few = newQueue(3);
  const many = newQueue(4);
  const halted = newQueue(10);
  grant(halted);
  done(halted, undefined, {
    outcome: 'parked',
    parked: { key: 0, code: 'name-empty', reason: 'x', halt: true },
  });
  queue.enqueue(halted, { tickets: [{ id: 'e0', run: 'run-0', key: 0 }], late: true });

  expect([grant(few)?.behind, grant(many)?.behind, grant(halted)?.behind]).toEqual([0, 3, 0]);
});

test('after a group that was given up, as many events as it may have held are asked for alone', () => {
  const state = newQueue(200);
  const offers: number[] = [];
  for (let turns = 0; turns < 52; turns += 1) {
    offers.push(grant(state)?.behind ?? -1);
    done(state, (offers.at(-1) ?? 0) > 0 ? 0 : undefined);
  }

  expect(offers.map((behind) => behind > 0)).toEqual([true, ...Array<boolean>(49).fill(false), true, false]);
});

test('a holder that took nobody along, without a failure, keeps nobody from asking', () => {
  const state = newQueue(10);
  grant(state);
  done(state, undefined);

  expect(grant(state)?.behind).toBe(8);
});

test('who parks is mostly in its own way; the more park in a row, the fewer are asked for others', () => {
  const state = newQueue(40);
  const parks: Partial<Done> = {
    outcome: 'parked',
    parked: { key: 0, code: 'name-empty', reason: 'x', halt: false },
  };
  const offers = Array.from({ length: 10 }, () => {
    const { behind = 0 } = grant(state) ?? {};
    done(state, undefined, behind > 0 ? parks : {});
    return behind > 0;
  });

  expect(offers).toEqual([true, false, true, false, false, false, true, false, false, false]);
});

test('only the holder of the turn is told who waits behind it, and nobody while the queue is paused', () => {
  const state = newQueue(10);
  grant(state);

  expect(queue.behind(state, state.number)).toHaveLength(9);
  expect(queue.behind(state, state.number - 1)).toEqual([]);
  queue.pause(state);
  expect(queue.behind(state, state.number)).toEqual([]);
});

test('an answer to a former turn covers nothing', () => {
  const state = newQueue(10);
  grant(state);

  const told = done(state, 5, { turn: -1 });

  expect(told).toEqual([]);
  expect([state.tickets.length, state.counts.covered]).toEqual([9, 0]);
});

test('who was parked before and is covered now is parked no more', () => {
  const state = newQueue(5);
  const parked = { id: 'e2', run: 'before a reset', key: 2, code: 'name-empty', reason: 'x' } as const;
  state.parked.push(parked);
  grant(state);

  done(state, 4);

  expect(state.parked).toEqual([]);
});
