import { failure } from '../../../src/errors';
import type { Core } from '../../support/core';
import { latch, newProject, startCore, untilAborted } from '../../support/core';
import { eventually } from '../../support/eventually';

let core: Core;
beforeAll(async () => {
  core = await startCore({ timeScale: 50 });
});
afterAll(() => core.close());
afterEach(() => expect(core.breaches()).toEqual([]));

const refuse = () => {
  throw failure('name-empty', 'Shot "   " has no letters that AYON allows; give it a name.');
};

test('an outage is retried until it ends, never parks, and the queue says since when it waits', async () => {
  const project = newProject();
  const [a, b] = [core.event(), core.event()];
  const back = latch();
  let down = true;
  void back.opened.then(() => {
    down = false;
  });
  core.on(a.id, () => {
    if (down) {
      throw failure('ayon-unreachable', 'AYON does not answer.');
    }
  });
  await core.deliver(project, a, b);

  const view = await eventually('the queue to show the outage', async () => {
    const seen = await core.view(project);
    return seen.state === 'waiting' && core.of(a.id).length > 10 ? seen : undefined;
  });
  back.open();
  await core.untilStanding(b, 'completed applied');

  expect(view.text).toMatch(/^waiting for AYON since .*: AYON does not answer\.; 1 waiting$/);
  expect(await core.standing(a)).toBe('completed applied');
  expect(core.executions.filter((each) => each.project === project).at(-1)?.event).toBe(b.id);
});

test('a failure of class `attempts` is tried eight times, then parks; the project goes on', async () => {
  const project = newProject();
  const [a, b] = [core.event(), core.event()];
  core.on(a.id, () => {
    throw failure('ayon-server-error', 'AYON answered 500 to operations.');
  });

  await core.deliver(project, a, b);
  await core.untilStanding(a, 'running parked');
  await core.untilStanding(b, 'completed applied');

  expect(core.of(a.id)).toHaveLength(8);
  expect((await core.view(project)).parked).toMatchObject([{ code: 'ayon-server-error' }]);
});

test('a failure of class `attempts` that passes is forgotten', async () => {
  const project = newProject();
  const event = core.event();
  core.on(event.id, (_input, _context, attempt) => {
    if (attempt < 4) {
      throw failure('ayon-conflict', 'Somebody else changed it meanwhile.');
    }
  });

  await core.deliver(project, event);

  await core.untilStanding(event, 'completed applied');
});

test('a permanent failure parks at once, and so does not hold up the project; a defect counts as attempts', async () => {
  const project = newProject();
  const [a, b, c] = [core.event(), core.event(), core.event()];
  core.on(a.id, refuse);
  core.on(b.id, () => {
    throw new TypeError('x is undefined');
  });

  await core.deliver(project, a, b, c);
  await core.untilStanding(c, 'completed applied');
  const { parked } = await core.view(project);

  expect(core.of(a.id)).toHaveLength(1);
  expect(core.of(b.id)).toHaveLength(8);
  expect(parked.map((each) => each.code)).toEqual(['name-empty', 'unexpected']);
  expect(parked[1]?.reason).toMatch(/^Unexpected TypeError: x is undefined/);
});

test('a poison event in one project delays no other', async () => {
  const [sick, well] = [newProject(), newProject()];
  const poison = core.event();
  core.on(poison.id, () => {
    throw failure('ayon-server-error', 'boom');
  });
  await core.deliver(sick, poison);
  const events = Array.from({ length: 5 }, () => core.event());

  await core.deliver(well, ...events);
  await Promise.all(events.map((each) => core.untilStanding(each, 'completed applied')));

  expect(await core.standing(poison)).toBe('running queued');
});

