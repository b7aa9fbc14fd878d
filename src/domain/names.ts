/**
 * The AYON name of an ftrack name: each character outside AYON's alphabet becomes `_`, and dots and dashes that AYON
 * does not accept at either end are cut. Idempotent.
 * @returns '' when nothing is left; such an entity cannot live in AYON.
 */
export function slug(name: string): string {
  return name
    .trim()
    .replace(/[^A-Za-z0-9_.-]/gu, '_')
    .replace(/^[.-]+|[.-]+$/g, '');
}

/** AYON's grammar for the names of folders, tasks, products and representations. */
export const isLegalName = (name: string): boolean =>
  /^[A-Za-z0-9_.-]+$/.test(name) && !/^[.-]|[.-]$/.test(name);

/** Names are unique among siblings regardless of case. */
export const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

export interface Naming {
  readonly name: string;
  /** null when it would repeat the name. */
  readonly label: string | null;
}

export function namingOf(ftrackName: string): Naming {
  const name = slug(ftrackName);
  return { name, label: ftrackName === name ? null : ftrackName };
}

/**
 * What to change on a paired AYON entity so that it follows ftrack's name; undefined when ftrack's name is the one that
 * AYON already shows. So a node that AYON names otherwise keeps its name until ftrack's changes.
 */
export function renaming(node: Naming, ftrackName: string): Partial<Naming> | undefined {
  if ((node.label ?? node.name) === ftrackName) {
    return undefined;
  }
  const wanted = namingOf(ftrackName);
  return {
    ...(wanted.name === node.name ? {} : { name: wanted.name }),
    ...((wanted.label ?? wanted.name) === (node.label ?? wanted.name) ? {} : { label: wanted.label }),
  };
}
