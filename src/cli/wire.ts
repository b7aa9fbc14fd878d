import { inTurn } from '../activities/in-turn';
import { createParkPolicy } from '../activities/park-policy';
import { createQueueActivities } from '../activities/queue';
import { createProjectFacts } from '../activities/sync/facts';
import { createSyncEntities } from '../activities/sync-entities';
import type { AyonClient } from '../clients/ayon/client';
import { createAyonClient } from '../clients/ayon/client';
import { createFtrackClient } from '../clients/ftrack/client';
import type { FtrackSessionOptions } from '../clients/ftrack/session';
import type { TemporalClient } from '../clients/temporal/connect';
import { connectTemporal } from '../clients/temporal/connect';
import { setUpNamespace } from '../clients/temporal/setup';
import type { Asked, TemporalWatch } from '../clients/temporal/watch';
import { watchTemporal } from '../clients/temporal/watch';
import { createSettingsLoader } from '../config/settings';
import { clientToken } from '../contracts/topics';
import type { ServiceContext } from './service';

/**
 * Waits for Temporal, gives its namespace what we need, and connects.
 * @returns a client; close its connection at the end.
 */
export function connectAndSetUp({
  temporal,
  logger,
  untilTemporal,
}: ServiceContext): Promise<TemporalClient> {
  return untilTemporal(async () => {
    const client = await connectTemporal(temporal);
    try {
      const setUp = await setUpNamespace(client.connection, temporal.namespace);
      for (const warning of setUp.warnings) {
        logger.warn({ reason: warning }, "Temporal's namespace is not as it should be");
      }
      return client;
    } catch (error) {
      await client.connection.close();
      throw error;
    }
  });
}

const WATCH_EVERY_MS = 10_000;
const WATCH_ANSWER_MS = 5_000;

/** Keeps an eye on Temporal from now on, for `/readyz`. */
export const watchOver = ({ env, temporal, logger }: ServiceContext, connection: Asked): TemporalWatch =>
  watchTemporal({
    config: temporal,
    connection,
    timings: { every: WATCH_EVERY_MS / env.timeScale, answer: WATCH_ANSWER_MS },
    onChange: (reason) =>
      reason === undefined
        ? logger.info({ address: temporal.address }, 'Temporal answers again')
        : logger.warn({ reason }, 'Temporal went away'),
  });

const ayonClient = ({ env, studio }: ServiceContext): AyonClient =>
  createAyonClient({
    serverUrl: env.ayon.url,
    apiKey: env.ayon.apiKey,
    sender: env.ayon.serviceName ?? clientToken(env.install),
    addon: { name: env.ayon.addonName, version: studio.addonVersion, variant: env.ayon.variant },
  });

/** How ftrack is reached and how our writes are marked. */
export const ftrackOptions = ({ env, studio }: ServiceContext): FtrackSessionOptions => ({
  serverUrl: studio.ftrack.server,
  user: studio.ftrack.apiUser,
  apiKey: studio.ftrack.apiKey,
  clientToken: clientToken(env.install),
});

/** Everything that the processor's worker can do. */
export function activitiesOf(context: ServiceContext): object {
  const { logger } = context;
  const clients = { ayon: ayonClient(context), ftrack: createFtrackClient(ftrackOptions(context)) };
  const settings = createSettingsLoader(clients.ayon);
  const facts = createProjectFacts({ ...clients, settings });
  const log = {
    info: (fields: object, message: string) => logger.info(fields, message),
    warn: (fields: object, message: string) => logger.warn(fields, message),
  };
  const sync = createSyncEntities({ ...clients, facts, log });
  return {
    ...createQueueActivities({ parkPolicy: createParkPolicy({ facts, settings }) }),
    syncEntities: inTurn((input, turn) => sync.syncEntities(input, turn), log),
  };
}
