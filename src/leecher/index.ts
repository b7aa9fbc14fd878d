import { HubClock } from '../clients/ftrack/hub/clock';
import type { Hub, HubOptions } from '../clients/ftrack/hub/hub';
import { startHub } from '../clients/ftrack/hub/hub';
import { FTRACK_TOPICS } from '../contracts/topics';
import type { Menu } from './actions/menu';
import type { DispatchOptions } from './dispatch';
import { Dispatcher } from './dispatch';
import { Intake } from './intake';
import type { SpoolSetting } from './open-spool';
import { openSpool } from './open-spool';
import type { Parts } from './problems';
import { noticesOf, problemsOf } from './problems';
import type { SpoolState } from './spool/spool';
import type { LeecherLogger, LeecherMetrics } from './telemetry';
import { Counters } from './telemetry';
import type { TemporalStarter } from './temporal-starter';
import { Voucher } from './voucher';
import type { HookAnswer } from './webhooks';
import { Webhooks } from './webhooks';

export interface LeecherOptions {
  readonly hub: Pick<HubOptions, 'serverUrl' | 'user' | 'apiKey' | 'timings'>;
  /** `temporalStarter({ client })` in production. */
  readonly starter: TemporalStarter;
  readonly spool: SpoolSetting;
  /** Name of this installation, part of our client token. */
  readonly install: string;
  /** ftrack id of the user that the product writes as, once somebody has found it out. */
  userId?(): string | undefined;
  /** Takes ftrack's webhooks too; their address ends in this. */
  readonly webhookSecret?: string;
  /** Answers ftrack's menus. */
  readonly menu?: Pick<Menu, 'subscriptions' | 'take'>;
  readonly logger: LeecherLogger;
  readonly metrics: LeecherMetrics;
  readonly timeScale?: number;
  readonly dispatch?: Pick<DispatchOptions, 'memory' | 'patience' | 'pauses'>;
}

interface LeecherState extends Parts {
  /** No problems. */
  readonly ready: boolean;
  /** One sentence each: what is not as it should be. */
  readonly problems: readonly string[];
  /** One sentence each: what works all the same, and somebody should look at. */
  readonly notices: readonly string[];
  /** Totals since the start, such as `leecher_skipped/team`. */
  readonly counts: Readonly<Record<string, number>>;
}

export interface Leecher {
  readonly hub: Hub;
  state(): LeecherState;
  /** Takes a webhook of ftrack; undefined when the path is none of ours. */
  post(path: string, body: string): HookAnswer | undefined;
  /** Ends the connection, hands over what is under way or leaves it in the spool, within about 5 s. */
  stop(): Promise<void>;
}

const STOP_MS = 4_000;
const GAUGES_MS = 1_000;
/** How long the hub may take to tell what a webhook told. */
const WEBHOOK_WAIT_MS = 10_000;
/** A difference of clocks is told again when it has changed by more. */
const TOLD_CLOCK_MS = 60_000;
/** Pause before the gap fill is told again. */
const VOUCH_AGAIN_MS = 5_000;

/**
 * Connects to ftrack's event hub and hands every event that concerns us to Temporal, or to the spool while Temporal
 * cannot take it. Returns when the spool is open; connections are made, and made again, behind. It listens before that:
 * the lock of a killed leecher takes 10 s to grow old, and ftrack tells nothing twice.
 * @throws Error with one sentence when another leecher uses the spool or the ftrack address is none.
 */
