import { inGroup } from '../activities/group';
import { inTurn } from '../activities/in-turn';
import { createQueueActivities } from '../activities/queue';
import { createQueuePolicies } from '../activities/queue-policies';
import { createProjectFacts } from '../activities/sync/facts';
import { createSyncEntities, mayShareTurn } from '../activities/sync-entities';
import type { AyonClient } from '../clients/ayon/client';
import { createAyonClient } from '../clients/ayon/client';
import { createFtrackClient } from '../clients/ftrack/client';
import type { FtrackSessionOptions } from '../clients/ftrack/session';
import type { TemporalClient } from '../clients/temporal/connect';
import { createSettingsLoader } from '../config/settings';
import { clientToken } from '../contracts/topics';
import type { ErrorCode } from '../errors';
import { classOf } from '../errors';
import { Repeats } from '../observability/repeats';
import { gapFillOf } from './gap-fill';
import type { ServiceContext } from './service';

/** AYON asks a refused key to wait; tests do not wait so long. */
const REFUSED_KEY_PAUSE_MS = 10_000;

export const ayonClient = ({ env, studio }: ServiceContext): AyonClient =>
  createAyonClient({
    serverUrl: env.ayon.url,
    apiKey: env.ayon.apiKey,
    sender: env.ayon.serviceName ?? clientToken(env.install),
    addon: { name: env.ayon.addonName, version: studio.addonVersion, variant: env.ayon.variant },
    refusedKeyPause: REFUSED_KEY_PAUSE_MS / env.timeScale,
  });

/** How ftrack is reached and how our writes are marked. */
const ftrackOptions = ({ env, studio }: ServiceContext): FtrackSessionOptions => ({
  serverUrl: studio.ftrack.server,
  user: studio.ftrack.apiUser,
  apiKey: studio.ftrack.apiKey,
  clientToken: clientToken(env.install),
});

/** Everything that the processor's worker can do. */
export function activitiesOf(
  context: ServiceContext,
  { client, ayon }: { readonly client: TemporalClient; readonly ayon: AyonClient },
): object {
  const { logger } = context;
  const repeats = new Repeats();
  const clients = { ayon, ftrack: createFtrackClient(ftrackOptions(context)) };
  const settings = createSettingsLoader(clients.ayon);
  const facts = createProjectFacts({ ...clients, settings });
  const log = {
    info: (fields: object, message: string) => logger.info(fields, message),
    // A step that waits for AYON or ftrack fails once a minute, for days if need be, now at this request, now at that.
    warn: (fields: { readonly eventId?: string; readonly code?: ErrorCode }, message: string) => {
      const { eventId = '', code } = fields;
      const isOutage = code !== undefined && classOf(code) === 'outage';
      if (!isOutage || repeats.isNew(`${eventId} ${code}`)) {
        logger.warn(fields, message);
      }
    },
  };
  const sync = createSyncEntities({ ...clients, facts, log });
  const { parkPolicy, groupTurns } = createQueuePolicies({ facts, settings });
  return {
    ...createQueueActivities({ parkPolicy }),
    ...gapFillOf(context, { client, ftrack: clients.ftrack }),
    syncEntities: inTurn(
      inGroup((input, turn) => sync.syncEntities(input, turn), {
        isWanted: groupTurns,
        mayJoin: mayShareTurn,
      }),
      log,
    ),
  };
}
