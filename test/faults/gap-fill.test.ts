import type { Row } from '../../simulators/ftrack/store/table';
import type { GapFillView } from '../../src/contracts/gap-fill';
import { GAP_FILL_ID, QUERY, SIGNAL } from '../../src/contracts/names';
import type { Service, Testbed } from '../../testbed';
import { startTestbed } from '../../testbed';
import { eventually } from '../support/eventually';
import { FEATURE, SPOT, Story } from './support/story';

/** Promise L where no event arrived: ftrack's Event log shows what a leecher missed. */
let testbed: Testbed;
let story: Story;
let leecher: Service;
let processor: Service;

beforeAll(async () => {
  testbed = await startTestbed({ timeScale: 20 });
  story = new Story(testbed);
  // Before anybody looks: the first look begins at the head of the log.
  story.bob.update(story.tasks(SPOT)[1] ?? '', { description: 'of an earlier time' });
  processor = await testbed.startProcessor();
  await looked();
  leecher = await testbed.startLeecher();
  // Rows carry whole seconds: what is written in the second of a connect counts as before it.
  await eventually('a second to pass since the leecher connected', async () =>
    (await view()).heard.some(({ from }) => Date.now() - from > 1_000),
  );
}, 90_000);

afterAll(() => testbed.close(), 30_000);

const gapFill = () => testbed.client.workflow.getHandle(GAP_FILL_ID);
const view = (): Promise<GapFillView> => gapFill().query<GapFillView>(QUERY.state);

/** Waits for a look that began after this call. */
async function looked(): Promise<GapFillView> {
  const from = Date.now();
  await eventually('the gap fill to run', () =>
    gapFill()
      .signal(SIGNAL.sweep)
      .then(() => true),
  );
  return eventually('a look at the log', async () => {
    const seen = await view();
    return (seen.sweptAt ?? 0) >= from ? seen : undefined;
  });
}

/** Waits until every row so far is settled. */
const settled = (): Promise<GapFillView> =>
  eventually(
    'the log to be settled',
    async () => {
      const seen = await looked();
      if (seen.unsettled > 0) {
        throw new Error(JSON.stringify(seen));
      }
      return seen;
    },
    40_000,
  );

const entityOf = (project: string, type: string): string =>
  testbed.studio.projects.find(({ name }) => name === project)?.entities.find((each) => each.type === type)
    ?.id ?? '';

const logEvents = async (): Promise<string[]> =>
  (await story.find('WorkflowType = "handleEvent"')).filter((id) => id.startsWith('ftrack-event/log-'));

test('in a steady state it starts nothing: each row was told by an event, or concerns nothing in AYON', async () => {
  const tasks = story.tasks(SPOT);
  tasks.forEach((id, at) => story.bob.update(id, { description: `told ${at}` }));
  await story.untilClosed(story.events.slice(1));

  const { counts, cursor } = await settled();

  expect(counts).toMatchObject({ missed: 0, events: 0 });
  expect(counts.known).toBe(tasks.length);
  expect(cursor).toBeGreaterThan(0);
  expect(await logEvents()).toEqual([]);
}, 60_000);

test('what changed while no leecher ran is read again once one is back, unscoped where the row does not say', async () => {
  await leecher.kill();
  const tasks = story.tasks(FEATURE);
  tasks.forEach((id, at) => story.bob.update(id, { description: `unseen ${at}` }));
  const [gone = ''] = tasks;
  story.bob.remove(gone);
  const shot = story.bob.createShot({ parent: entityOf(FEATURE, 'Sequence'), name: 'unseen' });

  leecher = await testbed.startLeecher();

  await story.untilAgreed();
  expect(story.seen(shot)?.active).toBe(true);
  expect(story.seen(gone)?.active ?? false).toBe(false);
  const bundles = await logEvents();
  expect(bundles.length).toBeGreaterThan(0);
  expect(bundles.length).toBeLessThan(tasks.length);
}, 90_000);

test('a single event that the hub dropped over a healthy connection is found by the next look', async () => {
  const [, task = ''] = story.tasks(SPOT);
  const before = (await settled()).counts;
  testbed.ftrack.hub.dropEvents(1);
  story.bob.update(task, { description: 'dropped by the hub' });

  const { counts } = await settled();
  await story.untilAgreed();

  expect(counts.missed).toBe(before.missed + 1);
}, 60_000);

test('the last of many edits of one attribute is found, though each had its event but that one', async () => {
  const [, , task = ''] = story.tasks(SPOT);
  const before = (await settled()).counts.missed;
  for (let edit = 0; edit < 5; edit += 1) {
    const from = Math.floor(Date.now() / 1_000);
    await eventually('the next second of the log', async () => Date.now() / 1_000 >= from + 1);
    testbed.ftrack.hub.dropEvents(edit < 4 ? 0 : 1);
    story.bob.update(task, { description: `edit ${edit} of one a second` });
  }

  const { counts } = await settled();
  await story.untilAgreed();

  expect(counts.missed).toBe(before + 1);
}, 60_000);

test.each([
  ['behind', -3_600_000, 'Shot'],
  ['ahead', 3_600_000, 'Sequence'],
])(
  'a processor whose clock is an hour %s finds what was dropped, each time',
  async (_, clockMs, type) => {
    const entity = entityOf(FEATURE, type);
    const before = (await settled()).counts.missed;
    await processor.inject({ clockMs });
    for (const text of ['once', 'and again']) {
      testbed.ftrack.hub.dropEvents(1);
      story.bob.update(entity, { description: `${text}, by a clock off by ${clockMs}` });

      await settled();
      await story.untilAgreed();
    }
    await processor.inject({});
    expect((await settled()).counts.missed).toBeGreaterThanOrEqual(before + 2);
  },
  90_000,
);

test('a row that becomes visible behind later ones is not overlooked', async () => {
  const [first = '', second = ''] = story.tasks(SPOT);
  const held = testbed.ftrack.eventLog.holdNext(1);
  testbed.ftrack.hub.dropEvents(1);
  story.bob.update(first, { description: 'visible late' });
  story.bob.update(second, { description: 'visible at once' });
  const { cursor } = await settled();
  const [id = 0] = held.ids;

  held.release();

  await settled();
  await story.untilAgreed();
  expect(cursor).toBeLessThan(id);
}, 60_000);

test('rows with words that nobody knows cost one look, and a log that shrank is told', async () => {
  // No event ever named it: one of the last second would tell the row too, whose time is cut to seconds.
  const untouched = entityOf(SPOT, 'Sequence');
  const log = testbed.ftrack.store.tableOf('Event');
  const id = 1_000_000;
  const { counts } = await settled();
  log.insert({
    type: 'Event',
    key: String(id),
    data: {
      id,
      action: 'odd',
      insert: 'perhaps',
      data: '{"half',
      created_at: new Date().toISOString().slice(0, 19),
      parent_type: 'Gizmo',
      parent_id: untouched,
      project_id: story.projects[SPOT] ?? null,
      user_id: null,
    },
  });
  const odd = await settled();
  expect(odd.counts.events).toBe(counts.events + 1);
  await eventually('the odd row to be handled', async () =>
    (await story.standing(`log-${id}`)).startsWith('completed'),
  );

  log.remove(log.get(String(id)) as Row);

  const { lost } = await looked();
  expect(lost).toMatch(/Event log ends at row \d+, where there was row 1000000 before/);
}, 60_000);
