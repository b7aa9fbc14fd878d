import { statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** AYON's service host binds `/storage` of the machine into each service. */
const STORAGE = '/storage';

/**
 * Where the leecher keeps what Temporal cannot take: the given folder, else `ayon-ftrack/spool` on the `/storage`
 * mount, else in the user's state folder.
 */
export function spoolDir(
  given: string | undefined,
  { home = os.homedir(), storage = STORAGE, isMount = isMounted } = {},
): string {
  if (given !== undefined) {
    return path.resolve(given);
  }
  const base = isMount(storage) ? storage : path.join(home, '.local', 'state');
  return path.join(base, 'ayon-ftrack', 'spool');
}

/** Whether a folder exists and is on another device than the root. */
function isMounted(folder: string): boolean {
  const info = statSync(folder, { throwIfNoEntry: false });
  return info !== undefined && info.dev !== statSync(path.parse(folder).root).dev;
}
