import { setTimeout as pause } from 'node:timers/promises';
import { ayonId } from '../simulators/ayon';
import { generateStudio } from '../simulators/studio';
import type { Testbed } from '../testbed';
import { startTestbed } from '../testbed';
import type { BenchContext } from './context';
import { idsOf } from './edits';
import { pairOf, untilDescribed } from './pairs';
import { median, quantile } from './quantile';
import type { Report } from './report';

const PROJECTS = 20;
/** Edits a second over all projects, and how long a round lasts. */
const RATE = 4;
const ROUND_S = 10;
const PAIRS = 5;
const LIMIT_MS = 120_000;
const LOOK_MS = 2;

interface Desk {
  readonly testbed: Testbed;
  /** ftrack ids of tasks, one list per project; the first project is the one that is made to stall. */
  readonly tasks: ReadonlyArray<readonly string[]>;
}

interface Round {
  readonly times: number[];
  /** What the project that may stall was told. */
  readonly own: ReadonlyMap<string, string>;
}

/**
 * What one stalled project costs the others: rounds of steady edits with AYON refusing that project's writes, and without,
 * by turns, so that other work on the machine meets both.
 */
export async function isolation({ temporal }: BenchContext): Promise<Report> {
  const studio = generateStudio({ projects: PROJECTS, entitiesPerProject: 60, seed: 1 });
  const testbed = await startTestbed({ temporal, studio });
  try {
    await Promise.all([testbed.startLeecher(), testbed.startProcessor()]);
    const desk = { testbed, tasks: tasksByProject(testbed) };
    await untilDescribed(testbed, (await edits(desk, 'warm')).own);
    const without: number[][] = [];
    const beside: number[][] = [];
    for (let pair = 0; pair < PAIRS; pair += 1) {
      // The order changes, so that neither is always the later one.
      for (const isStalled of pair % 2 === 0 ? [false, true] : [true, false]) {
        const times = isStalled ? await stalled(desk, `beside ${pair}`) : await well(desk, `without ${pair}`);
        (isStalled ? beside : without).push(times);
      }
    }
    return reportOf(without, beside);
  } finally {
    await testbed.close();
  }
}

function reportOf(without: readonly number[][], beside: readonly number[][]): Report {
  const p95 = (times: readonly number[]): number => quantile(times, 0.95);
  const ratios = without.map((times, pair) => p95(beside[pair] ?? []) / p95(times));
  return {
    figures: [
      { name: 'edit to AYON, 20 projects, p95', value: p95(without.flat()), unit: 'ms' },
      { name: 'the same of 19 beside a stalled one, p95', value: p95(beside.flat()), unit: 'ms' },
      {
        name: 'the second to the first, median of pairs',
        value: median(ratios),
        unit: '',
        target: { atMost: 1.1 },
      },
    ],
    notes: [
      `Isolation: ${RATE} edits a second over ${PROJECTS} projects, ${PAIRS} rounds of ${ROUND_S} s with AYON answering 503 to one project's writes, and as many without, by turns; that project counts in neither.`,
    ],
    details: { without, beside, ratios },
  };
}

function tasksByProject(testbed: Testbed): string[][] {
  const tasks = new Set(idsOf(testbed.ftrack.as('bob'), 'Task'));
  return testbed.studio.projects.map(({ entities }) =>
    entities.filter(({ id }) => tasks.has(id)).map(({ id }) => id),
  );
}

async function well(desk: Desk, text: string): Promise<number[]> {
  const round = await edits(desk, text);
  await untilDescribed(desk.testbed, round.own);
  return round.times;
}

async function stalled(desk: Desk, text: string): Promise<number[]> {
  const { testbed, tasks } = desk;
  const [task = ''] = tasks[0] ?? [];
  const project = projectOf(testbed, task);
  const refusal = testbed.ayon.faults.add({
    match: { path: `/api/projects/${project}/operations` },
    times: Number.POSITIVE_INFINITY,
    effect: { status: 503, body: { code: 503, detail: 'not now' } },
  });
  const first = `${text} stalls`;
  testbed.ftrack.as('bob').update(task, { description: first });
  await refusal.waitForHit();
  const round = await edits(desk, text);
  refusal.remove();
  // It has caught up before the next round.
  await untilDescribed(testbed, new Map([[task, first], ...round.own]));
  return round.times;
}

function projectOf({ ayon }: Testbed, ftrackId: string): string {
  const found = [...ayon.store.projects.values()].find(({ entities }) =>
    entities.get('task', ayonId(ftrackId)),
  );
  return found?.name ?? '';
}

/** Edits all projects by turns for a round. @returns when the others' edits are in AYON */
async function edits({ testbed, tasks }: Desk, text: string): Promise<Round> {
  const bob = testbed.ftrack.as('bob');
  const open = new Map<string, { readonly text: string; readonly at: number }>();
  const own = new Map<string, string>();
  const times: number[] = [];
  const from = performance.now();
  const total = RATE * ROUND_S;
  for (let made = 0; made < total || open.size > 0; await pause(LOOK_MS)) {
    for (
      const due = Math.floor(((performance.now() - from) / 1000) * RATE);
      made < Math.min(due, total);
      made += 1
    ) {
      const ids = tasks[made % PROJECTS] ?? [];
      const id = ids[1 + (Math.floor(made / PROJECTS) % (ids.length - 1))] ?? '';
      const now = `${text} ${made}`;
      bob.update(id, { description: now });
      if (made % PROJECTS === 0) {
        own.set(id, now);
      } else {
        open.set(id, { text: now, at: performance.now() });
      }
    }
    for (const [id, edit] of open) {
      if (pairOf(testbed, id)?.attrib['description'] === edit.text) {
        times.push(performance.now() - edit.at);
        open.delete(id);
      }
    }
    if (performance.now() - from > ROUND_S * 1000 + LIMIT_MS) {
      throw new Error(`${open.size} edits did not reach AYON in ${LIMIT_MS / 1000} s.`);
    }
  }
  return { times, own };
}
