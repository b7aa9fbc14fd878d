import { accessSync, constants, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** AYON's service host binds `/storage` of the machine into each service. */
const STORAGE = '/storage';

/**
 * Where the leecher keeps what Temporal cannot take: the given folder, else `ayon-ftrack/spool` on the `/storage`
 * mount, else in the user's state folder. A mount that belongs to somebody else (our images do not run as root) is
 * passed over: a leecher that listens and warns is better than one that does not start.
 */
export function spoolDir(
  given: string | undefined,
  { home = os.homedir(), storage = STORAGE, isMount = isMounted, isOpen = canHold } = {},
): string {
  if (given !== undefined) {
    return path.resolve(given);
  }
  const own = path.join('ayon-ftrack', 'spool');
  const onMount = path.join(storage, own);
  return isMount(storage) && isOpen(onMount) ? onMount : path.join(home, '.local', 'state', own);
}

/** Whether this user may write a folder, or make it: the nearest one that is there must be writable. */
export function canHold(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return statSync(folder).isDirectory();
  } catch (error) {
    const isMissing = (error as { code?: unknown }).code === 'ENOENT';
    const above = path.dirname(folder);
    return isMissing && above !== folder && canHold(above);
  }
}

/** Whether a folder exists and is on another device than the root. */
function isMounted(folder: string): boolean {
  const info = statSync(folder, { throwIfNoEntry: false });
  return info !== undefined && info.dev !== statSync(path.parse(folder).root).dev;
}
