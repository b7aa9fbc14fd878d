import { ArrivalClock } from '../../../src/leecher/arrival';

describe('arrival keys', () => {
  it('grow strictly, also when the clock stands still or is set back', () => {
    const times = [1_700_000_000_000, 1_700_000_000_000, 1_600_000_000_000, 1_700_000_000_001];
    const clock = new ArrivalClock(() => times.shift() ?? 0);

    expect([clock.next(), clock.next(), clock.next(), clock.next(), clock.next()]).toEqual([
      1_700_000_000_000_000, 1_700_000_000_000_001, 1_700_000_000_000_002, 1_700_000_000_001_000,
      1_700_000_000_001_001,
    ]);
  });

  it('are exact numbers', () => {
    expect(Number.isSafeInteger(new ArrivalClock().next())).toBe(true);
  });
});
