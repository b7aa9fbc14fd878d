import type { Client } from '@temporalio/client';
import { ServiceError, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Outgoing } from '../../../src/leecher/outgoing';
import type { TemporalStarter } from '../../../src/leecher/temporal-starter';
import { temporalStarter } from '../../../src/leecher/temporal-starter';

interface Call {
  readonly type: string;
  readonly options: Record<string, unknown>;
}

/** The two methods of a Temporal client that the leecher uses; keeps the calls, throws what it is given. */
function scripted(
  error?: Error,
  scale: { readonly timeScale?: number } = {},
): { starter: TemporalStarter; calls: Call[] } {
  const calls: Call[] = [];
  const answer = async (type: string, options: Record<string, unknown>): Promise<object> => {
    calls.push({ type, options });
    if (error !== undefined) {
      throw error;
    }
    return { firstExecutionRunId: 'run-1' };
  };
  const withDeadline = (_deadline: number, run: () => Promise<unknown>): Promise<unknown> => run();
  const client = { withDeadline, workflow: { start: answer, signalWithStart: answer } } as unknown as Client;
  return { starter: temporalStarter({ client, ...scale }), calls };
}

/** What the client throws for a gRPC status. */
function refusal(code: number, details: string): ServiceError {
  const cause = Object.assign(new Error(details), { code, details, metadata: {} });
  return new ServiceError('Failed to start Workflow', { cause });
}

const item: Outgoing = {
  id: 'ftrack-event/e1',
  input: {
    project: 'p1',
    key: 5,
    event: {
      id: 'e1',
      topic: 'ftrack.update',
      user: { id: 'u1', name: 'bob' },
      entities: [
        { entityId: 's', entityType: 'task', entity_type: 'Shot', action: 'update', keys: ['statusid'] },
      ],
      arrivedAt: 0,
    },
  },
};

describe('start of an event', () => {
  it('says all that people search for, delays the self-enrolment, and never starts twice', async () => {
    const { starter, calls } = scripted();

    expect(await starter.start(item)).toEqual({ run: 'run-1' });

    const attribute = (name: string, value: string): object => ({ key: { name, type: 'KEYWORD' }, value });
    expect(calls).toEqual([
      {
        type: 'handleEvent',
        options: {
          workflowId: 'ftrack-event/e1',
          taskQueue: 'ayon-ftrack',
          args: [item.input],
          startDelay: expect.any(Number),
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          workflowIdConflictPolicy: 'USE_EXISTING',
          staticSummary: 'bob set Shot status',
          memo: { named: { event: 'e1', at: 0, named: { s: ['statusid'] } } },
          typedSearchAttributes: [
            attribute('FtrackProject', 'p1'),
            attribute('FtrackTopic', 'ftrack.update'),
            attribute('FtrackEventId', 'e1'),
            attribute('FtrackUser', 'bob'),
            attribute('SyncDirection', 'ftrack-to-ayon'),
            attribute('SyncOutcome', 'queued'),
          ],
        },
      },
    ]);
  });

  it('varies the delay by a fifth, and shrinks it for tests', async () => {
    const { starter, calls } = scripted(undefined, { timeScale: 60 });
    for (let count = 0; count < 200; count += 1) {
      await starter.start(item);
    }

    const delays = calls.map(({ options }) => Number(options['startDelay']));

    expect(Math.min(...delays)).toBeGreaterThanOrEqual(8_000);
    expect(Math.max(...delays)).toBeLessThanOrEqual(12_000);
    expect(Math.max(...delays) - Math.min(...delays)).toBeGreaterThan(1_000);
  });

  it('leaves out a user that the event does not name, and names the site where there is no project', async () => {
    const { starter, calls } = scripted();
    await starter.start({
      ...item,
      input: { ...item.input, project: null, event: { ...item.input.event, user: {} } },
    });

    const text = JSON.stringify(calls[0]?.options['typedSearchAttributes']);
    expect(text).not.toContain('FtrackUser');
    expect(text).toContain('"value":"site"');
  });

  it('calls a run that is over closed', async () => {
    const over = new WorkflowExecutionAlreadyStartedError('Already', 'ftrack-event/e1', 'handleEvent');
    expect(await scripted(over).starter.start(item)).toBe('closed');
  });

  it('calls an event rejected that Temporal finds invalid', async () => {
    const error = refusal(3, 'Blob data size exceeds limit.');
    expect(await scripted(error).starter.start(item)).toBe('rejected');
  });

  it.each([
    [14, 'no connection'],
    [4, 'deadline exceeded'],
    [7, 'not allowed'],
    [8, 'namespace rate limit exceeded'],
    [3, 'Namespace default has no mapping defined for search attribute FtrackProject'],
    [5, 'Namespace studio is not found.'],
  ])('takes status %d (%s) for a Temporal that is not there', async (code, details) => {
    const error = refusal(code, details);
    await expect(scripted(error).starter.start(item)).rejects.toBe(error);
  });
});

