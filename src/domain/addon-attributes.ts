import type { AyonAttribute } from './model';

/** Attributes that the ftrack addon makes in AYON, each with the kinds of entity that it is for. */
export const ADDON_ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  ftrackId: ['project', 'folder', 'task', 'version', 'list'],
  ftrackPath: ['project', 'folder', 'task'],
};

/**
 * Without them no pair could be kept: AYON drops the value of an attribute that it does not know, silently.
 * @returns what is missing and how to mend it, in a sentence; undefined: nothing is.
 */
export function missingAttributes(
  present: readonly AyonAttribute[],
  needed: Readonly<Record<string, readonly string[]>> = ADDON_ATTRIBUTES,
): string | undefined {
  const missing = Object.entries(needed).flatMap(([name, kinds]) => {
    const scope = present.find((each) => each.name === name)?.scope ?? [];
    const without = kinds.filter((kind) => !scope.includes(kind));
    return without.length === 0 ? [] : [`"${name}" for a ${without.join(', ')}`];
  });
  return missing.length === 0
    ? undefined
    : `AYON has no attribute ${missing.join(' and none ')}; the ftrack addon makes them: install it, add it to the production bundle and restart the server, twice after a first installation`;
}
