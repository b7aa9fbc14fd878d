import type { Ranges } from '../contracts/gap-fill';

/** The ranges with these integers added. */
export function withNumbers(ranges: Ranges, numbers: Iterable<number>): Ranges {
  const all = [...ranges, ...[...numbers].map((each) => [each, each] as const)].sort(
    (one, other) => one[0] - other[0],
  );
  const joined: Array<[number, number]> = [];
  for (const [first, last] of all) {
    const before = joined.at(-1);
    if (before !== undefined && first <= before[1] + 1) {
      before[1] = Math.max(before[1], last);
    } else {
      joined.push([first, last]);
    }
  }
  return joined;
}

/** The ranges without what is not above a bound. */
export const above = (ranges: Ranges, bound: number): Ranges =>
  ranges.flatMap(([first, last]) => (last <= bound ? [] : [[Math.max(first, bound + 1), last] as const]));

/** The ranges without what is above a bound. */
export const upTo = (ranges: Ranges, bound: number): Ranges =>
  ranges.flatMap(([first, last]) => (first > bound ? [] : [[first, Math.min(last, bound)] as const]));

/** Whether a number lies in one of the ranges. */
export function includes(ranges: Ranges, number: number): boolean {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.[1] ?? Infinity) < number) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return (ranges[low]?.[0] ?? Infinity) <= number;
}
