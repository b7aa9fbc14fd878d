import { ayonId } from '../../simulators/ayon';
import { generateStudio } from '../../simulators/studio';
import { eventWorkflowId, projectQueueId, SIGNAL } from '../../src/contracts/names';
import type { Enqueue } from '../../src/contracts/queue';
import type { Service, Testbed } from '../../testbed';
import { startTestbed } from '../../testbed';
import { eventually } from '../support/eventually';
import { eventOf, Story } from './support/story';

/** Promises L and O when far more arrives at once than can be worked on, with the waits of production. */
let testbed: Testbed;
let story: Story;
let leecher: Service;
let processor: Service;
let project = '';

/** Entities of the project; three quarters of them are tasks. */
const ENTITIES = 6_600;
/** Most events that take one turn together. */
const GROUP = 50;
const LIMIT_MS = 110_000;

beforeAll(async () => {
  const studio = generateStudio({ projects: 1, entitiesPerProject: ENTITIES, seed: 6 });
  project = studio.projects[0]?.name ?? '';
  testbed = await startTestbed({ studio, durable: true });
  story = new Story(testbed);
  [leecher, processor] = await Promise.all([testbed.startLeecher(), testbed.startProcessor()]);
}, 90_000);

afterAll(() => testbed.close(), 30_000);

/** Places in `ids` of the tasks whose description AYON was told to be `text`, in the order in which it was told. */
function told(text: string, ids: readonly string[]): number[] {
  const places = new Map<unknown, number>(ids.map((id, at) => [ayonId(id), at]));
  return story
    .ayonEvents(/^entity\.task\.attrib_changed$/)
    .filter(({ payload }) => JSON.stringify(payload['newValue'] ?? null).includes(`"${text} `))
    .map(({ summary }) => places.get(summary['entityId']) ?? -1);
}

const sorted = (numbers: readonly number[]): number[] => [...numbers].sort((one, other) => one - other);

/** One event each, in order. @returns their workflow ids */
function describeEach(tasks: readonly string[], text: string): string[] {
  const from = story.events.length;
  tasks.forEach((id, at) => story.bob.update(id, { description: `${text} ${at}` }));
  return story.events.slice(from).map((id) => eventWorkflowId(id));
}

test('L, O: one commit of 5,000 entities becomes 25 parts, the first under the bare id, applied one after the other', async () => {
  const tasks = story.tasks(project).slice(0, 5_000);

  const event = eventOf(story, () =>
    story.bob.batch(
      tasks.map((id, at) => ({
        action: 'update',
        entity_type: 'Task',
        entity_key: [id],
        entity_data: { description: `bulk ${at}` },
      })),
    ),
  );
  const parts = Array.from({ length: 25 }, (_, at) => (at === 0 ? event : `${event}.${at + 1}`));
  await story.untilStanding(parts.at(-1) ?? '', 'completed applied', LIMIT_MS);

  expect(await Promise.all(parts.map((id) => story.standing(id)))).toEqual(
    parts.map(() => 'completed applied'),
  );
  const order = told('bulk', tasks);
  expect(sorted(order)).toEqual(tasks.map((_, at) => at));
  const partOf = order.map((at) => Math.floor(at / 200));
  expect(partOf).toEqual(sorted(partOf));
  expect(await story.find('WorkflowType = "handleEvent"')).toHaveLength(parts.length);
}, 150_000);

test('L, O: what one project piled up while no processor ran is applied afterwards, in order', async () => {
  await processor.kill();
  const tasks = story.tasks(project).slice(0, 150);
  const events = describeEach(tasks, 'piled up');
  await eventually(
    'Temporal to hold them',
    async () => (await count('sent')) >= 25 + events.length,
    LIMIT_MS,
  );

  processor = await testbed.startProcessor();
  await story.untilStanding(story.events.at(-1) ?? '', 'completed applied', LIMIT_MS);

  const order = told('piled up', tasks);
  expect(sorted(order)).toEqual(tasks.map((_, at) => at));
  // One turn may be that of a group; within it AYON gets them in any order.
  order.forEach((place, at) => expect(Math.max(0, ...order.slice(0, at))).toBeLessThan(place + GROUP));
}, 150_000);

test('L, O: a spool of many batches survives kill -9 of the leecher that empties it: all reach the queue, in order', async () => {
  await processor.kill();
  await testbed.killTemporal();
  const events = describeEach(story.tasks(project).slice(0, 800), 'spooled');
  const spooled = async (): Promise<number> =>
    (await leecher.metrics())['ayon_ftrack_leecher_spool_events'] ?? 0;
  await eventually('all to be in the spool', async () => (await spooled()) >= events.length, LIMIT_MS);
  const before = await count('sent');
  await testbed.restartTemporal();
  await eventually('a part to be handed over', async () => (await count('sent')) > before, LIMIT_MS);

  await leecher.kill();
  leecher = await testbed.startLeecher();
  await eventually('the spool to be empty', async () => (await spooled()) === 0, LIMIT_MS);

  // Nobody works for the queue, so that its history holds what it was told.
  expect((await queued()).filter((id) => events.includes(id))).toEqual(events);
}, 240_000);

/** Tickets that this leecher brought to queues. */
const count = async (outcome: 'sent'): Promise<number> =>
  (await leecher.metrics())[`ayon_ftrack_leecher_tickets_total{outcome="${outcome}"}`] ?? 0;

/** Workflow ids of the tickets that the queue was told, in the order in which each came first. */
async function queued(): Promise<string[]> {
  const id = projectQueueId(story.projects[project] ?? null);
  const { events } = await testbed.client.workflow.getHandle(id).fetchHistory();
  const told = (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) => {
    const data = signal?.input?.payloads?.[0]?.data;
    return signal?.signalName === SIGNAL.enqueue && data
      ? (JSON.parse(Buffer.from(data).toString()) as Enqueue).tickets
      : [];
  });
  return [...new Set(told.map((ticket) => ticket.id))];
}
