import type { BenchContext } from './context';
import { Desk } from './desk';
import { idsOf, statusEdit } from './edits';
import { median } from './quantile';
import type { Report } from './report';

const KILLS = 3;

interface Recovery {
  /** From the start of the new process, s. */
  readonly applied: number;
  readonly ready: number;
}

/** kill -9 of the processor while it writes to AYON; the write never happens. Then a new processor. */
export async function recovery(context: BenchContext): Promise<Report> {
  const desk = await Desk.start(context);
  try {
    const tasks = idsOf(desk.testbed.ftrack.as('bob'), 'Task');
    const found: Recovery[] = [];
    for (const task of tasks.slice(0, KILLS)) {
      await desk.arrival(statusEdit(task));
      await desk.settled();
      found.push(await killed(desk, task));
    }
    const applied = found.map((each) => each.applied);
    return {
      figures: [
        {
          name: 'restart to applied, worst',
          value: Math.max(...applied),
          unit: 's',
          target: { atMost: 10 },
        },
        { name: 'restart to applied, median', value: median(applied), unit: 's' },
        { name: 'restart to ready, median', value: median(found.map((each) => each.ready)), unit: 's' },
      ],
      notes: [
        `${KILLS} times: the write of an edit is held, the processor killed (kill -9), the next one started at once.`,
        'Timed from the start of the new process, its own start included.',
      ],
      details: found,
    };
  } finally {
    await desk.close();
  }
}

async function killed(desk: Desk, task: string): Promise<Recovery> {
  // Held for ever: who waits for the answer is killed, and the write must not happen late.
  const write = desk.testbed.ayon.faults.add({
    match: { path: /\/operations$/ },
    effect: { hold: new Promise<void>(() => undefined) },
  });
  const arrival = desk.arrival(statusEdit(task));
  await Promise.race([write.waitForHit(), arrival]);
  await desk.processor.kill();
  const from = performance.now();
  const seconds = (): number => (performance.now() - from) / 1000;
  const [ready, applied] = await Promise.all([desk.restartProcessor().then(seconds), arrival.then(seconds)]);
  await desk.settled();
  return { applied, ready };
}
