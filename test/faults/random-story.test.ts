import { play } from './checker/play';

/** One story here; `npm run test:faults -- --seeds N` plays more, and shows of a violation the shortest prefix. */
test('L, D, O, I, C: random edits on both sides of three projects under random troubles: no promise is broken, and both sides agree', async () => {
  const { violations, log, checked } = await play({ seed: 1, rounds: 2 });

  expect({ violations, ...(violations.length > 0 ? { log } : {}) }).toEqual({ violations: [] });
  expect(
    Object.entries(checked).filter(([what, count]) => count === 0 && !what.includes('gap fill')),
  ).toEqual([]);
}, 600_000);
