import { setTimeout as pause } from 'node:timers/promises';
import { GAP_FILL_ID, QUERY } from '../../../src/contracts/names';
import { startTestbed } from '../../../testbed';
import { eventually } from '../../support/eventually';
import { Editor, pick, randomFrom } from '../support/edits';
import { Story } from '../support/story';
import { Troubles } from '../support/troubles';
import type { Violation } from './judge';
import { judge } from './judge';

/** One seeded story and what came of it. */
export interface Played {
  readonly seed: number;
  readonly rounds: number;
  /** What was done, in order, for people. */
  readonly log: readonly string[];
  /** How often each trouble befell. */
  readonly troubles: Readonly<Record<string, number>>;
  readonly edits: number;
  /** Event workflows at the end, those of the gap fill included. */
  readonly events: number;
  /** Of these, started by the gap fill. */
  readonly found: number;
  readonly violations: readonly Violation[];
}

export const ROUNDS = 5;
const EDITS = 6;
const QUIET_MS = 150_000;
const ISOLATION_MS = 30_000;

/**
 * Two projects, random edits, random troubles one after the other, then quiet; the same for the same seed as far as
 * processes are. @param rounds fewer than {@link ROUNDS} play a prefix of the same story
 */
export async function play(seed: number, rounds = ROUNDS): Promise<Played> {
  const random = randomFrom(seed);
  const testbed = await startTestbed({ durable: true, timeScale: 10 });
  try {
    const story = new Story(testbed);
    const editors = testbed.studio.projects.map((project) => new Editor(project, random));
    const troubles = new Troubles(testbed, random);
    const log: string[] = [];
    const counts: Record<string, number> = {};
    await troubles.startAll();
    for (let round = 0; round < rounds; round += 1) {
      const [name, start] = troubles.next();
      log.push(name);
      counts[name] = (counts[name] ?? 0) + 1;
      const edit = (): void => {
        for (let count = 0; count < EDITS; count += 1) {
          log.push(`  ${pick(editors, random).edit(story.bob)}`);
        }
      };
      edit();
      const end = await start();
      edit();
      await pause(random() * 1_000);
      await end();
    }
    const held = await isolation(story, pick(testbed.studio.projects, random).name);
    const unrest = await story.untilQuiet(QUIET_MS).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    const events = await story.find('WorkflowType = "handleEvent"');
    return {
      seed,
      rounds,
      log,
      troubles: counts,
      edits: rounds * EDITS * 2,
      events: events.length,
      found: events.filter((id) => id.startsWith('ftrack-event/log-')).length,
      violations: [...held, ...(await judge(story, { unrest, gapFill: await gapFillText(story) }))],
    };
  } finally {
    await testbed.close();
  }
}

/** Promise I: while AYON refuses one project, an edit in another one arrives there. */
async function isolation(story: Story, stalled: string): Promise<Violation[]> {
  const { ayon, studio } = story.testbed;
  const other = studio.projects.find(({ name }) => name !== stalled)?.name ?? '';
  const [blocked, free] = [stalled, other].map((name) => story.anyTask(name));
  if (blocked === undefined || free === undefined) {
    return [];
  }
  const refusal = ayon.faults.add({
    match: { path: `/api/projects/${story.target(blocked).project}/operations` },
    times: Number.POSITIVE_INFINITY,
    effect: { status: 503 },
  });
  story.bob.update(blocked, { description: 'held up' });
  await Promise.race([refusal.waitForHit(), pause(ISOLATION_MS)]);
  story.bob.update(free, { description: 'not held up' });
  const arrived = await eventually(
    'the free edit to arrive',
    () => story.seen(free)?.attrib['description'] === 'not held up',
    ISOLATION_MS,
  ).catch(() => false);
  refusal.remove();
  const what = `an edit in ${other} did not arrive in ${ISOLATION_MS / 1000} s while AYON refused ${stalled}`;
  return arrived ? [] : [{ promise: 'I', what, workflows: [] }];
}

const gapFillText = async ({ testbed }: Story): Promise<string> =>
  (await testbed.client.workflow.getHandle(GAP_FILL_ID).query<{ text: string }>(QUERY.state)).text;
