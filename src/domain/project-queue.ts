import type { Ticket } from '../contracts/messages';
import { eventWorkflowId } from '../contracts/names';
import type { Done, Enqueue, QueueInput, QueueState, QueueView, Resolve, Waiting } from '../contracts/queue';
import { covers } from './supersede';

/** Beyond this a ticket is refused; its event enrols itself later. Measured limit of a continue-as-new is 2 MB. */
export const MAX_TICKETS = 15_000;
/** Beyond this a parked event is only counted here; it stays open and visible by itself. */
export const MAX_PARKED = 300;
/** What the queue keeps of a parked event's reason and scope, in characters; the event itself shows all. */
const MAX_REASON = 200;
const MAX_SCOPE = 600;

/** The state to begin with: a new queue's, or what {@link pack} carried over a continue-as-new. */
export const queueState = ({ packed = [], ...input }: QueueInput): QueueState => ({
  tickets: packed.map(([id, run, key]) => ({ id: eventWorkflowId(id), run, key })),
  turn: null,
  number: 0,
  lastKey: 0,
  paused: null,
  haltedBy: null,
  parked: [],
  settling: false,
  overflow: 0,
  counts: { done: 0, parked: 0, stuck: 0, lost: 0 },
  ...input,
});

/** The state as the input of the next run. */
export function pack({ tickets, ...state }: QueueState): QueueInput {
  const prefix = eventWorkflowId('').length;
  return { ...state, packed: tickets.map(({ id, run, key }) => [id.slice(prefix), run, key]) };
}

/**
 * Takes tickets in; a queue that was empty and is rebuilt by enrolments, or had refused tickets, settles first.
 * Each event has at most one place, and keeps the key of the first ticket that was seen.
 */
export function enqueue(state: QueueState, { tickets, late = false }: Enqueue): void {
  if (isEmpty(state) && (late || state.overflow > 0)) {
    state.settling = true;
    state.overflow = 0;
  }
  for (const ticket of tickets) {
    enqueueOne(state, ticket, late);
  }
}

function enqueueOne(state: QueueState, ticket: Ticket, late: boolean): void {
  if (state.turn?.id === ticket.id) {
    if (state.turn.run === ticket.run) {
      return;
    }
    state.turn.suspect = true;
  }
  const known = state.tickets.findIndex((each) => each.id === ticket.id);
  if (known >= 0) {
    const key = state.tickets[known]?.key ?? ticket.key;
    state.tickets[known] = { ...ticket, key };
    return;
  }
  if (state.tickets.length >= MAX_TICKETS) {
    state.overflow += 1;
    return;
  }
  const key = late ? ticket.key : Math.max(ticket.key, state.lastKey + 1);
  if (!late) {
    state.lastKey = key;
  }
  insert(state.tickets, { ...ticket, key });
}

function insert(tickets: Ticket[], ticket: Ticket): void {
  let at = tickets.length;
  while (at > 0 && (tickets[at - 1]?.key ?? 0) > ticket.key) {
    at -= 1;
  }
  tickets.splice(at, 0, ticket);
}

/** Takes an event's answer in. @returns what parked events are to be told. */
export function finish(state: QueueState, done: Done): ReadonlyArray<Resolve & { id: string }> {
  if (state.turn?.id === done.id && state.turn.run === done.run) {
    state.turn = null;
    state.counts.done += 1;
  }
  state.tickets = state.tickets.filter((each) => each.id !== done.id || each.run !== done.run);
  const known = state.parked.length;
  state.parked = state.parked.filter((each) => each.id !== done.id);
  if (done.outcome === 'parked') {
    state.counts.parked += known === state.parked.length ? 1 : 0;
    park(state, done);
    return [];
  }
  if (state.haltedBy === done.id) {
    state.haltedBy = null;
  }
  return done.outcome === 'applied' || done.outcome === 'unchanged' ? resolvedBy(state, done) : [];
}

