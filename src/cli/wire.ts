import type { TemporalClient } from '../clients/temporal/connect';
import { connectTemporal } from '../clients/temporal/connect';
import { setUpNamespace } from '../clients/temporal/setup';
import type { Asked, TemporalWatch } from '../clients/temporal/watch';
import { watchTemporal } from '../clients/temporal/watch';
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
