import type { HubProof } from '../clients/ftrack/hub/hub';
import type { Vouch } from '../contracts/gap-fill';
import type { DispatchState } from './dispatch';
import type { GapMarkers } from './spool/gaps';
import type { LeecherLogger } from './telemetry';

export interface VoucherOptions {
  /** Tells the gap fill; throws while Temporal is away. */
  readonly send: (vouch: Vouch) => Promise<void>;
  readonly logger: LeecherLogger;
  /** Largest pause before it is told again, ms; the first is a small part of it. */
  readonly retryMs: number;
}

/** A starting leecher reaches Temporal a moment after ftrack: the first pauses are short, each doubles. */
const FIRST_PAUSE = 1 / 32;

/** What holds the events that Temporal does not hold yet. */
export interface Holder {
  /** Name of this leecher; see {@link Vouch}. */
  readonly leecher: () => string;
  readonly dispatcher: { state(): Pick<DispatchState, 'mode' | 'heldSince'> };
  /** For their time, and before it, nobody vouches: events of then were dropped. */
  readonly gaps: GapMarkers;
}

/**
 * Tells the gap fill from when to when every event reached us and is held by Temporal: with each proof of delivery, once
 * a minute, and until it is heard. What nobody vouches for is read again from ftrack's log.
 */
export class Voucher {
  readonly #options: VoucherOptions;
  #holder: Holder | undefined;
  #proof: HubProof | undefined;
  #retry: NodeJS.Timeout | undefined;
  #pause: number;
  #sending = false;
  #isFailing = false;
  #stopped = false;
  /** Nothing before it is vouched for again: a proof speaks for the whole connection. */
  #floor = 0;

  constructor(options: VoucherOptions) {
    this.#options = options;
    this.#pause = options.retryMs * FIRST_PAUSE;
  }

  /** Before there is a spool, nothing can be said. */
  start(holder: Holder): void {
    this.#holder = holder;
    this.#tell();
  }

  prove(proof: HubProof): void {
    this.#proof = proof;
    this.#pause = this.#options.retryMs * FIRST_PAUSE;
    this.#tell();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#retry);
  }

  #tell(): void {
    clearTimeout(this.#retry);
    if (this.#proof === undefined || this.#holder === undefined || this.#sending || this.#stopped) {
      return;
    }
    this.#sending = true;
    void this.#send(this.#proof, this.#holder).then((again) => {
      this.#sending = false;
      if (again && !this.#stopped) {
        this.#retry = setTimeout(() => this.#tell(), this.#pause);
        this.#pause = Math.min(this.#options.retryMs, 2 * this.#pause);
      }
    });
  }

  /** @returns whether there is more to say before the next canary. */
  async #send(proof: HubProof, { leecher, dispatcher, gaps }: Holder): Promise<boolean> {
    const { mode, heldSince = Infinity } = dispatcher.state();
    const lostUntil = gaps.until;
    this.#floor = Math.max(this.#floor, (lostUntil ?? -1) + 1);
    const from = Math.max(proof.from, this.#floor);
    const to = Math.max(from, Math.min(proof.to, heldSince - 1));
    const pending = mode === 'spooling';
    const { send, logger } = this.#options;
    try {
      await send({ leecher: leecher(), from, to, pending });
      this.#isFailing = false;
      if (lostUntil !== undefined && !pending && gaps.until === lostUntil) {
        logger.warn(
          { gaps: await gaps.clear() },
          "the gap fill reads from ftrack's log what the full spool dropped",
        );
      }
      return pending || this.#proof !== proof;
    } catch (error) {
      if (!this.#isFailing) {
        logger.info({ err: error }, 'the gap fill is not told yet how far events arrived');
      }
      this.#isFailing = true;
      return true;
    }
  }
}
