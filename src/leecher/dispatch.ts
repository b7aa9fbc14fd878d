import type { RetryPauses } from './drain';
import { drainSpool } from './drain';
import type { Outgoing } from './outgoing';
import type { SendDeps } from './send';
import { BATCH, sendBatch } from './send';
import type { Spool } from './spool/spool';
import type { Counters, LeecherLogger } from './telemetry';
import type { TemporalStarter } from './temporal-starter';

export interface DispatchOptions {
  readonly starter: TemporalStarter;
  readonly spool: Spool<Outgoing>;
  readonly counters: Counters;
  readonly logger: LeecherLogger;
  /** Events that may be in memory; more go to the spool. */
  readonly memory?: number;
  /** A request that takes longer than this makes its events, and all behind them, go to the spool, ms. */
  readonly patience?: number;
  readonly pauses?: RetryPauses;
  /** The clock by which events are stamped, ms since epoch; the host's unless told otherwise. */
  readonly now?: () => number;
}

export interface DispatchState {
  /** `spooling`: new events go through the spool, behind the older ones in it. */
  readonly mode: 'direct' | 'spooling';
  readonly inMemory: number;
  /** ms since epoch. */
  readonly lastSuccess: number | undefined;
  readonly lastFailure: { readonly at: number; readonly message: string } | undefined;
  /** Arrival of the oldest event that Temporal does not hold for sure, ms since epoch; undefined when it holds all. */
  readonly heldSince: number | undefined;
}

export const DISPATCH_DEFAULTS = {
  memory: 10_000,
  patience: 500,
  pauses: { first: 500, max: 10_000 },
} as const;

/** Events of one project: those in the request under way, and those that came meanwhile. */
interface Lane {
  sending: readonly Outgoing[];
  waiting: Outgoing[];
  /** Runs out when the request takes too long. */
  patience?: NodeJS.Timeout;
}

/**
 * Hands events to Temporal in arrival order per project, one request in flight each.
 *
 * Modes: `direct` → (Temporal refuses, or takes too long, or memory is full) → `spooling` → (spool empty) → `direct`.
 * On the way to the spool everything in memory is written there first, requests in flight included: what they do
 * achieve is only repeated, which the workflow ids absorb. The spool is drained when those have ended, so that no
 * project ever has two requests in flight.
 */
export class Dispatcher {
  readonly #options: DispatchOptions;
  readonly #deps: SendDeps;
  readonly #lanes = new Map<string | null, Lane>();
  readonly #inFlight = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  #mode: DispatchState['mode'] = 'direct';
  #inMemory = 0;
  #lastSuccess: number | undefined;
  #lastFailure: DispatchState['lastFailure'];
  #draining: Promise<void> = Promise.resolve();
  /** Arrival of the oldest event that may be in the spool, ms since epoch. */
  #spooledSince = 0;

  constructor(options: DispatchOptions) {
    this.#options = options;
    const { starter, counters, logger, spool } = options;
    this.#deps = { starter, counters, logger, untold: new Map(), setAside: (item) => spool.setAside(item) };
    if (spool.state().events > 0) {
      this.#goOnWithSpool();
    }
    spool.whenFound(() => this.#goOnWithSpool());
  }

  /** Takes over events in arrival order; never throws, never waits. */
  offer(items: readonly Outgoing[]): void {
    const memory = this.#options.memory ?? DISPATCH_DEFAULTS.memory;
    if (this.#mode === 'direct' && this.#inMemory + items.length > memory) {
      this.#spill(`more than ${memory} events wait in memory`);
    }
    if (this.#mode === 'spooling' || this.#stopping.signal.aborted) {
      this.#toSpool(items);
      return;
    }
    const touched = new Map<string | null, Lane>();
    for (const item of items) {
      const { project } = item.input;
      const lane = this.#lanes.get(project) ?? { sending: [], waiting: [] };
      this.#lanes.set(project, lane);
      touched.set(project, lane);
      lane.waiting.push(item);
      this.#inMemory += 1;
    }
    for (const [project, lane] of touched) {
      this.#sendNext(project, lane);
    }
  }

  state(): DispatchState {
    return {
      mode: this.#mode,
      inMemory: this.#inMemory,
      lastSuccess: this.#lastSuccess,
      lastFailure: this.#lastFailure,
      heldSince: this.#heldSince(),
    };
  }

  #heldSince(): number | undefined {
    if (this.#mode === 'spooling') {
      return this.#spooledSince;
    }
    const oldest = [...this.#lanes.values()].flatMap(
      ({ sending, waiting }) => sending[0] ?? waiting[0] ?? [],
    );
    return oldest.length === 0 ? undefined : Math.min(...oldest.map(({ input }) => input.event.arrivedAt));
  }

