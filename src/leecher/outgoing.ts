import type { EventInput, FtrackEvent } from '../contracts/messages';
import { FtrackEntity } from '../contracts/messages';
import { eventWorkflowId } from '../contracts/names';
import { splitEvent } from '../domain/split';
import type { ArrivalClock } from './arrival';

/** A workflow to be started: one part of an event. This is what lies in the spool, one JSON line each. */
export interface Outgoing {
  /** Workflow id. */
  readonly id: string;
  readonly input: EventInput & { readonly event: FtrackEvent };
}

/** The parts of an event in their order, each with its own arrival key. */
export function outgoingOf(event: FtrackEvent, clock: ArrivalClock, timeScale?: number): Outgoing[] {
  return splitEvent(event).map((part) => ({
    id: eventWorkflowId(event.id, part.number),
    input: {
      event: part.event,
      project: part.project,
      key: clock.next(),
      ...(timeScale === undefined ? {} : { timeScale }),
    },
  }));
}

/** Checks a line of the spool; what is not an event of ours is set aside there. */
export function readOutgoing(value: unknown): Outgoing | undefined {
  const item = value as Partial<Outgoing> | null | undefined;
  const { event, project, key } = item?.input ?? {};
  const sound =
    typeof item?.id === 'string' &&
    typeof key === 'number' &&
    (project === null || typeof project === 'string') &&
    isEvent(event);
  return sound ? (item as Outgoing) : undefined;
}

function isEvent(event: Partial<FtrackEvent> | null | undefined): boolean {
  return (
    typeof event?.id === 'string' &&
    typeof event.topic === 'string' &&
    typeof event.arrivedAt === 'number' &&
    typeof event.user === 'object' &&
    event.user !== null &&
    Array.isArray(event.entities) &&
    event.entities.every((entity) => FtrackEntity.safeParse(entity).success)
  );
}
