import { setTimeout as pause } from 'node:timers/promises';
import type { BenchContext } from './context';
import { Desk } from './desk';
import { deskWork, idsOf } from './edits';
import { median } from './quantile';
import type { Report } from './report';
import { residentMegabytes } from './rss';

const WARM_UP = 40;
const SETTLE_MS = 5_000;
const SAMPLES = 10;
const EVERY_MS = 500;

/** Resident memory of the services at rest, after they have worked. */
export async function memory(context: BenchContext): Promise<Report> {
  const desk = await Desk.start(context);
  try {
    for (const edit of deskWork(idsOf(desk.testbed.ftrack.as('bob'), 'Task'), WARM_UP)) {
      await desk.arrival(edit);
    }
    await desk.settled();
    await pause(SETTLE_MS);
    const leecher: number[] = [];
    const processor: number[] = [];
    for (let count = 0; count < SAMPLES; count += 1) {
      leecher.push(await residentMegabytes(desk.leecher.pid));
      processor.push(await residentMegabytes(desk.processor.pid));
      await pause(EVERY_MS);
    }
    return {
      figures: [
        { name: 'leecher', value: Math.round(median(leecher)), unit: 'MB', target: { atMost: 120 } },
        { name: 'processor', value: Math.round(median(processor)), unit: 'MB', target: { atMost: 220 } },
      ],
      notes: [
        `Resident (10^6 bytes), median of ${SAMPLES} samples, ${SETTLE_MS / 1000} s after the last of ${WARM_UP} events; started as the image starts them.`,
      ],
      details: { leecher, processor },
    };
  } finally {
    await desk.close();
  }
}
