import { setTimeout as pause } from 'node:timers/promises';
import type { BenchContext } from './context';
import { Desk } from './desk';
import { deskWork, idsOf } from './edits';
import { quantile } from './quantile';
import type { Report } from './report';

const WARM_UP = 20;
const EDITS = 100;
/** People need longer between two edits; by then everything is at rest. */
const REST_MS = 30;

/** Time from a commit in ftrack until AYON has the value, one edit after the other. */
export async function latency(context: BenchContext): Promise<Report> {
  const desk = await Desk.start(context);
  try {
    const edits = deskWork(idsOf(desk.testbed.ftrack.as('bob'), 'Task'), WARM_UP + EDITS);
    const all: number[] = [];
    for (const edit of edits) {
      all.push(await desk.arrival(edit));
      await desk.settled();
      await pause(REST_MS);
    }
    const times = all.slice(WARM_UP);
    return {
      figures: [
        { name: 'p50', value: Math.round(quantile(times, 0.5)), unit: 'ms' },
        { name: 'p95', value: Math.round(quantile(times, 0.95)), unit: 'ms', target: { atMost: 500 } },
        { name: 'p99', value: Math.round(quantile(times, 0.99)), unit: 'ms' },
      ],
      notes: [
        `${EDITS} single edits (status, description, rename), each after the former event has closed, after ${WARM_UP} to warm up.`,
        "From the commit in the simulated ftrack to the value in the simulated AYON's store; services as processes of their own.",
      ],
      details: { ms: times.map(Math.round) },
    };
  } finally {
    await desk.close();
  }
}
