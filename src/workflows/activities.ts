import { ActivityCancellationType, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { GapFillActivities } from '../activities/gap-fill';
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
 * Only outages are retried by Temporal, for ever (failures of the other classes are marked non-retryable and come back to
 * the workflow). No scheduleToClose: an outage of days is waited out.
 */
const waitingOut = (timings: Timings) => ({
  startToCloseTimeout: timings.activity,
  heartbeatTimeout: timings.heartbeat,
  retry: {
    initialInterval: timings.outageFirst,
    backoffCoefficient: 2,
    maximumInterval: timings.outageMax,
  },
});

/**
 * Steps of handlers; the workflow counts their tries and parks. A cancelled step is awaited, so that a turn never ends
 * under a running write.
 */
export const stepActivities = (timings: Timings): StepActivities =>
  proxyActivities<StepActivities>({
    ...waitingOut(timings),
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });

/** Looks at ftrack's Event log. */
export const gapFillActivities = (timings: Timings): GapFillActivities =>
  proxyActivities<GapFillActivities>(waitingOut(timings));
