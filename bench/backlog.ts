import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startDevServer } from '../src/clients/temporal/server';
import type { BenchContext } from './context';
import type { Variant } from './feed';
import { Feeder } from './feed';
import type { Report } from './report';
import type { Mode } from './worker';
import { BenchWorker, bundleInto } from './worker';

const EVENTS = 2_000;
/** Without group turns, for the rate only. */
const FEW = 300;
const LIMIT_MS = 300_000;
/** A, B, B, A would take too long; the two that are compared stand side by side. */
const ROUNDS = [
  { variant: 'ordered', mode: 'groups', events: EVENTS },
  { variant: 'unordered', mode: 'single', events: EVENTS },
  { variant: 'ordered', mode: 'single', events: FEW },
] as const satisfies readonly Round[];

interface Round {
  readonly variant: Variant;
  readonly mode: Mode;
  readonly events: number;
}

/** How fast a backlog of one project drains once a processor is back. */
export async function backlog({ temporal }: BenchContext): Promise<Report> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'ayon-ftrack-bench-'));
  try {
    const bundle = await bundleInto(folder);
    const rates: number[] = [];
    for (const round of ROUNDS) {
      rates.push(await drained({ temporal, bundle }, round));
    }
    const [groups = Number.NaN, unordered = Number.NaN, single = Number.NaN] = rates;
    const figures = [
      { name: `backlog of ${EVENTS}, group turns`, value: groups, unit: 'events/s' },
      { name: `backlog of ${EVENTS}, unordered`, value: unordered, unit: 'events/s' },
      {
        name: 'ratio with group turns',
        value: groups / unordered,
        unit: '',
        target: { atLeast: 0.6 },
      },
      { name: 'ratio with a turn for each event', value: single / unordered, unit: '' },
    ];
    const note = `Backlog: ${EVENTS} events of one project lie in Temporal when the processor starts; its step does nothing.`;
    return { figures, notes: [note] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns events per second, from the start of the processor's work to the close of the last event. */
async function drained(
  { temporal, bundle }: { readonly temporal: string; readonly bundle: string },
  { variant, mode, events }: Round,
): Promise<number> {
  const server = await startDevServer({ file: temporal });
  try {
    const feeder = await Feeder.connect(server.address);
    await feeder.feed(variant, { projects: 1, events });
    const worker = await BenchWorker.start(server.address, bundle, mode);
    const from = performance.now();
    const query = 'WorkflowType IN ("handleEvent", "unorderedEvent") AND ExecutionStatus = "Completed"';
    for (let closed = 0; closed < events; closed = (await feeder.client.workflow.count(query)).count) {
      if (performance.now() - from > LIMIT_MS) {
        throw new Error(`Only ${closed} of ${events} events closed in ${LIMIT_MS / 1000} s.`);
      }
      await pause(100);
    }
    const seconds = (performance.now() - from) / 1000;
    await feeder.close();
    await worker.stop();
    return events / seconds;
  } finally {
    await server.stop();
  }
}
