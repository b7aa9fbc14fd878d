import { growingClock } from '../../../src/activities/growing-clock';

test('it counts what either clock counts, whether one is set back, set ahead, or stands still', () => {
  const host = { wall: 1_000_000, even: 500 };
  const clock = growingClock(
    () => host.wall,
    () => host.even,
  );
  const after = (wall: number, even: number): number => {
    const before = clock();
    host.wall += wall;
    host.even += even;
    return clock() - before;
  };

  expect([after(10, 10), after(-3_600_000, 20), after(3_600_000, 20), after(30_000, 0)]).toEqual([
    10, 20, 3_600_000, 30_000,
  ]);
});
