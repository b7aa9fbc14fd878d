import { sourceFor } from './attributes';
import type { Draft } from './draft';
import type { FtrackProject, Json } from './model';
import type { EntityScope, Field } from './scope';
import { directAttributes, exists } from './settle';
import { sameValue, toAyonValue } from './values';

/** What the AYON project itself needs; undefined members stay as they are. */
export interface ProjectChange {
  readonly label?: string | null;
  readonly attrib?: Readonly<Record<string, Json>>;
  readonly words: readonly string[];
}

/**
 * Brings the project's own values over: its pairing, its shown name, dates and mapped attributes. AYON's project name
 * never changes (files lie under it); a renamed ftrack project changes the label. An attribute that ftrack never set
 * stays as AYON's anatomy has it.
 */
export function projectChange(
  draft: Draft,
  project: FtrackProject,
  scope: EntityScope | undefined,
): ProjectChange {
  const { facts } = draft;
  const wanted: [name: string, value: Json][] = [
    ['ftrackId', project.id],
    ['ftrackPath', project.fullName],
    ...(scope === undefined
      ? []
      : [...scopedDates(project, scope), ...scopedAttributes(draft, project, scope)]),
  ];
  answer(draft, scope);
  const changed = wanted.filter(([name, value]) => differs(draft, name, value));
  const shown = facts.project.label ?? facts.project.name;
  const renamed = isNamed(scope) && shown !== project.fullName;
  const label = project.fullName === facts.project.name ? null : project.fullName;
  return {
    ...(renamed ? { label } : {}),
    ...(changed.length === 0 ? {} : { attrib: Object.fromEntries(changed) }),
    words: [
      ...(renamed ? [`label → ${project.fullName}`] : []),
      ...changed.map(([name, value]) => `${name} → ${value === null ? '(unset)' : JSON.stringify(value)}`),
    ],
  };
}

const isNamed = (scope: EntityScope | undefined): boolean =>
  scope !== undefined && (scope.whole || scope.fields.has('name'));

/** Says what of a changed entity agrees with ftrack once the plan is carried out; nothing where it names nothing. */
export function answer({ answers }: Draft, scope: EntityScope | undefined): void {
  if (scope !== undefined && (scope.whole || scope.words.length > 0)) {
    answers.set(scope.id, scope.whole ? 'whole' : 'scoped');
  }
}

function differs(draft: Draft, name: string, value: Json): boolean {
  const attribute = draft.facts.ayonAttributes.get(name);
  const keepsDefault = value === null && attribute?.inherit !== false;
  const present = draft.facts.project.attrib[name];
  return (
    !keepsDefault && exists(draft, name, 'project') && !sameValue(present, value, attribute?.type ?? 'string')
  );
}

/** A project of ftrack has no description. */
const scopedDates = (project: FtrackProject, scope: EntityScope): [string, Json][] =>
  Object.entries(directAttributes({ ...project, description: null })).filter(
    ([name, value]) =>
      name !== 'description' && (scope.fields.has(name as Field) || (scope.whole && value !== null)),
  );

function scopedAttributes(draft: Draft, project: FtrackProject, scope: EntityScope): [string, Json][] {
  return draft.facts.rules.flatMap((rule): [string, Json][] => {
    const source = sourceFor(rule, { id: project.id, entityType: 'show', objectTypeId: null });
    const stored = source === undefined ? undefined : draft.view.stored(source.id, project.id);
    // Where the event does not say what changed, what ftrack does not store says nothing about AYON.
    if (source === undefined || !(scope.keys.has(source.key) || (scope.whole && stored !== undefined))) {
      return [];
    }
    const result = toAyonValue(stored ?? null, rule.attribute.type);
    if ('value' in result) {
      return [[rule.attribute.name, result.value]];
    }
    draft.memory.failed.set(project.id, {
      code: 'value-invalid',
      sentence: `${project.fullName}: ftrack's "${source.key}" ${result.problem}, but AYON's "${rule.attribute.name}" is ${rule.attribute.type}; correct it in ftrack, then retry`,
    });
    return [];
  });
}
