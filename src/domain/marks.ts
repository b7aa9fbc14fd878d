import type { Draft, Problem } from './draft';
import type { CustomAttribute, Json } from './model';

/** A custom attribute value that ftrack shall store. */
export interface MarkWrite {
  readonly configurationId: string;
  readonly entityId: string;
  readonly value: string | boolean;
  /** Whether a row is stored already. */
  readonly exists: boolean;
}

/**
 * The marks that ftrack lacks or has wrong: `ayon_id`, `ayon_path` and `ayon_sync_failed`. They are hierarchical
 * attributes, so "nothing" is stored as an empty text, which keeps a child from showing its parent's.
 * @param failed problems by ftrack id; an entity that cannot be brought over is flagged.
 */
export function marksToWrite(draft: Draft, failed: ReadonlyMap<string, Problem>): MarkWrite[] {
  const { ayonId, ayonPath, syncFailed } = draft.facts.marks;
  const writes: MarkWrite[] = [];
  const put = (attribute: CustomAttribute, entityId: string, value: string | boolean): void => {
    const stored: Json | undefined = draft.view.stored(attribute.id, entityId);
    if (stored !== value) {
      writes.push({ configurationId: attribute.id, entityId, value, exists: stored !== undefined });
    }
  };
  for (const { ftrackId, ayonId: id, path, isWhole } of draft.settled.values()) {
    put(ayonId, ftrackId, id);
    if (path !== undefined) {
      put(ayonPath, ftrackId, path);
    }
    // The flag tells of another event, perhaps a parked one; success of this one alone does not take it back.
    if (isWhole && !failed.has(ftrackId) && draft.view.stored(syncFailed.id, ftrackId) === true) {
      put(syncFailed, ftrackId, false);
    }
  }
  for (const id of failed.keys()) {
    // An entity that ftrack no longer has takes no marks.
    if (draft.view.context(id)) {
      put(syncFailed, id, true);
      if (!draft.settled.has(id)) {
        put(ayonId, id, '');
        put(ayonPath, id, '');
      }
    }
  }
  return writes;
}
