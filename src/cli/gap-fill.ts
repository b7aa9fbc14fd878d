import type { GapFillActivities, MissedEvent } from '../activities/gap-fill';
import { createGapFill } from '../activities/gap-fill';
import type { FtrackClient } from '../clients/ftrack/client';
import { ownUserId } from '../clients/ftrack/hub/own-user';
import { acceptedSince } from '../clients/temporal/accepted';
import type { TemporalClient } from '../clients/temporal/connect';
import { gapFillStart } from '../contracts/gap-fill';
import { WORKFLOW } from '../contracts/names';
import { temporalStarter } from '../leecher/temporal-starter';
import type { ServiceContext } from './service';

const scaleOf = ({ env }: ServiceContext) => (env.timeScale === 1 ? {} : { timeScale: env.timeScale });

/** The activities that read ftrack's Event log behind the leechers. */
export function gapFillOf(
  context: ServiceContext,
  { client, ftrack }: { readonly client: TemporalClient; readonly ftrack: FtrackClient },
): GapFillActivities {
  const { studio, logger } = context;
  const starter = temporalStarter({ client, ...scaleOf(context) });
  const own = { serverUrl: studio.ftrack.server, user: studio.ftrack.apiUser, apiKey: studio.ftrack.apiKey };
  let userId: string | undefined;
  const handOver = async (items: readonly MissedEvent[]): Promise<string[]> => {
    const started = await Promise.all(
      items.map(async (item) => ({ item, result: await starter.start(item) })),
    );
    const tickets = started.flatMap(({ item, result }) => {
      if (result === 'rejected') {
        logger.error({ workflowId: item.id }, 'Temporal rejects an event of the gap fill; report this line');
      }
      return typeof result === 'string' ? [] : [{ id: item.id, run: result.run, key: item.input.key }];
    });
    if (tickets.length > 0) {
      await starter.enqueue(items[0]?.input.project ?? null, tickets);
    }
    return started.flatMap(({ item, result }) => (result === 'rejected' ? [item.id] : []));
  };
  return createGapFill({
    ftrack,
    accepted: (since) => acceptedSince(client, since),
    handOver,
    ownUserId: async (signal) => {
      userId ??= await ownUserId(own, signal);
      return userId;
    },
  });
}

/** Makes sure that the one workflow runs, also where no leecher ever came up. */
export async function startGapFill(context: ServiceContext, client: TemporalClient): Promise<void> {
  await client.workflow.start(WORKFLOW.gapFill, {
    ...gapFillStart(scaleOf(context)),
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
}
