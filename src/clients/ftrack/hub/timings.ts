/** Waits of the hub client in milliseconds; tests pass smaller ones. */
export const HUB_TIMINGS = {
  /** The whole handshake request. */
  handshake: 15_000,
  /** From the handshake's answer to an open socket. */
  upgrade: 15_000,
  /** A socket without a heartbeat for so long is dead, whatever else arrives: ftrack sends one at least every 15 s. */
  silence: 20_000,
  /** A canary must be back within this. */
  canaryAnswer: 10_000,
  /** Pause between a canary's return and the next one. */
  canaryEvery: 60_000,
  /** ftrack's time is asked for this often while a connection lasts. */
  clockEvery: 3_600_000,
  /** After a wait ran out, what already lies in the socket is read first: this process may have stood still. */
  lastLook: 250,
  /** Pause before the second try to connect; it doubles up to `backoffMax`. */
  backoffFirst: 500,
  backoffMax: 30_000,
  /** A connection that delivered for less does not shorten the pauses again: its end may be the next one's, too. */
  steady: 10_000,
  /** The same for refused credentials: they can be restored, but not by trying often. */
  refusedFirst: 5_000,
  refusedMax: 60_000,
} as const;

export type HubTimings = { readonly [K in keyof typeof HUB_TIMINGS]: number };

/** All of them divided, but for the last look: a busy machine is not faster in tests. */
export function hubTimings(scale: number): HubTimings {
  const scaled = Object.entries(HUB_TIMINGS).map(([name, ms]) => [name, Math.max(1, Math.round(ms / scale))]);
  return { ...(Object.fromEntries(scaled) as HubTimings), lastLook: HUB_TIMINGS.lastLook };
}

/**
 * Pause before try `attempt` (1 is the first one after a failure), doubling up to `max`, of which a random half is
 * taken off so that clients of a restarted server do not come back in one burst.
 * @param random 0 <= random < 1
 */
export function backoff(attempt: number, range: { first: number; max: number }, random: number): number {
  const full = Math.min(range.max, range.first * 2 ** Math.min(attempt - 1, 30));
  return Math.round(full * (1 - random / 2));
}
