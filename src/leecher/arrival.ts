/**
 * Hands out arrival keys, `arrivedAt * 1000 + sequence`: they grow strictly, also when the clock stands still or is
 * set back. Exact until the year 2255.
 */
export class ArrivalClock {
  readonly #now: () => number;
  #last = 0;

  /** @param now ms since epoch */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** @returns what the clock says, ms since epoch; not necessarily growing. */
  now(): number {
    return this.#now();
  }

  next(): number {
    this.#last = Math.max(this.#last + 1, this.#now() * 1000);
    return this.#last;
  }
}
