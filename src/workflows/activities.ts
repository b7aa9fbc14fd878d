import { ActivityCancellationType, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { QueueActivities } from '../activities/queue-messages';
import type { StepInput, StepResult } from '../activities/step';
import type { Timings } from '../contracts/timings';

/** Names of the handlers' activities; one per handler. */
export interface StepActivities {
  syncEntities(input: StepInput): Promise<StepResult>;
}

/** Calls to Temporal itself: as local activities they cost no workflow task of their own. */
export const queueActivities = (timings: Timings): QueueActivities =>
  proxyLocalActivities<QueueActivities>({
    startToCloseTimeout: '10 s',
    localRetryThreshold: '10 s',
    // Beyond the threshold the server's timers wait, which costs history: hence ever longer pauses.
    retry: { initialInterval: 200, maximumInterval: timings.startDelay },
  });

/**
 * Steps of handlers. Only outages are retried here, for ever (failures of the other classes are marked
 * non-retryable and come back to the workflow, which counts tries and parks). No scheduleToClose: an outage of days
 * is waited out. A cancelled step is awaited, so that a turn never ends under a running write.
 */
export const stepActivities = (timings: Timings): StepActivities =>
  proxyActivities<StepActivities>({
    startToCloseTimeout: timings.activity,
    heartbeatTimeout: timings.heartbeat,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: {
      initialInterval: timings.outageFirst,
      backoffCoefficient: 2,
      maximumInterval: timings.outageMax,
    },
  });
