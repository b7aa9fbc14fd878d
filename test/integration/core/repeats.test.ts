import { Context } from '@temporalio/activity';
import { eventWorkflowId } from '../../../src/contracts/names';
import { failure } from '../../../src/errors';
import type { Core } from '../../support/core';
import { latch, newProject, startCore } from '../../support/core';
import { eventually } from '../../support/eventually';

/** Messages between queue and events may be sent twice: the local activity that sends them is repeated by Temporal. */
let core: Core;
let grantTwice: string | undefined;
let releaseTwice: { id: string; after: Promise<void> } | undefined;
let loseGrant: string | undefined;
beforeAll(async () => {
  core = await startCore({ timeScale: 20 });
  await core.wrapQueueActivities((real) => ({
    async grant(input) {
      if (input.id === loseGrant) {
        loseGrant = undefined;
        return 'granted';
      }
      const answer = await real.grant(input);
      if (input.id === grantTwice) {
        grantTwice = undefined;
        throw new Error('DEADLINE_EXCEEDED');
      }
      return answer;
    },
    async release(input) {
      await real.release(input);
      const twice = releaseTwice;
      if (twice !== undefined && twice.id === Context.current().info.workflowExecution?.workflowId) {
        releaseTwice = undefined;
        await twice.after;
        throw new Error('DEADLINE_EXCEEDED');
      }
    },
  }));
});
afterAll(() => core.close());
afterEach(() => expect(core.breaches()).toEqual([]));

test('a grant that is delivered twice gives one turn: after it the event stays parked', async () => {
  const project = newProject();
  const [event, next] = [core.event(), core.event()];
  const gate = latch();
  grantTwice = eventWorkflowId(event.id);
  core.on(event.id, async () => {
    await gate.opened;
    throw failure('name-empty', 'no name');
  });
  await core.deliver(project, event, next);
  await eventually(
    'both grants to be sent',
    () => core.of(event.id).length === 1 && grantTwice === undefined,
  );
  await eventually(
    'both grants to arrive',
    async () => (await core.received(core.handle(event), 'grant')) === 2,
  );

  gate.open();

  await core.untilStanding(next, 'completed applied');
  await core.untilStanding(event, 'running parked');
  expect(core.of(event.id)).toHaveLength(1);
});

test('an answer that is repeated after the event got its next turn does not free that', async () => {
  const project = newProject();
  const [event, next] = [core.event(), core.event()];
  const [again, gate] = [latch(), latch()];
  releaseTwice = { id: eventWorkflowId(event.id), after: again.opened };
  core.on(event.id, async (_input, _context, attempt) => {
    if (attempt === 1) {
      throw failure('name-empty', 'no name');
    }
    await gate.opened;
  });
  const tickets = await core.deliver(project, event);
  await eventually('it to park', async () => (await core.view(project)).parked.length === 1);
  await core.enqueue(project, tickets);
  await eventually('its second turn', async () => (await core.view(project)).turn !== null);
  await core.deliver(project, next);

  again.open();
  await eventually('the second turn to be used', () => core.of(event.id).length === 2);
  await eventually(
    'the answer to be repeated',
    async () => (await core.received(core.queue(project), 'done')) === 2,
  );
  gate.open();

  await core.untilStanding(event, 'completed applied');
  await core.untilStanding(next, 'completed applied');
  expect(core.of(next.id)).toHaveLength(1);
});

test('a grant that was lost is sent again when its event asks for a turn', async () => {
  const project = newProject();
  const event = core.event();
  loseGrant = eventWorkflowId(event.id);
  const ticket = await core.start(project, event, { startDelay: 1_000 });

  await core.enqueue(project, [ticket]);

  await core.untilStanding(event, 'completed applied');
  expect(core.of(event.id)).toHaveLength(1);
});
