import { eventWorkflowId } from '../../../src/contracts/names';
import type { AyonPeople } from '../support/ayon-people';
import type { Fleet } from '../support/fleet';
import type { Story } from '../support/story';
import type { Written } from '../support/written';
import type { Histories } from './histories';
import { readHistories } from './histories';

/**
 * - L, D, O, I, C: the promises of the product (docs/architecture.md).
 * - own: what a person set in AYON and no event of ftrack named was changed.
 * - ran: the story could not be played to its end, or a service ended by itself.
 */
export type Promised = 'L' | 'D' | 'O' | 'I' | 'C' | 'own' | 'ran';

/** A broken promise, and what shows it. */
export interface Violation {
  readonly promise: Promised;
  readonly what: string;
  /** Where to look in Temporal. */
  readonly workflows: readonly string[];
}

export interface Verdict {
  readonly violations: readonly Violation[];
  /** What was looked at and how often, by promise and word. */
  readonly checked: Readonly<Record<string, number>>;
}

/** The last edit of an entity. */
export interface LastEdit {
  /** Id of the event that told it. */
  readonly event: string;
  readonly at: Date;
}

/** What judges need of a story that has come to rest. */
export interface Rested {
  readonly story: Story;
  readonly fleet: Fleet;
  readonly people: AyonPeople;
  readonly written: Written;
  /** ftrack ids that were edited. */
  readonly edited: ReadonlyMap<string, LastEdit>;
  /** Why both sides did not come to rest; undefined when they did. */
  readonly unrest: string | undefined;
  /** Number of AYON's last event when they did. */
  readonly last: number;
}

/** Reads both simulators' stores and Temporal's histories. */
export async function judge(played: Rested): Promise<Verdict> {
  const histories = await readHistories(played.story);
  const verdicts = [
    lostOrApart(played, histories),
    twice(played, histories),
    outOfOrder(played, histories),
    ownValues(played),
    fallen(played),
  ];
  return {
    violations: verdicts.flatMap(({ violations }) => violations),
    checked: Object.assign({}, ...verdicts.map(({ checked }) => checked)) as Record<string, number>,
  };
}

/**
 * What differs at the end was lost when no event told of the entity's last edit was worked on (L), else both sides did
 * not converge although it was (C).
 */
function lostOrApart(played: Rested, { workflows, named }: Histories): Verdict {
  const { story, edited, unrest } = played;
  const drift = story.drift();
  const violations = drift.map((what): Violation => {
    const id = /\(([^)]+)\)/.exec(what)?.[1] ?? '';
    const last = edited.get(id);
    const isTold =
      last === undefined ||
      workflows.some((each) => each.id.startsWith(eventWorkflowId(last.event))) ||
      named.get(id)?.some((each) => each.id.startsWith('ftrack-event/log-') && each.started > last.at);
    return { promise: isTold ? 'C' : 'L', what, workflows: lastNaming(named, id) };
  });
  if (unrest !== undefined) {
    violations.push({ promise: 'C', what: unrest, workflows: open(workflows) });
  }
  for (const { id, status } of workflows) {
    if (!['COMPLETED', 'RUNNING', 'CONTINUED_AS_NEW'].includes(status)) {
      violations.push({ promise: 'L', what: `an event's workflow ended as ${status}`, workflows: [id] });
    }
  }
  const late = [...story.testbed.ayon.store.events.ascending()].filter(
    ({ sequence, topic, senderType }) =>
      sequence > played.last && topic.startsWith('entity.') && senderType === 'ftrack',
  );
  if (unrest === undefined && late.length > 0) {
    const what = `AYON was written after both sides agreed: ${late.map(({ description }) => description).join('; ')}`;
    violations.push({ promise: 'C', what: what.slice(0, 500), workflows: [] });
  }
  const checked = {
    'L edited entities compared': edited.size,
    'L event workflows seen to their end': workflows.length,
    'C entities compared, all fields': [...story.testbed.ftrack.store.tableOf('Context').all()].length,
  };
  return { violations, checked };
}

const lastNaming = (named: Histories['named'], id: string): string[] =>
  (named.get(id) ?? []).slice(-5).map((each) => each.id);

const open = (workflows: Histories['workflows']): string[] =>
  workflows
    .filter(({ status }) => status === 'RUNNING')
    .slice(0, 5)
    .map(({ id }) => id);

/** An ftrack entity has at most one partner in AYON, ever; an event is worked on in one run. */
function twice({ story }: Rested, { workflows }: Histories): Verdict {
  const partners = new Map<unknown, string[]>();
  const all = [...story.testbed.ayon.store.projects.values()].flatMap(({ entities }) =>
    (['folder', 'task'] as const).flatMap((kind) => entities.pick(kind, entities.orderedIds(kind))),
  );
  for (const { attrib, id } of all) {
    const owner = attrib['ftrackId'];
    if (owner !== undefined && owner !== 'removed') {
      partners.set(owner, [...(partners.get(owner) ?? []), id]);
    }
  }
  const doubled = [...partners]
    .filter(([, ids]) => ids.length > 1)
    .map(([id, ids]) => `${String(id)} has ${ids.length} partners in AYON: ${ids.join(', ')}`);
  const runs = new Map<string, number>();
  for (const { id } of workflows.filter(({ status }) => status !== 'CONTINUED_AS_NEW')) {
    runs.set(id, (runs.get(id) ?? 0) + 1);
  }
  const again = [...runs].filter(([, count]) => count > 1);
  return {
    violations: [
      ...doubled.map((what): Violation => ({ promise: 'D', what, workflows: [] })),
      ...again.map(
        ([id, count]): Violation => ({
          promise: 'D',
          what: `an event has ${count} workflows`,
          workflows: [id],
        }),
      ),
    ],
    checked: { 'D ftrack entities with one partner': partners.size, 'D events with one run': runs.size },
  };
}

/** Values go forward; steps of one project come one after the other. */
function outOfOrder({ written }: Rested, { overlaps, steps, named }: Histories): Verdict {
  const { back, values, sequences } = written.compare();
  const shown = (value: unknown): string => JSON.stringify(value);
  return {
    violations: [
      ...back.map(
        ({ entityId, field, value, after }): Violation => ({
          promise: 'O',
          what: `${field} of ${entityId} became ${shown(value)} after ${shown(after)}, which ftrack never had in this order`,
          workflows: lastNaming(named, entityId),
        }),
      ),
      ...overlaps.map((each): Violation => ({ promise: 'O', ...each })),
    ],
    checked: { 'O values': values, 'O sequences of values': sequences, 'O steps': steps },
  };
}

function ownValues({ people }: Rested): Verdict {
  const { compared, lost } = people.lost();
  return {
    violations: lost.map((what): Violation => ({ promise: 'own', what, workflows: [] })),
    checked: { 'own values of AYON': compared },
  };
}

const fallen = ({ fleet }: Rested): Verdict => ({
  violations: fleet.fallen().map((what): Violation => ({ promise: 'ran', what, workflows: [] })),
  checked: {},
});
