import { projectQueueId, WORKFLOW } from '../../../src/contracts/names';
import { MAX_TICKETS } from '../../../src/domain/project-queue';
import { failure } from '../../../src/errors';
import type { Core } from '../../support/core';
import { latch, newProject, startCore, untilAborted } from '../../support/core';
import { eventually } from '../../support/eventually';

let core: Core;
let halting: Core;
beforeAll(async () => {
  core = await startCore({ timeScale: 20 });
  halting = await startCore({ timeScale: 20, policy: 'halt' });
});
afterAll(async () => {
  await core.close();
  await halting.close();
});
afterEach(() => expect([...core.breaches(), ...halting.breaches()]).toEqual([]));

test('pause holds every event of the project, resume lets them go; both answer with the state', async () => {
  const project = newProject();
  const events = [core.event(), core.event()];
  await core.toQueue(project, 'pause', 'deadline');
  await core.deliver(project, ...events);
  const paused = await eventually('two to wait', async () => {
    const view = await core.view(project);
    return view.queued === 2 ? view : undefined;
  });
  const ranWhilePaused = core.executions.filter((each) => each.project === project).length;

  const resumed = await core.queue(project).executeUpdate('resume');

  await Promise.all(events.map((each) => core.untilStanding(each, 'completed applied')));
  expect(paused.text).toBe('paused (deadline); 2 waiting');
  expect(ranWhilePaused).toBe(0);
  expect(resumed).toMatchObject({ state: 'granting', queued: 2 });
});

test('under policy `halt` a parked event stops its project until it is retried or skipped', async () => {
  const project = newProject();
  const [bad, next] = [halting.event(), halting.event()];
  let broken = true;
  halting.on(bad.id, () => {
    if (broken) {
      throw failure('name-empty', 'no name');
    }
  });
  await halting.deliver(project, bad, next);
  await halting.untilStanding(bad, 'running parked');
  const view = await eventually('the queue to halt', async () => {
    const seen = await halting.view(project);
    return seen.state === 'halted' ? seen : undefined;
  });
  broken = false;

  await halting.handle(bad).executeUpdate('retry');

  await halting.untilStanding(next, 'completed applied');
  expect(view.text).toMatch(/^halted by ftrack-event\/.*, retry or skip it; 1 waiting, 1 parked$/);
  expect(halting.executions.filter((each) => each.project === project).map((each) => each.event)).toEqual([
    bad.id,
    bad.id,
    next.id,
  ]);
});

test('a terminated turn holder frees its turn', async () => {
  const project = newProject();
  const [held, next] = [core.event(), core.event()];
  core.on(held.id, (_input, context) => untilAborted(context.signal));
  await core.deliver(project, held, next);
  await eventually('the step to run', () => core.of(held.id).length === 1);

  await core.handle(held).terminate();

  await core.untilStanding(next, 'completed applied');
  expect((await core.view(project)).counts.lost).toBe(1);
});

test('a holder whose workflow task keeps failing is stuck: shown, and its turn goes on', async () => {
  const project = newProject();
  const [stuck, next] = [core.event(), core.event()];
  const broken = { ...stuck, topic: 'ftrack.update', entities: 'not a list' } as unknown as typeof stuck;

  await core.deliver(project, broken, next);

  await core.untilStanding(next, 'completed applied', 110_000);
  const view = await core.view(project);
  expect(view.counts.stuck).toBe(1);
  expect(view.text).toMatch(/1 stuck since it began/);
  expect(await core.standing(stuck)).toBe('running queued');
  await core.handle(stuck).terminate();
}, 120_000);

test('a stuck holder that recovers after its turn was taken back queues again, instead of running beside another', async () => {
  const project = newProject();
  const [stuck, next] = [core.event(), core.event()];
  const gate = latch();
  core.on(next.id, (_input, context) => Promise.race([gate.opened, untilAborted(context.signal)]));
  await core.deliver(project, next);
  await eventually('the other event to run', () => core.of(next.id).length === 1);
  await core.stopWorker();
  // What a stuck first task leaves in the history: the grant, and, after the queue lost patience, its revocation.
  const { id, run } = await core.start(project, stuck);
  const number = Date.now() + 1e6;
  await core.client.workflow.signalWithStart(WORKFLOW.event, {
    workflowId: id,
    taskQueue: core.taskQueue,
    args: [{ project: null, key: 0 }],
    signal: 'grant',
    signalArgs: [{ run, number }],
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
  });
  await core.handle(stuck).signal('revoke', number);
  await core.startWorker();

  await eventually('it to queue again', async () => (await core.view(project)).queued === 1);
  gate.open();

  await eventually('the other event to end', () => core.of(next.id).at(-1)?.to !== undefined);
});

test('a queue goes on over continue-as-new, also while a turn is held, and loses nothing', async () => {
  const project = newProject();
  const [held, next] = [core.event(), core.event()];
  const gate = latch();
  core.on(held.id, () => gate.opened);
  const [ticket] = await core.deliver(project, held);
  await eventually('the step to run', () => core.of(held.id).length === 1);
  const { runId } = await core.queue(project).describe();

  for (let sent = 0; sent < 700; sent += 10) {
    await Promise.all(Array.from({ length: 10 }, () => core.enqueue(project, ticket ? [ticket] : [])));
  }
  await core.deliver(project, next);
  const now = await eventually('the queue to continue as new', async () => {
    await core.enqueue(project, []);
    const { runId: seen } = await core.queue(project).describe();
    return seen === runId ? undefined : seen;
  });
  const view = await core.view(project);
  gate.open();

  await core.untilStanding(next, 'completed applied');
  expect(now).not.toBe(runId);
  expect(view.turn?.id).toBe(ticket?.id);
  // A worker that is too busy to beat gets the step a second time: under the same turn.
  expect(new Set(core.of(held.id).map(({ grantedTo }) => grantedTo)).size).toBe(1);
}, 120_000);

test('a full queue fits into what Temporal takes, refuses further tickets and says so', async () => {
  const project = newProject();
  const uuid = (at: number) => `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`;
  const packed = Array.from({ length: MAX_TICKETS }, (_, at) => [uuid(at), uuid(at), 1.7e15 + at]);
  await core.client.workflow.start(WORKFLOW.queue, {
    workflowId: projectQueueId(project),
    taskQueue: core.taskQueue,
    args: [{ project, timeScale: 20, packed, paused: 'test' }],
  });

  await core.enqueue(project, [{ id: 'ftrack-event/one-too-many', run: uuid(1), key: core.key() }]);

  const view = await eventually('the overflow to show', async () => {
    const seen = await core.view(project);
    return seen.overflow > 0 ? seen : undefined;
  });
  expect(view.queued).toBe(MAX_TICKETS);
  expect(view.text).toMatch(/1 refused \(overflow; they enrol themselves\)$/);
  await core.queue(project).terminate();
});

test('a ticket for an event that no longer exists starts a ghost, which closes at once', async () => {
  const project = newProject();
  const next = core.event();
  const ghost = { id: `ftrack-event/${newProject()}`, run: newProject(), key: core.key() };

  await core.enqueue(project, [ghost]);
  await core.deliver(project, next);

  await core.untilStanding(next, 'completed applied');
  const { status } = await core.client.workflow.getHandle(ghost.id).describe();
  expect(status.name).toBe('COMPLETED');
});
