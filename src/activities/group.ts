import { Context } from '@temporalio/activity';
import { defaultPayloadConverter } from '@temporalio/common';
import type { EventInput, FtrackEvent } from '../contracts/messages';
import { projectQueueId, QUERY } from '../contracts/names';
import type { Waiter } from '../contracts/queue';
import { classOf, codeOf } from '../errors';
import type { Step, StepInput, StepResult } from './step';

export interface GroupDeps {
  /** The project's setting; must answer quickly and never throw. */
  readonly isWanted: (project: string | null) => Promise<boolean>;
  /** Events that the step settles just as well together with others; the rest waits for its own turn. */
  readonly mayJoin: (event: FtrackEvent) => boolean;
}

/** Half of what an event has at most: assignments name two each, and the scope of all is carried around. */
const MAX_ENTITIES = 100;
/** Events that are read from Temporal at once. */
const SLICE = 10;
/** Of the tries during an outage each such one is for the holder alone: perhaps only the group meets the outage. */
const ALONE_EVERY = 4;

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
  const alone = async (...args: Parameters<Step>): Promise<StepResult> => ({
    ...(await step(...args)),
    covered: [],
  });
  return async (input, context) => {
    const { turn, event, project } = input;
    const isOffered = turn.behind !== undefined && mayJoin(event);
    if (!isOffered || !(await isWanted(project))) {
      return step(input, context);
    }
    if (wasSilent()) {
      return alone(input, context);
    }
    const members = isAloneTry() ? [] : await membersFor(input, mayJoin);
    if (members.length === 0) {
      return step(input, context);
    }
    const others = members.map((each) => each.event);
    try {
      const result = await step({ ...input, event: together(event, others) }, context);
      const summary = `${result.summary} (together with ${members.length} events that waited behind it)`;
      return { ...result, summary, covered: members.map(({ id, run }) => ({ id, run })) };
    } catch (error) {
      const code = codeOf(error);
      // What holds for the whole system holds for the event alone too.
      if (context.signal.aborted || (code !== undefined && classOf(code) === 'outage')) {
        throw error;
      }
      return alone(input, context);
    }
  };
}

const isAloneTry = (): boolean => Context.current().info.attempt % ALONE_EVERY === 0;

/** The try before this one ended without any answer: an event that stops or kills a step may be another than the holder's. */
function wasSilent(): boolean {
  const { attempt, heartbeatDetails } = Context.current().info;
  const { silent = 1 } = (heartbeatDetails ?? {}) as { silent?: number };
  return attempt > 1 && silent > 0;
}

/**
 * One event that names all that these name, each in its order.
 * @internal
 */
export const together = (first: FtrackEvent, others: readonly FtrackEvent[]): FtrackEvent => ({
  ...first,
  entities: [first, ...others].flatMap(({ entities }) => entities),
});

/**
 * The events behind the holder as their workflows hold them, in order, up to one that does not fit: nobody is overtaken.
 * The group is a matter of speed only: where something is not as expected, it ends.
 */
async function membersFor(
  { project, turn, event }: StepInput,
  mayJoin: GroupDeps['mayJoin'],
): Promise<Member[]> {
  const members: Member[] = [];
  let room = MAX_ENTITIES - event.entities.length;
  const waiters = await waitersBehind(project, turn.number);
  for (let from = 0; from < waiters.length && room > 0; from += SLICE) {
    for (const member of await Promise.all(waiters.slice(from, from + SLICE).map(memberOf))) {
      room -= member?.event.entities.length ?? Infinity;
      if (member === undefined || room < 0 || !mayJoin(member.event)) {
        return members;
      }
      members.push(member);
    }
  }
  return members;
}

const waitersBehind = (project: string | null, turn: number): Promise<readonly Waiter[]> =>
  Context.current()
    .client.workflow.getHandle(projectQueueId(project))
    .query<readonly Waiter[], [number]>(QUERY.behind, turn)
    .catch(() => []);

/** Of a history only the first event is read: it holds the workflow's input. */
async function memberOf({ id, run }: Waiter): Promise<Member | undefined> {
  const { client } = Context.current();
  try {
    const { history } = await client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution: { workflowId: id, runId: run },
      maximumPageSize: 1,
    });
    const [payload] = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
    const input = payload && defaultPayloadConverter.fromPayload<EventInput>(payload);
    return input?.event && { id, run, event: input.event };
  } catch {
    return undefined;
  }
}
