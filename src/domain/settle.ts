import { sourceFor } from './attributes';
import { toAyonDate } from './dates';
import type { Data, Draft } from './draft';
import { pathOf } from './draft';
import { ftrackIdOf } from './ids';
import type { AyonNode, CustomAttribute, FtrackEntity, Json, Kind } from './model';
import { ownIsUncertain } from './model';
import { namingOf, renaming } from './names';
import { statusName, typeName } from './project-lists';
import type { EntityScope, Field } from './scope';
import { attributePart, reaches } from './scope';
import { assign, sameAssignees } from './users';
import { sameValue, toAyonValue } from './values';

/** An ftrack entity as it shall be in AYON. */
export interface Subject {
  readonly entity: FtrackEntity;
  readonly kind: Kind;
}

/** What to write, and how to say it: one word per changed thing. */
export interface Change {
  readonly data: Data;
  readonly words: readonly string[];
}

type Word = readonly [word: string, value: Json];

/** ftrack's type of the entity in AYON's spelling; a type that AYON's project lacks is noted and used as it is. */
export function wantedType(draft: Draft, { entity, kind }: Subject): string | undefined {
  const { objectTypes, types } = draft.facts.ftrack;
  const name = (kind === 'folder' ? objectTypes.get(entity.objectTypeId) : types.get(entity.typeId ?? ''))
    ?.name;
  if (name === undefined) {
    if (kind === 'folder' || entity.typeId !== null) {
      unknown(draft, entity, 'type');
    }
    return undefined;
  }
  const present = typeName(draft.facts.project, kind, name);
  if (present === undefined) {
    draft.missingTypes[kind].add(name);
  }
  return present ?? name;
}

/** undefined: ftrack has no status there, or it is no status that means anything. */
export function wantedStatus(draft: Draft, { entity, kind }: Subject): string | undefined {
  const { objectTypes, statuses } = draft.facts.ftrack;
  if (entity.statusId === null || objectTypes.get(entity.objectTypeId)?.statusable === false) {
    return undefined;
  }
  const status = statuses.get(entity.statusId);
  if (status === undefined) {
    unknown(draft, entity, 'status');
    return undefined;
  }
  const present = statusName(draft.facts.project, kind, status.name);
  if (present === undefined) {
    draft.missingStatuses.set(status.id, status);
    return (
      draft.facts.project.statuses.find(({ name }) => name.toLowerCase() === status.name.toLowerCase())
        ?.name ?? status.name
    );
  }
  return present;
}

function unknown(draft: Draft, entity: FtrackEntity, what: string): void {
  draft.stale.add('definitions');
  draft.notes.add(`${pathOf(entity.link)} has a ${what} that ftrack does not show us`);
}

const DATES = [
  ['startDate', 'startDate'],
  ['endDate', 'endDate'],
] as const;

/** Start, end and description as ftrack holds them: null is unset. */
export function directAttributes(
  entity: Pick<FtrackEntity, 'startDate' | 'endDate' | 'description'>,
): Record<string, Json> {
  const dates = DATES.map(([name, field]) => {
    const text = entity[field];
    return [name, text === null ? null : (toAyonDate(text) ?? null)];
  });
  return { ...Object.fromEntries(dates), description: entity.description === '' ? null : entity.description };
}

/** Attributes that AYON knows on this kind of entity; an unknown one would be dropped silently. */
export const exists = (draft: Draft, name: string, scope: Kind | 'project'): boolean =>
  draft.facts.ayonAttributes.get(name)?.scope.includes(scope) ?? false;

/** What the partner says of its pair; an AYON that lacks `ftrackPath`, which is for people, does without. */
const linkWords = (draft: Draft, { entity, kind }: Subject): Word[] => {
  const words: Word[] = [
    ['ftrackId', entity.id],
    ['ftrackPath', pathOf(entity.link)],
  ];
  return words.filter(([name]) => exists(draft, name, kind));
};

