import type { HubCredentials } from '../clients/ftrack/hub/handshake';
import { SELECTABLE, selectedProjects } from '../clients/ftrack/selected-projects';
import type { TemporalClient } from '../clients/temporal/connect';
import { leaseServer, leecherIdentity } from '../clients/temporal/lease';
import { queueStanding } from '../clients/temporal/standing';
import { timings } from '../contracts/timings';
import { actionsOf } from '../leecher/actions';
import { Menu } from '../leecher/actions/menu';
import type { LeaseState } from '../leecher/lease';
import { Lease } from '../leecher/lease';
import type { ServiceContext } from './service';
import { packageVersion } from './version';

export interface Menus {
  readonly menu: Menu;
  /** Asks for the lease from now on; the namespace must be there. @param hears whether events arrive from ftrack */
  begin(hears: () => boolean): void;
  state(): LeaseState;
  /** Answers nothing from here on, and hands the lease over. */
  stop(): Promise<void>;
}

/** ftrack's menus as a leecher answers them while it holds the lease. */
export function menusOf(
  { env, studio, logger, metrics }: ServiceContext,
  { client, credentials }: { readonly client: TemporalClient; readonly credentials: HubCredentials },
): Menus {
  const { addonName, url } = env.ayon;
  let lease: Lease | undefined;
  const actions = actionsOf({
    syncStatus: {
      types: SELECTABLE,
      projectsOf: (selection, signal) => selectedProjects(credentials, selection, signal),
      standingOf: (project) => queueStanding(client, project),
    },
  });
  return {
    menu: new Menu({
      actions,
      lease: { isHeld: () => lease?.isHeld() ?? false },
      icons: `${url}/addons/${addonName}/${studio.addonVersion}/public/icons`,
      logger,
      metrics,
    }),
    begin(hears) {
      const identity = leecherIdentity(packageVersion());
      const scale = env.timeScale === 1 ? {} : { timeScale: env.timeScale };
      const server = leaseServer({ client, identity, ...scale });
      const { outageFirst: retryMs, leaseDeaf: deafMs } = timings(env.timeScale);
      lease = new Lease({ server, logger, retryMs, deafMs, hears });
    },
    state() {
      const state = lease?.state() ?? { lease: 'none' };
      metrics.gauge('leecher_lease', state.lease === 'held' ? 1 : 0);
      return state;
    },
    stop: async () => lease?.stop(),
  };
}
