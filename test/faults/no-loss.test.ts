import { setTimeout as pause } from 'node:timers/promises';
import { ayonId } from '../../simulators/ayon';
import { asText } from '../../simulators/ftrack/values';
import type { Service, Testbed } from '../../testbed';
import { startTestbed } from '../../testbed';
import { eventually } from '../support/eventually';
import { eventOf, FEATURE, SPOT, Story } from './support/story';

/** Promises L and D across kill -9 of each process. One studio; each test leaves all services running. */
let testbed: Testbed;
let story: Story;
let leecher: Service;
let processor: Service;

beforeAll(async () => {
  testbed = await startTestbed({ durable: true, timeScale: 10 });
  story = new Story(testbed);
  [leecher, processor] = await Promise.all([testbed.startLeecher(), testbed.startProcessor()]);
}, 90_000);

afterAll(() => testbed.close(), 30_000);

const spooled = async (): Promise<number> =>
  (await leecher.metrics())['ayon_ftrack_leecher_spool_events'] ?? 0;

/** Gives each task of both projects a description of its own, one project after the other in turns. */
function describeAll(text: string): void {
  const [long = [], short = []] = [FEATURE, SPOT].map((name) => story.tasks(name));
  long.forEach((id, at) => {
    for (const each of [id, short[at]].filter((one) => one !== undefined)) {
      story.bob.update(each, { description: `${text} ${at}` });
    }
  });
}

/** The tasks of a project in the order in which AYON was told `text` of them. */
function told(project: string, text: string): (string | undefined)[] {
  const keys = new Map(story.tasks(project).map((id) => [ayonId(id), id]));
  return story
    .ayonEvents(/^entity\.task\.attrib_changed$/)
    .filter(({ payload }) => JSON.stringify(payload['newValue'] ?? null).includes(`"${text} `))
    .flatMap(
      ({ summary }) => keys.get(asText((summary['entityId'] ?? null) as Parameters<typeof asText>[0])) ?? [],
    );
}

test('L: leecher killed with -9 while Temporal is down: the spool keeps what arrived, and all is applied once, in order', async () => {
  await testbed.killTemporal();
  const from = story.events.length;
  describeAll('spooled');
  const events = story.events.slice(from);
  await eventually('all events to be in the spool', async () => (await spooled()) >= events.length);
  const [lostLink] = story.tasks(SPOT);

  await leecher.kill();
  await testbed.restartTemporal();
  leecher = await testbed.startLeecher();
  const after = eventOf(story, () => story.bob.setStatus(lostLink ?? '', 'On Hold'));

  await story.untilClosed([...events, after]);
  expect(testbed.drift()).toEqual([]);
  expect(told(FEATURE, 'spooled')).toEqual(story.tasks(FEATURE));
  expect(told(SPOT, 'spooled')).toEqual(story.tasks(SPOT));
}, 120_000);

test('L: leecher killed with -9 while it empties the spool: the next one starts over, each event has one workflow', async () => {
  await testbed.killTemporal();
  const from = story.events.length;
  for (let round = 0; round < 2; round += 1) {
    describeAll(`round ${round}`);
  }
  const events = story.events.slice(from);
  await eventually('all events to be in the spool', async () => (await spooled()) >= events.length);
  await testbed.restartTemporal();
  await eventually('the first events to be handed over', async () =>
    /^(running|completed)/.test(await story.standing(events[0] ?? '')),
  );

  await leecher.kill();
  leecher = await testbed.startLeecher();

  await story.untilClosed(events);
  expect(testbed.drift()).toEqual([]);
  const workflows = await story.find('WorkflowType = "handleEvent"');
  expect(new Set(workflows).size).toBe(workflows.length);
}, 120_000);

test('L, O: Temporal killed with -9: edits meanwhile wait in the spool, everything before and after is applied in order', async () => {
  const from = story.events.length;
  const all = story.tasks(FEATURE);
  for (const id of all.slice(0, 8)) {
    story.bob.update(id, { description: `power cut ${id}` });
  }
  await testbed.killTemporal();
  for (const id of all.slice(8)) {
    story.bob.update(id, { description: `power cut ${id}` });
  }
  await eventually('the leecher to say that Temporal is away', async () => {
    const { ready, problems } = await leecher.readiness();
    return !ready && String(problems).includes('Temporal does not take events');
  });
  await testbed.restartTemporal();

  await story.untilClosed(story.events.slice(from));
  expect(testbed.drift()).toEqual([]);
  expect(told(FEATURE, 'power cut')).toEqual(story.tasks(FEATURE));
  await eventually('the leecher to be ready', async () => (await leecher.readiness()).ready);
}, 120_000);

describe('D: processor killed with -9 in the middle of a write', () => {
  const write = { method: 'POST', path: /\/operations$/ };
  /** Less than a step may take, which is how long nobody would miss the processor without its heartbeat. */
  const RESUMED_MS = 25_000;

  test.each([
    ['that never arrived', { reset: true } as const],
    ['whose answer was lost', { resetAfter: true } as const],
  ])(
    '%s: applied after the restart, no entity twice',
    async (which, effect) => {
      const fault = testbed.ayon.faults.add({ match: write, effect });
      const parent = story.id(`${SPOT}/sq010`);
      let shot = '';
      const created = eventOf(story, () => {
        shot = story.bob.createShot({ parent, name: `sh_${which.replaceAll(' ', '_')}` });
      });
      await fault.waitForHit();
      await processor.kill();
      let task = '';
      const next = eventOf(story, () => {
        task = story.bob.createTask({
          parent: shot,
          name: 'lighting',
          type: 'Lighting',
          assignees: ['kenji'],
        });
      });
      processor = await testbed.startProcessor();

      await story.untilClosed([created, next], RESUMED_MS);
      expect(testbed.drift()).toEqual([]);
      expect(story.partners(shot)).toHaveLength(1);
      expect(story.ayonEvents(/^entity\.folder\.created$/, shot)).toHaveLength(1);
      expect(story.partners(task)).toHaveLength(1);
    },
    90_000,
  );

  test('that is still in the network: applied after the restart, and the late copy makes no second entity', async () => {
    let release = (): void => undefined;
    const hold = new Promise<void>((resolve) => {
      release = resolve;
    });
    const fault = testbed.ayon.faults.add({ match: write, effect: { hold } });
    let shot = '';
    const created = eventOf(story, () => {
      shot = story.bob.createShot({ parent: story.id(`${SPOT}/sq020`), name: 'sh900' });
    });
    await fault.waitForHit();
    await processor.kill();
    processor = await testbed.startProcessor();
    const renamed = eventOf(story, () => story.bob.rename(shot, 'sh905'));
    await story.untilClosed([created, renamed]);
    const calls = testbed.ayon.calls.count();

    release();
    await eventually('the late copy to be worked on', () => testbed.ayon.calls.count() > calls);
    await pause(0);

    expect(story.partners(shot)).toHaveLength(1);
    expect(testbed.drift()).toEqual([]);
  }, 90_000);
});
