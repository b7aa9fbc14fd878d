import { Context } from '@temporalio/activity';
import { defaultPayloadConverter } from '@temporalio/common';
import type { EventInput, FtrackEvent } from '../contracts/messages';
import { projectQueueId, QUERY } from '../contracts/names';
import type { Waiter } from '../contracts/queue';
import { classOf, codeOf } from '../errors';
import type { Step, StepInput } from './step';

export interface GroupDeps {
  /** The project's setting; must answer quickly and never throw. */
  readonly isWanted: (project: string | null) => Promise<boolean>;
  /** Events that the step settles just as well together with others; the rest waits for its own turn. */
  readonly mayJoin: (event: FtrackEvent) => boolean;
}

/** As many entities as an event has at most: one look at both systems takes them in its stride. */
const MAX_ENTITIES = 200;

interface Member extends Waiter {
  readonly event: FtrackEvent;
}

/**
 * Group turns, for backlogs: a step that holds its turn settles the events that wait next in the queue along with its
 * own. They are about the same project, and a step reads everything anew, so that one look and one write for all of
 * them gives what their own turns would have given. Should anything be wrong with any of them, the step does its own
 * event only, and the others keep their places.
 */
export function inGroup(step: Step, { isWanted, mayJoin }: GroupDeps): Step {
  return async (input, context) => {
    const isOffered = (input.turn.behind ?? 0) > 0 && mayJoin(input.event) && (await isWanted(input.project));
    const members = isOffered ? joining(await membersBehind(input), input.event, mayJoin) : [];
    if (members.length === 0) {
      return step(input, context);
    }
    try {
      const event = together(
        input.event,
        members.map((each) => each.event),
      );
      const result = await step({ ...input, event }, context);
      const summary = `${result.summary} (together with ${members.length} events that waited behind it)`;
      return { ...result, summary, covered: members.map(({ id, run }) => ({ id, run })) };
    } catch (error) {
      const code = codeOf(error);
      // What holds for the whole system holds for the event alone too.
      if (context.signal.aborted || (code !== undefined && classOf(code) === 'outage')) {
        throw error;
      }
      return step(input, context);
    }
  };
}

/**
 * One event that names all that these name, each in its order.
 * @internal
 */
export const together = (first: FtrackEvent, others: readonly FtrackEvent[]): FtrackEvent => ({
  ...first,
  entities: [first, ...others].flatMap(({ entities }) => entities),
});

/** The first of them, in order, up to one that does not fit: nobody is overtaken. */
function joining(members: readonly Member[], own: FtrackEvent, mayJoin: GroupDeps['mayJoin']): Member[] {
  let size = own.entities.length;
  const end = members.findIndex(({ event }) => {
    size += event.entities.length;
    return size > MAX_ENTITIES || !mayJoin(event);
  });
  return members.slice(0, end < 0 ? members.length : end);
}

/** The events behind the turn's holder, as their workflows hold them. None when anything is not as expected. */
async function membersBehind({ project }: StepInput): Promise<Member[]> {
  const { workflow } = Context.current().client;
  try {
    const waiters = await workflow.getHandle(projectQueueId(project)).query<readonly Waiter[]>(QUERY.behind);
    const members = await Promise.all(waiters.map(memberOf));
    const end = members.indexOf(undefined);
    return members.slice(0, end < 0 ? members.length : end).filter((each) => each !== undefined);
  } catch {
    // The group is a matter of speed only.
    return [];
  }
}

/** Of a history only the first event is read: it holds the workflow's input. */
async function memberOf({ id, run }: Waiter): Promise<Member | undefined> {
  const { client } = Context.current();
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId: id, runId: run },
    maximumPageSize: 1,
  });
  const [payload] = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  const input = payload && defaultPayloadConverter.fromPayload<EventInput>(payload);
  return input?.event && { id, run, event: input.event };
}
