import type { FtrackEvent } from '../../../src/contracts/messages';
import { failure } from '../../../src/errors';
import type { Core } from '../../support/core';
import { newProject, resetToStart, startCore } from '../../support/core';
import { eventually } from '../../support/eventually';

let core: Core;
let broken: Set<string>;
beforeAll(async () => {
  core = await startCore({ timeScale: 20 });
  broken = new Set();
});
afterAll(() => core.close());
afterEach(() => expect(core.breaches()).toEqual([]));

function breakable(): FtrackEvent {
  const event = core.event();
  broken.add(event.id);
  core.on(event.id, () => {
    if (broken.has(event.id)) {
      throw failure('name-empty', 'no name');
    }
  });
  return event;
}

test('a skipped event that is reset is applied once more, though the old skip is re-applied', async () => {
  const event = breakable();
  await core.deliver(newProject(), event);
  await core.untilStanding(event, 'running parked');
  await core.handle(event).signal('skip');
  await core.untilStanding(event, 'completed skipped');
  broken.delete(event.id);

  await resetToStart(core, event);

  await core.untilStanding(event, 'completed applied');
  expect(core.of(event.id)).toHaveLength(2);
});

test('a parked event that is reset runs once more', async () => {
  const event = breakable();
  await core.deliver(newProject(), event);
  await core.untilStanding(event, 'running parked');
  broken.delete(event.id);

  await resetToStart(core, event);

  await core.untilStanding(event, 'completed applied');
  expect(core.of(event.id)).toHaveLength(2);
});

test('an event that was retried, parked again and is reset runs once more, not once per old retry', async () => {
  const event = breakable();
  const project = newProject();
  await core.deliver(project, event);
  await core.untilStanding(event, 'running parked');
  await core.handle(event).signal('retry');
  await eventually('the second try', () => core.of(event.id).length === 2);
  await core.untilStanding(event, 'running parked');
  await core.handle(event).executeUpdate('retry');
  await eventually('the third try', () => core.of(event.id).length === 3);
  await core.untilStanding(event, 'running parked');

  await resetToStart(core, event);
  await eventually('the one further try', () => core.of(event.id).length === 4);
  await core.untilStanding(event, 'running parked');
  const next = core.event();
  await core.deliver(project, next);
  await core.untilStanding(next, 'completed applied');

  expect(core.of(event.id)).toHaveLength(4);
});

test('a turn holder that is reset queues again; its former step ends before the new one starts', async () => {
  const project = newProject();
  const [held, next] = [core.event(), core.event()];
  core.on(held.id, (_input, context, attempt) =>
    attempt > 1
      ? undefined
      : new Promise((_resolve, reject) => {
          // A write that is under way is never cut off.
          context.signal.addEventListener('abort', () => setTimeout(() => reject(new Error('aborted')), 100));
        }),
  );
  await core.deliver(project, held, next);
  await eventually('the step to run', () => core.of(held.id).length === 1);

  await resetToStart(core, held);

  await core.untilStanding(held, 'completed applied');
  await core.untilStanding(next, 'completed applied');
  const order = core.executions.filter((each) => each.project === project).map((each) => each.event);
  expect(order).toEqual([held.id, held.id, next.id]);
});

test('an applied event that is reset is applied once more, in its turn', async () => {
  const project = newProject();
  const event = core.event();
  await core.deliver(project, event);
  await core.untilStanding(event, 'completed applied');

  await resetToStart(core, event);

  await eventually('the second run', () => core.of(event.id).length === 2);
  await core.untilStanding(event, 'completed applied');
  expect(core.of(event.id)).toHaveLength(2);
});
