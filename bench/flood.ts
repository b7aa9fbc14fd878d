import { setTimeout as pause } from 'node:timers/promises';
import { ayonId } from '../simulators/ayon';
import { generateStudio } from '../simulators/studio';
import type { Testbed } from '../testbed';
import { startTestbed } from '../testbed';
import type { BenchContext } from './context';
import { idsOf } from './edits';
import type { Report } from './report';

const EVENTS = 12_000;
const TASKS = 1_500;
/** Events per second below which something is broken, not slow. */
const LEAST_RATE = 1;
/** Most events that take one turn together. */
const GROUP = 50;
/** Looks at the simulators while nothing moves, ms; they live in this process. */
const LOOK_MS = 2_000;

/** 12,000 events of one project that came while no processor ran, with the real services; checks their order in AYON. */
export async function flood({ temporal }: BenchContext): Promise<Report> {
  const studio = generateStudio({ projects: 1, entitiesPerProject: Math.ceil(TASKS * 1.4), seed: 6 });
  const testbed = await startTestbed({ temporal, studio });
  try {
    const leecher = await testbed.startLeecher();
    const bob = testbed.ftrack.as('bob');
    const tasks = idsOf(bob, 'Task').slice(0, TASKS);
    for (let made = 0; made < EVENTS; made += 1) {
      bob.update(tasks[made % tasks.length] ?? '', { description: `flood ${made}` });
      if (made % 300 === 0) {
        await pause(0);
      }
    }
    const sent = 'ayon_ftrack_leecher_tickets_total{outcome="sent"}';
    await until(async () => ((await leecher.metrics())[sent] ?? 0) >= EVENTS, EVENTS / LEAST_RATE);
    const processor = testbed.startProcessor();
    const from = performance.now();
    await processor;
    await until(async () => (await closed(testbed)) >= EVENTS, EVENTS / LEAST_RATE);
    const seconds = (performance.now() - from) / 1000;
    const outcomes = await testbed.outcomes();
    return {
      figures: [
        { name: `${EVENTS} events that waited, applied`, value: seconds, unit: 's' },
        { name: 'rate', value: EVENTS / seconds, unit: 'events/s' },
        { name: 'steps back in order', value: stepsBack(testbed, tasks), unit: '', target: { atMost: 0 } },
        { name: 'differences at the end', value: testbed.drift().length, unit: '', target: { atMost: 0 } },
        { name: 'parked', value: outcomes['parked'] ?? 0, unit: '', target: { atMost: 0 } },
      ],
      notes: [
        `Flood: ${EVENTS} edits of ${tasks.length} tasks of one project, one event each, before a processor starts; timed from its start.`,
        `Steps back: tasks that were first written to AYON after others that were edited ${GROUP} events later.`,
      ],
      details: outcomes,
    };
  } finally {
    await testbed.close();
  }
}

async function until(holds: () => Promise<boolean>, limitS: number): Promise<void> {
  const deadline = performance.now() + limitS * 1000;
  while (!(await holds())) {
    if (performance.now() > deadline) {
      throw new Error(`The flood was not over after ${limitS} s.`);
    }
    await pause(LOOK_MS);
  }
}

async function closed({ client }: Testbed): Promise<number> {
  const query = 'WorkflowType = "handleEvent" AND ExecutionStatus = "Completed"';
  return (await client.workflow.count(query)).count;
}

/**
 * An event writes what is so when it is read: the first one of a task writes its last text, the others find it there. So
 * the tasks must be written in the order in which they were first edited; those of one group turn may change places.
 */
function stepsBack({ ayon }: Testbed, tasks: readonly string[]): number {
  const places = new Map<unknown, number>(tasks.map((id, at) => [ayonId(id), at]));
  let furthest = 0;
  let back = 0;
  for (const { topic, summary, payload } of ayon.store.events.ascending()) {
    const { entityId } = summary;
    const place = places.get(entityId);
    const isOurs = JSON.stringify(payload['newValue'] ?? null).includes('"flood ');
    if (topic === 'entity.task.attrib_changed' && isOurs && place !== undefined) {
      back += Number(place < furthest - GROUP);
      furthest = Math.max(furthest, place);
      places.delete(entityId);
    }
  }
  return back;
}
