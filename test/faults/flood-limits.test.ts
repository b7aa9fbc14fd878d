import type { FtrackEvent, Ticket } from '../../src/contracts/messages';
import { temporalStarter } from '../../src/leecher/temporal-starter';
import type { Service, Testbed } from '../../testbed';
import { startTestbed } from '../../testbed';
import type { Core } from '../support/core';
import { newProject, startCore } from '../support/core';
import { eventually } from '../support/eventually';
import { FEATURE, SPOT, Story } from './support/story';

/** Promises L and O beyond what Temporal takes for one queue, and beyond what the spool may hold. */

describe('10,000 signals to a queue that no processor works for', () => {
  /** Temporal refuses further ones to a run. */
  const SIGNALS = 10_000;
  const SENDERS = 16;
  /** Longer than the pause before a second try to enrol. */
  const ENROLLED_MS = 90_000;
  const TOLD = 30;
  const REFUSED = 20;
  let core: Core;
  beforeAll(async () => {
    // What is refused enrols itself after 10 s.
    core = await startCore({ timeScale: 60 });
  });
  afterAll(() => core.close());

  test('L, O: what the queue refused beyond them enrols itself, and all is applied in order once a processor runs', async () => {
    const project = newProject();
    const { client, taskQueue, timeScale } = core;
    const leecher = temporalStarter({ client, taskQueue, timeScale });
    const start = async (event: FtrackEvent): Promise<Ticket> => {
      const key = core.key();
      const item = { id: core.handle(event).workflowId, input: { event, project, key, timeScale } };
      const started = await leecher.start(item);
      return { id: item.id, run: typeof started === 'string' ? started : started.run, key };
    };
    const startAll = (count: number): FtrackEvent[] => Array.from({ length: count }, () => core.event());
    const [early, late] = [startAll(TOLD), startAll(REFUSED)];
    await core.stopWorker();
    await core.toQueue(project, 'pause', 'test');

    // Each in its order first; then as often as it takes, as leechers do that start over.
    const tickets: Ticket[] = [];
    for (const event of early) {
      const ticket = await start(event);
      tickets.push(ticket);
      expect(await leecher.enqueue(project, [ticket])).toBe('sent');
    }
    let sent = 1 + TOLD;
    const repeat = async (): Promise<void> => {
      for (; sent < SIGNALS; ) {
        const ticket = tickets[sent % TOLD];
        sent += 1;
        await leecher.enqueue(project, ticket === undefined ? [] : [ticket]);
      }
    };
    await Promise.all(Array.from({ length: SENDERS }, repeat));
    for (const event of late) {
      expect(await leecher.enqueue(project, [await start(event)])).toBe('refused');
    }

    await core.startWorker();
    await eventually(
      'all to be enrolled',
      async () => {
        const { queued, text } = await core.view(project);
        if (queued !== TOLD + REFUSED) {
          throw new Error(text);
        }
        return true;
      },
      ENROLLED_MS,
    );
    await core.toQueue(project, 'resume');
    const events = [...early, ...late];
    await Promise.all(events.map((event) => core.untilStanding(event, 'completed applied', ENROLLED_MS)));

    expect(core.executions.map(({ event }) => event)).toEqual(events.map(({ id }) => id));
    expect(core.breaches()).toEqual([]);
  }, 240_000);
});

describe('a spool that may hold 1 MB, while Temporal is away', () => {
  /** About 20 of them fill it: ftrack tells the old and the new text. */
  const LONG = 'x'.repeat(40_000);

  let testbed: Testbed;
  let story: Story;
  let leecher: Service;

  beforeAll(async () => {
    testbed = await startTestbed({ durable: true, timeScale: 10 });
    story = new Story(testbed);
    leecher = testbed.launch('leech', { SPOOL_MAX_MB: '1' });
    await Promise.all([leecher.ready(), testbed.startProcessor()]);
  }, 90_000);

  afterAll(() => testbed.close(), 30_000);

  const untilProblem = (text: RegExp): Promise<unknown> =>
    eventually(
      `the leecher to say ${String(text)}`,
      async () => {
        const { problems } = await leecher.readiness();
        if (!text.test(String(problems))) {
          throw new Error(String(problems));
        }
        return true;
      },
      30_000,
    );

  test('L: at 80 % it warns; beyond it the oldest events make room, and their changes come from the log', async () => {
    const tasks = [FEATURE, SPOT].flatMap((project) => story.tasks(project));
    story.bob.update(tasks[0] ?? '', { description: 'all well' });
    await story.untilClosed();
    await testbed.killTemporal();
    const edit = (id: string, text: string): void => story.bob.update(id, { description: `${text} ${LONG}` });

    const before = 22;
    tasks.slice(0, before).forEach((id) => edit(id, 'before the bound'));
    await untilProblem(/The spool holds 1 of at most 1 MB/);
    expect((await leecher.readiness())['gaps']).toEqual({});
    tasks.slice(before).forEach((id) => edit(id, 'beyond it'));
    await untilProblem(/The spool had no room for \d+ events \([12] projects\)/);
    expect(leecher.said.join()).toContain('the spool is full and drops its oldest events');

    await testbed.restartTemporal();

    await story.untilAgreed(90_000);
    await eventually('the leecher to be well', async () => (await leecher.readiness()).ready);
    expect((await leecher.readiness())['gaps']).toEqual({});
    const found = await story.find('WorkflowType = "handleEvent"');
    expect(found.filter((id) => id.startsWith('ftrack-event/log-')).length).toBeGreaterThan(0);
  }, 180_000);
});
