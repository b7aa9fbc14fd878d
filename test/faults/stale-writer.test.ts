import type { Service, Testbed } from '../../testbed';
import { startTestbed } from '../../testbed';
import { eventually } from '../support/eventually';
import { eventOf, SPOT, Story } from './support/story';

/** Promise O against a processor that stands still (SIGSTOP, swap, a laptop's lid) with an old value in its hands. */
let testbed: Testbed;
let story: Story;
let task: string;
let slow: Service;

beforeAll(async () => {
  testbed = await startTestbed({ timeScale: 10 });
  story = new Story(testbed);
  task = story.id(`${SPOT}/sq010/sh010/animation`);
  await testbed.startLeecher();
}, 90_000);

afterAll(() => testbed.close(), 30_000);

/** A processor that has what it keeps in memory: its next event costs one look and one write. */
beforeEach(async () => {
  slow = await testbed.startProcessor();
  await story.untilClosed([eventOf(story, () => story.bob.setStatus(task, 'Ready to start'))]);
}, 60_000);

afterEach(() => slow.kill());

const status = (): string | undefined => story.seen(task)?.status;

/** Another processor finishes the event that `slow` has begun, and the next one, which brings the newer value. */
async function overtake(begun: string): Promise<Service> {
  const next = eventOf(story, () => story.bob.setStatus(task, 'Approved'));
  const quick = await testbed.startProcessor();
  await story.untilClosed([begun, next], 100_000);
  expect(status()).toBe('Approved');
  return quick;
}

/** What the processor did after it went on, told by its log. */
const untilItEnded = (): Promise<unknown> =>
  eventually('the continued step to end', async () => {
    const { activities } = await slow.readiness();
    return activities === 0;
  });

test('O: stopped between read and write while another one finishes this and the next event: the old value never comes', async () => {
  const reads = testbed.ftrack.calls.count(({ path }) => path === '/api');
  testbed.ayon.faults.add({
    match: { path: '/graphql' },
    effect: {
      after: async () => {
        await eventually(
          'ftrack to be read as well',
          () => testbed.ftrack.calls.count(({ path }) => path === '/api') > reads,
        );
        slow.signal('SIGSTOP');
      },
    },
  });
  const begun = eventOf(story, () => story.bob.setStatus(task, 'Revise'));
  await eventually('the processor to stand still', () => testbed.ayon.faults.unused().length === 0);
  const quick = await overtake(begun);

  slow.signal('SIGCONT');
  await untilItEnded();

  expect(status()).toBe('Approved');
  expect(story.ayonEvents(/status_changed$/, task).map(({ payload }) => payload['newValue'])).not.toContain(
    'Revise',
  );
  await quick.stop();
}, 150_000);

test('O: stopped while its write is held up in the network, which arrives last: the old value does not stay', async () => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const write = testbed.ayon.faults.add({
    match: { path: /\/operations$/ },
    effect: {
      before: async () => {
        slow.signal('SIGSTOP');
        await held;
      },
    },
  });
  const begun = eventOf(story, () => story.bob.setStatus(task, 'Revise'));
  await write.waitForHit();
  const quick = await overtake(begun);

  release();
  await eventually('the old value to arrive', () => status() === 'Revise');
  slow.signal('SIGCONT');

  await eventually('the newer value to be back', () => status() === 'Approved', 30_000);
  await untilItEnded();
  expect(status()).toBe('Approved');
  expect(testbed.drift()).toEqual([]);
  await quick.stop();
}, 150_000);