/** Everything that a new AYON entity gets, but for its parent. Only values that ftrack stores are written. */
export function creation(draft: Draft, subject: Subject): Data | undefined {
  const { entity, kind } = subject;
  const assigned = kind === 'task' ? draft.view.assignments(entity.id) : [];
  const type = wantedType(draft, subject) ?? someType(draft, kind);
  if (assigned === undefined) {
    return undefined;
  }
  const { name, label } = namingOf(entity.name);
  const status = wantedStatus(draft, subject);
  const attrib: Record<string, Json> = Object.fromEntries(linkWords(draft, subject));
  for (const [key, value] of [...Object.entries(directAttributes(entity)), ...mappedValues(draft, subject)]) {
    if (value !== null && exists(draft, key, kind)) {
      attrib[key] = value;
    }
  }
  return {
    name,
    ...(label === null ? {} : { label }),
    ...(type === undefined ? {} : { [kind === 'folder' ? 'folderType' : 'taskType']: type }),
    ...(status === undefined ? {} : { status }),
    ...(kind === 'task' ? { assignees: people(draft, [], assigned) } : {}),
    attrib,
  };
}

/** AYON has nothing without a type: for want of ftrack's, the project's first. */
const someType = ({ facts }: Draft, kind: Kind): string | undefined =>
  (kind === 'folder' ? facts.project.folderTypes : facts.project.taskTypes)[0]?.name;

/** Values of mapped attributes; one that cannot be converted is noted and left out. */
function* mappedValues(draft: Draft, subject: Subject, keys?: ReadonlySet<string>): Generator<Word> {
  const { entity } = subject;
  const owner = { id: entity.id, entityType: 'task', objectTypeId: entity.objectTypeId } as const;
  for (const rule of draft.memory.plain.has(entity.id) ? [] : draft.facts.rules) {
    const source = sourceFor(rule, owner);
    if (source === undefined || (keys !== undefined && !keys.has(source.key))) {
      continue;
    }
    const value = converted(draft, subject, { source, name: rule.attribute.name, type: rule.attribute.type });
    if (value !== undefined) {
      yield [rule.attribute.name, value];
    }
  }
}

function converted(
  draft: Draft,
  { entity }: Subject,
  { source, name, type }: { source: CustomAttribute; name: string; type: string },
): Json | undefined {
  const result = toAyonValue(draft.view.stored(source.id, entity.id) ?? null, type);
  if ('value' in result) {
    return result.value;
  }
  draft.memory.failed.set(entity.id, {
    code: 'value-invalid',
    sentence: `${pathOf(entity.link)}: ftrack's "${source.key}" ${result.problem}, but AYON's "${name}" is ${type}; correct it in ftrack, then retry`,
  });
  return undefined;
}

/** Whether every mapped attribute of the entity has a value that AYON's type takes. */
export function convertsAll(draft: Draft, { entity }: Subject): boolean {
  const owner = { id: entity.id, entityType: 'task', objectTypeId: entity.objectTypeId } as const;
  return draft.facts.rules.every((rule) => {
    const source = sourceFor(rule, owner);
    const value = source === undefined ? null : (draft.view.stored(source.id, entity.id) ?? null);
    return 'value' in toAyonValue(value, rule.attribute.type);
  });
}

function people(draft: Draft, current: readonly string[], assigned: readonly string[]): string[] {
  const { assignees, unknown } = assign(current, assigned, draft.facts.users);
  const names = unknown.flatMap((id) => draft.facts.ftrack.users.get(id)?.username ?? []);
  // Groups are assigned by the same rows and are no users.
  if (names.length > 0) {
    draft.notes.add(`no AYON user for ${names.join(', ')}`);
  }
  return [...assignees];
}

/** What differs between ftrack and the AYON partner within the scope; undefined: more must be read first. */
export function difference(
  draft: Draft,
  subject: Subject,
  { node, scope, linked }: { node: AyonNode; scope: EntityScope; linked: boolean },
): Change | undefined {
  const own = ownFields(draft, subject, { node, scope });
  const assigned = assignees(draft, subject, { node, scope });
  const attributes = changedAttributes(draft, subject, { node, scope, linked });
  if (assigned === undefined || attributes === undefined) {
    return undefined;
  }
  const isLinked = linked || 'name' in own.data || 'label' in own.data;
  const attrib = [
    ...attributes,
    ...(isLinked ? linkWords(draft, subject).filter(([name, value]) => node.attrib[name] !== value) : []),
  ];
  return {
    data: {
      ...own.data,
      ...assigned.data,
      ...(attrib.length === 0 ? {} : { attrib: Object.fromEntries(attrib) }),
    },
    words: [
      ...own.words,
      ...assigned.words,
      ...attributes.map(([name, value]) => `${name} → ${shown(value)}`),
    ],
  };
}

