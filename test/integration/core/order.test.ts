import type { Core, Execution } from '../../support/core';
import { latch, newProject, startCore } from '../../support/core';
import { eventually } from '../../support/eventually';

/** Start delay of events that lose their ticket in a test, ms. */
const SOON = 2_000;

let core: Core;
beforeAll(async () => {
  core = await startCore();
});
afterAll(() => core.close());
afterEach(() => expect(core.breaches()).toEqual([]));

/** A worker that is too busy to beat gets a step a second time, under the same turn: that is no second start. */
const starts = (executions: Execution[]): string[] => {
  const runs = new Map(executions.map(({ event, run }) => [`${event} ${run}`, event]));
  return [...runs.values()];
};

test('events of one project run one at a time, in arrival order; projects run side by side', async () => {
  const projects = Array.from({ length: 5 }, newProject);
  const events = projects.map(() => Array.from({ length: 12 }, () => core.event()));
  const gate = latch();
  const first = events[0]?.[0];
  core.on(first?.id ?? '', () => gate.opened);

  await Promise.all(projects.map((project, at) => core.deliver(project, ...(events[at] ?? []))));
  const others = events.slice(1).flat();
  await eventually('the other projects to be done', () =>
    others.every((each) => core.of(each.id)[0]?.to !== undefined),
  );
  const done = core.executions.filter((each) => each.project === projects[0]);
  gate.open();
  await eventually('the held project to be done', () =>
    events.flat().every((each) => core.of(each.id)[0]?.to !== undefined),
  );

  expect(starts(done)).toEqual([first?.id]);
  for (const [at, project] of projects.entries()) {
    const ran = core.executions.filter((each) => each.project === project);
    expect(starts(ran)).toEqual(events[at]?.map((each) => each.id));
  }
});

test('what arrives late with a smaller key goes before what still waits', async () => {
  const project = newProject();
  const [a, b, c] = [core.event(), core.event(), core.event()];
  await core.toQueue(project, 'pause', 'test');
  const key = core.key();
  await core.deliver(project, a, b);
  await core.start(project, c, { key, startDelay: SOON });

  await eventually(
    'c, which has no ticket, to enrol itself',
    async () => (await core.view(project)).queued === 3,
  );
  await core.toQueue(project, 'resume');
  await core.untilStanding(b, 'completed applied');

  expect(starts(core.executions.filter((each) => each.project === project))).toEqual([c.id, a.id, b.id]);
});

test('the same event delivered twice, with two tickets, is applied once', async () => {
  const project = newProject();
  const event = core.event();

  const [[one], [two]] = await Promise.all([core.deliver(project, event), core.deliver(project, event)]);
  await core.untilStanding(event, 'completed applied');
  const again = await core.start(project, event).catch((error: Error) => error.name);

  expect(one?.run).toBe(two?.run);
  expect(again).toBe('WorkflowExecutionAlreadyStartedError');
  expect(core.of(event.id)).toHaveLength(1);
});

test('an event whose ticket was lost enrols itself after its start delay', async () => {
  const project = newProject();
  const event = core.event();
  await core.start(project, event, { startDelay: SOON });

  await core.untilStanding(event, 'completed applied');

  expect(core.of(event.id)).toHaveLength(1);
});

test('a terminated queue is rebuilt by the events, in order, and loses none', async () => {
  const project = newProject();
  const events = [core.event(), core.event(), core.event()];
  await core.toQueue(project, 'pause', 'test');
  const tickets = [];
  for (const event of events) {
    tickets.push(await core.start(project, event, { startDelay: SOON }));
  }
  await core.enqueue(project, tickets);
  await core.queue(project).terminate();

  await Promise.all(events.map((each) => core.untilStanding(each, 'completed applied')));

  expect(starts(core.executions.filter((each) => each.project === project))).toEqual(events.map((e) => e.id));
});

test('the queue costs the event no workflow task of its own: one turn, at most 14 history events', async () => {
  const project = newProject();
  const event = core.event();

  await core.deliver(project, event);
  await core.untilStanding(event, 'completed applied');
  const { events } = await core.handle(event).fetchHistory();

  expect(events?.length).toBeLessThanOrEqual(14);
  expect(events?.filter((each) => each.markerRecordedEventAttributes).length).toBe(1);
});

test('an idle queue closes; the next event starts it again', async () => {
  const project = newProject();
  const [a, b] = [core.event(), core.event()];
  await core.deliver(project, a);
  await eventually('the queue to close', async () => {
    const { status } = await core.queue(project).describe();
    return status.name === 'COMPLETED';
  });

  await core.deliver(project, b);

  await core.untilStanding(b, 'completed applied');
});
