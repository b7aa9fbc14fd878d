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

  it.each([0, 999, -3_000, 4_000])("follows the host's at a handshake, within %d ms of ftrack's", (ahead) => {
    wall += 40;

    clock.set(wall - ahead);

    expect(clock.now()).toBe(wall);
    expect(clock.hostAhead).toBe(0);
  });

  it.each([HOUR, -HOUR])(
    "is ftrack's where the host's is ahead by %d ms, until that is set right",
    (ahead) => {
      wall += ahead;

      clock.set(NOON);
      pass(100);

      expect(clock.now()).toBe(NOON + 500 + 100);
      expect(clock.hostAhead).toBe(ahead - 500);
      wall -= ahead;
      clock.set(NOON);
      expect(clock.now()).toBe(NOON + 100);
      expect(clock.hostAhead).toBe(0);
    },
  );

  it('is not deceived by an answer whose end took long', () => {
    const told = wall;
    pass(10_000);

    clock.set(told, 10_000);

    expect(clock.now()).toBe(wall);
    expect(clock.hostAhead).toBe(0);
  });

  it('follows the host where ftrack does not say', () => {
    wall += HOUR;

    clock.set(undefined);

    expect(clock.now()).toBe(NOON + HOUR);
  });
});
