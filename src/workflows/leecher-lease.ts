import { proxyActivities, setCurrentDetails } from '@temporalio/workflow';
import type { LeaseInput } from '../contracts/lease';
import { LEECHER_TASK_QUEUE } from '../contracts/names';
import { timings } from '../contracts/timings';

/**
 * The lease of the leechers: one activity that never ends. Whichever leecher executes it holds the lease, until its
 * heartbeats stop or it hands it over; the server then gives it to the next one that waits on their task queue. That
 * happens without this workflow, a worker, or an event of its history.
 *
 * It ends only when somebody ends it; a leecher then starts it again.
 */
export async function leecherLease({ timeScale, taskQueue = LEECHER_TASK_QUEUE }: LeaseInput): Promise<void> {
  const { lease, leaseAgain } = timings(timeScale);
  setCurrentDetails("The worker of the activity holdLease is the leecher that answers ftrack's menus.");
  const { holdLease } = proxyActivities<{ holdLease(): Promise<void> }>({
    taskQueue,
    // Silence ends an execution, never its age.
    startToCloseTimeout: '3650 days',
    heartbeatTimeout: lease,
    retry: { initialInterval: leaseAgain, backoffCoefficient: 1 },
  });
  await holdLease();
}
