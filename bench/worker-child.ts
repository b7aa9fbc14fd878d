import { DefaultLogger, Runtime } from '@temporalio/worker';
import pino from 'pino';
import { inGroup } from '../src/activities/group';
import { inTurn } from '../src/activities/in-turn';
import { createQueueActivities } from '../src/activities/queue';
import type { StepResult } from '../src/activities/step';
import { startProcessor } from '../src/workers/processor';

/**
 * The processor of the throughput bench, a process of its own: the product's worker with its limits, queue activities
 * and turn check; only the step itself does nothing. Its parent hears how many steps ran.
 */
const [address = '', bundle = '', mode = ''] = process.argv.slice(2);
const REPORT_MS = 20;

let steps = 0;
let told = 0;

async function step(): Promise<StepResult> {
  steps += 1;
  return { outcome: 'applied', summary: 'did nothing', scope: {} };
}

const group = { isWanted: () => Promise.resolve(mode === 'groups'), mayJoin: () => true };
const ignore = (): void => undefined;
const logger = pino({ level: 'error' });
Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
const processor = startProcessor({
  temporal: { address, namespace: 'default', connection: {} },
  workflows: { bundle },
  activities: {
    ...createQueueActivities({ parkPolicy: () => Promise.resolve('park') }),
    syncEntities: inTurn(inGroup(step, group), { info: ignore, warn: ignore }),
  },
  logger,
  untilReachable: (attempt) => attempt(),
});

setInterval(() => {
  const { state } = processor.state();
  if (told !== steps || state !== 'running' || told === 0) {
    told = steps;
    process.send?.({ state, steps });
  }
}, REPORT_MS);
process.once('disconnect', () => process.exit(0));
