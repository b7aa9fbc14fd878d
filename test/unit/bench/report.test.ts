import { isReached, jsonOf, tableOf } from '../../../bench/report';

const figure = (value: number, target?: { atLeast: number } | { atMost: number }) => ({
  name: 'p95',
  value,
  unit: 'ms',
  ...(target === undefined ? {} : { target }),
});

test.each([
  [500, { atMost: 500 }, true],
  [501, { atMost: 500 }, false],
  [0.55, { atLeast: 0.55 }, true],
  [0.54, { atLeast: 0.55 }, false],
  [Number.NaN, { atMost: 500 }, false],
  [Number.NaN, { atLeast: 1 }, false],
])('%d against %j: reached is %s', (value, target, reached) => {
  expect(isReached(figure(value, target))).toBe(reached);
});

test('a figure without a target is neither reached nor missed', () => {
  expect(isReached(figure(1))).toBeUndefined();
});

test('the table has a row per figure with its verdict, columns in line, and the notes below', () => {
  const figures = [
    { name: 'edits', value: 12, unit: '' },
    figure(201.4, { atMost: 500 }),
    { name: 'ratio', value: 0.4567, unit: '', target: { atLeast: 0.5 } },
  ];

  expect(tableOf('Latency', { figures, notes: ['How.'] })).toBe(
    [
      'Latency',
      '  figure   value  target',
      '  ──────  ──────  ──────  ───────',
      '  edits       12',
      '  p95     201 ms  <= 500  reached',
      '  ratio     0.46  >= 0.5  missed',
      '  How.',
    ].join('\n'),
  );
});

test('what could not be measured is said so, and is null in JSON', () => {
  const report = { figures: [figure(Number.NaN, { atMost: 500 })], notes: [] };

  expect(tableOf('Memory', report)).toMatch(/not measured ms .* missed/);
  expect(JSON.parse(JSON.stringify(jsonOf(report)))).toEqual({
    figures: [{ name: 'p95', value: null, unit: 'ms', target: { atMost: 500 }, reached: false }],
    notes: [],
  });
});

test('JSON keeps what lies behind the figures', () => {
  expect(jsonOf({ figures: [], notes: [], details: { ms: [1, 2] } })).toMatchObject({
    details: { ms: [1, 2] },
  });
});
