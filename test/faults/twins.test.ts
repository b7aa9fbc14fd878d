import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { LEASE_ID } from '../../src/contracts/names';
import type { Service, Testbed } from '../../testbed';
import { startTestbed } from '../../testbed';
import { eventually } from '../support/eventually';
import { copyBuild } from './support/builds';
import { pick, randomFrom } from './support/random';
import { FEATURE, SPOT, Story } from './support/story';

/** Two leechers and two processors at once: one answers menus, every effect comes once, whoever goes in whatever order. */
let testbed: Testbed;
let story: Story;
let web: ReturnType<Testbed['ftrack']['webUser']>;
const leechers: Service[] = [];
const processors: Service[] = [];
/** By question: how often it was answered. */
const answers = new Map<string, number>();
const questions: string[] = [];
let spools = 0;

/** At this scale it moves within 2 s; many times longer on a busy machine. */
const MOVE_MS = 40_000;
const SCALE = 5;
/** Longer than an event takes whose ticket was lost with a leecher, at this scale. */
const CLOSED_MS = 170_000;

const launchLeecher = (dist?: string): Service => {
  spools += 1;
  const own = {
    SPOOL_DIR: path.join(testbed.folder, `spool-${spools}`),
    // A name, so that one of them alone can lose its way there.
    FTRACK_SERVER: `http://localhost:${new URL(testbed.ftrack.url).port}`,
  };
  return testbed.launch('leech', own, dist === undefined ? {} : { dist });
};

beforeAll(async () => {
  testbed = await startTestbed({ timeScale: SCALE });
  story = new Story(testbed);
  web = testbed.ftrack.webUser('bob');
  testbed.ftrack.hub.onEvent(({ id, topic, inReplyToEvent }) => {
    if (/^ftrack\.action\.(discover|launch)$/.test(String(topic))) {
      questions.push(String(id));
    }
    if (topic === 'ftrack.meta.reply') {
      answers.set(String(inReplyToEvent), (answers.get(String(inReplyToEvent)) ?? 0) + 1);
    }
  });
  leechers.push(launchLeecher(), launchLeecher());
  processors.push(testbed.launch('process'), testbed.launch('process'));
  await Promise.all([...leechers, ...processors].map((each) => each.ready()));
}, 120_000);

afterAll(async () => {
  web.close();
  await testbed.close();
}, 30_000);

const show = (project: string) => ({ entityType: 'show', entityId: story.projects[project] ?? '' });
const ITEM = { actionIdentifier: 'ayon.sync.status' };
const lease = async (leecher: Service): Promise<unknown> => (await leecher.readiness())['lease'];
const menus = async (leecher: Service, outcome: string): Promise<number> =>
  (await leecher.metrics())[`ayon_ftrack_leecher_menus_total{outcome="${outcome}"}`] ?? 0;

/** The one leecher that says that it answers; the others say who does. */
const holder = (): Promise<Service> =>
  eventually(
    'one holder of the lease',
    async () => {
      const running = leechers.filter((each) => each.isRunning);
      const seen = await Promise.all(running.map(lease));
      const held = running.filter((_each, at) => seen[at] === 'held');
      if (held.length !== 1 || seen.filter((each) => each === 'elsewhere').length !== running.length - 1) {
        throw new Error(JSON.stringify(seen));
      }
      return held[0];
    },
    MOVE_MS,
  );

/** A menu with our item; between two holders there may be one without. */
const menu = () =>
  eventually(
    'the menu',
    async () => {
      const items = await web.discover([show(SPOT)], 200);
      return items.length > 0 ? items : undefined;
    },
    MOVE_MS,
  );

/** An answer like this; between two holders a launch has to be repeated. */
const answered = (selection: Parameters<typeof web.discover>[0], like: RegExp) =>
  eventually(
    `an answer like ${String(like)}`,
    async () => {
      const answer = await web.launch({ item: ITEM, selection }, 5_000);
      if (!like.test(JSON.stringify(answer))) {
        throw new Error(JSON.stringify(answer));
      }
      return answer;
    },
    MOVE_MS,
  );

