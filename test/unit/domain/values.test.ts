import fc from 'fast-check';
import { sameInstant, toAyonDate } from '../../../src/domain/dates';
import { sameValue, toAyonValue } from '../../../src/domain/values';

describe('dates', () => {
  test('midnight keeps its day, whatever the time zone of this process', () => {
    expect(toAyonDate('2025-12-01T00:00:00')).toBe('2025-12-01T00:00:00+00:00');
    expect(toAyonDate('2025-12-01')).toBe('2025-12-01T00:00:00+00:00');
  });

  test('digits go there and back', () => {
    const seconds = fc.date({
      min: new Date('1990-01-01'),
      max: new Date('2090-01-01'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(seconds, (date) => {
        const digits = date.toISOString().slice(0, 19);
        expect(toAyonDate(digits)?.slice(0, 19)).toBe(digits);
        expect(sameInstant(toAyonDate(digits), date.toISOString())).toBe(true);
      }),
    );
  });

  test.each(['', 'soon', '2025-13-40'])('%j is no date', (text) => {
    expect(toAyonDate(text)).toBeUndefined();
  });

  test('spellings of one instant are equal, below seconds nothing counts', () => {
    expect(sameInstant('2025-12-01T00:00:00+00:00', '2025-12-01T00:00:00.123456Z')).toBe(true);
    expect(sameInstant('2025-12-01T02:00:00+02:00', '2025-12-01T00:00:00Z')).toBe(true);
    expect(sameInstant('2025-12-01T00:00:00Z', '2025-12-02T00:00:00Z')).toBe(false);
  });
});

describe('values of custom attributes', () => {
  test.each([
    [25, 'float', 25],
    ['24000/1001', 'float', 24000 / 1001],
    ['23,976', 'float', 23.976],
    ['1001', 'integer', 1001],
    [true, 'boolean', true],
    ['0', 'boolean', false],
    [['3d'], 'string', '3d'],
    [['3d', 'comp'], 'string', '3d, comp'],
    [['3d', 'comp'], 'list_of_strings', ['3d', 'comp']],
    ['a, b', 'list_of_strings', ['a', 'b']],
    [7, 'string', '7'],
    ['2026-03-02T00:00:00', 'datetime', '2026-03-02T00:00:00+00:00'],
  ] as const)('%j as %s is %j', (value, type, expected) => {
    expect(toAyonValue(value, type)).toEqual({ value: expected });
  });

  test.each([null, '', []])('%j is unset, which is a value', (value) => {
    for (const type of ['string', 'integer', 'boolean', 'datetime', 'list_of_strings']) {
      expect(toAyonValue(value, type)).toEqual({ value: null });
    }
  });

  test.each([
    [24.5, 'integer', 'whole'],
    ['fast', 'float', 'no number'],
    ['maybe', 'boolean', 'neither'],
    ['1/0', 'float', 'no number'],
    ['1/2/3', 'float', 'no number'],
    ['tomorrow', 'datetime', 'no date'],
  ])('%j as %s has no value, and says why', (value, type, why) => {
    expect(toAyonValue(value, type)).toEqual({ problem: expect.stringContaining(why) });
  });

  test('what was converted equals itself on the next look', () => {
    const types = fc.constantFrom('string', 'integer', 'float', 'boolean', 'datetime', 'list_of_strings');
    fc.assert(
      fc.property(fc.jsonValue(), types, (value, type) => {
        const made = toAyonValue(value as never, type);
        return 'problem' in made || sameValue(made.value, made.value, type);
      }),
    );
  });
});
