import { median, quantile } from '../../../bench/quantile';

const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);

test.each([
  [0.5, 50],
  [0.95, 95],
  [0.99, 99],
  [1, 100],
  [0, 1],
])('the %f quantile of 1 to 100, in any order, is %d', (share, value) => {
  expect(quantile(hundred, share)).toBe(value);
});

test('one value is every quantile of itself', () => {
  expect([0, 0.5, 0.99].map((share) => quantile([7], share))).toEqual([7, 7, 7]);
});

test('no values have no quantile and no median', () => {
  expect([quantile([], 0.5), median([])]).toEqual([Number.NaN, Number.NaN]);
});

test('the median is the middle value, or the mean of the two in the middle', () => {
  expect([median([9, 1, 5]), median([4, 1, 3, 2])]).toEqual([5, 2.5]);
});

test('numbers are ordered as numbers, and the given list stays as it is', () => {
  const values = [100, 9, 20];

  expect([quantile(values, 0.5), median(values), values]).toEqual([20, 20, [100, 9, 20]]);
});
