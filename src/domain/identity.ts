import { derivedId, ftrackIdOf, isAyonId, isMarkedRemoved } from './ids';
import type { AyonNode } from './model';
import { sameName } from './names';

export interface PairInput {
  readonly ftrackId: string;
  /** Stored value of ftrack's `ayon_id`. */
  readonly ayonId: unknown;
  /** AYON entities of the right kind that were found by id, by `ftrackId` or as siblings. */
  readonly nodes: Iterable<AyonNode>;
}

export interface Pair {
  readonly node: AyonNode;
  /** Others that claim the same ftrack entity. */
  readonly twins: readonly AyonNode[];
}

/**
 * The AYON entity that belongs to an ftrack entity, by ids alone:
 * 1. one whose `ftrackId` points back (of several: the one that `ayon_id` names, the derived id, an active one);
 * 2. the one that `ayon_id` names, if it points nowhere (a copied `ayon_id` names an entity that points elsewhere);
 * 3. the one with the derived id that we marked as removed: the entity came back.
 */
export function pairById({ ftrackId, ayonId, nodes }: PairInput): Pair | undefined {
  const derived = derivedId(ftrackId);
  const all = [...nodes];
  const rank = (node: AyonNode): number =>
    Number(node.id === ayonId) * 4 + Number(node.id === derived) * 2 + Number(node.active);
  const claiming = all.filter((node) => ftrackIdOf(node) === ftrackId.toLowerCase());
  const [node, ...twins] = claiming.toSorted((a, b) => rank(b) - rank(a) || (a.id < b.id ? -1 : 1));
  if (node !== undefined) {
    return { node, twins };
  }
  const named = all.find(
    (each) => isAyonId(ayonId) && each.id === ayonId && each.active && (each.attrib['ftrackId'] ?? '') === '',
  );
  const returned = all.find((each) => each.id === derived && isMarkedRemoved(each));
  const found = named ?? returned;
  return found === undefined ? undefined : { node: found, twins: [] };
}

/**
 * The active sibling that carries the wanted name and is free to be paired, or the one that stands in the way.
 * @param isDead whether ftrack lacks that entity while its project is readable.
 */
export function siblingNamed(
  siblings: Iterable<AyonNode>,
  name: string,
  isDead: (ftrackId: string) => boolean,
): { readonly free?: AyonNode; readonly taken?: AyonNode } {
  const named = [...siblings].filter((each) => each.active && sameName(each.name, name));
  const best = named.find((each) => each.name === name) ?? named[0];
  if (best === undefined) {
    return {};
  }
  const owner = ftrackIdOf(best);
  return owner === undefined || isDead(owner) ? { free: best } : { taken: best };
}
