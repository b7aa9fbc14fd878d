import { HUB_TIMINGS } from '../../../src/clients/ftrack/hub/timings';
import { longTask, START_DELAY_JITTER, TIMINGS, timings } from '../../../src/contracts/timings';

test('the production waits keep their order: heartbeat < watchdog < start delay, and so on', () => {
  expect(TIMINGS.lateWrite).toBeLessThan(TIMINGS.heartbeat / 2);
  expect(TIMINGS.heartbeat).toBeLessThan(TIMINGS.watchdog);
  expect(TIMINGS.watchdog).toBeLessThanOrEqual(TIMINGS.idleClose);
  expect(TIMINGS.idleClose).toBeLessThan(TIMINGS.startDelay * (1 - START_DELAY_JITTER));
  expect(TIMINGS.startDelay * (1 + START_DELAY_JITTER)).toBeLessThan(TIMINGS.enrolAgain);
  expect(TIMINGS.outageMax).toBeLessThanOrEqual(60_000);
  expect(TIMINGS.settle).toBeLessThan(TIMINGS.watchdog);
  // A leecher vouches with each canary: two may be late before it counts as gone.
  expect(TIMINGS.gapSilent).toBeGreaterThan(2 * (HUB_TIMINGS.canaryEvery + HUB_TIMINGS.canaryAnswer));
  expect(TIMINGS.gapLag).toBeLessThan(TIMINGS.gapSilent);
  expect(TIMINGS.gapSweep).toBeLessThan(TIMINGS.gapOverlap);
});

test('the lease of the leechers moves within 10 s of a kill', () => {
  // At worst the kill follows a beat at once, and the next leecher has just met an error.
  const moved = TIMINGS.lease + TIMINGS.leaseAgain + TIMINGS.outageFirst;
  const firstBeat = 1_000;

  expect(moved + firstBeat).toBeLessThanOrEqual(10_000);
  expect(TIMINGS.leaseAgain).toBeLessThan(TIMINGS.lease / 10);
  // A new connection to the hub is made within that, as a rule.
  expect(TIMINGS.leaseDeaf).toBeGreaterThan(HUB_TIMINGS.backoffFirst);
  expect(TIMINGS.leaseDeaf + TIMINGS.lease / 3).toBeLessThan(10_000);
});

test('one task of a queue may take three times as long as Temporal lets it by itself, in tests as long', () => {
  expect(longTask()).toBe(30_000);
  expect(longTask(20)).toBe(10_000);
});

test('a scale shrinks every wait alike', () => {
  expect(timings(20)).toMatchObject({ startDelay: 30_000, heartbeat: 250 });
  expect(timings()).toEqual(TIMINGS);
});
