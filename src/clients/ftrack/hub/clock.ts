/** A difference up to this is the way of an answer and its cut to seconds; hosts that keep time are closer. */
const TRUSTED_MS = 5_000;
/** Answers tell whole seconds, cut. */
const HALF_SECOND = 500;

/** The parts of a computer that tell time, in ms: `wall` since 1970, which may be set; `even` only ever grows. */
interface TimeSources {
  wall(): number;
  even(): number;
}

const HOST: TimeSources = { wall: () => Date.now(), even: () => performance.now() };

/**
 * The time of whoever listens to the hub. It passes evenly, whatever is done to the host's clock meanwhile, and is set
 * anew at each handshake: to the host's clock, or to ftrack's where both differ. So what is stamped by it can be laid
 * beside ftrack's log, and two leechers agree.
 */
export class HubClock {
  readonly #sources: TimeSources;
  /** What is added to the even time. */
  #offset: number;
  #ahead = 0;

  constructor(sources: TimeSources = HOST) {
    this.#sources = sources;
    this.#offset = sources.wall() - sources.even();
  }

  /** ms since epoch. */
  now(): number {
    return Math.round(this.#sources.even() + this.#offset);
  }

  /** How far the host's clock was ahead of ftrack's at the last handshake, ms; 0 when they agreed. */
  get hostAhead(): number {
    return this.#ahead;
  }

  /**
   * @param told ftrack's time as it answered, ms since epoch; undefined when it did not say
   * @param ago ms since that answer began to arrive: its end may have taken long
   */
  set(told: number | undefined, ago = 0): void {
    const host = this.#sources.wall();
    const ahead = told === undefined ? 0 : host - ago - told - HALF_SECOND;
    this.#ahead = Math.abs(ahead) <= TRUSTED_MS ? 0 : Math.round(ahead);
    this.#offset = host - this.#ahead - this.#sources.even();
  }
}