  /** Finishes what is under way, for at most `graceMs`; the rest is in the spool afterwards. */
  async stop(graceMs: number): Promise<void> {
    const deadline = delay(graceMs);
    while (this.#mode === 'direct' && this.#inFlight.size > 0) {
      const ended = await Promise.race([Promise.race(this.#inFlight).then(() => true), deadline.over]);
      if (ended !== true) {
        break;
      }
    }
    if (this.#mode === 'direct' && this.#inMemory > 0) {
      this.#spill('this process ends');
    }
    this.#stopping.abort();
    await Promise.race([this.#draining, deadline.over]);
    deadline.clear();
  }

  #sendNext(project: string | null, lane: Lane): void {
    if (lane.sending.length > 0 || this.#mode !== 'direct') {
      return;
    }
    lane.sending = lane.waiting.splice(0, BATCH);
    if (lane.sending.length === 0) {
      this.#lanes.delete(project);
      return;
    }
    const { patience = DISPATCH_DEFAULTS.patience } = this.#options;
    lane.patience = setTimeout(() => this.#spill('Temporal does not answer in time'), patience);
    const sent = this.#send(lane.sending)
      .catch((error: unknown) => {
        this.#failed(error);
        this.#spill('Temporal cannot take events');
      })
      .then(() => {
        clearTimeout(lane.patience);
        this.#inFlight.delete(sent);
        if (this.#mode === 'direct') {
          this.#inMemory -= lane.sending.length;
        }
        lane.sending = [];
        this.#sendNext(project, lane);
      });
    this.#inFlight.add(sent);
  }

  async #send(batch: readonly Outgoing[]): Promise<void> {
    await sendBatch(this.#deps, batch);
    this.#lastSuccess = Date.now();
  }

  #failed(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.#lastFailure = { at: Date.now(), message };
  }

  #goOnWithSpool(): void {
    this.#spill('the spool holds events of an earlier time');
    this.#spooledSince = 0;
  }

  /** From here on everything goes through the spool, what is in memory first. */
  #spill(reason: string): void {
    if (this.#mode === 'spooling') {
      return;
    }
    this.#mode = 'spooling';
    const items = [...this.#lanes.values()].flatMap(({ sending, waiting, patience }) => {
      clearTimeout(patience);
      return [...sending, ...waiting];
    });
    const now = this.#options.now?.() ?? Date.now();
    this.#spooledSince = Math.min(...items.map(({ input }) => input.event.arrivedAt), now);
    this.#lanes.clear();
    this.#inMemory = 0;
    this.#options.logger.warn({ events: items.length, reason }, 'events go to the spool');
    this.#toSpool(items.toSorted((one, other) => one.input.key - other.input.key));
    this.#draining = this.#drain();
  }

  #toSpool(items: readonly Outgoing[]): void {
    const { spool, counters } = this.#options;
    const accepted = spool.append(items);
    if (accepted > 0) {
      counters.count('leecher_events', { outcome: 'spooled' }, accepted);
    }
  }

  async #drain(): Promise<void> {
    await Promise.all(this.#inFlight);
    const { spool, logger, pauses = DISPATCH_DEFAULTS.pauses } = this.#options;
    let empty = true;
    while (empty && spool.state().events > 0) {
      empty = await drainSpool({
        spool,
        send: (batch) => this.#send(batch),
        probe: (item) => this.#options.starter.start(item),
        onFailure: (error) => this.#failed(error),
        pauses,
        signal: this.#stopping.signal,
      });
    }
    // No await since the spool was seen empty: what comes next may go directly.
    if (empty && !this.#stopping.signal.aborted) {
      this.#mode = 'direct';
      logger.info({}, 'the spool is empty; events go to Temporal directly');
    }
  }
}

/** A wait that leaves no timer behind. */
function delay(ms: number): { readonly over: Promise<undefined>; clear(): void } {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  return { over, clear: () => clearTimeout(timer) };
}
