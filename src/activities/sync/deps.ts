import type { AyonClient } from '../../clients/ayon/client';
import type { FtrackClient } from '../../clients/ftrack/client';
import type { SettingsLoader } from '../../config/settings';
import type { ProjectFactsCache } from './facts';

/** What the sync needs; the process wires it once. */
export interface SyncDeps {
  readonly ftrack: FtrackClient;
  readonly ayon: AyonClient;
  readonly facts: ProjectFactsCache;
  readonly log: { readonly warn: (fields: object, message: string) => void };
}

/** What the facts cache reads from. */
export interface FactsSources {
  readonly ftrack: Pick<FtrackClient, 'facts' | 'state'>;
  readonly ayon: Pick<AyonClient, 'me' | 'projects' | 'project' | 'attributes' | 'users'>;
  readonly settings: SettingsLoader;
}
