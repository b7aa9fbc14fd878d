import type { StepInput } from '../../../src/activities/step';
import type { FtrackEvent } from '../../../src/contracts/messages';
import { failure } from '../../../src/errors';
import type { Core } from '../../support/core';
import { latch, newProject, resetToStart, startCore, untilAborted } from '../../support/core';
import { eventually } from '../../support/eventually';

/** Group turns: who holds a turn settles the events that wait behind it along with its own. */
let core: Core;
beforeAll(async () => {
  // A busy machine shall not make a step look dead: that would end a group.
  core = await startCore({ timeScale: 4, groups: true });
});
afterAll(() => core.close());
afterEach(() => expect(core.breaches()).toEqual([]));

const entitiesOf = ({ event }: StepInput): string[] => event.entities.map(({ entityId }) => entityId);

/** Delivers events behind one that holds its turn until `open`, so that they are a backlog. */
async function backlog(events: readonly FtrackEvent[], project = newProject()) {
  const first = core.event();
  const gate = latch();
  core.on(first.id, () => gate.opened);
  await core.deliver(project, first);
  await eventually('the first step to run', () => core.of(first.id).length === 1);
  await core.deliver(project, ...events);
  await eventually('the backlog', async () => (await core.view(project)).queued === events.length);
  return { project, first, open: gate.open };
}

const newEvents = (count: number): FtrackEvent[] => Array.from({ length: count }, () => core.event());
/** One after the other: a hundred that ask at once would be a load of their own. */
async function applied(events: readonly FtrackEvent[]): Promise<void> {
  for (const event of events) {
    await core.untilStanding(event, 'completed applied', 60_000);
  }
}

test('the next turn settles everything that waits, in its order, and each event closes as what came of it', async () => {
  const events = newEvents(12);
  const [leader] = events;
  const seen: string[][] = [];
  core.on(leader?.id ?? '', (input) => void seen.push(entitiesOf(input)));
  const { project, open } = await backlog(events);

  open();
  await applied(events);

  expect(seen[0]).toEqual(events.flatMap(({ entities }) => entities.map(({ entityId }) => entityId)));
  const view = await core.view(project);
  expect(view).toMatchObject({ queued: 0, turn: null, counts: { done: 2, covered: 11, parked: 0, lost: 0 } });
  const last = await core.handle(events[11] ?? core.event()).result();
  const summary = `settled together with ftrack-event/${leader?.id}`;
  expect(last).toEqual({
    outcome: 'applied',
    handlers: { 'sync-entities': { outcome: 'applied', summary } },
  });
});

test('more than 50 events take as many turns as they need', async () => {
  const events = newEvents(120);
  const { project, open } = await backlog(events);

  open();
  await applied(events);

  // A step may be tried again on a busy machine.
  const ran = core.executions.filter((each) => each.project === project).map(({ event }) => event);
  expect(new Set(ran).size).toBe(1 + 3);
}, 120_000);

test('one that fails holds up nobody: the others have turns of their own, in order, and it parks', async () => {
  const events = newEvents(8);
  const poison = events[4] ?? core.event();
  for (const { id } of events) {
    core.on(id, (input) => {
      if (entitiesOf(input).includes(poison.entities[0]?.entityId ?? '')) {
        throw failure('name-empty', 'no name');
      }
    });
  }
  const { project, first, open } = await backlog(events);

  open();
  await core.untilStanding(poison, 'running parked');
  await applied(events.filter((each) => each !== poison));

  const order = core.executions.filter((each) => each.project === project).map(({ event }) => event);
  expect([...new Set(order)]).toEqual([first, ...events].map(({ id }) => id));
  expect((await core.view(project)).parked.map(({ id }) => id)).toEqual([`ftrack-event/${poison.id}`]);
});

test('while the other system is away nobody is let go, and all are settled when it is back', async () => {
  const events = newEvents(6);
  let isAway = true;
  const sizes: number[] = [];
  core.on(events[0]?.id ?? '', (input) => {
    sizes.push(input.event.entities.length);
    if (isAway) {
      throw failure('ayon-unreachable', 'AYON is away');
    }
  });
  const { project, open } = await backlog(events);

  open();
  await eventually('the queue to say so', async () => (await core.view(project)).state === 'waiting');
  expect((await core.view(project)).queued).toBe(5);
  isAway = false;
  await applied(events);

  expect(new Set(sizes)).toEqual(new Set([6]));
});

test('an event that is reset after it was covered has a turn of its own', async () => {
  const events = newEvents(5);
  const covered = events[3] ?? core.event();
  const { open } = await backlog(events);
  open();
  await applied(events);
  expect(core.of(covered.id)).toHaveLength(0);

  await resetToStart(core, covered);

  await eventually('its own step', () => core.of(covered.id).length === 1);
  await core.untilStanding(covered, 'completed applied');
});

