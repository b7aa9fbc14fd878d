import { randomUUID } from 'node:crypto';
import type { Service, Testbed } from '../../testbed';
import { startTestbed } from '../../testbed';
import { eventually } from '../support/eventually';
import { untilFirstLook } from './support/first-look';
import { eventOf, SPOT, Story } from './support/story';

/** A leecher's host whose clock is set by an hour, to and fro: nothing is lost, nothing stops, order never goes back. */
const HOUR = 3_600_000;

let testbed: Testbed;
let story: Story;
let leecher: Service;
let tasks: string[];

beforeAll(async () => {
  testbed = await startTestbed({ timeScale: 20, hubTimeScale: 4 });
  story = new Story(testbed);
  tasks = story.tasks(SPOT);
  [leecher] = await Promise.all([testbed.startLeecher(), testbed.startProcessor()]);
  await untilFirstLook(testbed);
}, 90_000);

afterAll(() => testbed.close(), 30_000);

/** Edits one task and waits until its event is in Temporal's hands. @returns the event */
async function edit(task: string | undefined, text: string = randomUUID()): Promise<string> {
  const event = eventOf(story, () => story.bob.update(task ?? '', { description: text }));
  await eventually('the event to be handed over', () => story.standing(event));
  return event;
}

/** An edit of which the hub tells nothing; later than a row's time, cut to seconds, could be taken for an earlier one's. */
async function editUntold(task: string | undefined): Promise<void> {
  const from = performance.now();
  await eventually('the second to be over', () => performance.now() - from > 2_500);
  testbed.ftrack.hub.dropEvents(1);
  eventOf(story, () => story.bob.update(task ?? '', { description: randomUUID() }));
}

/** What the queue grants next, as ids of the hub's events. */
const waiting = async (): Promise<string[]> =>
  (await testbed.queue(story.projects[SPOT] ?? '')).next
    .map(({ id }) => id.replace(/^.*\//, ''))
    .filter((id) => !id.startsWith('log-'));

/** Edits one task of the paused project and waits until its event is in the queue. @returns the event */
async function enqueue(task: string | undefined): Promise<string> {
  const event = await edit(task);
  await eventually('the event to be in the queue', async () => (await waiting()).includes(event));
  return event;
}

async function reconnected(): Promise<void> {
  const opened = async (): Promise<number> => ((await leecher.readiness())['hub'] as { epoch: number }).epoch;
  const before = await opened();
  testbed.ftrack.hub.dropAll();
  await eventually('a new connection', async () => (await opened()) > before);
  await leecher.ready();
}

test('O: events keep their order when the clock is set while they arrive, also over new connections and processes', async () => {
  await story.untilClosed([await edit(tasks[0])]);
  await story.toQueue(SPOT, 'pause');
  const events = [await enqueue(tasks[0])];
  await leecher.inject({ clockMs: HOUR });
  events.push(await enqueue(tasks[1]));
  await reconnected();
  events.push(await enqueue(tasks[2]));
  await leecher.inject({ clockMs: -HOUR });
  events.push(await enqueue(tasks[3]));
  await reconnected();
  events.push(await enqueue(tasks[4]));
  await leecher.kill();
  leecher = testbed.launch('leech', {}, { injected: { clockMs: -2 * HOUR } });
  await leecher.ready();
  events.push(await enqueue(tasks[5]));

  expect(await waiting()).toEqual(events);
  expect(leecher.said.join('\n')).toMatch(/this host's clock differs from ftrack's.*set the host's clock/);
  await story.toQueue(SPOT, 'resume');
  await story.untilClosed(events);
  await story.untilAgreed();
}, 120_000);

test.each([
  ['ahead', HOUR],
  ['behind', -HOUR],
])(
  'L: the clock set an hour %s and right again hides nothing that the hub does not tell',
  async (_, clockMs) => {
    await leecher.inject({ clockMs });
    await story.untilClosed([await edit(tasks[0])]);
    await leecher.inject({});
    await editUntold(tasks[0]);
    await story.untilQuiet();

    await leecher.inject({ clockMs });
    await reconnected();
    await editUntold(tasks[1]);
    await story.untilQuiet();

    await leecher.inject({});
    await reconnected();
    await story.untilClosed([await edit(tasks[0])]);
    expect((await leecher.readiness()).ready).toBe(true);
  },
  120_000,
);
