import { writeFileSync } from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { findTemporal } from '../src/clients/temporal/find';
import type { BenchContext } from './context';
import type { Report } from './report';
import { isReached, jsonOf, tableOf } from './report';

/** Each section loads its code when it runs, and measures alone. */
const SECTIONS = {
  throughput: {
    title: 'Queue throughput',
    run: async (context: BenchContext) => (await import('./throughput.js')).throughput(context),
  },
  latency: {
    title: 'Edit in ftrack to AYON, idle',
    run: async (context: BenchContext) => (await import('./latency.js')).latency(context),
  },
  requests: {
    title: 'HTTP requests per event of one entity',
    run: async (context: BenchContext) => (await import('./requests.js')).requests(context),
  },
  memory: {
    title: 'Memory at rest',
    run: async (context: BenchContext) => (await import('./memory.js')).memory(context),
  },
  recovery: {
    title: 'Recovery from kill -9 of the processor',
    run: async (context: BenchContext) => (await import('./recovery.js')).recovery(context),
  },
  ayon: {
    title: 'AYON: planner, client, simulated server',
    run: async () => (await import('./ayon.js')).ayon(),
  },
  simulator: {
    title: 'The simulated ftrack',
    run: async () => (await import('./simulator.js')).simulator(),
  },
  intake: {
    title: 'Intake: load, reconnect, isolation, full spool',
    run: async (context: BenchContext) => (await import('./intake.js')).intake(context),
  },
  flood: {
    title: 'A backlog of 12,000 events in one project',
    run: async (context: BenchContext) => (await import('./flood.js')).flood(context),
  },
} as const satisfies Readonly<Record<string, Section>>;

interface Section {
  readonly title: string;
  readonly run: (context: BenchContext) => Promise<Report>;
}

const USAGE = `Usage: npm run bench -- [NAME …] [--json FILE]

Measures on this machine: ${Object.keys(SECTIONS).join(', ')} (default: all but flood, about eight minutes; flood takes up to half an hour).
  --json FILE  write all figures, with what lies behind them

Ends with 0 also when a target is missed: figures are information. With 1 when something could not be measured.
`;

type Name = keyof typeof SECTIONS;

const isSection = (name: string): name is Name => name in SECTIONS;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'string' }, help: { type: 'boolean', default: false } },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const unknown = positionals.filter((name) => !isSection(name));
  if (unknown.length > 0) {
    throw new Error(
      `The bench has no section ${unknown.join(', ')}; it has ${Object.keys(SECTIONS).join(', ')}.`,
    );
  }
  const all = (Object.keys(SECTIONS) as Name[]).filter((name) => name !== 'flood');
  const chosen = positionals.length === 0 ? all : positionals.filter(isSection);
  const temporal = process.env['AYON_FTRACK_TEMPORAL_CLI'] || (await findTemporal({ env: process.env })).file;
  const loadBefore = Number(busyBefore());
  const reports = await measure(chosen, { temporal });
  if (values.json !== undefined) {
    writeFileSync(values.json, `${JSON.stringify({ ...asJson(reports), loadBefore }, null, 2)}\n`);
  }
}

async function measure(names: readonly Name[], context: BenchContext): Promise<Map<Name, Report>> {
  const reports = new Map<Name, Report>();
  const busy = busyBefore();
  const started = performance.now();
  for (const name of names) {
    const { title, run } = SECTIONS[name];
    const from = performance.now();
    process.stderr.write(`Measuring ${title.toLowerCase()} …\n`);
    const report = await run(context);
    reports.set(name, report);
    const seconds = ((performance.now() - from) / 1000).toFixed(0);
    console.log(`${tableOf(`${title} (${name}, took ${seconds} s)`, report)}\n`);
  }
  const verdicts = [...reports.values()].flatMap(({ figures }) => figures.map(isReached));
  const missed = verdicts.filter((each) => each === false).length;
  const reached = verdicts.filter((each) => each === true).length;
  const total = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`${reached} targets reached, ${missed} missed, in ${total} s on ${machine()}.`);
  console.log(`Other work on this machine before: ${busy} (load average of a minute; small is good).`);
  return reports;
}

const busyBefore = (): string => (os.loadavg()[0] ?? 0).toFixed(1);

function machine(): string {
  const cpus = os.cpus();
  const memory = (os.totalmem() / 2 ** 30).toFixed(0);
  return `${os.platform()} ${os.arch()}, ${cpus.length} × ${cpus[0]?.model.trim() ?? 'unknown processor'}, ${memory} GB, Node ${process.version}`;
}

const asJson = (reports: ReadonlyMap<Name, Report>): object => ({
  at: new Date().toISOString(),
  machine: machine(),
  sections: Object.fromEntries([...reports].map(([name, report]) => [name, jsonOf(report)])),
});

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);
