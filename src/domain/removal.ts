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
  const ftrackId = ftrackIdOf(node) ?? '';
  const below = node.kind === 'folder' ? draft.view.below(node) : [];
  if (below === undefined) {
    return false;
  }
  const owners = below.map((each) => ({ node: each, owner: ftrackIdOf(each) }));
  const judged = owners.map(({ node: each, owner }) => ({
    node: each,
    entity: owner === undefined ? null : draft.view.context(owner),
  }));
  if (judged.some(({ entity }) => entity === undefined)) {
    return false;
  }
  const alive = judged.filter(({ entity }) => entity && entity.projectId === draft.facts.projectId);
  if (alive.length > 0) {
    draft.notes.add(`${alive.length} below ${node.path} stay, ftrack still has them`);
  }
  const going = [node, ...judged.filter((each) => !alive.includes(each)).map((each) => each.node)];
  const kept = going.filter((each) => each.hasVersions);
  for (const each of going) {
    const data = each.hasVersions ? markRemoved(each) : each.active ? { active: false } : undefined;
    if (data !== undefined) {
      const line = each === node ? `${node.path.slice(1)}: ${reason}` : '';
      draft.operations.push({
        type: 'update',
        entityType: each.kind,
        entityId: each.id,
        data,
        ftrackId,
        line,
      });
    }
  }
  if (kept.length > 0) {
    draft.notes.add(`${kept[0]?.path} holds published versions and stays, marked as removed`);
  }
  return true;
}

const markRemoved = (node: AyonNode): Record<string, unknown> | undefined =>
  isMarkedRemoved(node) ? undefined : { attrib: { ftrackId: REMOVED } };
