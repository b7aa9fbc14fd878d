import type { Hub, HubOptions, HubStatus } from '../clients/ftrack/hub/hub';
import { startHub } from '../clients/ftrack/hub/hub';
import { FTRACK_TOPICS } from '../contracts/topics';
import { ArrivalClock } from './arrival';
import type { DispatchOptions, DispatchState } from './dispatch';
import { DISPATCH_DEFAULTS, Dispatcher } from './dispatch';
import { skipReason } from './filter';
import type { Outgoing } from './outgoing';
import { outgoingOf, readOutgoing } from './outgoing';
import type { ParsedEvent } from './parse';
import { parseEvent } from './parse';
import { isOnRootFileSystem } from './spool/segments';
import type { SpoolState } from './spool/spool';
import { Spool } from './spool/spool';
import type { LeecherLogger, LeecherMetrics } from './telemetry';
import { Counters } from './telemetry';
import type { TemporalStarter } from './temporal-starter';
import { Voucher } from './voucher';

export interface LeecherOptions {
  readonly hub: Pick<HubOptions, 'serverUrl' | 'user' | 'apiKey' | 'timings'>;
  /** `temporalStarter({ client })` in production. */
  readonly starter: TemporalStarter;
  readonly spool: {
    readonly dir: string;
    /** Warn when the directory would die with a container. */
    readonly expectMount?: boolean;
    /** How long to wait for the lock of a leecher that may be gone, ms. */
    readonly lockWaitMs?: number;
  };
  /** Name of this installation, part of our client token. */
  readonly install: string;
  /** ftrack id of the user that the product writes as, once somebody has found it out. */
  userId?(): string | undefined;
  readonly logger: LeecherLogger;
  readonly metrics: LeecherMetrics;
  readonly timeScale?: number;
  readonly dispatch?: Pick<DispatchOptions, 'memory' | 'patience' | 'pauses'>;
}

interface LeecherState {
  /** No problems. */
  readonly ready: boolean;
  /** One sentence each: what is not as it should be. */
  readonly problems: readonly string[];
  readonly hub: HubStatus;
  readonly temporal: DispatchState;
  readonly spool: SpoolState;
  /** Totals since the start, such as `leecher_skipped/team`. */
  readonly counts: Readonly<Record<string, number>>;
}

export interface Leecher {
  readonly hub: Hub;
  state(): LeecherState;
  /** Ends the connection, hands over what is under way or leaves it in the spool, within about 5 s. */
  stop(): Promise<void>;
}

const STOP_MS = 4_000;
const GAUGES_MS = 1_000;
/** Pause before the gap fill is told again. */
const VOUCH_AGAIN_MS = 5_000;
/** Longer than the deadline of one request to Temporal. */
const CATCHING_UP_MS = 15_000;

/**
 * Connects to ftrack's event hub and hands every event that concerns us to Temporal, or to the spool while Temporal
 * cannot take it. Returns when the spool is open; connections are made, and made again, behind. It listens before that:
 * the lock of a killed leecher takes 10 s to grow old, and ftrack tells nothing twice.
 * @throws Error with one sentence when the spool cannot be used or the ftrack address is none.
 */
export async function startLeecher(options: LeecherOptions): Promise<Leecher> {
  const { logger, starter, dispatch } = options;
  const counters = new Counters(options.metrics);
  const intake = new Intake(options, counters);
  const voucher = new Voucher({
    send: (vouch) => starter.vouch(vouch),
    logger,
    retryMs: VOUCH_AGAIN_MS / (options.timeScale ?? 1),
  });
  const hub = connect(options, counters, { intake, voucher });
  const spool = await openSpool(options, counters).catch((error: unknown) => {
    hub.stop();
    throw error;
  });
  const dispatcher = new Dispatcher({ starter, spool, counters, logger, ...dispatch });
  intake.handTo(dispatcher);
  voucher.listenTo(dispatcher);
  const gauges = setInterval(() => report(), GAUGES_MS);
  gauges.unref();

  function state(): LeecherState {
    const parts = { hub: hub.status(), temporal: dispatcher.state(), spool: spool.state() };
    const problems = problemsOf(parts);
    return { ready: problems.length === 0, problems, ...parts, counts: counters.totals() };
  }
  function report(): void {
    const { hub: hubStatus, temporal, spool: spooled } = state();
    options.metrics.gauge('leecher_hub_delivering', hubStatus.state === 'delivering' ? 1 : 0);
    options.metrics.gauge('leecher_in_memory', temporal.inMemory + spooled.inMemory);
    options.metrics.gauge('leecher_spool_events', spooled.events);
    options.metrics.gauge('leecher_spool_bytes', spooled.bytes);
  }
  async function stop(): Promise<void> {
    hub.stop();
    voucher.stop();
    clearInterval(gauges);
    await dispatcher.stop(STOP_MS);
    await spool.close();
    const left = spool.state().events;
    logger.info(
      { left },
      left === 0 ? 'leecher stopped' : 'leecher stopped; the spool keeps events for the next start',
    );
  }
  return { hub, state, stop };
}

async function openSpool(
  { spool, logger, dispatch }: LeecherOptions,
  counters: Counters,
): Promise<Spool<Outgoing>> {
  const { dir, lockWaitMs, expectMount = false } = spool;
  const opened = await Spool.open<Outgoing>({
    dir,
    read: readOutgoing,
    onTrouble: (what, message) => {
      counters.count('leecher_spool', { what });
      logger.error({ dir, what, problem: message }, 'trouble with the spool');
    },
    memory: dispatch?.memory ?? DISPATCH_DEFAULTS.memory,
    ...(lockWaitMs === undefined ? {} : { lockWaitMs }),
  });
  if (expectMount && (await isOnRootFileSystem(dir))) {
    logger.warn(
      { dir },
      'the spool is not on a mount: its events die with the container; mount a volume at SPOOL_DIR',
    );
  }
  return opened;
}

