import { statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export interface SpoolDir {
  readonly dir: string;
  /** False when it lies on the container's own disk and would be gone with it. */
  readonly onMount: boolean;
}

/** AYON's service host binds `/storage` of the machine into each service. */
const STORAGE = '/storage';

/**
 * Where the leecher keeps what Temporal cannot take: the given folder, else `ayon-ftrack/spool` on the `/storage`
 * mount, else in the user's state folder.
 */
export function spoolDir(given: string | undefined, home = os.homedir()): SpoolDir {
  if (given !== undefined) {
    return { dir: path.resolve(given), onMount: isOnMount(path.resolve(given)) };
  }
  if (isOnMount(STORAGE)) {
    return { dir: path.join(STORAGE, 'ayon-ftrack', 'spool'), onMount: true };
  }
  return { dir: path.join(home, '.local', 'state', 'ayon-ftrack', 'spool'), onMount: false };
}

/** Whether a folder, or the nearest one above that exists, is on another device than the root. */
function isOnMount(folder: string): boolean {
  const info = statSync(folder, { throwIfNoEntry: false });
  const parent = path.dirname(folder);
  if (info === undefined) {
    return parent !== folder && isOnMount(parent);
  }
  return info.dev !== statSync(path.parse(folder).root).dev;
}
