/** Ticks of 100 ns between the start of UUID time (1582-10-15) and 1970. */
const UUID_EPOCH = 122_192_928_000_000_000n;

/**
 * Gives times and ids as an AYON server does: microseconds with `+00:00`, ids as the 32 hex digits of a
 * UUIDv1. Both never repeat and never go back, so that orders in tests are exact.
 */
export class AyonClock {
  #micros = 0;
  #ahead = 0;

  /** Milliseconds since the epoch; goes on with the time of the machine, plus what tests added. */
  millis(): number {
    return Date.now() + this.#ahead;
  }

  /** Lets time pass at once: sessions end, refused keys are forgotten, events grow old. */
  advance(ms: number): void {
    this.#ahead += ms;
  }

  /** The next moment as `2026-01-02T03:04:05.678901+00:00`. */
  now(): string {
    const micros = this.#tick();
    const whole = new Date(Math.floor(micros / 1000)).toISOString().slice(0, -1);
    return `${whole}${String(micros % 1000).padStart(3, '0')}+00:00`;
  }

  /** A new id, 32 lower-case hex digits. */
  id(): string {
    const ticks = (BigInt(this.#tick()) * 10n + UUID_EPOCH).toString(16).padStart(15, '0');
    return `${ticks.slice(7)}${ticks.slice(3, 7)}1${ticks.slice(0, 3)}8ac002fc00000001`;
  }

  #tick(): number {
    this.#micros = Math.max(this.millis() * 1000, this.#micros + 1);
    return this.#micros;
  }
}

/** `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa2` with the dashes that Postgres prints. */
export function dashed(id: string): string {
  return id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
