import type { MappingRow } from '../../../src/domain/attributes';
import { attributeRules, sourceFor } from '../../../src/domain/attributes';
import type { AyonAttribute, CustomAttribute } from '../../../src/domain/model';

const PROJECT = 'project';
const attribute = (name: string, more: Partial<AyonAttribute> = {}): AyonAttribute => ({
  name,
  type: 'integer',
  scope: ['project', 'folder', 'task'],
  inherit: true,
  builtin: true,
  ...more,
});
const custom = (key: string, more: Partial<CustomAttribute> = {}): CustomAttribute => ({
  id: `${key}-${more.objectTypeId ?? more.projectId ?? 'any'}`,
  key,
  entityType: 'show',
  objectTypeId: null,
  projectId: null,
  hierarchical: true,
  type: 'number',
  group: 'ayon',
  ...more,
});
const row = (name: string, more: Partial<MappingRow> = {}): MappingRow => ({
  name,
  attrType: 'standard',
  hierarchical: name,
  standard: [],
  ...more,
});
const shot = { id: 's', entityType: 'task', objectTypeId: 'shot-type' } as const;

describe('the mapping of custom attributes', () => {
  test('a standard row takes the attribute of the entity’s own object type', () => {
    const own = custom('fstart', { hierarchical: false, entityType: 'task', objectTypeId: 'shot-type' });
    const foreign = custom('fstart', { hierarchical: false, entityType: 'task', objectTypeId: 'asset-type' });
    const [rule] = attributeRules({
      mapping: [row('frameStart', { standard: ['fstart'] })],
      ftrack: [foreign, own],
      ayon: [attribute('frameStart')],
      projectId: PROJECT,
    });

    expect(rule && sourceFor(rule, shot)).toBe(own);
    expect(rule && sourceFor(rule, { ...shot, objectTypeId: 'sequence' })).toBeUndefined();
  });

  test('a standard row without keys falls back to the hierarchical attribute', () => {
    const source = custom('resolutionWidth');
    const [rule] = attributeRules({
      mapping: [row('resolutionWidth')],
      ftrack: [source],
      ayon: [attribute('resolutionWidth')],
      projectId: PROJECT,
    });

    expect(rule && sourceFor(rule, shot)).toBe(source);
  });

  test('an attribute of this project shadows the general one, one of another project does not count', () => {
    const [general, ours, theirs] = [
      custom('fps'),
      custom('fps', { projectId: PROJECT }),
      custom('fps', { projectId: 'other' }),
    ];
    const [rule] = attributeRules({
      mapping: [row('fps', { attrType: 'hierarchical' })],
      ftrack: [theirs, general, ours],
      ayon: [attribute('fps')],
      projectId: PROJECT,
    });

    expect(rule && sourceFor(rule, shot)).toBe(ours);
  });

  test('switched off: hierarchical namesakes, foreign groups only for built-in attributes', () => {
    const input = {
      mapping: undefined,
      ftrack: [custom('fps', { group: null }), custom('mood', { group: null }), custom('tone')],
      ayon: [attribute('fps'), attribute('mood', { builtin: false }), attribute('tone', { builtin: false })],
      projectId: PROJECT,
    };

    expect(attributeRules(input).map((rule) => rule.attribute.name)).toEqual(['fps', 'tone']);
  });

  test('ids, dates and expressions are never mapped', () => {
    const input = {
      mapping: undefined,
      ftrack: [custom('ftrackId'), custom('startDate'), custom('fps', { type: 'expression' })],
      ayon: [attribute('ftrackId'), attribute('startDate'), attribute('fps')],
      projectId: PROJECT,
    };

    expect(attributeRules(input)).toEqual([]);
  });
});