export async function startLeecher(options: LeecherOptions): Promise<Leecher> {
  const { logger, starter, dispatch } = options;
  const counters = new Counters(options.metrics);
  const memory = dispatch?.memory === undefined ? {} : { memory: dispatch.memory };
  const clock = new HubClock();
  const now = (): number => clock.now();
  const intake = new Intake({ ...options, ...memory, now }, counters);
  const voucher = new Voucher({
    send: (vouch) => starter.vouch(vouch),
    logger,
    retryMs: VOUCH_AGAIN_MS / (options.timeScale ?? 1),
  });
  const hub = connect(options, counters, { intake, voucher, clock });
  const tools = { counters, logger, now, ...memory };
  const { spool, gaps, leecher, refuse } = await openSpool(options.spool, tools).catch((error: unknown) => {
    hub.stop();
    throw error;
  });
  const dispatcher = new Dispatcher({ starter, spool, counters, logger, now, ...dispatch });
  intake.handTo(dispatcher, refuse);
  voucher.start({ leecher, dispatcher, gaps });
  const webhooks = webhooksOf(options, { hub, intake, counters });
  const gauges = setInterval(() => report(), GAUGES_MS);
  gauges.unref();

  function state(): LeecherState {
    const { maxBytes, dir } = options.spool;
    const parts = {
      hub: hub.status(),
      temporal: dispatcher.state(),
      spool: { ...spool.state(), maxBytes },
      gaps: gaps.list,
    };
    const problems = problemsOf(parts);
    const notices = noticesOf(parts.spool, dir);
    return { ready: problems.length === 0, problems, notices, ...parts, counts: counters.totals() };
  }
  function report(): void {
    const { hub: hubStatus, temporal, spool: spooled } = state();
    options.metrics.gauge('leecher_hub_delivering', hubStatus.state === 'delivering' ? 1 : 0);
    options.metrics.gauge('leecher_in_memory', temporal.inMemory + spooled.inMemory);
    options.metrics.gauge('leecher_spool_events', spooled.events);
    options.metrics.gauge('leecher_spool_bytes', spooled.bytes);
    options.metrics.gauge('leecher_spool_failing', spooled.problem === undefined ? 0 : 1);
  }
  async function stop(): Promise<void> {
    hub.stop();
    webhooks?.stop();
    voucher.stop();
    clearInterval(gauges);
    await dispatcher.stop(STOP_MS);
    await spool.close();
    tellEnd(spool.state(), logger);
  }
  return { hub, state, post: (path, body) => webhooks?.take(path, body), stop };
}

function tellEnd({ events, inMemory, problem }: SpoolState, logger: LeecherLogger): void {
  const left = events - inMemory;
  logger.info(
    { left },
    left === 0 ? 'leecher stopped' : 'leecher stopped; the spool keeps events for the next start',
  );
  if (inMemory > 0) {
    logger.error(
      { events: inMemory, problem },
      "events die with this process, since the spool cannot be written; the gap fill reads their changes again from ftrack's log",
    );
  }
}

function webhooksOf(
  { webhookSecret, hub: { serverUrl }, logger, timeScale = 1 }: LeecherOptions,
  { hub, ...parts }: { readonly hub: Hub; readonly intake: Intake; readonly counters: Counters },
): Webhooks | undefined {
  const isDelivering = (): boolean => hub.status().state === 'delivering';
  const waitMs = WEBHOOK_WAIT_MS / timeScale;
  return webhookSecret === undefined
    ? undefined
    : new Webhooks({ secret: webhookSecret, serverUrl, isDelivering, logger, waitMs }, parts);
}

function connect(
  options: LeecherOptions,
  counters: Counters,
  {
    intake,
    voucher,
    clock,
  }: { readonly intake: Intake; readonly voucher: Voucher; readonly clock: HubClock },
): Hub {
  let toldAhead = 0;
  const { menu } = options;
  const hub = startHub({
    ...options.hub,
    clock,
    subscriptions: [...FTRACK_TOPICS.map((topic) => `topic=${topic}`), ...(menu?.subscriptions ?? [])],
    onEvent: (raw) => {
      const isMenu = menu?.take(raw, (data) => hub.reply(raw, data)) ?? false;
      if (!isMenu) {
        intake.accept(raw);
      }
    },
    onStatus: (status) => {
      const facts = { ...status };
      if (status.state === 'delivering') {
        options.logger.info(facts, 'events arrive from ftrack');
      } else if (status.reason !== undefined && status.state !== 'connected') {
        options.logger.warn(facts, 'no events arrive from ftrack');
      }
      const { hostAhead } = clock;
      if (hostAhead === 0) {
        toldAhead = 0;
      } else if (toldAhead === 0 || Math.abs(hostAhead - toldAhead) > TOLD_CLOCK_MS) {
        toldAhead = hostAhead;
        options.logger.warn(
          { aheadMs: hostAhead },
          "this host's clock differs from ftrack's, whose time is used for what arrives; set the host's clock",
        );
      }
    },
    onProof: (proof) => voucher.prove(proof),
    count: (what) => counters.count('leecher_hub', { what }),
  });
  return hub;
}
