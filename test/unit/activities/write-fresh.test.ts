import type { StepContext } from '../../../src/activities/step';
import { writeFresh } from '../../../src/activities/write-fresh';
import { timings } from '../../../src/contracts/timings';

/** A source and a target with a clock that only the test moves. */
function scene() {
  const controller = new AbortController();
  const world = { now: 0, source: 'old', target: '', writes: [] as string[], controller };
  const context: StepContext = { signal: controller.signal, timings: timings(), now: () => world.now };
  const read = async () => (world.source === world.target ? undefined : world.source);
  const write = async (plan: string) => {
    world.writes.push(plan);
    world.target = plan;
  };
  return { world, context, read, write };
}

test('writes what differs, once, and nothing when nothing does', async () => {
  const { world, context, read, write } = scene();

  expect(await writeFresh(context, { read, write })).toBe(1);
  expect(await writeFresh(context, { read, write })).toBe(0);
  expect(world.writes).toEqual(['old']);
});

test('stopped between read and write: the old read is thrown away', async () => {
  const { world, context, read, write } = scene();
  let stopped = false;
  const slowRead = async () => {
    const plan = await read();
    if (!stopped) {
      stopped = true;
      world.now += 60_000;
      world.source = 'new';
    }
    return plan;
  };

  await writeFresh(context, { read: slowRead, write });

  expect(world.writes).toEqual(['new']);
});

test('a write that arrives late is followed by another look, and the newer value wins', async () => {
  const { world, context, read, write } = scene();
  const slowWrite = async (plan: string) => {
    if (world.writes.length === 0) {
      world.now += 2_000;
      world.source = 'new';
    }
    await write(plan);
  };

  await writeFresh(context, { read, write: slowWrite });

  expect(world.writes).toEqual(['old', 'new']);
  expect(world.target).toBe('new');
});

test('cancelled before the write: nothing is written', async () => {
  const { world, context, read, write } = scene();
  world.controller.abort(new Error('cancelled'));

  await expect(writeFresh(context, { read, write })).rejects.toThrow('cancelled');
  expect(world.writes).toEqual([]);
});

test('cancelled during the write: looks again, even when the write failed', async () => {
  const { world, context, read, write } = scene();
  const cut = async (plan: string) => {
    if (!world.controller.signal.aborted) {
      world.controller.abort(new Error('cancelled'));
      world.source = 'new';
      throw new Error('connection reset');
    }
    await write(plan);
  };

  await writeFresh(context, { read, write: cut });

  expect(world.target).toBe('new');
});
