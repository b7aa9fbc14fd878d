import { play } from './checker/play';

/** One story here; `npm run test:faults -- --seeds N` plays more, and shows of a violation the shortest prefix. */
test('L, D, O, I, C: random edits of two projects under random troubles: no promise is broken, and both sides agree', async () => {
  const { violations, log, events } = await play(1);

  expect({ violations, ...(violations.length > 0 ? { log } : {}) }).toEqual({ violations: [] });
  expect(events).toBeGreaterThan(0);
}, 300_000);
