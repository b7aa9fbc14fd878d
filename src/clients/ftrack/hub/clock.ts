/** Answers tell whole seconds, cut. */
const SECOND = 1_000;
/** Smaller differences are not worth telling. */
const NOTABLE_MS = 5_000;

/** ftrack's time as one of its answers told it. */
export interface ToldTime {
  /** Cut to seconds, ms since epoch; undefined when it did not say. */
  readonly at: number | undefined;
  /** When it was asked, and when its answer began to arrive, by `performance.now()`. */
  readonly askedAt: number;
  readonly answeredAt: number;
}

/** The parts of a computer that tell time, in ms: `wall` since 1970, which may be set; `even` only ever grows. */
interface TimeSources {
  wall(): number;
  even(): number;
}

const HOST: TimeSources = { wall: () => Date.now(), even: () => performance.now() };

/**
 * The time of whoever listens to the hub. It passes evenly, whatever is done to the host's clock meanwhile, and is set
 * anew at each handshake and every hour: to the host's clock, or to ftrack's where both differ. So what is stamped by
 * it can be laid beside ftrack's log, and two leechers agree.
 */
export class HubClock {
  readonly #sources: TimeSources;
  #ahead = 0;
  /** The host's time less the even one when both were last laid beside each other. */
  #apart: number;

  constructor(sources: TimeSources = HOST) {
    this.#sources = sources;
    this.#apart = sources.wall() - sources.even();
  }

  /** ms since epoch. */
  now(): number {
    return Math.round(this.#sources.even() + this.#apart - this.#ahead);
  }

  /** How far the host's clock was ahead of ftrack's when that was told last, ms; 0 when they agreed. */
  get hostAhead(): number {
    return Math.abs(this.#ahead) < NOTABLE_MS ? 0 : this.#ahead;
  }

  /** Whether the host was set, or stood still with its even time, so that ftrack's should be asked for. */
  get isDoubtful(): boolean {
    return Math.abs(this.#sources.wall() - this.#sources.even() - this.#apart) > SECOND;
  }

  /**
   * Takes the host's time where it may be right, as far as whole seconds and the time that the answer took let that be
   * known; else the nearest that may be. So it differs from ftrack's by a second and the answer's time at most.
   */
  set({ at, askedAt, answeredAt }: ToldTime): void {
    const even = this.#sources.even();
    const host = this.#sources.wall();
    if (at === undefined) {
      this.#ahead = 0;
    } else {
      const least = host - (even - askedAt) - at - SECOND;
      const most = host - (even - answeredAt) - at;
      this.#ahead = Math.round(Math.min(Math.max(0, least), most));
    }
    this.#apart = host - even;
  }
}