/** Name, type and status. */
function ownFields(
  draft: Draft,
  subject: Subject,
  { node, scope }: { node: AyonNode; scope: EntityScope },
): Change {
  const { entity, kind } = subject;
  const has = (field: Field): boolean => reaches(scope, field);
  const data: Data = {};
  const words: string[] = [];
  const naming = has('name') ? renaming(node, entity.name) : undefined;
  if (naming !== undefined) {
    Object.assign(data, naming);
    words.push(`name → ${entity.name}`);
  }
  const type = has(kind === 'folder' ? 'objectType' : 'type') ? wantedType(draft, subject) : undefined;
  if (type !== undefined && type !== node.type) {
    data[kind === 'folder' ? 'folderType' : 'taskType'] = type;
    words.push(`type → ${type}`);
  }
  const status = has('status') ? wantedStatus(draft, subject) : undefined;
  if (status !== undefined && status !== node.status) {
    data['status'] = status;
    words.push(`status → ${status}`);
  }
  return { data, words };
}

const shown = (value: Json): string =>
  value === null ? '(unset)' : typeof value === 'string' ? value.slice(0, 40) : JSON.stringify(value);

function assignees(
  draft: Draft,
  { entity, kind }: Subject,
  { node, scope }: { node: AyonNode; scope: EntityScope },
): Change | undefined {
  if (kind === 'folder' || !reaches(scope, 'assignees')) {
    return { data: {}, words: [] };
  }
  const assigned = draft.view.assignments(entity.id);
  if (assigned === undefined) {
    return undefined;
  }
  if (assigned.some((id) => !draft.facts.users.has(id) && !draft.facts.ftrack.users.has(id))) {
    draft.stale.add('people');
  }
  const names = people(draft, node.assignees, assigned);
  return sameAssignees(names, node.assignees)
    ? { data: {}, words: [] }
    : { data: { assignees: names }, words: [`assignees → ${names.join(', ') || '(nobody)'}`] };
}

function changedAttributes(
  draft: Draft,
  subject: Subject,
  { node, scope, linked }: { node: AyonNode; scope: EntityScope; linked: boolean },
): Word[] | undefined {
  const direct = Object.entries(directAttributes(subject.entity)).filter(([name]) =>
    reaches(scope, name as Field, attributePart(name)),
  );
  const mapped = [...mappedValues(draft, subject, scope.whole ? undefined : scope.keys)].filter(
    ([name]) => scope.kept?.has(attributePart(name)) !== true,
  );
  // What ftrack never said about an entity that AYON had before the pair was made, takes nothing from it there.
  const isFirst = linked && ftrackIdOf(node) === undefined;
  const wanted = [...direct, ...mapped].filter(
    ([name, value]) => exists(draft, name, subject.kind) && !(isFirst && value === null),
  );
  const judged = wanted.map((word) => ({ word, differs: differs(draft, node, word) }));
  return judged.some((each) => each.differs === undefined)
    ? undefined
    : judged.filter((each) => each.differs).map((each) => each.word);
}

/**
 * Whether the node itself must be told the value. An inherited value that happens to be equal is not the node's own:
 * it would change with the parent.
 */
function differs(draft: Draft, node: AyonNode, [name, value]: Word): boolean | undefined {
  const attribute = draft.facts.ayonAttributes.get(name);
  const type = attribute?.type ?? 'string';
  const present = node.attrib[name] ?? null;
  const listed = node.ownAttrib.includes(name);
  if (!(attribute?.inherit ?? true)) {
    return !sameValue(present, value, type);
  }
  if (value === null ? !listed : !listed || !sameValue(present, value, type)) {
    return value !== null;
  }
  const own = ownIsUncertain(node) ? draft.view.own(node) : new Set(node.ownAttrib);
  return own === undefined ? undefined : own.has(name) === (value === null);
}
