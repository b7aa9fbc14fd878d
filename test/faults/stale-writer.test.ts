import { readFileSync } from 'node:fs';
import type { Service, Testbed } from '../../testbed';
import { startTestbed } from '../../testbed';
import { eventually } from '../support/eventually';
import { eventOf, SPOT, Story } from './support/story';
import type { TcpProxy } from './support/tcp-proxy';
import { startTcpProxy } from './support/tcp-proxy';

/** Promise O against a processor that stands still (SIGSTOP, swap, a laptop's lid) with an old value in its hands. */
let testbed: Testbed;
let story: Story;
let task: string;
let slow: Service;
/** Between the slow processor and Temporal: without it Temporal would hand tasks to a process that stands still. */
let proxy: TcpProxy;

beforeAll(async () => {
  testbed = await startTestbed({ timeScale: 10 });
  story = new Story(testbed);
  task = story.id(`${SPOT}/sq010/sh010/animation`);
  proxy = await startTcpProxy(testbed.temporal.port);
  await testbed.startLeecher();
}, 90_000);

afterAll(async () => {
  await testbed.close();
  await proxy.close();
}, 30_000);

/** A processor that has what it keeps in memory: its next event costs one look and one write. */
beforeEach(async () => {
  slow = await testbed.startProcessor({ TEMPORAL_ADDRESS: proxy.address });
  await story.untilClosed([eventOf(story, () => story.bob.setStatus(task, 'Ready to start'))]);
}, 60_000);

afterEach(() => slow.kill());

const status = (): string | undefined => story.seen(task)?.status;

const isStopped = (pid: number): boolean => /^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));

/** Another processor finishes the event that `slow` has begun, and the next one, which brings the newer value. */
async function overtake(begun: string): Promise<Service> {
  await eventually('the processor to stand still', () => isStopped(slow.pid));
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

/** As a closed lid does it: the process stands still, its connections to Temporal end. */
function standStill(): void {
  slow.signal('SIGSTOP');
  proxy.cut();
}

test('O: stopped between read and write while another one finishes this and the next event: the old value never comes', async () => {
  // ftrack's old value is in the process when it asks AYON; that answer waits in its socket while it stands still.
  const read = testbed.ayon.faults.add({ match: { path: '/graphql' }, effect: { after: standStill } });
  const begun = eventOf(story, () => story.bob.setStatus(task, 'Revise'));
  await read.waitForHit();
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
        standStill();
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
