import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startDevServer } from '../src/clients/temporal/server';
import type { BenchContext } from './context';
import type { Variant } from './feed';
import { Feeder } from './feed';
import { median } from './quantile';
import type { Figure, Report } from './report';
import { BenchWorker, bundleInto } from './worker';

/** Pairs of rounds: at least two, then more while there is time, so that the ratio rests on medians. */
const PAIRS = { least: 2, most: 7, budgetMs: 45_000 } as const;
const ROUND_LIMIT_MS = 120_000;
const LOADS = [
  { label: '1 project', projects: 1, events: 100, target: 0.4 },
  { label: '20 projects', projects: 20, events: 8, target: 0.55 },
] as const;

interface Load {
  readonly projects: number;
  readonly events: number;
}

interface Round {
  readonly variant: Variant;
  readonly eventsPerSecond: number;
}

/** Events per second in order against the same without order, in turns on one server and one worker process. */
export async function throughput({ temporal }: BenchContext): Promise<Report> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'ayon-ftrack-bench-'));
  const server = await startDevServer({ file: temporal });
  try {
    const worker = await BenchWorker.start(server.address, await bundleInto(folder));
    const feeder = await Feeder.connect(server.address);
    try {
      await round({ worker, feeder }, 'ordered', { projects: 5, events: 10 });
      const figures: Figure[] = [];
      const details: Record<string, readonly Round[]> = {};
      for (const load of LOADS) {
        const rounds = await compare({ worker, feeder }, load);
        figures.push(...figuresOf(load, rounds));
        details[load.label] = rounds;
      }
      return { figures, notes: NOTES, details };
    } finally {
      await feeder.close();
      await worker.stop();
    }
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const NOTES = [
  'In order: the product (event workflow, ticket, project queue, one turn per event), with a step that does nothing.',
  'Unordered: the same starts and the same step through the same worker; no ticket, no queue, no turn.',
  'Each round: all events at once, timed until the last workflow has closed. Medians of rounds in turns, A B B A.',
];

function figuresOf({ label, target }: (typeof LOADS)[number], rounds: readonly Round[]): Figure[] {
  const rateOf = (variant: Variant): number =>
    median(rounds.filter((each) => each.variant === variant).map((each) => each.eventsPerSecond));
  const [ordered, unordered] = [rateOf('ordered'), rateOf('unordered')];
  return [
    { name: `${label}, in order`, value: ordered, unit: 'events/s' },
    { name: `${label}, unordered`, value: unordered, unit: 'events/s' },
    { name: `${label}, ratio`, value: ordered / unordered, unit: '', target: { atLeast: target } },
  ];
}

interface Parts {
  readonly worker: BenchWorker;
  readonly feeder: Feeder;
}

async function compare(parts: Parts, load: Load): Promise<Round[]> {
  const rounds: Round[] = [];
  const deadline = performance.now() + PAIRS.budgetMs;
  for (
    let count = 0;
    count < PAIRS.most && (count < PAIRS.least || performance.now() < deadline);
    count += 1
  ) {
    // A B, then B A: a machine that gets slower meanwhile harms both alike.
    const order = count % 2 === 0 ? (['ordered', 'unordered'] as const) : (['unordered', 'ordered'] as const);
    for (const variant of order) {
      rounds.push({ variant, eventsPerSecond: await round(parts, variant, load) });
    }
  }
  return rounds;
}

/** @returns events per second, from the first start to the close of the last event workflow. */
async function round({ worker, feeder }: Parts, variant: Variant, load: Load): Promise<number> {
  const total = load.projects * load.events;
  const before = worker.steps;
  const from = performance.now();
  await feeder.feed(variant, load);
  const late = (): void => {
    if (performance.now() - from > ROUND_LIMIT_MS) {
      throw new Error(`Only ${worker.steps - before} of ${total} steps ran in ${ROUND_LIMIT_MS / 1000} s.`);
    }
  };
  while (worker.steps - before < total) {
    late();
    await pause(10);
  }
  while ((await openEvents(feeder)) > 0) {
    late();
    await pause(50);
  }
  return total / ((performance.now() - from) / 1000);
}

async function openEvents({ client }: Feeder): Promise<number> {
  const query = 'WorkflowType IN ("handleEvent", "unorderedEvent") AND ExecutionStatus = "Running"';
  return (await client.workflow.count(query)).count;
}
