import { freePort } from '../clients/temporal/server';
import { installRuntime } from '../observability/runtime';
import { workflowSource } from '../workers/bundle';
import { startProcessor } from '../workers/processor';
import { activitiesOf, ayonClient } from './activities';
import { checkAyon } from './ayon-check';
import { startGapFill } from './gap-fill';
import type { RunningService, ServiceContext } from './service';
import { runService } from './service';
import { connectAndSetUp, watchOver } from './wire';

const HEALTH_PORT = 8082;

/** `ayon-ftrack process`: the worker for workflows and activities. */
export async function processEvents(): Promise<number> {
  const metricsAddress = `127.0.0.1:${await freePort()}`;
  return runService({ name: 'processor', defaultPort: HEALTH_PORT, metricsAddress, start });
}

async function start(context: ServiceContext): Promise<RunningService> {
  const { logger, metricsAddress, temporal } = context;
  installRuntime({ logger, ...(metricsAddress === undefined ? {} : { metricsAddress }) });
  const client = await connectAndSetUp(context);
  await context.untilTemporal(() => startGapFill(context, client));
  const watch = watchOver(context, client.connection);
  const ayon = ayonClient(context);
  const check = checkAyon(context, ayon);
  const processor = startProcessor({
    temporal,
    logger,
    workflows: workflowSource(),
    activities: activitiesOf(context, { client, ayon }),
    untilReachable: (attempt) => context.untilTemporal(attempt),
  });
  return {
    readiness: () => {
      const { state, activities } = processor.state();
      // A worker that runs goes on polling, in vain, while Temporal is away.
      const reason = watch.problem() ?? check.problem();
      const detail = {
        state,
        activities,
        address: temporal.address,
        ayon: check.state(),
        ...(reason === undefined ? {} : { reason }),
      };
      return { ready: state === 'running' && reason === undefined, detail };
    },
    stop: async () => {
      watch.stop();
      const left = await processor.stop();
      await client.connection.close();
      return left;
    },
  };
}
