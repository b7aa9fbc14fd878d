import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { EventInput } from '../src/contracts/messages';
import { timings as timingsOf } from '../src/contracts/timings';
import { stepActivities } from '../src/workflows/activities';
import { HANDLERS } from '../src/workflows/handlers';
import { keyword } from '../src/workflows/search-attributes';

/** What the throughput bench runs: the product's own workflows, and the floor that they are compared with. */
export { handleEvent, projectQueue } from '../src/workflows';

/**
 * An event without order: the same handlers, steps, details and closing search attribute as `handleEvent`, but no turn
 * is asked for, confirmed or given back, and nobody can retry, skip or park it.
 */
export async function unorderedEvent({ event, project, timeScale }: EventInput): Promise<void> {
  if (event === undefined) {
    return;
  }
  const steps = stepActivities(timingsOf(timeScale));
  // Nothing resets these runs, so that a run may well give the turn to itself.
  const turn = { run: workflowInfo().runId, number: 0 };
  for (const handler of HANDLERS.filter((each) => each.wants(event))) {
    const { summary } = await handler.run(steps, { event, project, turn });
    setCurrentDetails(summary);
  }
  upsertSearchAttributes([keyword('SyncOutcome', 'applied')]);
}
