import type { LeaseGrant, LeaseServer } from '../contracts/lease';
import type { LeecherLogger } from './telemetry';

export interface LeaseOptions {
  readonly server: LeaseServer;
  readonly logger: LeecherLogger;
  /** Pause after the server did not answer, ms. */
  readonly retryMs: number;
  /** Whether ftrack's questions reach this process; whoever hears none leaves the lease to others. */
  hears(): boolean;
  /** The lease is handed over after hearing nothing for so long, ms: a new connection takes a moment. */
  readonly deafMs: number;
  /** Two clocks in ms: one that never jumps, but may stand still with the machine, and the time of day. */
  readonly clocks?: () => Moment;
}

type Moment = readonly [steady: number, daytime: number];

/**
 * - `held`: ours.
 * - `elsewhere`: another leecher's, or about to be somebody's.
 * - `none`: nobody's as far as we know: Temporal does not answer, no processor has begun the lease yet, or no leecher
 *   hears ftrack.
 */
export interface LeaseState {
  readonly lease: 'held' | 'elsewhere' | 'none';
  /** Who holds it, when that is another. */
  readonly holder?: string;
}

/** Beats within one time-out of the server. */
const BEATS = 3;
/** Share of the time-out by which we let go before the server does: clocks run at different speeds. */
const MARGIN = 1 / 12;

const now = (): Moment => [performance.now(), Date.now()];

/**
 * Keeps asking for the lease and keeps it. It counts as held only until the server may give it to another, reckoned from
 * the moment at which the last acknowledged beat was sent: whoever stood still knows on the first look that it is over.
 */
export class Lease {
  readonly #options: LeaseOptions;
  readonly #clocks: () => Moment;
  readonly #stopping = new AbortController();
  #sent: Moment | undefined;
  #validMs = 0;
  #holder: string | undefined;
  #told: LeaseState['lease'] = 'none';
  readonly #ended: Promise<void>;

  /** Begins at once. */
  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#clocks = options.clocks ?? now;
    this.#ended = this.#run();
  }

  isHeld(): boolean {
    if (this.#sent === undefined || this.#stopping.signal.aborted) {
      return false;
    }
    const [steady, daytime] = this.#clocks();
    return Math.max(steady - this.#sent[0], daytime - this.#sent[1]) < this.#validMs;
  }

  state(): LeaseState {
    if (this.isHeld()) {
      return { lease: 'held' };
    }
    return this.#holder === undefined ? { lease: 'none' } : { lease: 'elsewhere', holder: this.#holder };
  }

  /** Nothing is held from here on; hands over what was, if the server answers. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        this.#holder = await this.#options.server.look();
        this.#tell();
        if (this.#options.hears()) {
          await this.#waitAndHold();
        } else {
          await this.#pause(this.#options.retryMs);
        }
      } catch {
        // Whoever waits for the lease need not say so: the watch over Temporal does.
        this.#holder = undefined;
        await this.#pause(this.#options.retryMs);
      }
    }
  }

  async #waitAndHold(): Promise<void> {
    const grant = await this.#options.server.wait(this.#stopping.signal);
    if (grant !== undefined) {
      await this.#hold(grant);
    }
  }

  /** Beats until the server says that it is no longer ours, however long it does not answer, or ftrack says nothing. */
  async #hold(grant: LeaseGrant): Promise<void> {
    const { signal } = this.#stopping;
    this.#validMs = grant.timeoutMs * (1 - MARGIN);
    this.#holder = undefined;
    let isOurs = true;
    // Deaf already, it is left to the next one at once.
    let heardAt = -Infinity;
    while (isOurs && !signal.aborted) {
      const sent = this.#clocks();
      heardAt = this.#options.hears() ? sent[0] : heardAt;
      if (sent[0] - heardAt >= this.#options.deafMs) {
        break;
      }
      isOurs = await this.#beat(grant, sent);
      this.#tell();
      if (isOurs) {
        await this.#pause(grant.timeoutMs / BEATS - (this.#clocks()[0] - sent[0]));
      }
    }
    this.#sent = undefined;
    if (isOurs) {
      await this.#options.server.handOver(grant);
    }
    this.#tell();
  }

  async #beat(grant: LeaseGrant, sent: Moment): Promise<boolean> {
    try {
      const isOurs = await this.#orStop(this.#options.server.beat(grant));
      this.#sent = isOurs ? sent : undefined;
      return isOurs;
    } catch {
      return true;
    }
  }

  #tell(): void {
    const { lease } = this.state();
    const isNews = (lease === 'held') !== (this.#told === 'held');
    this.#told = lease;
    if (isNews) {
      this.#options.logger.info(
        { lease },
        lease === 'held'
          ? "this leecher answers ftrack's menus from now on"
          : "this leecher answers ftrack's menus no longer",
      );
    }
  }

  /** Does not wait for an answer any longer once we stop; it is as good as a yes then. */
  #orStop(asked: Promise<boolean>): Promise<boolean> {
    const { signal } = this.#stopping;
    return new Promise((resolve, reject) => {
      const stop = (): void => resolve(true);
      signal.addEventListener('abort', stop);
      asked.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
    });
  }

  /** Ends early when we stop. */
  #pause(ms: number): Promise<void> {
    const { signal } = this.#stopping;
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, Math.max(0, ms));
      signal.addEventListener('abort', end);
      if (signal.aborted) {
        end();
      }
    });
  }
}
