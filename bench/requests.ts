import { generateStudio } from '../simulators/studio';
import type { BenchContext } from './context';
import { Desk } from './desk';
import { idsOf, lifeOfShot, statusEdit } from './edits';
import type { Figure, Report } from './report';

const SIZES = [100, 20_000] as const;
const LIMIT = 6;

/** `METHOD path` of each request, in the order of arrival. */
type Calls = Readonly<Record<'ftrack' | 'ayon', readonly string[]>>;

const countOf = ({ ftrack, ayon }: Calls): number => ftrack.length + ayon.length;

/** HTTP requests that one event of one entity costs, by kind of edit, in a small and in a large project. */
export async function requests(context: BenchContext): Promise<Report> {
  const small = await costs(context, SIZES[0]);
  const large = await costs(context, SIZES[1]);
  const worst = (found: ReadonlyMap<string, Calls>): number => Math.max(...[...found.values()].map(countOf));
  const different = [...small].filter(
    ([kind, calls]) => countOf(calls) !== countOf(large.get(kind) ?? calls),
  );
  const figures: Figure[] = [
    ...[...large].map(([name, calls]) => ({ name, value: countOf(calls), unit: 'requests' })),
    { name: `most, ${SIZES[0]} entities`, value: worst(small), unit: 'requests', target: { atMost: LIMIT } },
    { name: `most, ${SIZES[1]} entities`, value: worst(large), unit: 'requests', target: { atMost: LIMIT } },
    { name: 'kinds that differ by size', value: different.length, unit: '', target: { atMost: 0 } },
  ];
  return {
    figures,
    notes: [
      "Requests to both systems from the edit until its event's workflow has closed, of all services together.",
      'Each kind twice on warm caches; the smaller count is shown, so that a refresh of cached project data does not enter.',
    ],
    details: { [SIZES[0]]: Object.fromEntries(small), [SIZES[1]]: Object.fromEntries(large) },
  };
}

async function costs(context: BenchContext, entities: number): Promise<Map<string, Calls>> {
  const desk = await Desk.start(
    context,
    generateStudio({ projects: 1, entitiesPerProject: entities, seed: 7 }),
  );
  try {
    const hand = desk.testbed.ftrack.as('bob');
    const [task = ''] = idsOf(hand, 'Task');
    const [from, to] = idsOf(hand, 'Sequence');
    if (from === undefined || to === undefined) {
      throw new Error(`The project of ${entities} entities has fewer than two sequences.`);
    }
    await desk.arrival(statusEdit(task));
    await desk.settled();
    const found = new Map<string, Calls>();
    for (const name of ['bench010', 'bench020']) {
      for (const [kind, edit] of lifeOfShot({ from, to, name })) {
        const calls = await counting(desk, () => desk.arrival(edit));
        const former = found.get(kind);
        found.set(kind, former !== undefined && countOf(former) <= countOf(calls) ? former : calls);
      }
    }
    return found;
  } finally {
    await desk.close();
  }
}

async function counting(desk: Desk, work: () => Promise<unknown>): Promise<Calls> {
  const { ftrack, ayon } = desk.testbed;
  ftrack.calls.clear();
  ayon.calls.clear();
  await work();
  await desk.settled();
  const told = (log: typeof ayon.calls): string[] =>
    log.list().map(({ method, path }) => `${method} ${path}`);
  return { ftrack: told(ftrack.calls), ayon: told(ayon.calls) };
}
