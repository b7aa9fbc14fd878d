import { randomUUID } from 'node:crypto';
import { SIGNAL } from '../../src/contracts/names';
import type { Service, Testbed } from '../../testbed';
import { startTestbed } from '../../testbed';
import { eventually } from '../support/eventually';
import { eventOf, FEATURE, SPOT, Story } from './support/story';

/** Bad input ends as a counted skip, a parked event or a retried step, with a sentence; never a crash, never silence. */
let testbed: Testbed;
let story: Story;
let leecher: Service;
let processor: Service;

beforeAll(async () => {
  testbed = await startTestbed({ timeScale: 20 });
  story = new Story(testbed);
  [leecher, processor] = await Promise.all([testbed.startLeecher(), testbed.startProcessor()]);
}, 90_000);

afterAll(() => testbed.close(), 30_000);

/** Whatever a test threw at them: the services that it began with run and work. */
afterEach(async () => {
  const edited = eventOf(story, () =>
    story.bob.update(story.tasks(FEATURE)[0] ?? '', { description: randomUUID() }),
  );
  await story.untilClosed([edited]);
  const dead = [leecher, processor].find((each) => !each.isRunning);
  if (dead !== undefined) {
    throw new Error(`The ${dead.name} has ended: ${dead.lastWords()}`);
  }
}, 60_000);

/** How much each of the leecher's counters grows by the work; waits until it is as much as expected. */
async function counted(
  work: () => void,
  expected: Readonly<Record<string, number>>,
): Promise<Readonly<Record<string, number>>> {
  const before = await leecher.metrics();
  work();
  return eventually(`the counts ${JSON.stringify(expected)}`, async () => {
    const after = await leecher.metrics();
    const counts = Object.fromEntries(
      Object.keys(expected).map((key) => {
        const name = `ayon_ftrack_leecher_${key}`;
        return [key, (after[name] ?? 0) - (before[name] ?? 0)];
      }),
    );
    if (JSON.stringify(counts) !== JSON.stringify(expected)) {
      throw new Error(JSON.stringify(counts));
    }
    return counts;
  });
}

/** The first log line about it. */
const untilTold = (service: Service, text: RegExp): Promise<string> =>
  eventually(`the log to tell ${String(text)}`, () => service.said.find((line) => text.test(line)));

const send = (event: unknown): void =>
  testbed.ftrack.hub.sendRaw(`5:::${JSON.stringify({ name: 'ftrack.event', args: [event] })}`);

const changed = (fields: object): object => ({
  id: randomUUID().replaceAll('-', ''),
  topic: 'ftrack.update',
  data: {
    entities: [{ entityType: 'task', action: 'update', keys: ['statusid'], ...fields }],
    user: { userid: randomUUID(), name: 'Bob' },
    clientToken: null,
  },
});

const summaryOf = async (event: string): Promise<string> => {
  const { handlers } = (await story.event(event).result()) as {
    handlers: Record<string, { summary: string }>;
  };
  return Object.values(handlers)[0]?.summary ?? '';
};

test('frames that are none, and events that are none, are counted and told once', async () => {
  const frames = ['nonsense', '9:::', '5:::{"name":', '5:::42', '6:::x'];
  await counted(() => frames.forEach((frame) => testbed.ftrack.hub.sendRaw(frame)), {
    'hub_total{what="malformed"}': frames.length,
  });
  await counted(() => [42, null, [], { topic: 'ftrack.update' }, { id: 'one' }].forEach(send), {
    'skipped_total{reason="not-an-object"}': 3,
    'skipped_total{reason="without-id"}': 1,
    'skipped_total{reason="without-topic"}': 1,
  });
  expect(await untilTold(leecher, /cannot be read and is skipped.*: without-id/)).toBeDefined();
});

