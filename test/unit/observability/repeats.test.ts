import { Repeats } from '../../../src/observability/repeats';

const HOUR_MS = 3_600_000;

test('a text is new once an hour, whatever numbers stand in it', () => {
  let now = 0;
  const repeats = new Repeats(() => now);

  const first = [repeats.isNew('retried 5 times'), repeats.isNew('retried 61 times'), repeats.isNew('other')];
  now = HOUR_MS - 1;
  const within = repeats.isNew('retried 7 times');
  now = HOUR_MS;

  expect(first).toEqual([true, false, true]);
  expect(within).toBe(false);
  expect(repeats.isNew('retried 8 times')).toBe(true);
});

test('ever new texts fill no memory: after a thousand the old ones are forgotten', () => {
  const repeats = new Repeats(() => 0);
  const letters = (at: number): string => at.toString(2).replaceAll('0', 'a').replaceAll('1', 'b');
  const texts = Array.from({ length: 1_001 }, (_, at) => letters(at));

  expect(texts.filter((text) => repeats.isNew(text))).toHaveLength(texts.length);

  expect(repeats.isNew(texts[1_000] ?? '')).toBe(false);
  expect(repeats.isNew(texts[0] ?? '')).toBe(true);
});
