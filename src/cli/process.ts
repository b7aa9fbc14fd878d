import { freePort } from '../clients/temporal/server';
import { installRuntime } from '../observability/runtime';
import { workflowSource } from '../workers/bundle';
import { startProcessor } from '../workers/processor';
import { activitiesOf } from './activities';
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
  const watch = watchOver(context, client.connection);
  const processor = startProcessor({
    temporal,
    logger,
    workflows: workflowSource(),
    activities: activitiesOf(context),
    untilReachable: (attempt) => context.untilTemporal(attempt),
  });
  return {
    readiness: () => {
      const { state, activities } = processor.state();
      // A worker that runs goes on polling, in vain, while Temporal is away.
      const reason = watch.problem();
      const detail = {
        state,
        activities,
        address: temporal.address,
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
