import { sourceFor } from './attributes';
import type { Data, Draft } from './draft';
import type { AyonEdit, AyonNode, FtrackEntity } from './model';
import type { EntityScope, Field } from './scope';
import { attributePart } from './scope';

/** Keys of an operation's data, by the part of an entity that they belong to. */
const PARTS: Readonly<Record<string, Field>> = {
  name: 'name',
  label: 'name',
  status: 'status',
  folderType: 'objectType',
  taskType: 'type',
  parentId: 'parent',
  folderId: 'parent',
  assignees: 'assignees',
};

/** What AYON's events of a folder or a task tell a change of. */
const TOLD: Readonly<Record<string, readonly string[]>> = {
  renamed: ['name'],
  label_changed: ['name'],
  status_changed: ['status'],
  type_changed: ['type', 'objectType'],
  parent_changed: ['parent'],
  folder_changed: ['parent'],
  assignees_changed: ['assignees'],
  active_changed: ['active'],
};

/** Written by nobody but us. */
const OURS = new Set(['ftrackId', 'ftrackPath']);

export interface Wanted {
  readonly scope: EntityScope;
  readonly entity: FtrackEntity;
  readonly node: AyonNode;
  /** Paired just now: then ftrack's values come over as a whole. */
  readonly linked: boolean;
  /** What differs, as it would be written. */
  readonly data: Data;
}

const NOTHING: ReadonlySet<string> = new Set();

/**
 * Where the event does not say what changed, what a person changed in AYON after us stays: an AYON edit that still waits
 * for its way to ftrack must survive. Each part that differs is judged for itself.
 * @returns the parts that stay; undefined: AYON's log must be read first
 */
export function keptParts(draft: Draft, wanted: Wanted): ReadonlySet<string> | undefined {
  const { scope, node, linked } = wanted;
  if (!scope.whole || linked || scope.kept !== undefined) {
    return NOTHING;
  }
  const parts = unnamed(draft, wanted);
  const edits = parts.length === 0 ? [] : draft.view.edits(node);
  if (edits === undefined) {
    return undefined;
  }
  const persons = new Map(parts.map((part) => [part, lastPerson(part, { node, edits, me: draft.facts.me })]));
  const kept = parts.filter((part) => persons.get(part) !== undefined);
  for (const person of new Set(kept.map((part) => persons.get(part)))) {
    const names = kept.filter((part) => persons.get(part) === person).map(nameOf);
    draft.notes.add(
      `${node.path.slice(1)} keeps what ${person} changed in AYON (${names.join(', ')}), the event does not say what changed in ftrack`,
    );
  }
  return new Set(kept);
}

const nameOf = (part: string): string => part.replace(/^attrib\./, '');

/** Parts that differ and that the event does not name. */
function unnamed({ facts }: Draft, { scope, entity, data }: Wanted): string[] {
  const { attrib, ...own } = data;
  const owner = { id: entity.id, entityType: 'task', objectTypeId: entity.objectTypeId } as const;
  const names = typeof attrib === 'object' && attrib !== null ? Object.keys(attrib) : [];
  const isNamed = (name: string): boolean => {
    const rules = facts.rules.filter(({ attribute }) => attribute.name === name);
    return rules.length === 0
      ? scope.fields.has(name as Field)
      : rules.some((rule) => scope.keys.has(sourceFor(rule, owner)?.key ?? ''));
  };
  const fields = Object.keys(own).flatMap((key) => PARTS[key] ?? []);
  return [
    ...new Set(fields.filter((field) => !scope.fields.has(field))),
    // Whoever moves an entity in ftrack wants it there.
    ...('active' in own && !scope.fields.has('parent') ? ['active'] : []),
    ...names.filter((name) => !OURS.has(name) && !isNamed(name)).map(attributePart),
  ];
}

interface Judged {
  readonly node: AyonNode;
  /** The newest first. */
  readonly edits: readonly AyonEdit[];
  readonly me: string;
}

/** Who changed the part after our last write of it, if that was a person. Where the log does not tell: the node's last writer. */
function lastPerson(part: string, { node, edits, me }: Judged): string | undefined {
  const { updatedBy } = node;
  const last = updatedBy === null || updatedBy === me ? undefined : updatedBy;
  // AYON stores an event a moment after the change, and may have removed it: then this person changed anything.
  if (last !== undefined && edits[0]?.user !== last) {
    return last;
  }
  const told = edits.find((edit) => isOf(part, edit));
  // What we made, we gave everything; what a person made was brought over when it was paired, which was later.
  const author = told?.what === 'created' ? me : (told?.user ?? last);
  return author === me ? undefined : author;
}

/** Whether it is the newest word about the part; none is older than `created`. */
const isOf = (part: string, { what, attributes }: AyonEdit): boolean =>
  what === 'created' ||
  what === 'earlier' ||
  (what === 'attrib_changed'
    ? attributes.some((name) => attributePart(name) === part)
    : (TOLD[what] ?? []).includes(part));
