import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { generateStudio } from '../simulators/studio';
import { ArrivalClock } from '../src/leecher/arrival';
import type { Outgoing } from '../src/leecher/outgoing';
import { outgoingOf } from '../src/leecher/outgoing';
import { Spool } from '../src/leecher/spool/spool';
import type { Service, Testbed } from '../testbed';
import { startTestbed } from '../testbed';
import { backlog } from './backlog';
import type { BenchContext } from './context';
import { idsOf } from './edits';
import { isolation } from './isolation';
import { MISSED, ROUNDS, reconnect } from './reconnect';
import type { Figure, Report } from './report';

const RATE = 300;
const LOAD_S = 15;
const SPOOLED = 100_000;
const DRAIN_S = 30;
/** Linux counts processor time in these. */
const TICKS_PER_S = 100;
const LIMIT_MS = 120_000;

/** What the leecher does under load, after it was away, beside a stalled project, with a backlog, and with a full spool. */
export async function intake(context: BenchContext): Promise<Report> {
  const loads = await load(context);
  const back = await reconnect(context);
  const beside = await isolation(context);
  const line = await backlog(context);
  const spool = await drain(context);
  return {
    figures: [...loads, ...back, ...beside.figures, ...line.figures, ...spool],
    notes: [
      `Load: ${RATE} edits a second for ${LOAD_S} s, each one event; Temporal, simulators and editor share this machine.`,
      `Reconnect: the leecher is killed, ${MISSED} tasks are edited, the leecher starts; timed from its connection, median of ${ROUNDS}.`,
      ...beside.notes,
      ...line.notes,
      `Spool: ${SPOOLED} events lie in it at the start; memory is watched for ${DRAIN_S} s of draining.`,
    ],
    details: beside.details,
  };
}

async function load({ temporal }: BenchContext): Promise<Figure[]> {
  const studio = generateStudio({ projects: 10, entitiesPerProject: 100, seed: 1 });
  const testbed = await startTestbed({ temporal, studio, durable: true });
  try {
    const leecher = await testbed.startLeecher();
    const direct = await underLoad(testbed, leecher);
    await testbed.killTemporal();
    const spooling = await underLoad(testbed, leecher);
    return [
      {
        name: 'leecher, events/s into Temporal',
        value: direct.taken,
        unit: '/s',
        target: { atLeast: RATE * 0.98 },
      },
      { name: 'leecher, share of a core', value: direct.cpu, unit: '%', target: { atMost: 50 } },
      {
        name: 'leecher, events/s into the spool',
        value: spooling.taken,
        unit: '/s',
        target: { atLeast: RATE * 0.98 },
      },
      { name: 'leecher, share of a core, spooling', value: spooling.cpu, unit: '%', target: { atMost: 50 } },
    ];
  } finally {
    await testbed.close();
  }
}

/** Edits at the rate. @returns events taken per second, and the share of a core that the leecher used for it, percent. */
async function underLoad(testbed: Testbed, leecher: Service): Promise<{ taken: number; cpu: number }> {
  const bob = testbed.ftrack.as('bob');
  const tasks = idsOf(bob, 'Task');
  const before = await taken(leecher);
  const cpu = processorTime(leecher.pid);
  const from = performance.now();
  const seconds = (): number => (performance.now() - from) / 1000;
  for (let made = 0; made < RATE * LOAD_S; ) {
    for (const due = Math.floor(seconds() * RATE); made < due; made += 1) {
      bob.update(tasks[made % tasks.length] ?? '', { description: `load ${made}` });
    }
    await pause(5);
  }
  const until = Date.now() + LIMIT_MS;
  while ((await taken(leecher)) - before < RATE * LOAD_S && Date.now() < until) {
    await pause(20);
  }
  const wall = seconds();
  return {
    taken: ((await taken(leecher)) - before) / wall,
    cpu: ((processorTime(leecher.pid) - cpu) / wall) * 100,
  };
}

/** Events that are workflows or lines in the spool. */
async function taken(leecher: Service): Promise<number> {
  const metrics = await leecher.metrics();
  const count = (outcome: string): number =>
    metrics[`ayon_ftrack_leecher_events_total{outcome="${outcome}"}`] ?? 0;
  return count('started') + count('spooled');
}

/** s of processor time so far (Linux). */
function processorTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
}

async function drain({ temporal }: BenchContext): Promise<Figure[]> {
  const testbed = await startTestbed({ temporal });
  try {
    await fill(path.join(testbed.folder, 'spool'));
    const from = performance.now();
    const leecher = testbed.launch('leech', { MALLOC_ARENA_MAX: '2' });
    await leecher.ready().catch(() => undefined);
    let largest = 0;
    while (performance.now() - from < DRAIN_S * 1000) {
      largest = Math.max(largest, await leecher.memory());
      await pause(100);
    }
    const left = (await leecher.metrics())['ayon_ftrack_leecher_spool_events'] ?? Number.NaN;
    return [
      {
        name: `memory while ${SPOOLED} spooled events drain`,
        value: largest / 1e6,
        unit: 'MB',
        target: { atMost: 200 },
      },
      { name: 'drained', value: (SPOOLED - left) / DRAIN_S, unit: 'events/s' },
    ];
  } finally {
    await testbed.close();
  }
}

/** As a leecher leaves it that could not reach Temporal for long. */
async function fill(dir: string): Promise<void> {
  const spool = await Spool.open<Outgoing>({
    dir,
    read: () => undefined,
    onTrouble: () => undefined,
    memory: SPOOLED,
  });
  const clock = new ArrivalClock();
  for (let made = 0; made < SPOOLED; made += 1) {
    const project = `00000000-0000-4000-8000-${String(made % 20).padStart(12, '0')}`;
    const entityId = `00000000-0000-4000-9000-${String(made % 5_000).padStart(12, '0')}`;
    const entity = {
      entityId,
      entityType: 'task',
      entity_type: 'Task',
      action: 'update',
      keys: ['statusid'],
      changes: { statusid: { old: entityId, new: entityId } },
      parents: [
        { entityId, entityType: 'task' },
        { entityId: project, entityType: 'show' },
      ],
    };
    const event = {
      id: `spooled-${made}`,
      topic: 'ftrack.update',
      user: { name: 'bob' },
      entities: [entity],
      arrivedAt: clock.now(),
    };
    spool.append(outgoingOf(event, clock));
  }
  await spool.close();
}
