import path from 'node:path';
import type { Service, Testbed } from '../../testbed';
import { startTestbed } from '../../testbed';
import { eventually } from '../support/eventually';
import { eventOf, SPOT, Story } from './support/story';

/** Promise D at the intake: an event may come as often as it likes. */
let testbed: Testbed;
let story: Story;
let leechers: Service[];
/** ftrack's events as the hub sent them, to send them again. */
const sent = new Map<string, Parameters<Testbed['ftrack']['hub']['publish']>[0]>();

beforeAll(async () => {
  testbed = await startTestbed({ timeScale: 10 });
  testbed.ftrack.hub.onEvent((event) => sent.set(String(event['id']), event));
  story = new Story(testbed);
  leechers = await Promise.all([
    testbed.startLeecher(),
    testbed.startLeecher({ SPOOL_DIR: path.join(testbed.folder, 'second-spool') }),
    testbed.startProcessor(),
  ]);
  leechers.pop();
}, 90_000);

afterAll(() => testbed.close(), 30_000);

/** How often both leechers together were given an event that they handed on, or found handled already. */
async function deliveries(): Promise<number> {
  const all = await Promise.all(leechers.map((each) => each.metrics()));
  return all.reduce(
    (sum, each) =>
      sum +
      (each['ayon_ftrack_leecher_events_total{outcome="started"}'] ?? 0) +
      (each['ayon_ftrack_leecher_events_total{outcome="closed"}'] ?? 0),
    0,
  );
}

/** Workflow runs of an event: a second one would be a second application. */
async function runsOf(event: string): Promise<number> {
  return (await story.find(`WorkflowId = "ftrack-event/${event}"`)).length;
}

test('D: one event from two leechers, doubled by the hub, and once more when it is done: one workflow, one application', async () => {
  const before = await deliveries();
  let task = '';
  testbed.ftrack.hub.duplicateNext();
  const event = eventOf(story, () => {
    task = story.bob.createTask({
      parent: story.id(`${SPOT}/sq010/sh010`),
      name: 'lighting',
      type: 'Lighting',
      assignees: ['kenji'],
    });
  });
  await story.untilClosed([event]);
  await eventually('four deliveries', async () => (await deliveries()) === before + 4);

  const again = sent.get(event);
  expect(again).toBeDefined();
  testbed.ftrack.hub.publish(again ?? {});
  await eventually('six deliveries', async () => (await deliveries()) === before + 6);

  await eventually('the run to be found', async () => (await runsOf(event)) > 0);
  expect(await runsOf(event)).toBe(1);
  expect(story.partners(task)).toHaveLength(1);
  expect(story.ayonEvents(/^entity\.task\.created$/, task)).toHaveLength(1);
  const view = await testbed.queue(story.projects[SPOT] ?? '');
  expect([view.queued, view.counts.lost, view.counts.stuck]).toEqual([0, 0, 0]);
}, 90_000);

test('D: one event without its ftrack id in common: the same change told twice is written once', async () => {
  const task = story.id(`${SPOT}/sq010/sh010/animation`);
  const event = eventOf(story, () => story.bob.setStatus(task, 'Approved'));
  const twin = { ...sent.get(event), id: `${event.slice(0, -4)}twin` };
  testbed.ftrack.hub.publish(twin);
  await story.untilClosed([event, twin.id]);

  expect(story.ayonEvents(/^entity\.task\.status_changed$/, task)).toHaveLength(1);
  expect([await story.standing(event), await story.standing(twin.id)].sort()).toEqual([
    'completed applied',
    'completed unchanged',
  ]);
}, 60_000);
