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
  const attrib: Record<string, Json> = {};
  const words: string[] = [];
  const put = (name: string, value: Json): void => {
    const attribute = facts.ayonAttributes.get(name);
    const keepsDefault = value === null && attribute?.inherit !== false;
    if (
      !keepsDefault &&
      exists(draft, name, 'project') &&
      !sameValue(facts.project.attrib[name], value, attribute?.type ?? 'string')
    ) {
      attrib[name] = value;
      words.push(`${name} → ${value === null ? '(unset)' : JSON.stringify(value)}`);
    }
  };
  put('ftrackId', project.id);
  put('ftrackPath', project.fullName);
  for (const [name, value] of Object.entries(directAttributes({ ...project, description: null }))) {
    if (scope?.fields.has(name as Field) && name !== 'description') {
      put(name, value);
    }
  }
  for (const rule of scope === undefined ? [] : facts.rules) {
    const source = sourceFor(rule, { id: project.id, entityType: 'show', objectTypeId: null });
    if (source !== undefined && scope?.keys.has(source.key)) {
      const value = toAyonValue(draft.view.stored(source.id, project.id) ?? null, rule.attribute.type);
      if ('value' in value) {
        put(rule.attribute.name, value.value);
      } else {
        draft.notes.add(`ftrack's "${source.key}" of the project ${value.problem}`);
      }
    }
  }
  const shown = facts.project.label ?? facts.project.name;
  const renamed = scope?.fields.has('name') && shown !== project.fullName;
  const label = project.fullName === facts.project.name ? null : project.fullName;
  return {
    ...(renamed ? { label } : {}),
    ...(Object.keys(attrib).length === 0 ? {} : { attrib }),
    words: [...(renamed ? [`label → ${project.fullName}`] : []), ...words],
  };
}
