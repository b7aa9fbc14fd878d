import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { GapFillView } from '../../src/contracts/gap-fill';
import { GAP_FILL_ID, QUERY } from '../../src/contracts/names';
import type { Injected, Service, Testbed } from '../../testbed';
import { startTestbed } from '../../testbed';
import { eventually } from '../support/eventually';
import { FEATURE, SPOT, Story } from './support/story';

/**
 * A leecher whose spool is full, read-only, damaged or somebody else's: it says so and what to do, works on, and gets over
 * it by itself. What neither disk nor memory could hold is read again from ftrack's log: promise L.
 */
let testbed: Testbed;
let story: Story;
let leecher: Service;
let spool: string;

const MEMORY = 5;
const env = { SPOOL_MEMORY_EVENTS: String(MEMORY) };
/** A full disk while a whole Temporal server starts may be looked at for long on a busy machine. */
const PATIENCE_MS = 60_000;

beforeAll(async () => {
  testbed = await startTestbed({ timeScale: 20, durable: true });
  story = new Story(testbed);
  spool = path.join(testbed.folder, 'spool');
  [leecher] = await Promise.all([testbed.startLeecher(env), testbed.startProcessor()]);
  // The first look begins at the head of the log: what is dropped before it would stay unseen.
  await eventually('the first look at the log', async () => {
    const gapFill = testbed.client.workflow.getHandle(GAP_FILL_ID);
    return (await gapFill.query<GapFillView>(QUERY.state)).sweptAt !== null;
  });
}, 90_000);

afterAll(() => testbed.close(), 30_000);

type Code = NonNullable<Injected['disk']>['code'];
const broken = (code: Code): Injected => ({ disk: { below: testbed.folder, code } });

const segments = (): string[] => readdirSync(spool).filter((name) => name.endsWith('.spool'));

/** Edits so many tasks. */
function edit(project: string, count: number, text: string): void {
  story
    .tasks(project)
    .slice(0, count)
    .forEach((id, at) => story.bob.update(id, { description: `${text} ${at}` }));
}

interface Said {
  readonly ready: boolean;
  readonly problems: readonly string[];
  readonly notices: readonly string[];
  readonly spool: { readonly events: number; readonly inMemory: number };
  readonly gaps: Readonly<Record<string, { readonly events: number }>>;
}

/** Waits until `/readyz` is as wanted. */
const untilSaid = (what: string, isSo: (said: Said) => boolean): Promise<Said> =>
  eventually(
    what,
    async () => {
      const said = (await leecher.readiness()) as unknown as Said;
      if (!('problems' in said) || !isSo(said)) {
        throw new Error(JSON.stringify(said));
      }
      return said;
    },
    PATIENCE_MS,
  );

const says = ({ problems }: Said, text: RegExp): boolean => problems.some((each) => text.test(each));

const metric = async (name: string): Promise<number> =>
  (await leecher.metrics())[`ayon_ftrack_leecher_${name}`] ?? 0;

const logged = (text: RegExp): boolean =>
  leecher.log.some(({ problem, level }) => level === 'error' && text.test(String(problem)));

/** Nothing is missing in AYON, and the leecher has nothing more to say. */
async function untilAllIsWell(): Promise<void> {
  await story.untilQuiet(PATIENCE_MS);
  await untilSaid('all to be well', ({ ready }) => ready);
  expect(testbed.drift()).toEqual([]);
}

test('a full disk while Temporal is away: events wait in memory up to the bound, and further ones leave a marker', async () => {
  await leecher.inject(broken('ENOSPC'));
  await testbed.killTemporal();
  edit(SPOT, MEMORY, 'kept in memory');
  const full = await untilSaid('the full disk', (said) => says(said, /cannot be written \(ENOSPC\)/));
  expect(full.problems.join()).toMatch(
    new RegExp(
      `spool ${spool} .*free space on its disk.*in memory, at most ${MEMORY}, .* dropped and read again`,
    ),
  );
  await untilSaid('memory to be full', (said) => said.spool.inMemory === MEMORY);
  await eventually('the log to tell it', () => logged(/cannot be written \(ENOSPC\); free space/));
  expect(await metric('spool_total{what="error"}')).toBeGreaterThan(0);

  edit(FEATURE, 4, 'no room');
  const { gaps, spool: held } = await untilSaid('the markers', (said) => says(said, /no room for 4 events/));
  expect(gaps).toMatchObject({ [story.projects[FEATURE] ?? '']: { events: 4 } });
  expect(held).toMatchObject({ events: MEMORY, inMemory: MEMORY });
  expect(await metric('events_total{outcome="dropped"}')).toBe(4);
  // Each try makes a file on a full disk, and removes it again.
  expect(segments().length).toBeLessThanOrEqual(1);
  await eventually('its number to tell', async () => (await metric('spool_failing')) === 1);

  await leecher.inject({});
  await untilSaid('the disk to be used', (said) => said.spool.events === MEMORY && said.spool.inMemory === 0);
  await testbed.restartTemporal();

  await untilAllIsWell();
  await untilSaid('the markers to be gone', (said) => Object.keys(said.gaps).length === 0);
}, 120_000);

