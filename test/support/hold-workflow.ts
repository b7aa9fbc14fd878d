import { proxyActivities } from '@temporalio/workflow';

const { hold } = proxyActivities<{ hold(): Promise<string> }>({
  startToCloseTimeout: '1 minute',
  retry: { maximumAttempts: 1 },
});

/** Runs one activity; the test decides when it ends. */
export const holdOn = (): Promise<string> => hold();
