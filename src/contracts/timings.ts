/**
 * Every wait of the product in one table, in milliseconds. Tests divide it by a scale; one test holds the production
 * values in their order (heartbeat < watchdog < start delay). No imports: workflow code reads it too.
 */
export const TIMINGS = {
  /** An event whose ticket was lost wakes by itself after this, ± `startDelayJitter`. */
  startDelay: 600_000,
  /** Then it enrols again after this, doubling up to `enrolAgainMax`. */
  enrolAgain: 1_200_000,
  enrolAgainMax: 21_600_000,
  /** A queue that was rebuilt by enrolments, or overflowed, waits so long for further ones before it grants. */
  settle: 5_000,
  /** The queue looks at a turn holder that has been silent for so long. */
  watchdog: 30_000,
  /** A queue without work closes after this. */
  idleClose: 60_000,
  /** An activity that is silent so long is given to another worker. */
  heartbeat: 5_000,
  /** A write that ends later than this after the read it rests on is followed by another read. */
  lateWrite: 1_000,
  activity: 300_000,
  /** Outages: first and largest pause between two tries. */
  outageFirst: 1_000,
  outageMax: 60_000,
  /** Class `attempts`: pauses 1, 2, 4, … s, at most this. */
  attemptsFirst: 1_000,
  attemptsMax: 60_000,
  /**
   * A child whose parent is parked tries again by itself after this, doubling up to `blockedMax`; rarely, since its
   * queue tells it when the parent arrives, and since each try makes its history longer.
   */
  blockedFirst: 60_000,
  blockedMax: 21_600_000,
  /** A queue that is only open for its parked events, or halted, looks whether they still exist. */
  parkedCheck: 3_600_000,
  /** Pause between two looks at ftrack's Event log. */
  gapSweep: 300_000,
  /** Ids of the log become visible out of order; rows are looked for again until they are so old. */
  gapOverlap: 600_000,
  /** An event that a leecher has can be found in Temporal after this. */
  gapLag: 30_000,
  /** A leecher that has not vouched for so long is gone; it does so with each canary, once a minute. */
  gapSilent: 180_000,
  /** A leecher that is silent so long loses the lease; it beats three times as often. */
  lease: 6_000,
  /** Then another one gets it after this. */
  leaseAgain: 100,
  /** A leecher that hears nothing from ftrack for so long leaves the lease to one that does. */
  leaseDeaf: 5_000,
  /** A parked event tells its queue that it is parked, should the queue have been lost. */
  announce: 21_600_000,
} as const;

export type Timings = { readonly [K in keyof typeof TIMINGS]: number };

/**
 * Longest time for one workflow task of a project queue or of the gap fill, ms; Temporal's default is 10 s. When no
 * processor ran for days, up to 10,000 signals wait for the next one, which takes them in one task: 6 s on a core of its
 * own, and a task that takes too long begins again, for ever. No longer either: a project whose processor is killed in
 * the midst of a task waits for its end. Tests shorten it no further: a computer's speed has no scale.
 */
export const longTask = (scale = 1): number => Math.max(10_000, Math.round(30_000 / scale));

/** Share of `startDelay` by which it varies, so that a lost queue is not rebuilt in one burst. */
export const START_DELAY_JITTER = 0.2;

/** Tries of class `attempts` before an event parks: about two minutes with the pauses above. */
export const MAX_ATTEMPTS = 8;

/** @param scale 1 in production; tests use 20 to 100. */
export function timings(scale = 1): Timings {
  const scaled = Object.entries(TIMINGS).map(([name, ms]) => [name, Math.max(1, Math.round(ms / scale))]);
  return Object.fromEntries(scaled) as Timings;
}