/** No question was ever answered twice: looked at after each test. */
afterEach(() => {
  expect([...answers].filter(([, count]) => count > 1)).toEqual([]);
});

test('one of two answers a menu and a launch, also when the hub brings the question twice', async () => {
  await holder();
  testbed.ftrack.hub.duplicateNext();
  expect(await menu()).toEqual([
    {
      label: 'AYON sync status',
      description: expect.any(String),
      actionIdentifier: 'ayon.sync.status',
      icon: expect.stringMatching(/^http.*\/addons\/ftrack\/[^/]+\/public\/icons\/AYONAdmin\.svg$/),
    },
  ]);
  expect(await web.discover([{ entityType: 'user', entityId: 'x' }], 200)).toEqual([]);

  const task = { entityType: 'task', entityId: story.tasks(FEATURE)[0] ?? '' };
  testbed.ftrack.hub.duplicateNext();
  expect(await answered([task, show(FEATURE)], /nothing waits/)).toEqual({
    success: true,
    message: expect.stringMatching(/^<b>Der weiße Wal<\/b>: nothing waits/),
  });
  expect(await answered([task, show(SPOT)], /2 projects/)).toEqual({
    success: false,
    message: 'The selection is of 2 projects; select in one project only.',
  });
}, 120_000);

/** One more leecher, which waits for the lease. */
async function launchNext(): Promise<void> {
  const next = launchLeecher();
  leechers.push(next);
  await next.ready();
  await eventually('the next to wait', async () => (await lease(next)) === 'elsewhere');
}

test('the holder is killed: the other answers', async () => {
  await (await holder()).kill();

  expect(await menu()).toHaveLength(1);
  const other = await holder();
  expect(other.isRunning).toBe(true);
}, 120_000);

test('the holder is told to end: it hands over, and is not waited for', async () => {
  const first = await holder();
  await launchNext();

  await first.stop();
  expect(await menu()).toHaveLength(1);

  const { raw } = await testbed.client.workflow.getHandle(LEASE_ID).describe();
  expect(raw.pendingActivities?.[0]?.lastFailure?.message).toBe('handed over');
  expect(await holder()).not.toBe(first);
}, 120_000);

test('a holder that stood still answers nothing beside its successor, though it hears the questions of that time', async () => {
  const frozen = await holder();
  await launchNext();
  await web.discover([show(SPOT)], 100);
  const before = {
    answered: await menus(frozen, 'discovered'),
    elsewhere: await menus(frozen, 'elsewhere'),
  };

  frozen.signal('SIGSTOP');
  const others = leechers.filter((each) => each.isRunning && each !== frozen);
  await eventually(
    'another to hold it',
    async () => (await Promise.all(others.map(lease))).includes('held'),
    MOVE_MS,
  );
  const asked = questions.length;
  await menu();
  frozen.signal('SIGCONT');

  await eventually(
    'it to hear what was asked',
    async () => (await menus(frozen, 'elsewhere')) >= before.elsewhere + questions.length - asked,
  );
  expect(await menus(frozen, 'discovered')).toBe(before.answered);
}, 120_000);

test('the holder whose own way to ftrack is gone hands over, and waits again once that is back', async () => {
  const deaf = await holder();

  await deaf.inject({ dns: 'localhost' });
  testbed.ftrack.hub.dropAll();
  await eventually('it to hold it no longer', async () => (await lease(deaf)) === 'elsewhere', MOVE_MS);
  expect(await menu()).toHaveLength(1);
  expect(await holder()).not.toBe(deaf);

  await deaf.inject({});
  await deaf.ready();
  await (await holder()).stop();
  expect(await holder()).toBe(deaf);
  const next = launchLeecher();
  leechers.push(next);
  await next.ready();
}, 120_000);