test('topics that nobody asked for, and events about nothing we know, are counted skips', async () => {
  const counts = await counted(
    () => {
      send({ ...changed({ entityId: randomUUID() }), topic: 'studio.pipeline.published' });
      send({ ...changed({}), topic: 'ftrack.meta.reply' });
      send({ ...changed({}), data: 'text' });
      send(changed({ entityType: 'socialfeed' }));
    },
    {
      'skipped_total{reason="unhandled-topic"}': 1,
      'skipped_total{reason="meta-topic"}': 1,
      'skipped_total{reason="without-entities"}': 1,
      'skipped_total{reason="socialfeed"}': 1,
    },
  );
  expect(Object.values(counts)).toEqual([1, 1, 1, 1]);
});

test('entities without ids are left out and counted, the others of the event are synced', async () => {
  const task = story.tasks(SPOT)[0] ?? '';
  const event = changed({}) as { id: string; data: { entities: object[] } };
  const sound = {
    ...event.data.entities[0],
    entityId: task,
    entityType: 'task',
    parents: [
      { entityId: task, entityType: 'task' },
      { entityId: story.projects[SPOT], entityType: 'show' },
    ],
  };
  event.data.entities.push('text' as unknown as object, { ...sound, entityId: ['a', 'b'] }, sound);
  testbed.ftrack.hub.dropEvents(1);
  const dropped = eventOf(story, () => story.bob.setStatus(task, 'Omitted'));
  story.events.splice(story.events.indexOf(dropped), 1);
  await counted(() => send(event), {
    'left_out_total{reason="entity-without-id"}': 2,
    'left_out_total{reason="entity-malformed"}': 1,
    'events_total{outcome="started"}': 1,
  });
  expect(await untilTold(leecher, /left out.*: entity-without-id/)).toBeDefined();
  await story.untilStanding(event.id, 'completed applied');
  expect(story.seen(task)?.status).toBe('Omitted');

  await counted(() => send(changed({})), { 'skipped_total{reason="without-entities"}': 1 });
});

test('an event of a project that ftrack does not show us, and AYON does not know, is skipped with a sentence', async () => {
  const project = randomUUID();
  const event = changed({
    entityId: randomUUID(),
    parents: [{ entityId: project, entityType: 'show' }],
  }) as { id: string };
  send(event);

  await eventually('the event', () => story.standing(event.id));
  await story.untilStanding(event.id, 'completed skipped');
  expect(await summaryOf(event.id)).toContain(`ftrack project ${project} is not readable with our key`);
});

test('an event of a private project that AYON is paired with parks, and says whom to give access', async () => {
  const project = randomUUID();
  testbed.ayon.store.addProject({ name: 'Geheim', code: 'geh' });
  testbed.ayon.as('admin').patchProject('Geheim', { attrib: { ftrackId: project } });
  const event = changed({
    entityId: randomUUID(),
    parents: [{ entityId: project, entityType: 'show' }],
  }) as { id: string };
  send(event);

  await eventually('the event', () => story.standing(event.id));
  await story.untilStanding(event.id, 'running parked');
  const [parked] = (await testbed.queue(project)).parked;
  expect(parked).toMatchObject({
    code: 'ftrack-project-unreadable',
    reason: expect.stringMatching(/paired with AYON's Geheim; give the integration's user access/) as string,
  });
  await story.event(event.id).executeUpdate(SIGNAL.skip);
  await story.untilStanding(event.id, 'completed skipped');
});

test('a project that AYON does not know is skipped, and says to prepare it', async () => {
  const from = story.events.length;
  const project = story.bob.create('Project', {
    name: 'vierzehn',
    full_name: 'Vierzehn',
    project_schema_id: story.bob.query('select id from ProjectSchema')[0]?.['id'],
  });
  const folder = story.bob.createContext('Folder', { parent: project, name: 'assets' });
  expect(story.partners(folder)).toEqual([]);

  const events = story.events.slice(from);
  for (const event of events) {
    await story.untilStanding(event, 'completed skipped');
  }
  expect(await summaryOf(events.at(-1) ?? '')).toBe(
    'AYON has no project for ftrack\'s "Vierzehn"; prepare it to have it synced',
  );
});