test('an event that is cancelled while it waits is not touched by the group', async () => {
  const events = newEvents(6);
  const cancelled = events[2] ?? core.event();
  const { project, open } = await backlog(events);
  await core.handle(cancelled).cancel();
  await core.untilStanding(cancelled, 'cancelled skipped');
  await eventually('its place to be free', async () => (await core.view(project)).queued === 5);

  open();

  await applied(events.filter((each) => each !== cancelled));
  expect(await core.standing(cancelled)).toBe('cancelled skipped');
});

test('what may not join ends the group, and is overtaken by nobody', async () => {
  const events = newEvents(9);
  events[4] = core.event({ topic: 'ftrack.other' });
  const seen: number[] = [];
  events.forEach(({ id }) => core.on(id, (input) => void seen.push(entitiesOf(input).length)));
  const { open } = await backlog(events);

  open();
  await applied(events.filter(({ topic }) => topic === 'ftrack.update'));

  // The stranger has no handler: it closes without a step, and those behind it are a group again.
  expect(seen).toEqual([4, 4]);
  await core.untilStanding(events[4], 'completed skipped');
});

test('what no handler wants is closed along with the others', async () => {
  const events = newEvents(6);
  const unwanted = core.event({
    entities: [{ entityId: 'v', entityType: 'assetversion', action: 'update' }],
  });
  events[3] = unwanted;
  const { project, open } = await backlog(events);

  open();
  await applied(events.filter((each) => each !== unwanted));

  await core.untilStanding(unwanted, 'completed skipped');
  expect((await core.view(project)).counts).toMatchObject({ done: 2, covered: 5 });
});

test('an event that stops each step it is part of holds up nobody before it, and is skipped by itself', async () => {
  const quick = await startCore({ timeScale: 100, groups: true });
  const events = Array.from({ length: 5 }, () => quick.event());
  const deadly = events[2] ?? quick.event();
  for (const { id } of events) {
    quick.on(id, async (input, { signal }) => {
      if (entitiesOf(input).includes(deadly.entities[0]?.entityId ?? '')) {
        await untilAborted(signal);
      }
    });
  }
  const project = newProject();
  await quick.toQueue(project, 'pause', 'test');
  await quick.deliver(project, ...events);
  await eventually('the backlog', async () => (await quick.view(project)).queued === events.length);

  await quick.toQueue(project, 'resume');

  const [before, after] = [events.slice(0, 2), events.slice(3)];
  for (const event of before) {
    await quick.untilStanding(event, 'completed applied', 60_000);
  }
  await eventually('its own step', () => quick.of(deadly.id).length > 0);
  await quick.handle(deadly).executeUpdate('skip');
  for (const event of after) {
    await quick.untilStanding(event, 'completed applied', 60_000);
  }
  await quick.close();
}, 180_000);

test('a pause holds for those behind the holder too', async () => {
  const events = newEvents(6);
  let isAway = true;
  core.on(events[0]?.id ?? '', () => {
    if (isAway) {
      throw failure('ayon-unreachable', 'AYON is away');
    }
  });
  const { project, open } = await backlog(events);
  open();
  await eventually('the queue to wait', async () => (await core.view(project)).state === 'waiting');

  await core.toQueue(project, 'pause', 'test');
  isAway = false;
  await applied(events.slice(0, 1));

  expect(await core.view(project)).toMatchObject({ state: 'paused', queued: 5 });
  await core.toQueue(project, 'resume');
  await applied(events);
});

test('messages that arrive twice close nothing twice and free no other turn', async () => {
  await core.wrapQueueActivities((real) => ({
    async notify(notices) {
      await real.notify(notices);
      await real.notify(notices);
    },
    async release(input) {
      await real.release(input);
      await real.release(input);
    },
  }));
  const events = newEvents(60);
  const { project, open } = await backlog(events);

  open();
  await applied(events);

  const { done, covered, lost } = (await core.view(project)).counts;
  expect([done + covered, lost]).toEqual([61, 0]);
  expect(covered).toBeGreaterThan(0);
  await core.wrapQueueActivities(() => ({}));
});

test('a project that does not want them gives each event a turn', async () => {
  core.groups = false;
  const events = newEvents(6);
  const { project, open } = await backlog(events);

  open();
  await applied(events);

  const ran = core.executions.filter((each) => each.project === project).map(({ event }) => event);
  expect(new Set(ran).size).toBe(7);
  core.groups = true;
});
