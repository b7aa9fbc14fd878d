import { NAMED_MEMO } from '../../../src/contracts/names';
import type { Story } from '../support/story';

export interface Run {
  readonly id: string;
  readonly runId: string;
  /** As Temporal names it, such as `COMPLETED`. */
  readonly status: string;
  readonly project: string;
  readonly started: Date;
}

/** What Temporal's histories tell of a story. */
export interface Histories {
  /** Runs of event workflows, those of the gap fill included. */
  readonly workflows: readonly Run[];
  /** Event workflows that named an ftrack entity, in the order of their starts. */
  readonly named: ReadonlyMap<string, readonly Run[]>;
  readonly steps: number;
  /** Steps of one project that ran at the same time. */
  readonly overlaps: readonly { readonly what: string; readonly workflows: readonly string[] }[];
}

interface Span {
  readonly id: string;
  readonly project: string;
  readonly from: number;
  readonly to: number;
}

/** Histories that are fetched at once. */
const AT_ONCE = 8;

export async function readHistories(story: Story): Promise<Histories> {
  const { client } = story.testbed;
  const workflows: Run[] = [];
  const named = new Map<string, Run[]>();
  const listed = [];
  for await (const each of client.workflow.list({ query: 'WorkflowType = "handleEvent"' })) {
    listed.push(each);
  }
  listed.sort((one, other) => one.startTime.getTime() - other.startTime.getTime());
  for (const { workflowId: id, runId, status, memo, startTime, typedSearchAttributes } of listed) {
    const project = typedSearchAttributes.get({ name: 'FtrackProject', type: 'KEYWORD' }) ?? '';
    const run = { id, runId, status: status.name, project, started: startTime };
    workflows.push(run);
    const told = memo?.[NAMED_MEMO] as { named?: object } | undefined;
    for (const entity of Object.keys(told?.named ?? {})) {
      named.set(entity, [...(named.get(entity) ?? []), run]);
    }
  }
  const spans: Span[] = [];
  for (let from = 0; from < workflows.length; from += AT_ONCE) {
    const some = workflows.slice(from, from + AT_ONCE).map((run) => spansOf(story, run));
    spans.push(...(await Promise.all(some)).flat());
  }
  return { workflows, named, steps: spans.length, overlaps: overlapsOf(spans) };
}

/** From the start of each step's last try to its end. */
async function spansOf({ testbed }: Story, { id, runId, project }: Run): Promise<Span[]> {
  const { events } = await testbed.client.workflow.getHandle(id, runId).fetchHistory();
  const started = new Map<string, number>();
  const spans: Span[] = [];
  for (const event of events ?? []) {
    const at = timeOf(event.eventTime);
    if (event.activityTaskStartedEventAttributes) {
      started.set(String(event.eventId), at);
    }
    const done = event.activityTaskCompletedEventAttributes ?? event.activityTaskFailedEventAttributes;
    const from = done ? started.get(String(done.startedEventId)) : undefined;
    if (from !== undefined) {
      spans.push({ id, project, from, to: at });
    }
  }
  return spans;
}

function overlapsOf(spans: readonly Span[]): Histories['overlaps'] {
  const sorted = [...spans].sort((one, other) => one.from - other.from);
  return sorted.flatMap((span, index) => {
    const other = sorted.slice(0, index).find((each) => each.project === span.project && each.to > span.from);
    return other === undefined || other.id === span.id
      ? []
      : [
          {
            what: `steps of one project ran at once for ${Math.round(Math.min(other.to, span.to) - span.from)} ms`,
            workflows: [other.id, span.id],
          },
        ];
  });
}

const timeOf = (time: { seconds?: unknown; nanos?: number | null } | null | undefined): number =>
  Number(time?.seconds ?? 0) * 1000 + (time?.nanos ?? 0) / 1e6;
