import fc from 'fast-check';
import { namingOf, renaming, slug } from '../../../src/domain/names';

/** AYON's own rule for the name of a folder or task. */
const GRAMMAR = /^[a-zA-Z0-9_]([a-zA-Z0-9_.-]*[a-zA-Z0-9_])?$/;

describe('names', () => {
  test('any ftrack name becomes a legal AYON name or nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        const made = slug(name);
        expect(made === '' || GRAMMAR.test(made)).toBe(true);
      }),
    );
  });

  test('a legal name is kept, and a made one is made the same again', () => {
    fc.assert(fc.property(fc.stringMatching(GRAMMAR), (name) => slug(name) === name));
    fc.assert(fc.property(fc.string(), (name) => slug(slug(name)) === slug(name)));
  });

  test.each([
    ['sh 010', 'sh_010'],
    ['Weißer Wal', 'Wei_er_Wal'],
    ['.hidden-', 'hidden'],
    ['--', ''],
    ['   ', ''],
    ['a.b-c', 'a.b-c'],
  ])('%j is called %j', (name, expected) => {
    expect(slug(name)).toBe(expected);
  });

  test('the label holds the original only where the name does not', () => {
    expect(namingOf('sh010')).toEqual({ name: 'sh010', label: null });
    expect(namingOf('sh 010')).toEqual({ name: 'sh_010', label: 'sh 010' });
  });

  test('a node that follows a name is not renamed to it again', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        const node = namingOf(before);
        const renamed = { ...node, ...renaming(node, after) };
        expect(renaming(renamed, after)).toBeUndefined();
      }),
    );
  });

  test('a node that AYON names in its own way keeps its name while it shows the name of ftrack', () => {
    expect(renaming({ name: 'SHOT_010', label: 'sh 010' }, 'sh 010')).toBeUndefined();
    expect(renaming({ name: 'SHOT_010', label: 'sh 010' }, 'sh 011')).toEqual({
      name: 'sh_011',
      label: 'sh 011',
    });
  });

  test('a label that is no longer needed is cleared', () => {
    expect(renaming({ name: 'sh_010', label: 'sh 010' }, 'sh_010')).toEqual({ label: null });
  });
});
