import { Client, Connection } from '@temporalio/client';
import type { HubCredentials } from '../clients/ftrack/hub/handshake';
import { ownUserId } from '../clients/ftrack/hub/own-user';
import { HUB_TIMINGS, hubTimings } from '../clients/ftrack/hub/timings';
import { keepTrying } from '../clients/keep-trying';
import type { TemporalClient } from '../clients/temporal/connect';
import { CHANNEL } from '../clients/temporal/connect';
import type { TemporalWatch } from '../clients/temporal/watch';
import { startLeecher } from '../leecher';
import type { TemporalStarter } from '../leecher/temporal-starter';
import { temporalStarter } from '../leecher/temporal-starter';
import { Repeats } from '../observability/repeats';
import { menusOf } from './menus';
import type { RunningService, ServiceContext } from './service';
import { runService } from './service';
import { spoolDir } from './spool-dir';
import { connectAndSetUp, watchOver } from './wire';

const HEALTH_PORT = 8081;

/** `ayon-ftrack leech`: the connection to ftrack's event hub. */
export const leechEvents = (): Promise<number> =>
  runService({ name: 'leecher', defaultPort: HEALTH_PORT, start });

/**
 * Listens before Temporal is reached: what arrives meanwhile goes to the spool. Nothing is started before the namespace
 * has our search attributes, or Temporal would refuse events for good.
 */
async function start(context: ServiceContext): Promise<RunningService> {
  const { env, temporal, logger, metrics } = context;
  const connection = Connection.lazy({
    ...temporal.connection,
    address: temporal.address,
    channelArgs: CHANNEL,
  });
  const client = new Client({ connection, namespace: temporal.namespace }) as TemporalClient;
  let watch: TemporalWatch | undefined;
  const notSetUp = `Temporal at ${temporal.address} was not reached yet`;
  let userId: string | undefined;
  const scale = env.timeScale === 1 ? {} : { timeScale: env.timeScale };
  const hub = hubOf(context);
  const menus = menusOf(context, { client, credentials: hub });
  const leecher = await startLeecher({
    ...scale,
    hub,
    starter: once(() => watch !== undefined, temporalStarter({ client, ...scale }), notSetUp),
    spool: { dir: spoolDir(env.spoolDir), maxBytes: env.spoolMax, expectMount: true },
    dispatch: { memory: env.spoolMemory },
    install: env.install,
    ...(env.webhookSecret === undefined ? {} : { webhookSecret: env.webhookSecret }),
    userId: () => userId,
    menu: menus.menu,
    logger,
    metrics,
  });
  inBackground(context, 'Temporal', async () => {
    const setUp = await connectAndSetUp(context);
    await setUp.connection.close();
    watch = watchOver(context, connection);
    menus.begin(() => leecher.hub.status().state === 'delivering');
  });
  inBackground(context, 'our ftrack user', async () => {
    userId = await ourUserId(context, hub);
  });
  return {
    readiness: () => {
      const { ready, problems, ...detail } = leecher.state();
      // Without traffic nobody else would notice that events cannot be handed over.
      const away = watch === undefined ? (context.waitingBecause() ?? `${notSetUp}.`) : watch.problem();
      const waits =
        away === undefined ? [] : [`${away.replace(/\.$/, '')}; what arrives waits in the spool.`];
      return {
        ready: ready && away === undefined,
        detail: { problems: [...problems, ...waits], ...menus.state(), ...detail },
      };
    },
    post: (path, body) => leecher.post(path, body),
    stop: async () => {
      watch?.stop();
      await Promise.all([menus.stop(), leecher.stop()]);
      await connection.close();
    },
  };
}

/** How the event hub is reached. */
const hubOf = ({ env, studio: { ftrack } }: ServiceContext) => ({
  serverUrl: ftrack.server,
  user: ftrack.apiUser,
  apiKey: ftrack.apiKey,
  timings: {
    ...hubTimings(env.hubTimeScale),
    // Leechers vouch with each canary, and the gap fill counts on that.
    canaryEvery: HUB_TIMINGS.canaryEvery / Math.max(env.timeScale, env.hubTimeScale),
  },
});

/** A starter that is "not there" until a condition holds. */
function once(holds: () => boolean, starter: TemporalStarter, otherwise: string): TemporalStarter {
  const check = (): void => {
    if (!holds()) {
      throw new Error(otherwise);
    }
  };
  return {
    start: async (item) => {
      check();
      return starter.start(item);
    },
    enqueue: async (project, tickets) => {
      check();
      return starter.enqueue(project, tickets);
    },
    vouch: async (vouch) => {
      check();
      return starter.vouch(vouch);
    },
  };
}

/** Both tasks retry by themselves; only a stop ends them early. */
function inBackground({ logger, signal }: ServiceContext, what: string, task: () => Promise<void>): void {
  task().catch((error: unknown) => {
    if (!signal.aborted) {
      logger.error({ err: error, what }, 'A task of the start failed');
    }
  });
}

/** Needed to know our own writes where ftrack does not echo the client token. */
function ourUserId(
  { signal, logger }: ServiceContext,
  credentials: HubCredentials,
): Promise<string | undefined> {
  const repeats = new Repeats();
  return keepTrying(() => ownUserId(credentials, signal), {
    signal,
    onRetry: (error) => {
      if (repeats.isNew(String(error))) {
        logger.warn({ err: error }, 'Waiting for ftrack');
      }
    },
  });
}
