const HOUR_MS = 3_600_000;
/** Different texts that are remembered; beyond it all are forgotten, which costs a line more each. */
const MOST = 1_000;
/** Digits that stand for themselves, also before `s` or `ms`; not those of `log-12`, `ftrack-event/7` or `5f2e`. */
const NUMBER = /(?<![\w/-])\d+(?=(?:ms|s)?(?![\w-]))/g;

/**
 * Tells which lines of a log say nothing new, so that an outage of days fills no disk: a text is new once an hour.
 * Numbers in it do not count, such as those of tries and durations; those within a name or an id do.
 */
export class Repeats {
  readonly #now: () => number;
  readonly #said = new Map<string, number>();

  /** @param now ms, of a clock that never jumps */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  isNew(text: string): boolean {
    const key = text.replace(NUMBER, '#');
    const now = this.#now();
    if (now - (this.#said.get(key) ?? -Infinity) < HOUR_MS) {
      return false;
    }
    if (this.#said.size >= MOST) {
      this.#said.clear();
    }
    this.#said.set(key, now);
    return true;
  }
}
