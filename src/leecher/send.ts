import type { Ticket } from '../contracts/messages';
import type { Outgoing } from './outgoing';
import type { Counters, LeecherLogger } from './telemetry';
import type { TemporalStarter } from './temporal-starter';

export interface SendDeps {
  readonly starter: TemporalStarter;
  readonly counters: Counters;
  readonly logger: LeecherLogger;
  /**
   * Failures in a row of telling a project's queue, by project, while Temporal took the events themselves; without it
   * each is thrown.
   */
  readonly untold?: Map<string | null, number>;
  /** Keeps an event that Temporal will never take. */
  setAside(item: Outgoing): Promise<void>;
}

/** Events that one signal to a queue announces at most. */
export const BATCH = 100;
/** Tries to tell a queue. The events are durable by then and enrol themselves: nobody else shall wait for that queue. */
const TELLS = 3;

/**
 * Hands one project's events to Temporal: first each event's own workflow, the durable record, all at once; then one
 * signal with their tickets in arrival order.
 * @param batch of one project, at most {@link BATCH}
 * @throws what Temporal answered when it cannot take them; nothing is lost by sending all of them again.
 */
export async function sendBatch(deps: SendDeps, batch: readonly Outgoing[]): Promise<void> {
  const results = await Promise.allSettled(batch.map((item) => startOne(deps, item)));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    throw failed.reason;
  }
  const tickets = results.flatMap((result) =>
    result.status === 'fulfilled' && result.value !== undefined ? [result.value] : [],
  );
  const project = batch[0]?.input.project ?? null;
  if (tickets.length > 0) {
    const outcome = await announce(deps, project, tickets);
    deps.counters.count('leecher_tickets', { outcome }, tickets.length);
  }
}

async function announce(
  { starter, untold, logger }: SendDeps,
  project: string | null,
  tickets: readonly Ticket[],
): Promise<'sent' | 'refused'> {
  try {
    const outcome = await starter.enqueue(project, tickets);
    untold?.delete(project);
    return outcome;
  } catch (error) {
    const times = (untold?.get(project) ?? 0) + 1;
    if (untold === undefined || times < TELLS) {
      untold?.set(project, times);
      throw error;
    }
    untold.delete(project);
    logger.warn(
      { err: error, projectId: project, events: tickets.length },
      'Temporal has these events but cannot tell their queue; they enrol themselves within 12 minutes',
    );
    return 'refused';
  }
}

/** @returns its ticket, if it needs one. */
async function startOne(deps: SendDeps, item: Outgoing): Promise<Ticket | undefined> {
  const result = await deps.starter.start(item);
  const facts = { eventId: item.input.event.id, projectId: item.input.project, workflowId: item.id };
  if (result === 'rejected') {
    await deps.setAside(item);
    deps.counters.count('leecher_events', { outcome: 'rejected' });
    deps.logger.error(
      facts,
      'Temporal rejects this event; it was set aside in rejected.corrupt of the spool',
    );
    return undefined;
  }
  deps.counters.count('leecher_events', { outcome: result === 'closed' ? 'closed' : 'started' });
  deps.logger.info(facts, result === 'closed' ? 'event was handled before' : 'event handed to Temporal');
  return result === 'closed' ? undefined : { id: item.id, run: result.run, key: item.input.key };
}