describe('tickets for a queue', () => {
  const tickets = [{ id: 'ftrack-event/e1', run: 'r', key: 5 }];

  it.each([
    [{}, 30_000],
    [{ timeScale: 20 }, 10_000],
  ])('go in one signal that starts the queue if need be (%j)', async (scale, workflowTaskTimeout) => {
    const { starter, calls } = scripted(undefined, scale);

    expect(await starter.enqueue('p1', tickets)).toBe('sent');

    expect(calls).toEqual([
      {
        type: 'projectQueue',
        options: {
          workflowId: 'project-queue/p1',
          taskQueue: 'ayon-ftrack',
          args: [{ project: 'p1', ...scale }],
          workflowTaskTimeout,
          signal: 'enqueue',
          signalArgs: [{ tickets }],
        },
      },
    ]);
  });

  it.each([3, 8])('are refused by a queue with too many signals (status %d)', async (code) => {
    const error = refusal(code, 'exceeded workflow execution limit for signal events');
    expect(await scripted(error).starter.enqueue(null, tickets)).toBe('refused');
  });

  it.each([
    [8, 'namespace rate limit exceeded'],
    [14, 'no connection'],
  ])('fail with status %d (%s) when Temporal is not there', async (code, details) => {
    const error = refusal(code, details);
    await expect(scripted(error).starter.enqueue('p1', tickets)).rejects.toBe(error);
  });
});

it('starts the gap fill, too, with time for all that leechers said while no processor ran', async () => {
  const { starter, calls } = scripted();

  await starter.vouch({ leecher: 'one', from: 1, to: 2, pending: false });

  expect(calls).toEqual([
    { type: 'gapFill', options: expect.objectContaining({ signal: 'vouch', workflowTaskTimeout: 30_000 }) },
  ]);
});

it('gives search attributes no character that a database refuses, and no half ones', async () => {
  const { starter, calls } = scripted();
  const name = `b\u0000ob\n${'é'.repeat(195)}\u{1f600}\u{1f600}`;

  await starter.start({ ...item, input: { ...item.input, event: { ...item.input.event, user: { name } } } });

  const given = calls[0]?.options['typedSearchAttributes'] as { key: { name: string }; value: string }[];
  const user = given.find(({ key }) => key.name === 'FtrackUser')?.value;
  expect(user).toBe(`b ob ${'é'.repeat(195)}`);
});

it.each([
  [3, 'WorkflowId length exceeds limit.'],
  [8, 'exceeded workflow execution limit for signal events'],
])('takes status %d (%s) as the end of the matter for these tickets', async (code, details) => {
  const { starter } = scripted(refusal(code, details));
  expect(await starter.enqueue('p1', [])).toBe('refused');
});

it.each([
  [3, 'Namespace is not set on request.'],
  [8, 'namespace rate limit exceeded'],
  [14, 'unavailable'],
])('keeps tickets while Temporal says %d (%s)', async (code, details) => {
  const { starter } = scripted(refusal(code, details));
  await expect(starter.enqueue('p1', [])).rejects.toThrow('Failed to start Workflow');
});
