import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../../support/eventually';
import type { Story } from '../support/story';
import type { Violation } from './judge';

const REFUSED_MS = 30_000;
/** What the projects have to work off by then included. */
const ARRIVAL_MS = 60_000;

export interface Isolated {
  readonly violations: readonly Violation[];
  readonly checked: Readonly<Record<string, number>>;
  /** ftrack ids that were edited. */
  readonly ids: readonly string[];
}

/** Promise I: while AYON refuses one project, edits in the others arrive there. */
export async function isolation(story: Story, stalled: string): Promise<Isolated> {
  const { ayon, studio } = story.testbed;
  const blocked = story.anyTask(stalled);
  const free = studio.projects.flatMap(({ name }) => {
    const id = name === stalled ? undefined : story.anyTask(name);
    return id === undefined ? [] : [{ name, id }];
  });
  const place = blocked === undefined ? undefined : story.located(blocked);
  if (blocked === undefined || place === undefined) {
    return { violations: [], checked: {}, ids: [] };
  }
  const refusal = ayon.faults.add({
    match: { path: `/api/projects/${place.project}/operations` },
    times: Number.POSITIVE_INFINITY,
    effect: { status: 503 },
  });
  story.bob.update(blocked, { description: 'held up' });
  await Promise.race([refusal.waitForHit(), pause(REFUSED_MS)]);
  free.forEach(({ id }) => story.bob.update(id, { description: 'not held up' }));
  const arrived = await Promise.all(
    free.map(({ id }) =>
      eventually(
        'the free edit to arrive',
        () => story.seen(id)?.attrib['description'] === 'not held up' || pause(100, false),
        ARRIVAL_MS,
      ).catch(() => false),
    ),
  );
  refusal.remove();
  return {
    violations: free
      .filter((_, index) => arrived[index] === false)
      .map(({ name }) => ({
        promise: 'I',
        what: `an edit in ${name} did not arrive in ${ARRIVAL_MS / 1000} s while AYON refused ${stalled}`,
        workflows: [],
      })),
    checked: { 'I projects beside a stalled one': free.length },
    ids: [blocked, ...free.map(({ id }) => id)],
  };
}
