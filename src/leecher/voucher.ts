import { randomUUID } from 'node:crypto';
import type { HubProof } from '../clients/ftrack/hub/hub';
import type { Vouch } from '../contracts/gap-fill';
import type { DispatchState } from './dispatch';
import type { GapMarkers } from './spool/gaps';
import type { LeecherLogger } from './telemetry';

export interface VoucherOptions {
  /** Tells the gap fill; throws while Temporal is away. */
  readonly send: (vouch: Vouch) => Promise<void>;
  readonly logger: LeecherLogger;
  readonly retryMs: number;
}

/**
 * Tells the gap fill from when to when every event reached us and is held by Temporal: with each proof of delivery, once
 * a minute, and until it is heard. What nobody vouches for is read again from ftrack's log.
 */
export class Voucher {
  readonly #options: VoucherOptions;
  readonly #leecher = randomUUID();
  /** Until there is a dispatcher, nothing is held by Temporal. */
  #held: () => Pick<DispatchState, 'mode' | 'heldSince'> = () => ({ mode: 'spooling', heldSince: 0 });
  #gaps: GapMarkers | undefined;
  #proof: HubProof | undefined;
  #retry: NodeJS.Timeout | undefined;
  #sending = false;
  #stopped = false;

  constructor(options: VoucherOptions) {
    this.#options = options;
  }

  /** @param gaps for their time, and before it, nobody vouches: events of then were dropped */
  listenTo(dispatcher: { state(): DispatchState }, gaps: GapMarkers): void {
    this.#held = () => dispatcher.state();
    this.#gaps = gaps;
    this.#tell();
  }

  prove(proof: HubProof): void {
    this.#proof = proof;
    this.#tell();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#retry);
  }

  #tell(): void {
    clearTimeout(this.#retry);
    const proof = this.#proof;
    if (proof !== undefined && !this.#sending && !this.#stopped) {
      this.#sending = true;
      void this.#send(proof).then((again) => {
        this.#sending = false;
        if (again && !this.#stopped) {
          this.#retry = setTimeout(() => this.#tell(), this.#options.retryMs);
        }
      });
    }
  }

  /** @returns whether there is more to say before the next canary. */
  async #send(proof: HubProof): Promise<boolean> {
    const { mode, heldSince = Infinity } = this.#held();
    const lostUntil = this.#gaps?.until;
    const from = Math.max(proof.from, (lostUntil ?? -1) + 1);
    const to = Math.max(from, Math.min(proof.to, heldSince - 1));
    const pending = mode === 'spooling';
    try {
      await this.#options.send({ leecher: this.#leecher, from, to, pending });
      if (lostUntil !== undefined && !pending && this.#gaps?.until === lostUntil) {
        const gaps = await this.#gaps.clear();
        this.#options.logger.warn(
          { gaps },
          "the gap fill reads from ftrack's log what the full spool dropped",
        );
      }
      return pending || this.#proof !== proof;
    } catch (error) {
      this.#options.logger.info({ err: error }, 'the gap fill is not told yet how far events arrived');
      return true;
    }
  }
}