describe('an upgrade of all, one by one, while people work', () => {
  const created: string[] = [];
  let written = 0;

  /** In each project a new task, and a text that counts up. */
  function edit(): void {
    for (const project of [SPOT, FEATURE]) {
      const [task = ''] = story.tasks(project);
      const parent = story.bob.entity(task).data['parent_id'] as string;
      written += 1;
      created.push(story.bob.createTask({ parent, name: `up_${written}`, type: 'Animation' }));
      story.bob.update(task, { description: `text ${written}` });
    }
  }

  test.each([1, 2])(
    'in an order of chance (%i), stopped or killed: each edit once, in order',
    async (seed) => {
      const random = randomFrom(seed);
      const version = `0.1.${seed}-next`;
      const folder = path.join(testbed.folder, version);
      mkdirSync(folder);
      const dist = copyBuild(folder, version);
      const old = [leechers, processors].flatMap((kind) => kind.filter((each) => each.isRunning));
      while (old.length > 0) {
        const [service] = old.splice(old.indexOf(pick(old, random)), 1);
        edit();
        const isLeecher = service?.name === 'leech';
        const next = isLeecher ? launchLeecher(dist) : testbed.launch('process', {}, { dist });
        (isLeecher ? leechers : processors).push(next);
        await next.ready();
        edit();
        await (random() < 0.5 ? service?.kill() : service?.stop());
        edit();
      }

      await story.untilClosed(story.events, CLOSED_MS);
      await story.untilAgreed();

      const runs = await eventually('each event to be found', async () => {
        const found = await story.find('WorkflowType = "handleEvent"');
        return story.events.every((id) => found.includes(`ftrack-event/${id}`)) ? found : undefined;
      });
      expect(runs).toHaveLength(new Set(runs).size);
      expect(created.map((id) => [story.partners(id).length, createdInAyon(id)])).toEqual(
        created.map(() => [1, 1]),
      );
      for (const project of [SPOT, FEATURE]) {
        const texts = textsOf(story.tasks(project)[0] ?? '');
        expect(texts.length).toBeGreaterThan(0);
        expect(texts).toEqual(texts.toSorted((one, other) => one - other));
      }
      await holder();
      const { raw } = await testbed.client.workflow.getHandle(LEASE_ID).describe();
      expect(raw.pendingActivities?.[0]?.lastWorkerIdentity).toContain(`leech ${version} `);
    },
    180_000,
  );

  const createdInAyon = (id: string): number => story.ayonEvents(/^entity\.task\.created$/, id).length;

  /** The numbers that AYON was given as text of a task, in the order of its events. */
  const textsOf = (task: string): number[] =>
    story.ayonEvents(/^entity\.task\.attrib_changed$/, task).flatMap(({ payload }) => {
      const text = /"newValue":\{[^}]*"description":"text (\d+)"/.exec(JSON.stringify(payload));
      return text === null ? [] : [Number(text[1])];
    });
});

test('Temporal goes away while somebody waits for an answer: a sentence says so, and then there is no menu', async () => {
  const last = await holder();
  let release = (): void => undefined;
  const hold = new Promise<void>((resolve) => {
    release = resolve;
  });
  const look = testbed.ftrack.faults.add({
    match: { path: /^\/api/ },
    times: Number.POSITIVE_INFINITY,
    effect: { hold },
  });
  const answer = web.launch({ item: ITEM, selection: [show(SPOT)] }, MOVE_MS);
  await look.waitForHit();

  await testbed.killTemporal();
  release();

  expect(await answer).toEqual({
    success: false,
    message: expect.stringMatching(/^Temporal does not answer.*follows by itself\.$/),
  });
  await eventually('nobody to hold the lease', async () => (await lease(last)) === 'none');
  expect(await web.discover([show(SPOT)], 200)).toEqual([]);
}, 120_000);
