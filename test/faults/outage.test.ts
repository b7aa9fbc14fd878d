import type { FaultHandle, Faults } from '../../simulators/faults';
import type { Testbed } from '../../testbed';
import { startTestbed } from '../../testbed';
import { eventually } from '../support/eventually';
import { FEATURE, SPOT, Story } from './support/story';

/** Promise L while AYON or ftrack are away: an outage is waited out, whatever its form, and never parks. */
let testbed: Testbed;
let story: Story;

beforeAll(async () => {
  testbed = await startTestbed({ timeScale: 20 });
  story = new Story(testbed);
  await Promise.all([testbed.startLeecher(), testbed.startProcessor()]);
}, 90_000);

afterAll(() => testbed.close(), 30_000);

/** Edits of both projects. @returns their events */
function edit(text: string): string[] {
  const from = story.events.length;
  for (const project of [FEATURE, SPOT]) {
    for (const id of story.tasks(project).slice(0, 3)) {
      story.bob.update(id, { description: text });
    }
  }
  return story.events.slice(from);
}

/** Both queues are held, take the events in, and go on once `trouble` has begun. */
async function editBefore(trouble: () => Promise<void>, text: string): Promise<string[]> {
  await story.untilClosed(edit(`${text}, all well`));
  await Promise.all([FEATURE, SPOT].map((project) => story.toQueue(project, 'pause')));
  const events = edit(text);
  await Promise.all([FEATURE, SPOT].map((project) => story.untilQueue(project, /^paused .* 3 waiting/)));
  await trouble();
  await Promise.all([FEATURE, SPOT].map((project) => story.toQueue(project, 'resume')));
  return events;
}

/** More tries than an event of class `attempts` gets before it parks; and enough to see that it is none. */
const MANY = 9;
const SOME = 4;

/** Tries of the activity of whichever event has its turn in the feature's queue. */
async function tries(): Promise<number> {
  const { turn } = await testbed.queue(story.projects[FEATURE] ?? '');
  const { raw } = await testbed.client.workflow.getHandle(turn?.id ?? '').describe();
  return raw.pendingActivities?.[0]?.attempt ?? 0;
}

async function untilTried(often: number): Promise<void> {
  await eventually(`${often} tries`, async () => (await tries()) >= often, 60_000);
}

/** What must be so after many tries: the first event still has its turn, and nobody has parked. */
async function parkedMeanwhile(events: readonly string[]): Promise<unknown> {
  const { parked, counts } = await testbed.queue(story.projects[FEATURE] ?? '');
  return { parked, ever: counts.parked, first: await story.standing(events[0] ?? '') };
}
const NOTHING = { parked: [], ever: 0, first: 'running queued' };

/** What is left undone once all events are closed. */
async function leftUndone(events: readonly string[]): Promise<unknown> {
  await story.untilClosed(events);
  return { drift: testbed.drift(), parked: (await testbed.outcomes())['parked'] ?? 0 };
}
const NOTHING_LEFT = { drift: [], parked: 0 };

test('L: AYON down past many rounds of retries: the queues say since when they wait, nothing parks, all is applied', async () => {
  const events = await editBefore(() => testbed.ayon.refuse(), 'without AYON');

  await story.untilQueue(FEATURE, /^waiting for AYON since \d{4}-\S+Z: .+; 2 waiting$/);
  await story.untilQueue(SPOT, /^waiting for AYON since/);
  await untilTried(MANY);
  expect(await parkedMeanwhile(events)).toEqual(NOTHING);

  await testbed.ayon.listen();
  expect(await leftUndone(events)).toEqual(NOTHING_LEFT);
}, 120_000);

test('L: ftrack down while its events are queued already: the queues wait for ftrack, then all is applied', async () => {
  const events = await editBefore(() => testbed.ftrack.refuse(), 'without ftrack');

  await story.untilQueue(FEATURE, /^waiting for ftrack since .*got no answer.*; 2 waiting$/);
  await untilTried(SOME);
  expect(await parkedMeanwhile(events)).toEqual(NOTHING);

  await testbed.ftrack.listen();
  expect(await leftUndone(events)).toEqual(NOTHING_LEFT);
}, 120_000);

describe('L: a proxy answers with its page and 502', () => {
  const page = (faults: Faults, path: RegExp): FaultHandle =>
    faults.add({ match: { path }, times: Number.POSITIVE_INFINITY, effect: { html502: true } });

  test.each([
    ['AYON', () => page(testbed.ayon.faults, /./)],
    ['ftrack', () => page(testbed.ftrack.faults, /^\/api/)],
  ] as const)(
    'for %s: it is an outage like any other',
    async (system, start) => {
      await eventually('events to arrive', () => testbed.ftrack.hub.connections().length > 0);
      let proxy: FaultHandle | undefined;
      const trouble = (): Promise<void> => {
        proxy = start();
        return Promise.resolve();
      };
      const events = await editBefore(trouble, `pages from ${system}`);

      await story.untilQueue(FEATURE, new RegExp(`^waiting for ${system} since .*page`));
      await untilTried(SOME);
      expect(await parkedMeanwhile(events)).toEqual(NOTHING);

      proxy?.remove();
      expect(await leftUndone(events)).toEqual(NOTHING_LEFT);
    },
    120_000,
  );
});