function park(state: QueueState, { id, run, scope, parked }: Done): void {
  if (parked === undefined) {
    return;
  }
  const { halt, reason, ...rest } = parked;
  if (state.parked.length < MAX_PARKED) {
    const kept = scope !== undefined && JSON.stringify(scope).length <= MAX_SCOPE ? { scope } : {};
    state.parked.push({ id, run, ...rest, reason: reason.slice(0, MAX_REASON), ...kept });
  }
  if (halt && state.haltedBy === null) {
    state.haltedBy = id;
  }
}

function resolvedBy(state: QueueState, { id, scope }: Done): Array<Resolve & { id: string }> {
  if (scope === undefined) {
    return [];
  }
  return state.parked.flatMap((each): Array<Resolve & { id: string }> => {
    if (each.scope !== undefined && covers(scope, each.scope)) {
      return [{ id: each.id, kind: 'superseded', by: id }];
    }
    const unblocked = each.blockedBy !== undefined && each.blockedBy in scope;
    return unblocked ? [{ id: each.id, kind: 'unblocked', by: id }] : [];
  });
}

/** The turn holder waits for another system, or works again. */
export function setWaiting(state: QueueState, waiting: Waiting): void {
  if (state.turn?.run === waiting.run) {
    const { waiting: _, ...turn } = state.turn;
    state.turn = waiting.system === null ? turn : { ...turn, waiting };
  }
}

export function pause(state: QueueState, reason = 'by an operator'): void {
  state.paused = reason;
}

/** Ends a pause, and a halt too: the operator has seen the parked event and wants the queue to go on. */
export function resume(state: QueueState): void {
  state.paused = null;
  state.haltedBy = null;
}

/** The ticket that is to be granted now, taken out of the queue. */
export function takeNext(state: QueueState): Ticket | undefined {
  if (state.turn !== null || state.paused !== null || state.settling) {
    return undefined;
  }
  if (state.haltedBy === null) {
    return state.tickets.shift();
  }
  const at = state.tickets.findIndex((each) => each.id === state.haltedBy);
  return at < 0 ? undefined : state.tickets.splice(at, 1)[0];
}

export const canGrant = (state: QueueState): boolean =>
  state.turn === null &&
  state.paused === null &&
  (state.haltedBy === null
    ? state.tickets.length > 0
    : state.tickets.some((each) => each.id === state.haltedBy));

const isEmpty = (state: QueueState): boolean => state.turn === null && state.tickets.length === 0;

/** May it close? A paused or halted queue never does, nor one that knows of parked events. */
export const isIdle = (state: QueueState): boolean =>
  isEmpty(state) && state.paused === null && state.haltedBy === null && state.parked.length === 0;

/** What the query `state` answers; lists are cut to what a person reads. */
export function view(state: QueueState): QueueView {
  const [shown, text] = standing(state);
  const parked = state.parked.length > 0 ? `, ${state.parked.length} parked` : '';
  const overflow = state.overflow > 0 ? `, ${state.overflow} refused (overflow; they enrol themselves)` : '';
  return {
    project: state.project,
    state: shown,
    text: `${text}; ${state.tickets.length} waiting${parked}${overflow}`,
    turn: state.turn,
    queued: state.tickets.length,
    next: state.tickets.slice(0, 20),
    parked: state.parked.slice(0, 50),
    overflow: state.overflow,
    counts: state.counts,
  };
}

function standing({ paused, haltedBy, turn, settling }: QueueState): [QueueView['state'], string] {
  if (paused !== null) {
    return ['paused', `paused (${paused})`];
  }
  if (turn?.waiting !== undefined) {
    const { system, since, reason } = turn.waiting;
    return ['waiting', `waiting for ${system} since ${new Date(since).toISOString()}: ${reason ?? ''}`];
  }
  if (turn !== null) {
    return ['working', `${turn.id} has its turn`];
  }
  if (haltedBy !== null) {
    return ['halted', `halted by ${haltedBy}, retry or skip it`];
  }
  return settling ? ['settling', 'waiting for enrolments before the next turn'] : ['idle', 'idle'];
}
