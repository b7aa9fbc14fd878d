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

test('a number within a name or an id counts', () => {
  const repeats = new Repeats(() => 0);
  const isNew = (text: string): boolean => repeats.isNew(text);

  expect(['log-12 failed', 'log-13 failed', 'ftrack-event/7', 'ftrack-event/8'].map(isNew)).toEqual(
    Array.from({ length: 4 }, () => true),
  );
  expect(['5f2e', '6f2e', '11112222-0000', '11112223-0000'].map(isNew)).not.toContain(false);
  expect(['after 20ms (try 5)', 'after 300ms (try 6)', 'after 1.5s (try 7)'].map(isNew)).toEqual([
    true,
    false,
    true,
  ]);
});

test('ever new texts fill no memory: after a thousand the old ones are forgotten', () => {
  const repeats = new Repeats(() => 0);
  const letters = (at: number): string => at.toString(2).replaceAll('0', 'a').replaceAll('1', 'b');
  const texts = Array.from({ length: 1_001 }, (_, at) => letters(at));

  expect(texts.filter((text) => repeats.isNew(text))).toHaveLength(texts.length);

  expect(repeats.isNew(texts[1_000] ?? '')).toBe(false);
  expect(repeats.isNew(texts[0] ?? '')).toBe(true);
});