test('a mount that becomes read-only: what lies there is handed over all the same, and tidied up later', async () => {
  await testbed.killTemporal();
  edit(SPOT, 3, 'on the disk');
  await untilSaid('the spool', (said) => said.spool.events === 3 && said.spool.inMemory === 0);
  await leecher.inject(broken('EROFS'));
  edit(FEATURE, 2, 'in memory');
  await untilSaid('the mount', (said) => says(said, /cannot be written \(EROFS\); mount it writable/));

  await testbed.restartTemporal();

  await story.untilQuiet(PATIENCE_MS);
  const { spool: left } = await untilSaid('progress that cannot be stored', (said) =>
    says(said, /Progress .*cannot be stored \(EROFS\).*does no harm; mount it writable/),
  );
  expect(left).toMatchObject({ events: 0, inMemory: 0 });
  expect(segments()).not.toEqual([]);
  await leecher.inject({});
  await untilAllIsWell();
  await eventually('the segments to be removed', () => segments().length === 0);
}, 120_000);

test('a segment overwritten behind its back, and others cut off or removed: the holes are closed from the log', async () => {
  await testbed.killTemporal();
  edit(SPOT, 4, 'overwritten');
  await untilSaid('the spool', (said) => said.spool.events === 4 && said.spool.inMemory === 0);
  const [segment = ''] = segments();
  const { size } = statSync(path.join(spool, segment));
  writeFileSync(path.join(spool, segment), `${'#'.repeat(size / 2)}\n`);

  await testbed.restartTemporal();

  await eventually('it to be told', () => logged(/are no events of ours.*set aside; look at the \.corrupt/));
  await eventually('its end to be missed', () => logged(/is shorter than it was; the gap fill reads/));
  await untilAllIsWell();
  const { notices } = await untilSaid('a notice', (said) => said.notices.length > 0);
  expect(notices.join()).toContain(segment.replace('.spool', '.corrupt'));
}, 120_000);

test('a spool that cannot be written at the start, with events, a dead lock and foreign things in it', async () => {
  await testbed.killTemporal();
  edit(SPOT, 3, 'of the killed one');
  await untilSaid('the spool', (said) => said.spool.events === 3 && said.spool.inMemory === 0);
  await leecher.kill();
  const corrupt = '{"half';
  mkdirSync(path.join(spool, '0000000900.spool'));
  mkdirSync(path.join(spool, 'lost+found'));
  writeFileSync(path.join(spool, 'Thumbs.db'), 'foreign');
  writeFileSync(path.join(spool, '0000000901.spool'), Buffer.from([0, 1, 2, 255, 10, 13, 10]));
  writeFileSync(path.join(spool, '0000000902.spool'), `{"version":2,"record":{"id":"x"}}\n${corrupt}`);
  writeFileSync(path.join(spool, '0000000903.spool'), '');
  expect(JSON.parse(readFileSync(path.join(spool, 'lock'), 'utf8'))).toMatchObject({ pid: leecher.pid });
  // Read by nobody: only the log can tell it.
  edit(FEATURE, 3, 'unheard');
  await testbed.restartTemporal();

  leecher = testbed.launch('leech', env, { injected: broken('EROFS') });
  await untilSaid('the mount', (said) =>
    says(said, /spool directory .* cannot be .* \(EROFS\); mount it writable, or set SPOOL_DIR/),
  );
  await untilSaid('the hub', (said) => said.problems.length === 1);
  edit(SPOT, 1, 'beside the spool');
  await story.untilAgreed();
  expect(segments()).toContain('0000000901.spool');

  await leecher.inject(broken('EACCES'));
  await untilSaid('the rights', (said) => says(said, /\(EACCES\); let the user of this process write there/));
  await leecher.inject({});
  await untilAllIsWell();
  const { notices } = await untilSaid('a notice', (said) => /0000000901\.corrupt/.test(said.notices.join()));
  expect(notices.join()).toMatch(
    /lines that are no events of this version.*look at them, then remove the files/,
  );
  await eventually('the line of another version to be set aside', () =>
    readFileSync(path.join(spool, '0000000902.corrupt'), 'utf8').includes('"version":2'),
  );
  expect(readdirSync(spool)).toEqual(expect.arrayContaining(['0000000900.spool', 'lost+found', 'Thumbs.db']));
}, 120_000);

test('a spool that another leecher uses: the second one ends, names the first, and says what to do', async () => {
  const second = testbed.launch('leech', env);
  expect(await second.exit).toBe(1);
  expect(second.lastWords()).toMatch(
    new RegExp(
      `in use by another leecher \\(process ${leecher.pid} on .*give each leecher its own SPOOL_DIR`,
    ),
  );
  edit(SPOT, 2, 'and the first works on');
  await untilAllIsWell();
}, 60_000);
