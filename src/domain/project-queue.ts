import type { Ticket } from '../contracts/messages';
import { eventWorkflowId } from '../contracts/names';
import type {
  Done,
  Enqueue,
  QueueInput,
  QueueState,
  QueueView,
  Resolve,
  Waiter,
  Waiting,
} from '../contracts/queue';
import { covers } from './supersede';

/** Beyond this a ticket is refused; its event enrols itself later. Measured limit of a continue-as-new is 2 MB. */
export const MAX_TICKETS = 15_000;
/** Beyond this a parked event is only counted here; it stays open and visible by itself. */
export const MAX_PARKED = 300;
/** What the queue keeps of a parked event's reason and scope, in characters; the event itself shows all. */
const MAX_REASON = 200;
const MAX_SCOPE = 600;
/** Events that the holder of a turn may take along, and the fewest for which it is worth asking. */
const MAX_BEHIND = 49;
const MIN_BEHIND = 3;

const PREFIX = eventWorkflowId('');
/** Marks a packed id that does not begin with the prefix of events. */
const WHOLE = '/';

/** The state to begin with: a new queue's, or what {@link pack} carried over a continue-as-new. */
export const queueState = ({ packed = [], ...input }: QueueInput): QueueState => ({
  tickets: packed.map(([id, run, key]) => ({
    id: id.startsWith(WHOLE) ? id.slice(WHOLE.length) : PREFIX + id,
    run,
    key,
  })),
  turn: null,
  number: 0,
  fresh: true,
  lastKey: 0,
  paused: null,
  haltedBy: null,
  parked: [],
  settling: false,
  overflow: 0,
  solo: 0,
  parks: 0,
  counts: { done: 0, covered: 0, parked: 0, stuck: 0, lost: 0 },
  ...input,
});

/** The state as the input of the next run. */
export function pack({ tickets, ...state }: QueueState): QueueInput {
  const short = (id: string): string => (id.startsWith(PREFIX) ? id.slice(PREFIX.length) : WHOLE + id);
  return { ...state, packed: tickets.map(({ id, run, key }) => [short(id), run, key]) };
}

/**
 * Takes tickets in; a queue that is rebuilt by enrolments, or that has drained after it refused tickets, settles
 * first. Each event has at most one place, and keeps the key of the first ticket that was seen.
 */
