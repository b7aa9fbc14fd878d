import { SIGNAL } from '../../src/contracts/names';
import type { Testbed } from '../../testbed';
import { startTestbed } from '../../testbed';
import { eventually } from '../support/eventually';
import { eventOf, FEATURE, SPOT, Story } from './support/story';

/** Promise I, and what a parked event looks like; and that the edits of AYON's people are nobody else's business. */
let testbed: Testbed;
let story: Story;

beforeAll(async () => {
  testbed = await startTestbed({ timeScale: 20 });
  story = new Story(testbed);
  await Promise.all([testbed.startLeecher(), testbed.startProcessor()]);
}, 90_000);

afterAll(() => testbed.close(), 30_000);

const firstTask = (project: string): string => story.tasks(project)[0] ?? '';

test('I: an event that AYON cannot digest holds up its own project only, parks in sight, and a retry after mending applies it', async () => {
  const task = firstTask(FEATURE);
  const { project } = story.target(task);
  const poison = testbed.ayon.faults.add({
    match: { path: `/api/projects/${project}/operations` },
    times: Number.POSITIVE_INFINITY,
    effect: { status: 500, body: { code: 500, detail: 'a hook of this studio fails' } },
  });
  const poisoned = eventOf(story, () => story.bob.update(task, { description: 'poison' }));
  await poison.waitForHit();
  const healthy = eventOf(story, () => story.bob.update(firstTask(SPOT), { description: 'healthy' }));
  await story.untilClosed([healthy], 20_000);
  expect(await story.standing(poisoned)).toBe('running queued');

  await story.untilStanding(poisoned, 'running parked');
  await eventually('the search to find it', async () => {
    const found = await story.find(
      `SyncOutcome = "parked" and FtrackProject = "${story.projects[FEATURE]}" and ExecutionStatus = "Running"`,
    );
    return found.join() === `ftrack-event/${poisoned}`;
  });
  await story.untilQueue(FEATURE, /^idle; 0 waiting, 1 parked$/);
  const [parked] = (await testbed.queue(story.projects[FEATURE] ?? '')).parked;
  expect(parked).toMatchObject({
    code: 'ayon-server-error',
    reason: expect.stringContaining('a hook of this studio fails') as string,
  });
  expect(poison.hits).toBeGreaterThanOrEqual(8);

  poison.remove();
  const answer = await story.event(poisoned).executeUpdate<string, []>(SIGNAL.retry);
  expect(answer).toMatch(/^retry/);
  await story.untilStanding(poisoned, 'completed applied');
  expect(testbed.drift()).toEqual([]);
}, 90_000);

test('what AYON refuses for good parks at once, the queue goes on, and a retry of what does not wait is refused', async () => {
  const [one = '', other = ''] = story.tasks(SPOT);
  const { project } = story.target(one);
  const refusal = testbed.ayon.faults.add({
    match: { path: `/api/projects/${project}/operations` },
    effect: { status: 422, body: { code: 422, detail: 'not in this studio' } },
  });
  const refused = eventOf(story, () => story.bob.update(one, { description: 'refused' }));
  const next = eventOf(story, () => story.bob.update(other, { description: 'next' }));

  await story.untilStanding(refused, 'running parked');
  await story.untilStanding(next, 'completed applied');
  expect(refusal.hits).toBe(1);
  await expect(story.event(next).executeUpdate(SIGNAL.retry)).rejects.toThrow(/completed/);

  await story.event(refused).executeUpdate(SIGNAL.retry);
  await story.untilStanding(refused, 'completed applied');
}, 60_000);

test('an AYON status set by hand survives an unrelated ftrack edit of that shot, and of its task', async () => {
  const shot = story.id(`${SPOT}/sq020/sh010`);
  const task = story.id(`${SPOT}/sq020/sh010/compositing`);
  const linnea = testbed.ayon.as('admin');
  for (const id of [shot, task]) {
    linnea.patch(story.target(id), { status: 'On Hold' });
  }

  const events = [
    eventOf(story, () => story.bob.update(shot, { description: 'im Gegenlicht' })),
    eventOf(story, () => story.bob.setCustomAttribute(shot, 'frameEnd', 1234)),
    eventOf(story, () => story.bob.update(task, { end_date: '2026-07-01' })),
    eventOf(story, () => story.bob.assign(task, 'bob')),
  ];
  await story.untilClosed(events);

  expect([story.seen(shot)?.status, story.seen(task)?.status]).toEqual(['On Hold', 'On Hold']);
  expect(story.seen(shot)?.attrib).toMatchObject({ description: 'im Gegenlicht', frameEnd: 1234 });
  expect(story.seen(task)?.assignees).toContain('bob');

  await story.untilClosed([eventOf(story, () => story.bob.setStatus(shot, 'Approved'))]);
  expect(story.seen(shot)?.status).toBe('Approved');
}, 60_000);
