import fc from 'fast-check';
import { HubClock } from '../../../../../src/clients/ftrack/hub/clock';

const NOON = Date.UTC(2026, 7, 1, 12);
const HOUR = 3_600_000;

describe("the hub's clock", () => {
  let wall: number;
  let even: number;
  let clock: HubClock;
  beforeEach(() => {
    wall = NOON;
    even = 5;
    clock = new HubClock({ wall: () => wall, even: () => even });
  });
  const pass = (ms: number): void => {
    wall += ms;
    even += ms;
  };

  it.each([HOUR, -HOUR])("passes evenly when the host's is set by %d ms", (jump) => {
    pass(1_000);
    wall += jump;
    pass(1_000);

    expect(clock.now()).toBe(NOON + 2_000);
  });

  /** An answer that tells ftrack's time, cut to seconds. @param took ms until it began to arrive */
  const answer = (ftrack: number, took = 0): void => {
    const askedAt = even;
    pass(took);
    clock.set({ at: Math.floor(ftrack / 1_000) * 1_000, askedAt, answeredAt: even });
  };

  it.each([0, 400, 999, -400, -900])("is the host's where that may be right, ahead by %d ms", (ahead) => {
    wall += ahead < 0 ? 0 : ahead;

    answer(NOON + (ahead < 0 ? -ahead : 0));

    expect(clock.now()).toBe(wall);
    expect(clock.hostAhead).toBe(0);
  });

  it.each([1_500, -1_500, 4_000, -4_000, HOUR, -HOUR])(
    "is ftrack's to the second where the host's is ahead by %d ms, until that is set right",
    (ahead) => {
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 0, max: 300 }), (part, took) => {
          wall = NOON + ahead + part;

          answer(NOON + part, took);

          expect(Math.abs(clock.now() - (NOON + part + took))).toBeLessThanOrEqual(1_000 + took);
          expect(Math.abs(clock.hostAhead - (Math.abs(ahead) < 5_000 ? 0 : ahead))).toBeLessThan(1_500);
          wall -= ahead;
          answer(wall, took);
          expect(clock.now()).toBe(wall);
          expect(clock.hostAhead).toBe(0);
        }),
      );
    },
  );

  it('is not deceived by an answer whose end took long', () => {
    const askedAt = even;
    const answeredAt = even;
    pass(10_000);

    clock.set({ at: NOON, askedAt, answeredAt });

    expect(clock.now()).toBe(wall);
  });

  it('is in doubt once the host was set, or suspended, until ftrack tells its time', () => {
    pass(60_000);
    expect(clock.isDoubtful).toBe(false);

    wall += 5_000;

    expect(clock.isDoubtful).toBe(true);
    answer(wall);
    expect(clock.isDoubtful).toBe(false);
    expect(clock.now()).toBe(wall);
  });

  it('follows the host where ftrack does not say', () => {
    wall += HOUR;

    clock.set({ at: undefined, askedAt: even, answeredAt: even });

    expect(clock.now()).toBe(NOON + HOUR);
  });
});