describe('a parked event', () => {
  test('is retried by update in a new turn, once what was wrong is mended', async () => {
    const project = newProject();
    const event = core.event();
    let broken = true;
    core.on(event.id, () => {
      if (broken) {
        refuse();
      }
    });
    await core.deliver(project, event);
    await core.untilStanding(event, 'running parked');
    broken = false;

    await core.handle(event).executeUpdate('retry');

    await core.untilStanding(event, 'completed applied');
    expect((await core.view(project)).parked).toEqual([]);
  });

  test('parks again when it still fails, and is retried by signal too', async () => {
    const project = newProject();
    const event = core.event();
    core.on(event.id, refuse);
    await core.deliver(project, event);
    await core.untilStanding(event, 'running parked');

    await core.handle(event).signal('retry');
    await eventually('the second try', () => core.of(event.id).length === 2);
    await core.untilStanding(event, 'running parked');

    expect((await core.view(project)).parked).toHaveLength(1);
  });

  test('is given up by skip', async () => {
    const project = newProject();
    const event = core.event();
    core.on(event.id, refuse);
    await core.deliver(project, event);
    await core.untilStanding(event, 'running parked');

    await core.handle(event).executeUpdate('skip');

    await core.untilStanding(event, 'completed skipped');
    expect(core.of(event.id)).toHaveLength(1);
  });

  test('is superseded by a later success on the same entities and attributes, and only by such a one', async () => {
    const project = newProject();
    const entity = { entityId: 'shot-1', entityType: 'task', action: 'update', keys: ['name'] };
    const [bad, other, good] = [
      core.event({ entities: [entity] }),
      core.event({ entities: [{ ...entity, keys: ['statusid'] }] }),
      core.event({ entities: [{ ...entity, keys: ['name', 'statusid'] }] }),
    ];
    core.on(bad.id, refuse);
    await core.deliver(project, bad);
    await core.untilStanding(bad, 'running parked');

    await core.deliver(project, other);
    await core.untilStanding(other, 'completed applied');
    const after = await core.standing(bad);
    await core.deliver(project, good);

    await core.untilStanding(bad, 'completed superseded');
    expect(after).toBe('running parked');
  });

  test('is not superseded by a move: that settles the parent only', async () => {
    const project = newProject();
    const entity = { entityId: 'shot-2', entityType: 'task', action: 'update', keys: ['name'] };
    const [renamed, moved] = [
      core.event({ entities: [entity] }),
      core.event({ entities: [{ ...entity, action: 'move', keys: ['parent_id'] }] }),
    ];
    core.on(renamed.id, refuse);
    core.on(moved.id, () => ({ outcome: 'applied', summary: 'moved', scope: { 'shot-2': ['parent_id'] } }));
    await core.deliver(project, renamed);
    await core.untilStanding(renamed, 'running parked');

    await core.deliver(project, moved);
    await core.untilStanding(moved, 'completed applied');

    expect((await core.view(project)).parked).toHaveLength(1);
    expect(await core.standing(renamed)).toBe('running parked');
  });

  test('blocked by its parent retries by itself, without being told', async () => {
    const project = newProject();
    const child = core.event();
    core.on(child.id, (_input, _context, attempt) => {
      if (attempt === 1) {
        throw failure('blocked-by', 'Its sequence is parked.', { blockedBy: 'seq-2' });
      }
    });

    await core.deliver(project, child);

    await core.untilStanding(child, 'completed applied');
  });

  test('blocked by its parent is told when the parent arrives', async () => {
    const project = newProject();
    let parentThere = false;
    const parent = core.event({ entities: [{ entityId: 'seq-1', entityType: 'task', action: 'add' }] });
    const child = core.event({ entities: [{ entityId: 'shot-9', entityType: 'task', action: 'add' }] });
    core.on(parent.id, () => (parentThere ? undefined : refuse()));
    core.on(child.id, () => {
      if (!parentThere) {
        throw failure('blocked-by', 'Its sequence is parked.', { blockedBy: 'seq-1' });
      }
    });
    await core.deliver(project, parent, child);
    await core.untilStanding(child, 'running parked');
    parentThere = true;
    await core.handle(parent).executeUpdate('retry');
    await core.untilStanding(child, 'completed applied');

    const { events } = await core.handle(child).fetchHistory();
    const told = events?.filter(
      (each) => each.workflowExecutionSignaledEventAttributes?.signalName === 'resolve',
    );
    expect(told).toHaveLength(1);
  });

  test('takes the turn that a second delivery brings it as a retry, instead of holding up the queue', async () => {
    const project = newProject();
    const [event, next] = [core.event(), core.event()];
    core.on(event.id, refuse);
    const tickets = await core.deliver(project, event);
    await core.untilStanding(event, 'running parked');

    await core.enqueue(project, tickets);
    await eventually('the second try', () => core.of(event.id).length === 2);
    await core.deliver(project, next);

    await core.untilStanding(next, 'completed applied');
  });
});

