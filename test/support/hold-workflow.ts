import { proxyActivities } from '@temporalio/workflow';
import { spinFor } from './spin';

const { hold } = proxyActivities<{ hold(): Promise<string> }>({
  startToCloseTimeout: '1 minute',
  retry: { maximumAttempts: 1 },
});

/** Runs one activity; the test decides when it ends. */
export const holdOn = (): Promise<string> => hold();

/** Holds the workflow thread itself once an activity has ended, as a host that stands still does. */
export async function spin(rounds: number): Promise<number> {
  await hold();
  return spinFor(rounds);
}