export function enqueue(state: QueueState, { tickets, late = false }: Enqueue): void {
  if (isEmpty(state) && (state.overflow > 0 || (late && state.fresh))) {
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
      state.turn.regrant = late || state.turn.regrant === true;
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
  if (isRefused(state, ticket, late)) {
    state.overflow += 1;
    return;
  }
  const key = late ? ticket.key : Math.max(ticket.key, state.lastKey + 1);
  if (!late) {
    state.lastKey = key;
  }
  insert(state.tickets, { ...ticket, key });
}

/** Once tickets were refused, newer live ones are too, or they would overtake those; until the queue has drained. */
function isRefused(state: QueueState, ticket: Ticket, late: boolean): boolean {
  if (ticket.id === state.haltedBy) {
    return false;
  }
  return state.tickets.length >= MAX_TICKETS || (!late && state.overflow > 0);
}

function insert(tickets: Ticket[], ticket: Ticket): void {
  let at = tickets.length;
  while (at > 0 && (tickets[at - 1]?.key ?? 0) > ticket.key) {
    at -= 1;
  }
  tickets.splice(at, 0, ticket);
}

/**
 * Takes an event's answer in. Only the number of the turn that is held frees it: answers may come twice and late.
 * @returns what other events are to be told.
 */
export function finish(state: QueueState, done: Done): readonly Notice[] {
  const covered = state.turn?.id === done.id && state.turn.number === done.turn ? endTurn(state, done) : [];
  state.tickets = state.tickets.filter((each) => each.id !== done.id || each.run !== done.run);
  state.parked = state.parked.filter((each) => each.id !== done.id);
  if (done.outcome === 'parked') {
    park(state, done);
    return [];
  }
  if (state.haltedBy === done.id) {
    state.haltedBy = null;
  }
  const isSettled = done.outcome === 'applied' || done.outcome === 'unchanged';
  return [...covered, ...(isSettled ? resolvedBy(state, done) : [])];
}

/** What an event is to be told. */
export type Notice = Resolve & { readonly id: string };

/** @returns what the events are to be told that were settled along with the holder's. */
function endTurn(state: QueueState, { id: by, outcome, covered }: Done): Notice[] {
  const wasOffered = state.turn?.behind !== undefined;
  state.turn = null;
  state.counts.done += 1;
  if (outcome === 'parked' && wasOffered) {
    // Mostly in its own way; but many in a row, such as the children of a parked parent, are no group.
    state.parks += 1;
    state.solo = Math.min(2 ** state.parks - 1, MAX_BEHIND);
  }
  if (covered === undefined) {
    return [];
  }
  const { events, ...what } = covered;
  if (events.length === 0) {
    // One of those behind it is in the way.
    state.solo = MAX_BEHIND;
    return [];
  }
  const [ids, runs] = [new Set(events.map((each) => each.id)), new Set(events.map(({ run }) => run))];
  state.parks = 0;
  state.counts.covered += runs.size;
  state.tickets = state.tickets.filter(({ run }) => !runs.has(run));
  state.parked = state.parked.filter(({ id }) => !ids.has(id));
  return events.map(({ id, run }) => ({ id, kind: 'covered', by, run, ...what }));
}

/** The events that the holder of this turn may take along: none for another, nor while nothing may be granted. */
export const behind = ({ turn, paused, haltedBy, tickets }: QueueState, number: number): Waiter[] =>
  turn?.number === number && paused === null && haltedBy === null
    ? tickets.slice(0, MAX_BEHIND).map(({ id, run }) => ({ id, run }))
    : [];

/** How many events the next holder is told of. Call it once for each grant. */
export function offer(state: QueueState): number {
  if (state.solo > 0) {
    state.solo -= 1;
    return 0;
  }
  const { length } = state.tickets;
  return state.haltedBy !== null || length < MIN_BEHIND ? 0 : length;
}

/** An announcement, which comes without a turn, is neither counted nor does it halt what a person let go on. */
function park(state: QueueState, { id, run, turn, scope, parked }: Done): void {
  if (parked === undefined) {
    return;
  }
  const { halt, reason, ...rest } = parked;
  if (state.parked.length < MAX_PARKED) {
    const kept = scope !== undefined && JSON.stringify(scope).length <= MAX_SCOPE ? { scope } : {};
    state.parked.push({ id, run, ...rest, reason: reason.slice(0, MAX_REASON), ...kept });
  }
  if (turn !== null) {
    state.counts.parked += 1;
    state.haltedBy ??= halt ? id : null;
  }
}

function resolvedBy(state: QueueState, { id, scope }: Done): Notice[] {
  if (scope === undefined) {
    return [];
  }
  return state.parked.flatMap((each): Notice[] => {
    if (each.scope !== undefined && covers(scope, each.scope)) {
      return [{ id: each.id, kind: 'superseded', by: id }];
    }
    const unblocked = each.blockedBy !== undefined && each.blockedBy in scope;
    return unblocked ? [{ id: each.id, kind: 'unblocked', by: id }] : [];
  });
}

/** The turn holder waits for another system, or works again. An outage keeps the time at which it was first seen. */
export function setWaiting(state: QueueState, waiting: Waiting): void {
  if (state.turn?.run === waiting.run) {
    const { waiting: former, ...turn } = state.turn;
    const since = former?.system === waiting.system ? former.since : waiting.since;
    state.turn = waiting.system === null ? turn : { ...turn, waiting: { ...waiting, since } };
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

/** Forgets parked events that no longer exist (terminated, deleted); a halt by one of them ends. */
export function forget(state: QueueState, gone: readonly string[]): void {
  state.parked = state.parked.filter(({ id }) => !gone.includes(id));
  if (state.haltedBy !== null && gone.includes(state.haltedBy)) {
    state.haltedBy = null;
  }
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
  const more = [
    state.parked.length > 0 && `${state.parked.length} parked`,
    state.counts.stuck > 0 && `${state.counts.stuck} stuck since it began`,
    state.overflow > 0 && `${state.overflow} refused (overflow; they enrol themselves)`,
  ].filter((each) => each !== false);
  return {
    project: state.project,
    state: shown,
    text: [`${text}; ${state.tickets.length} waiting`, ...more].join(', '),
    turn: state.turn,
    queued: state.tickets.length,
    next: state.tickets.slice(0, 20),
    parked: state.parked.slice(0, 50),
    overflow: state.overflow,
    counts: state.counts,
  };
}

function standing(state: QueueState): [QueueView['state'], string] {
  const { paused, haltedBy, turn, settling } = state;
  if (paused !== null) {
    return ['paused', `paused (${paused})`];
  }
  if (turn !== null) {
    return standingOfTurn(turn);
  }
  if (haltedBy !== null) {
    return ['halted', `halted by ${haltedBy}, retry or skip it`];
  }
  if (settling) {
    return ['settling', 'waiting for enrolments before the next turn'];
  }
  return state.tickets.length > 0 ? ['granting', 'granting the next turn'] : ['idle', 'idle'];
}

function standingOfTurn({
  id,
  waiting,
  stuck,
}: NonNullable<QueueState['turn']>): [QueueView['state'], string] {
  if (stuck === true) {
    return ['stuck', `${id} is stuck: its workflow task keeps failing; mend the worker, or terminate it`];
  }
  if (waiting !== undefined) {
    const { system, since, reason } = waiting;
    return ['waiting', `waiting for ${system} since ${new Date(since).toISOString()}: ${reason ?? ''}`];
  }
  return ['working', `${id} has its turn`];
}