test('an entity moved to another project leaves the one in AYON and comes to the other', async () => {
  const task = story.bob.createTask({
    parent: story.id(`${SPOT}/sq010/sh020`),
    name: 'wanderer',
    type: 'FX',
  });
  await story.untilClosed();
  const parent = story.id(`${FEATURE}/ep101/ep101_sq010/sh010`);
  story.bob.update(task, { parent_id: parent, project_id: story.projects[FEATURE] });

  await story.untilClosed();
  expect(testbed.drift()).toEqual([]);
  const places = [...testbed.ayon.store.projects.values()].flatMap(({ name, entities }) => {
    const found = entities.get('task', task.replaceAll('-', ''));
    return found === undefined ? [] : [[name, found.active]];
  });
  expect(Object.fromEntries(places)).toEqual({
    [story.target(story.tasks(SPOT)[0] ?? '').project]: false,
    [story.target(story.tasks(FEATURE)[0] ?? '').project]: true,
  });
});

test('AYON without the attribute ftrackId: events wait with a sentence, and go on once the addon has made it', async () => {
  const { attributes } = testbed.ayon.store;
  testbed.ayon.store.attributes = new Map([...attributes].filter(([name]) => name !== 'ftrackId'));
  // Not ready without the attribute, at work all the same.
  const fresh = testbed.launch('process');
  await untilTold(fresh, /AYON is not ready for the integration: .*"ftrackId"/);
  await processor.stop();
  processor = fresh;
  const event = eventOf(story, () => story.bob.update(story.tasks(SPOT)[1] ?? '', { description: 'waits' }));

  await story.untilQueue(
    SPOT,
    /^waiting for AYON since .*no attribute "ftrackId".*the ftrack addon makes them/,
  );
  expect(await untilTold(processor, /no attribute "ftrackId"/)).toBeDefined();
  expect((await processor.readiness()).ready).toBe(false);
  testbed.ayon.store.attributes = attributes;
  await story.untilStanding(event, 'completed applied');
  await processor.ready();
}, 60_000);

test("ftrack's key revoked and restored: leecher and queue say so, keep trying, and nothing is lost", async () => {
  await story.toQueue(SPOT, 'pause');
  const event = eventOf(story, () => story.bob.update(story.tasks(SPOT)[2] ?? '', { description: 'no key' }));
  await story.untilQueue(SPOT, /^paused .* 1 waiting/);
  testbed.ftrack.revokeCredentials(testbed.ftrack.user);
  await story.toQueue(SPOT, 'resume');

  await story.untilQueue(SPOT, /^waiting for ftrack since .*ftrack refused our user or API key/);
  await eventually('the leecher to say it', async () => {
    const { ready, problems } = await leecher.readiness();
    return !ready && /refuse/.test(String(problems));
  });
  testbed.ftrack.restoreCredentials();

  await story.untilStanding(event, 'completed applied');
  await eventually('the leecher to be back', async () => (await leecher.readiness()).ready, 30_000);
}, 90_000);

test("AYON's key refused: a starting service says so and keeps trying, a running one waits with its events", async () => {
  const { keys } = testbed.ayon.store;
  testbed.ayon.store.revokeKey(testbed.ayon.apiKey);
  const event = eventOf(story, () => story.bob.update(story.tasks(SPOT)[3] ?? '', { description: 'no key' }));
  const starting = testbed.launch('process');
  try {
    await story.untilQueue(SPOT, /^waiting for AYON since .*key was refused; check AYON_API_KEY/);
    await untilTold(starting, /refused AYON_API_KEY; give it the key of a service user/);
    expect(await starting.readiness()).toMatchObject({
      ready: false,
      waitingFor: 'AYON',
      reason: expect.stringContaining('refused AYON_API_KEY') as string,
    });

    keys.set(testbed.ayon.apiKey, 'service');
    // AYON remembers for a minute that it refused a key.
    testbed.ayon.store.clock.advance(60_000);
    await story.untilStanding(event, 'completed applied');
    await starting.ready();
  } finally {
    keys.set(testbed.ayon.apiKey, 'service');
    await starting.kill();
  }
}, 90_000);
