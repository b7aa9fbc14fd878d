import type { Story } from '../support/story';

/** A broken promise (design: L, D, O, I, C), and what shows it. */
export interface Violation {
  /** What is missing at the end was lost, or did not converge: the two look alike. */
  readonly promise: 'L, C' | 'D' | 'O' | 'I';
  readonly what: string;
  /** Where to look in Temporal. */
  readonly workflows: readonly string[];
}

/** Reads both simulators' stores and Temporal's histories after a story has come to rest. */
export async function judge(
  story: Story,
  { unrest, gapFill }: { readonly unrest: string | undefined; readonly gapFill: string },
): Promise<Violation[]> {
  const { testbed } = story;
  const open = await story.find('WorkflowType = "handleEvent" AND ExecutionStatus = "Running"');
  const drift = testbed.drift();
  const unsettled = drift.length === 0 && unrest !== undefined ? [`${unrest}; gap fill: ${gapFill}`] : drift;
  const lost = unsettled.map((what): Violation => ({ promise: 'L, C', what, workflows: open.slice(0, 5) }));
  return [...lost, ...twice(story), ...goneBack(story), ...(await overlaps(story))];
}

/** ftrack entities with more than one active partner in AYON. */
function twice({ testbed }: Story): Violation[] {
  const all = [...testbed.ayon.store.projects.values()].flatMap(({ entities }) =>
    (['folder', 'task'] as const).flatMap((kind) => [...entities.pick(kind, entities.orderedIds(kind))]),
  );
  const partners = new Map<unknown, string[]>();
  for (const { active, attrib, id } of all.filter(({ attrib: { ftrackId } }) => ftrackId !== undefined)) {
    if (active) {
      partners.set(attrib['ftrackId'], [...(partners.get(attrib['ftrackId']) ?? []), id]);
    }
  }
  return [...partners]
    .filter(([, ids]) => ids.length > 1)
    .map(([id, ids]) => ({
      promise: 'D',
      what: `${String(id)} has ${ids.length} active partners in AYON: ${ids.join(', ')}`,
      workflows: [],
    }));
}

/** Tasks whose description in AYON was ever followed by an older one; descriptions are numbered as they are written. */
function goneBack(story: Story): Violation[] {
  const latest = new Map<string, number>();
  const back: Violation[] = [];
  for (const { summary, payload } of story.ayonEvents(/^entity\.task\.attrib_changed$/)) {
    const text = /"text (\d+)"/.exec(JSON.stringify(payload['newValue'] ?? null));
    const id = JSON.stringify(summary['entityId']);
    if (text !== null) {
      const number = Number(text[1]);
      if (number < (latest.get(id) ?? 0)) {
        const what = `description of ${id}: ${number} after ${latest.get(id)}`;
        back.push({ promise: 'O', what, workflows: [] });
      }
      latest.set(id, number);
    }
  }
  return back;
}

interface Span {
  readonly id: string;
  readonly project: string;
  readonly from: number;
  readonly to: number;
}

/** Steps of one project that ran at the same time, as Temporal's histories tell. */
async function overlaps({ testbed }: Story): Promise<Violation[]> {
  const spans: Span[] = [];
  const runs = testbed.client.workflow.list({ query: 'WorkflowType = "handleEvent"' });
  for await (const { workflowId, runId, typedSearchAttributes } of runs) {
    const project = typedSearchAttributes.get({ name: 'FtrackProject', type: 'KEYWORD' }) ?? '';
    const { events } = await testbed.client.workflow.getHandle(workflowId, runId).fetchHistory();
    const started = new Map<string, number>();
    for (const event of events ?? []) {
      const at = timeOf(event.eventTime);
      if (event.activityTaskStartedEventAttributes) {
        started.set(String(event.eventId), at);
      }
      const done = event.activityTaskCompletedEventAttributes;
      const from = done ? started.get(String(done.startedEventId)) : undefined;
      if (from !== undefined) {
        spans.push({ id: workflowId, project, from, to: at });
      }
    }
  }
  const sorted = spans.sort((one, other) => one.from - other.from);
  return sorted.flatMap((span, index) => {
    const other = sorted.slice(0, index).find((each) => each.project === span.project && each.to > span.from);
    return other === undefined || other.id === span.id
      ? []
      : [
          {
            promise: 'O' as const,
            what: `steps of one project ran at once for ${Math.round(other.to - span.from)} ms`,
            workflows: [other.id, span.id],
          },
        ];
  });
}

const timeOf = (time: { seconds?: unknown; nanos?: number | null } | null | undefined): number =>
  Number(time?.seconds ?? 0) * 1000 + (time?.nanos ?? 0) / 1e6;