function connect(
  options: LeecherOptions,
  counters: Counters,
  { intake, voucher }: { readonly intake: Intake; readonly voucher: Voucher },
): Hub {
  return startHub({
    ...options.hub,
    subscriptions: FTRACK_TOPICS.map((topic) => `topic=${topic}`),
    onEvent: (raw) => intake.accept(raw),
    onStatus: (status) => {
      const facts = { ...status };
      if (status.state === 'delivering') {
        options.logger.info(facts, 'events arrive from ftrack');
      } else if (status.reason !== undefined) {
        options.logger.warn(facts, 'no events arrive from ftrack');
      }
    },
    onProof: (proof) => voucher.prove(proof),
    count: (what) => counters.count('leecher_hub', { what }),
  });
}

/** From the socket to the dispatcher: parse, filter, stamp, split. */
class Intake {
  readonly #options: LeecherOptions;
  readonly #counters: Counters;
  /** What arrived before there was a dispatcher. */
  readonly #early: Outgoing[] = [];
  #dispatcher: Dispatcher | undefined;
  readonly #clock = new ArrivalClock();
  readonly #told = new Set<string>();

  constructor(options: LeecherOptions, counters: Counters) {
    this.#options = options;
    this.#counters = counters;
  }

  /** From here on events go there, those that arrived already first. */
  handTo(dispatcher: Dispatcher): void {
    this.#dispatcher = dispatcher;
    dispatcher.offer(this.#early.splice(0));
  }

  /** Never throws: what cannot be handled is counted and told, the hub would only count it. */
  accept(raw: unknown): void {
    this.#counters.count('leecher_events', { outcome: 'received' });
    try {
      this.#handOver(raw);
    } catch (error) {
      this.#counters.count('leecher_events', { outcome: 'failed' });
      const eventId = typeof raw === 'object' && raw !== null ? Reflect.get(raw, 'id') : undefined;
      this.#options.logger.error(
        { err: error, eventId: typeof eventId === 'string' ? eventId.slice(0, 200) : undefined },
        'an event from ftrack failed in the leecher and is lost here; repeat that edit in ftrack and report this line',
      );
    }
  }

  #handOver(raw: unknown): void {
    const parsed = parseEvent(raw, this.#clock.now());
    if (typeof parsed === 'string') {
      this.#counters.count('leecher_skipped', { reason: parsed });
      this.#once(parsed, 'an event from ftrack cannot be read and is skipped; further ones are only counted');
      return;
    }
    const { install } = this.#options;
    const reason = skipReason(parsed, { install, userId: this.#options.userId?.() });
    if (reason !== undefined) {
      this.#counters.count('leecher_skipped', { reason });
    }
    if (reason === undefined || reason === 'without-entities') {
      this.#tellLeftOut(parsed);
    }
    if (reason === undefined) {
      const items = outgoingOf(parsed.event, this.#clock, this.#options.timeScale);
      if (this.#dispatcher === undefined) {
        this.#keepEarly(items);
      } else {
        this.#dispatcher.offer(items);
      }
    }
  }

  #keepEarly(items: readonly Outgoing[]): void {
    const room = (this.#options.dispatch?.memory ?? DISPATCH_DEFAULTS.memory) - this.#early.length;
    this.#early.push(...items.slice(0, Math.max(0, room)));
    if (items.length > room) {
      this.#counters.count('leecher_events', { outcome: 'lost' }, items.length - Math.max(0, room));
      this.#once(
        'spool-not-open',
        'events are lost: memory is full before the spool could be opened; repeat those edits in ftrack',
      );
    }
  }

  #tellLeftOut(parsed: ParsedEvent): void {
    for (const [what, count] of Object.entries(parsed.leftOut)) {
      this.#counters.count('leecher_left_out', { reason: what }, count);
      this.#once(
        what,
        'a part of an ftrack event cannot be read and is left out; further ones are only counted',
      );
    }
  }

  /** A server that sends nonsense would otherwise fill the log as well. */
  #once(reason: string, message: string): void {
    if (!this.#told.has(reason)) {
      this.#told.add(reason);
      this.#options.logger.warn({ reason }, message);
    }
  }
}

const HUB_PROBLEMS = {
  connecting: "ftrack's event hub is being connected.",
  connected: "ftrack's event hub is connected and has yet to prove that it delivers.",
  refused: 'ftrack refuses our credentials.',
  closed: "The connection to ftrack's event hub was closed because this process ends.",
} as const;

function problemsOf({ hub, temporal, spool }: Pick<LeecherState, 'hub' | 'temporal' | 'spool'>): string[] {
  const problems: string[] = [];
  if (hub.state !== 'delivering') {
    problems.push(hub.reason ?? HUB_PROBLEMS[hub.state]);
  }
  if (temporal.mode === 'spooling' && !isCatchingUp(temporal)) {
    const why = temporal.lastFailure === undefined ? '' : ` (${temporal.lastFailure.message})`;
    problems.push(
      `Temporal does not take events${why}; ${spool.events} wait in the spool and follow by themselves.`,
    );
  }
  return spool.problem === undefined ? problems : [...problems, spool.problem];
}

/** The spool is being drained: a matter of time, not a problem. */
function isCatchingUp({ lastSuccess, lastFailure }: DispatchState): boolean {
  return (
    lastSuccess !== undefined &&
    lastSuccess > (lastFailure?.at ?? 0) &&
    Date.now() - lastSuccess < CATCHING_UP_MS
  );
}
