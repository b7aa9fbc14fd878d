import type { Draft } from './draft';
import { ftrackIdOf, isMarkedRemoved, REMOVED } from './ids';
import type { AyonNode } from './model';

/**
 * Takes an entity and everything below it out of AYON: deactivated, not deleted, parents first.
 * Folders with published versions stay, marked as removed; whatever below is still alive in ftrack stays too (it was
 * moved away and its own event follows).
 * @returns false when more must be read first.
 */
export function planRemoval(draft: Draft, node: AyonNode, reason: string): boolean {
  const below = node.kind === 'folder' ? draft.view.below(node) : [];
  const goingBelow = below === undefined ? undefined : withoutLiving(draft, node, below);
  if (goingBelow === undefined) {
    return false;
  }
  const going = [node, ...goingBelow];
  for (const each of going.filter(({ id }) => !draft.leaving.has(id))) {
    draft.leaving.add(each.id);
    const data = each.hasVersions ? markRemoved(each) : each.active ? { active: false } : undefined;
    if (data !== undefined) {
      draft.operations.push({
        type: 'update',
        entityType: each.kind,
        entityId: each.id,
        data,
        path: each.path.slice(1),
        ftrackId: ftrackIdOf(node) ?? '',
        line: each === node ? `${node.path.slice(1)}: ${reason}` : '',
      });
    }
  }
  const kept = going.find((each) => each.hasVersions);
  if (kept !== undefined) {
    draft.notes.add(`${kept.path} holds published versions and stays, marked as removed`);
  }
  return true;
}

/** Leaves out what ftrack still has in this project; undefined: not known yet. */
function withoutLiving(draft: Draft, node: AyonNode, below: readonly AyonNode[]): AyonNode[] | undefined {
  const owned = below.map((each) => {
    const owner = ftrackIdOf(each);
    return { node: each, project: owner === undefined ? null : draft.view.projectOf(owner) };
  });
  if (owned.some(({ project }) => project === undefined)) {
    return undefined;
  }
  const going = owned.filter(({ project }) => project !== draft.facts.projectId);
  if (going.length < owned.length) {
    draft.notes.add(`${owned.length - going.length} below ${node.path} stay, ftrack still has them`);
  }
  return going.map((each) => each.node);
}

const markRemoved = (node: AyonNode): Record<string, unknown> | undefined =>
  isMarkedRemoved(node) ? undefined : { attrib: { ftrackId: REMOVED } };
