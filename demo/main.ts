import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Service, Testbed } from '../testbed';
import { startTestbed } from '../testbed';
import type { Edit } from './story';
import { pairOf, story } from './story';

const USAGE = `Usage: npm run demo -- [--once] [--json FILE] [--pace MS]

Plays a minute of edits in a simulated ftrack and shows how each reaches a simulated AYON through Temporal.
  --once       exit after the story: 0 when nothing was lost and both sides agree
  --json FILE  write {edits, applied, parked, lost, p50_ms, p95_ms}
  --pace MS    pause between two edits (default 2500)
`;
const ARRIVAL_MS = 60_000;
/** Heartbeat time-out of the killed step, and sticky time-outs of the workflows that the dead worker held. */
const DISTURBED_MS = 12_000;

interface Seen {
  readonly edit: Edit;
  readonly ms: number | undefined;
  /** Made while time-outs of a killed processor were still running out. */
  readonly disturbed: boolean;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      once: { type: 'boolean', default: false },
      json: { type: 'string' },
      pace: { type: 'string', default: '2500' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  console.log('Starting Temporal, ftrack and AYON (simulated), leecher and processor …');
  const temporal = process.env['AYON_FTRACK_TEMPORAL_CLI'];
  const testbed = await startTestbed({
    ui: true,
    durable: true,
    ...(temporal === undefined ? {} : { temporal }),
  });
  try {
    await testbed.startLeecher();
    const seen = await play(testbed, await testbed.startProcessor(), Number(values.pace));
    const figures = await report(testbed, seen);
    if (values.json !== undefined) {
      writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
    }
    const drift = testbed.drift();
    console.log(drift.length === 0 ? 'Both sides agree.' : `Both sides differ:\n  ${drift.join('\n  ')}`);
    if (!values.once) {
      await untilInterrupted(testbed);
    }
    return figures.lost === 0 && figures.parked === 0 && drift.length === 0 ? 0 : 1;
  } finally {
    await testbed.close();
  }
}

async function play(testbed: Testbed, first: Service, pace: number): Promise<Seen[]> {
  const seen: Seen[] = [];
  let processor = first;
  const edits = story();
  let disturbedUntil = 0;
  console.log(`\n${edits.length} edits in ftrack, and where each arrives in AYON:\n`);
  for (const edit of edits) {
    const from = performance.now();
    const next = edit.kill ? killWhileWriting(testbed, processor) : undefined;
    const id = edit.make(testbed.ftrack.as(edit.who));
    processor = (await next) ?? processor;
    const ms = await arrival(testbed, { edit, id, from });
    disturbedUntil = edit.kill ? from + DISTURBED_MS : disturbedUntil;
    seen.push({ edit, ms, disturbed: from < disturbedUntil });
    const place = edit.parks === undefined ? where(testbed, id) : await reasonOf(testbed, edit.parks);
    console.log(line(edit, ms, place));
    await pause(Math.max(0, pace - (performance.now() - from)));
  }
  return seen;
}

/** kill -9 while a write is under way, which never arrives; then a new processor. */
async function killWhileWriting(testbed: Testbed, processor: Service): Promise<Service> {
  const write = testbed.ayon.faults.add({ match: { path: /\/operations$/ }, effect: { reset: true } });
  await write.waitForHit();
  await processor.kill();
  return testbed.startProcessor();
}

async function arrival(
  testbed: Testbed,
  { edit, id, from }: { edit: Edit; id: string; from: number },
): Promise<number | undefined> {
  const done = async (): Promise<boolean> =>
    edit.arrived(pairOf(testbed, id)) &&
    (edit.parks === undefined || (await parkedIn(testbed, edit.parks)).length > 0);
  while (!(await done())) {
    if (performance.now() - from > ARRIVAL_MS) {
      return undefined;
    }
    await pause(2);
  }
  return performance.now() - from;
}

async function parkedIn(testbed: Testbed, code: string) {
  const project = testbed.studio.projects.find(({ name }) => name === code);
  const view = await testbed.queue(project?.id ?? null).catch(() => undefined);
  return view?.parked ?? [];
}

async function reasonOf(testbed: Testbed, code: string): Promise<string> {
  const [parked] = await parkedIn(testbed, code);
  return `parked, visible and open (${parked?.code}): ${parked?.reason}`;
}

/** Folder path and task name in AYON. */
function where({ ayon }: Testbed, id: string): string {
  for (const { name, entities } of ayon.store.projects.values()) {
    const key = id.replaceAll('-', '');
    const names: string[] = [];
    for (let each = entities.get('task', key) ?? entities.get('folder', key); each !== undefined; ) {
      names.unshift(each.name);
      each = each.parentId === null ? undefined : entities.get('folder', each.parentId);
    }
    if (names.length > 0) {
      return [name, ...names].join('/');
    }
  }
  return 'nowhere';
}

function line({ who, what }: Edit, ms: number | undefined, place: string): string {
  const took = ms === undefined ? '   LOST' : `${ms.toFixed(0).padStart(5)} ms`;
  return `${took}  ${who} ${what}\n${' '.repeat(10)}→ ${place}`;
}

async function report(testbed: Testbed, seen: readonly Seen[]) {
  const calm = seen.flatMap(({ ms, disturbed }) => (disturbed || ms === undefined ? [] : [ms]));
  const latencies = calm.sort((one, other) => one - other);
  const quantile = (share: number): number =>
    Math.round(latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0);
  const parked = await stillParked(testbed);
  const applied = seen.filter(({ ms }) => ms !== undefined).length - parked;
  const lost = seen.length - applied - parked;
  const figures = {
    edits: seen.length,
    applied,
    parked,
    lost,
    p50_ms: quantile(0.5),
    p95_ms: quantile(0.95),
  };
  console.log('');
  console.table([figures]);
  const disturbed = seen.filter((each) => each.disturbed).map(({ ms }) => ((ms ?? 0) / 1000).toFixed(1));
  console.log(
    `The edit during the kill -9, and those in the ${DISTURBED_MS / 1000} s after it, took ${disturbed.join(', ')} s; p50 and p95 are of the others.`,
  );
  return figures;
}

/** What is parked when the story is over; visibility lags a little behind. */
async function stillParked(testbed: Testbed): Promise<number> {
  const deadline = performance.now() + 5_000;
  for (;;) {
    const { parked = 0, queued = 0 } = await testbed.outcomes();
    if (parked + queued === 0 || performance.now() > deadline) {
      return parked;
    }
    await pause(100);
  }
}

async function untilInterrupted(testbed: Testbed): Promise<void> {
  const [project] = testbed.studio.projects;
  console.log(`
Look around:
  Temporal UI   ${testbed.temporal.uiUrl}/namespaces/default/workflows
  one queue     ${testbed.temporal.uiUrl}/namespaces/default/workflows/project-queue%2F${project?.id}
  by project    query  FtrackProject = "${project?.id}"
  by outcome    query  SyncOutcome = "applied"
  ftrack        ${testbed.ftrack.url}  (simulated; user ${testbed.ftrack.user})
  AYON          ${testbed.ayon.url}  (simulated)
Ctrl-C ends everything.`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);
