import { generateStudio } from '../simulators/studio';
import { startTestbed } from '../testbed';
import type { BenchContext } from './context';
import { idsOf } from './edits';
import { untilDescribed } from './pairs';
import { median } from './quantile';
import type { Figure } from './report';

export const MISSED = 1_000;
export const ROUNDS = 3;
const TASKS_AND_FOLDERS = 2_000;

/** How long a leecher that was away takes to have all it missed brought over: in one project, and spread over ten. */
export async function reconnect(context: BenchContext): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const projects of [1, 10]) {
    const seconds = await caughtUp(context, projects);
    figures.push({
      name: `reconnect to caught up, ${MISSED} missed changes, ${projects} project${projects === 1 ? '' : 's'}`,
      value: median(seconds),
      unit: 's',
      target: { atMost: 5 },
    });
  }
  return figures;
}

/** @returns seconds of each round, from the leecher being ready until AYON has everything */
async function caughtUp({ temporal }: BenchContext, projects: number): Promise<number[]> {
  const studio = generateStudio({ projects, entitiesPerProject: TASKS_AND_FOLDERS / projects, seed: 1 });
  const testbed = await startTestbed({ temporal, studio });
  try {
    let [leecher] = await Promise.all([testbed.startLeecher(), testbed.startProcessor()]);
    const bob = testbed.ftrack.as('bob');
    const tasks = idsOf(bob, 'Task').slice(0, MISSED);
    const edit = (ids: readonly string[], text: string): Map<string, string> =>
      new Map(
        ids.map((id, at) => {
          bob.update(id, { description: `${text} ${at}` });
          return [id, `${text} ${at}`];
        }),
      );
    await untilDescribed(testbed, edit(tasks.slice(0, 1), 'warm'));
    const seconds: number[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      await leecher.kill();
      const missed = edit(tasks, `missed ${round}`);
      leecher = await testbed.startLeecher();
      const from = performance.now();
      await untilDescribed(testbed, missed);
      seconds.push((performance.now() - from) / 1000);
    }
    const drift = testbed.drift();
    if (drift.length > 0) {
      throw new Error(`Both sides differ after all edits arrived: ${drift.slice(0, 3).join('; ')}`);
    }
    return seconds;
  } finally {
    await testbed.close();
  }
}
