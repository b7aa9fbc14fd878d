import fc from 'fast-check';
import { above, includes, withNumbers } from '../../../src/domain/ranges';

const ids = fc.array(fc.nat(60));

test('ranges hold exactly the numbers that were added, sorted and joined', () => {
  fc.assert(
    fc.property(ids, ids, (some, more) => {
      const ranges = withNumbers(withNumbers([], some), more);
      const all = new Set([...some, ...more]);

      for (let each = -1; each <= 62; each += 1) {
        expect(includes(ranges, each)).toBe(all.has(each));
      }
      ranges.slice(1).forEach(([first], at) => expect(first).toBeGreaterThan((ranges[at]?.[1] ?? 0) + 1));
    }),
  );
});

test('what is not above a bound is cut off', () => {
  fc.assert(
    fc.property(ids, fc.nat(60), (some, bound) => {
      const ranges = above(withNumbers([], some), bound);

      for (let each = 0; each <= 62; each += 1) {
        expect(includes(ranges, each)).toBe(some.includes(each) && each > bound);
      }
    }),
  );
});