test('retry and skip of an event that only waits are refused with a sentence; Cancel skips it', async () => {
  const project = newProject();
  const [event, next] = [core.event(), core.event()];
  await core.toQueue(project, 'pause', 'test');
  await core.deliver(project, event, next);

  const refused = await core
    .handle(event)
    .executeUpdate('skip')
    .catch((error: Error) => (error.cause instanceof Error ? error.cause.message : error.message));
  await core.handle(event).cancel();
  await core.untilStanding(event, 'cancelled skipped');
  await core.toQueue(project, 'resume');
  await core.untilStanding(next, 'completed applied');

  expect(refused).toMatch(/Nothing to retry or skip: this event is waiting/);
  expect(core.of(event.id)).toEqual([]);
});

test('a step that never answers is given up after eight tries, instead of holding its project for ever', async () => {
  const quick = await startCore({ timeScale: 400 });
  const project = newProject();
  const [silent, next] = [quick.event(), quick.event()];
  quick.on(silent.id, (_input, context) => untilAborted(context.signal));

  await quick.deliver(project, silent, next);
  await quick.untilStanding(silent, 'running parked', 50_000);
  await quick.untilStanding(next, 'completed applied');

  expect((await quick.view(project)).parked).toMatchObject([{ code: 'no-answer' }]);
  await quick.close();
}, 80_000);

describe('Cancel', () => {
  test('of a running step waits for it, and keeps what it applied all the same', async () => {
    const event = core.event();
    core.on(event.id, (_input, context) => untilAborted(context.signal).catch(() => undefined));
    await core.deliver(newProject(), event);
    await eventually('the step to run', () => core.of(event.id).length === 1);

    await core.handle(event).cancel();

    await core.untilStanding(event, 'completed applied');
  });

  test('of a parked event skips it and takes it off its queue', async () => {
    const project = newProject();
    const event = core.event();
    core.on(event.id, refuse);
    await core.deliver(project, event);
    await core.untilStanding(event, 'running parked');

    await core.handle(event).cancel();

    await core.untilStanding(event, 'cancelled skipped');
    expect((await core.view(project)).parked).toEqual([]);
  });

  test('while it waits out an outage ends it at once', async () => {
    const project = newProject();
    const [event, next] = [core.event(), core.event()];
    core.on(event.id, () => {
      throw failure('ftrack-unreachable', 'ftrack does not answer.');
    });
    await core.deliver(project, event, next);
    await eventually('some tries', () => core.of(event.id).length > 2);

    await core.handle(event).cancel();

    await core.untilStanding(event, 'cancelled skipped');
    await core.untilStanding(next, 'completed applied');
  });
});

test('skip ends a running step, and only then the next event starts', async () => {
  const project = newProject();
  const [event, next] = [core.event(), core.event()];
  core.on(event.id, (_input, context) => untilAborted(context.signal));
  await core.deliver(project, event, next);
  await eventually('the step to run', () => core.of(event.id).length === 1);

  await core.handle(event).executeUpdate('skip');

  await core.untilStanding(event, 'completed skipped');
  await core.untilStanding(next, 'completed applied');
  expect(core.of(event.id)[0]?.to).toBeLessThanOrEqual(core.of(next.id)[0]?.from ?? 0);
});
