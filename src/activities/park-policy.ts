import type { SettingsLoader } from '../config/settings';
import type { QueueDeps } from './queue';
import type { ProjectFactsCache } from './sync/facts';

/** An event that parks does not wait long for a setting. */
const PATIENCE_MS = 2_000;

/**
 * Reads `temporal.on_parked` of the project's settings. While AYON cannot tell, and for projects that it does not
 * know, the queue goes on (`park`).
 */
export function createParkPolicy(sources: {
  readonly facts: Pick<ProjectFactsCache, 'of'>;
  readonly settings: Pick<SettingsLoader, 'load'>;
}): QueueDeps['parkPolicy'] {
  const read = async (project: string): Promise<'park' | 'halt'> => {
    const pairing = await sources.facts.of(project);
    if ('skip' in pairing) {
      return 'park';
    }
    const { onParked } = await sources.settings.load(
      pairing.facts.project.name,
      AbortSignal.timeout(PATIENCE_MS),
    );
    return onParked;
  };
  return async (project) => {
    if (project === null) {
      return 'park';
    }
    const late = new Promise<'park'>((resolve) => setTimeout(resolve, PATIENCE_MS, 'park').unref());
    return Promise.race([read(project).catch(() => 'park' as const), late]);
  };
}
