import type { Settings, SettingsLoader } from '../config/settings';
import type { GroupDeps } from './group';
import type { QueueDeps } from './queue';
import type { ProjectFactsCache } from './sync/facts';

/** Neither an event that parks nor one that has its turn waits long for a setting. */
const PATIENCE_MS = 2_000;

/**
 * Reads a project's settings `temporal.on_parked` and `temporal.group_turns`. While AYON cannot tell, and for projects
 * that it does not know, the queue goes on (`park`), and each event has its own turn.
 */
export function createQueuePolicies(sources: {
  readonly facts: Pick<ProjectFactsCache, 'of'>;
  readonly settings: Pick<SettingsLoader, 'load'>;
}): { readonly parkPolicy: QueueDeps['parkPolicy']; readonly groupTurns: GroupDeps['isWanted'] } {
  const read = async (project: string): Promise<Settings | undefined> => {
    const pairing = await sources.facts.of(project);
    return 'skip' in pairing
      ? undefined
      : sources.settings.load(pairing.facts.project.name, AbortSignal.timeout(PATIENCE_MS));
  };
  const settingsOf = (project: string | null): Promise<Settings | undefined> => {
    if (project === null) {
      return Promise.resolve(undefined);
    }
    const late = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE_MS, undefined).unref());
    return Promise.race([read(project).catch(() => undefined), late]);
  };
  return {
    parkPolicy: async (project) => (await settingsOf(project))?.onParked ?? 'park',
    // Under `halt` nothing behind an event that parks may reach AYON before it.
    groupTurns: async (project) => {
      const settings = await settingsOf(project);
      return settings !== undefined && settings.groupTurns && settings.onParked !== 'halt';
    },
  };
}
