import { execFileSync } from 'node:child_process';
import path from 'node:path';

const HEAP = path.resolve(__dirname, '../../../src/cli/heap.ts');
/** Keeps many young objects alive at a time, which makes the space for them grow as far as it may. */
const WORK = `
  for (let round = 0; round < 30; round += 1) {
    const kept = [];
    for (let index = 0; index < 100_000; index += 1) kept.push({ index, own: [index] });
  }
  const spaces = require('node:v8').getHeapSpaceStatistics();
  console.log(spaces.find((space) => space.space_name === 'new_space').space_size);
`;
const youngBytes = (before: string): number =>
  Number(execFileSync(process.execPath, ['--require', 'tsx/cjs', '-e', before + WORK], { encoding: 'utf8' }));

test('the space for young objects stays small under load, without a flag on the command line', () => {
  const heap = JSON.stringify(HEAP);
  expect(youngBytes(`require(${heap}).keepHeapSmall();`)).toBeLessThan(9_000_000);
  expect(youngBytes('')).toBeGreaterThan(15_000_000);
});
