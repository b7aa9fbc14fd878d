import type { AyonAttribute, CustomAttribute } from './model';

/** A row of the addon setting `custom_attributes.attributes_mapping.mapping`. */
export interface MappingRow {
  /** AYON attribute. */
  readonly name: string;
  readonly attrType: 'hierarchical' | 'standard';
  readonly hierarchical: string;
  readonly standard: readonly string[];
}

/** Which ftrack attributes may fill an AYON attribute, best first. */
export interface AttributeRule {
  readonly attribute: AyonAttribute;
  readonly sources: readonly CustomAttribute[];
}

export interface RuleInput {
  /** undefined: the mapping is switched off, equal names are mapped. */
  readonly mapping: readonly MappingRow[] | undefined;
  readonly ftrack: readonly CustomAttribute[];
  readonly ayon: readonly AyonAttribute[];
  readonly projectId: string;
}

/** Written directly, never through the mapping. */
const DIRECT = new Set(['ftrackId', 'ftrackPath', 'startDate', 'endDate', 'description']);

/** ftrack types whose values mean nothing outside ftrack. */
const NO_VALUES = new Set(['expression', 'notificationtype', 'dynamic enumerator']);

/** Attribute groups of the integration; the second name is what old versions made. */
const OUR_GROUPS = new Set(['ayon', 'openpype']);

export function attributeRules({ mapping, ftrack, ayon, projectId }: RuleInput): AttributeRule[] {
  const usable = ftrack
    .filter((each) => !NO_VALUES.has(each.type) && (each.projectId === null || each.projectId === projectId))
    // A project's own attribute shadows the one of all projects.
    .toSorted((a, b) => Number(b.projectId !== null) - Number(a.projectId !== null));
  const attributes = ayon.filter(({ name }) => !DIRECT.has(name));
  const rules =
    mapping === undefined
      ? attributes.map((attribute) => ({ attribute, sources: namesakes(attribute, usable) }))
      : mapping.flatMap((row) => {
          const attribute = attributes.find(({ name }) => name === row.name);
          return attribute === undefined ? [] : [{ attribute, sources: mapped(row, usable) }];
        });
  return rules.filter(({ sources }) => sources.length > 0);
}

const namesakes = (attribute: AyonAttribute, usable: readonly CustomAttribute[]): CustomAttribute[] =>
  usable.filter(
    (each) =>
      each.hierarchical &&
      each.key === attribute.name &&
      (attribute.builtin || OUR_GROUPS.has((each.group ?? '').toLowerCase())),
  );

/** A standard row whose keys ftrack does not have says nothing about where the value lives: the hierarchical attribute does. */
function mapped(row: MappingRow, usable: readonly CustomAttribute[]): CustomAttribute[] {
  const hierarchical = usable.filter((each) => each.key === row.hierarchical && each.hierarchical);
  const standard = row.standard.flatMap((key) =>
    usable.filter((each) => each.key === key && !each.hierarchical),
  );
  return row.attrType === 'standard' && standard.length > 0 ? standard : hierarchical;
}

export interface Owner {
  readonly id: string;
  /** ftrack's word for the owner's table: `show` is the project. */
  readonly entityType: 'show' | 'task';
  readonly objectTypeId: string | null;
}

/** The ftrack attribute that fills the rule's AYON attribute on this entity; undefined when it has none there. */
export function sourceFor(rule: AttributeRule, owner: Owner): CustomAttribute | undefined {
  return rule.sources.find(
    (each) =>
      each.hierarchical ||
      (each.entityType === owner.entityType &&
        (owner.entityType === 'show' || each.objectTypeId === owner.objectTypeId)),
  );
}
