import { createHash } from 'node:crypto';
import type { AyonClock } from './clock';
import { fault } from './errors';
import type { JsonObject } from './json';

/** Where an event stands; only `finished` ones are handed out by enroll. */
export type EventStatus = 'pending' | 'in_progress' | 'finished' | 'failed' | 'aborted' | 'restarted';

/** One stored event; `sequence` is the insertion order, which is the GraphQL cursor. */
export interface StoredEvent {
  readonly sequence: number;
  id: string;
  hash: string;
  topic: string;
  sender: string | null;
  senderType: string;
  project: string | null;
  user: string | null;
  dependsOn: string | null;
  status: EventStatus;
  retries: number;
  description: string;
  summary: JsonObject;
  payload: JsonObject;
  createdAt: string;
  updatedAt: string;
}

/** Who caused a change: recorded on each event that follows from it. */
export interface Origin {
  readonly user: string;
  readonly sender: string | null;
  readonly senderType: string;
}

/** What makes an event; the rest has defaults. */
export interface NewEvent {
  topic: string;
  project?: string | null;
  description?: string;
  summary?: JsonObject;
  payload?: JsonObject;
  hash?: string;
  status?: EventStatus;
  dependsOn?: string | null;
}

/** What a PATCH may change. */
export type EventPatch = Partial<
  Pick<StoredEvent, 'status' | 'description' | 'retries' | 'sender' | 'project' | 'user'>
> & { summary?: JsonObject; payload?: JsonObject };

/** Hears of each new or changed event; `store` false: it is told once and kept nowhere. */
export type EventListener = (event: StoredEvent, how: { store: boolean; progress: number | null }) => void;

/** Index of the first event whose number is not below `sequence`, by bisection. */
function placeOf(list: readonly StoredEvent[], sequence: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle]?.sequence ?? 0) < sequence) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** All events of the server in the order in which they were stored. */
export class EventLog {
  readonly #clock: AyonClock;
  readonly #events: (StoredEvent | undefined)[] = [];
  readonly #byId = new Map<string, StoredEvent>();
  readonly #byHash = new Map<string, StoredEvent>();
  readonly #bySource = new Map<string, StoredEvent[]>();
  readonly #listeners = new Set<EventListener>();
  readonly #byTopic = new Map<string, StoredEvent[]>();

  constructor(clock: AyonClock) {
    this.#clock = clock;
  }

  /**
   * Stores an event.
   * @throws AyonFault 409 when an event with the same hash exists
   */
  add(event: NewEvent, origin: Origin): StoredEvent {
    // The number is used up even when the hash refuses the event, as a database sequence does.
    const sequence = this.#events.push(undefined);
    if (event.hash !== undefined && this.#byHash.has(event.hash)) {
      throw fault(409, 'Event with the same hash already exists');
    }
    const stored = this.#make(event, origin, sequence);
    this.#events[sequence - 1] = stored;
    this.#remember(stored);
    this.#tell(stored, { store: true, progress: null });
    return stored;
  }

  #make(event: NewEvent, origin: Origin, sequence: number): StoredEvent {
    const id = this.#clock.id();
    const now = this.#clock.now();
    return {
      sequence,
      id,
      hash: event.hash ?? id,
      topic: event.topic,
      sender: origin.sender,
      senderType: origin.senderType,
      project: event.project ?? null,
      user: origin.user,
      dependsOn: event.dependsOn ?? null,
      status: event.status ?? 'finished',
      retries: 0,
      description: event.description ?? '',
      summary: event.summary ?? {},
      payload: event.payload ?? {},
      createdAt: now,
      updatedAt: now,
    };
  }

  #tell(event: StoredEvent, how: { store: boolean; progress: number | null }): void {
    for (const listener of this.#listeners) {
      listener(event, how);
    }
  }

  /** The event with this id, or undefined. */
  get(id: string): StoredEvent | undefined {
    return this.#byId.get(id);
  }

  /** The event with this hash, or undefined. */
  withHash(hash: string): StoredEvent | undefined {
    return this.#byHash.get(hash);
  }

  /** How many events of a topic are stored. */
  countOf(topic: string): number {
    return this.#byTopic.get(topic)?.length ?? 0;
  }

  /** The events of all topics that match, in the order of insertion; other topics cost nothing. */
  *ofTopics(matches: (topic: string) => boolean): Generator<StoredEvent> {
    const found = [...this.#byTopic].filter(([topic]) => matches(topic));
    const lists = found.map(([, events]) => ({ events, at: 0 }));
    for (;;) {
      let next: { events: StoredEvent[]; at: number } | undefined;
      let event: StoredEvent | undefined;
      for (const list of lists) {
        const candidate = list.events[list.at];
        if (candidate && (!event || candidate.sequence < event.sequence)) {
          [next, event] = [list, candidate];
        }
      }
      if (!next || !event) {
        return;
      }
      next.at += 1;
      yield event;
    }
  }

  /** Events whose `dependsOn` is this id: the jobs made from it. */
  targetsOf(sourceId: string): readonly StoredEvent[] {
    return this.#bySource.get(sourceId) ?? [];
  }

  /** Changes an event. The old hash stays taken. `progress` is told and not stored. */
  patch(event: StoredEvent, patch: EventPatch, progress: number | null = null): void {
    Object.assign(event, patch, { updatedAt: this.#clock.now() });
    this.#tell(event, { store: true, progress });
  }

  /** Tells an event to listeners without storing it. */
  announce(event: NewEvent, origin: Origin): string {
    const made = this.#make(event, origin, 0);
    this.#tell(made, { store: false, progress: null });
    return made.id;
  }

  /** @returns stops to listen */
  listen(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Gives an event a new id and content (`reuse`); the hash and the place in the order stay. */
  overwrite(event: StoredEvent, fresh: NewEvent, origin: Origin): StoredEvent {
    this.#byId.delete(event.id);
    this.#removeFromTopic(event);
    const { topic, project = null, description = '', summary = {}, payload = {} } = fresh;
    const content = { topic, project, description, summary, payload, status: fresh.status ?? 'finished' };
    Object.assign(event, content, origin, { id: this.#clock.id(), retries: 0, updatedAt: this.#clock.now() });
    this.#byId.set(event.id, event);
    this.#addToTopic(event);
    this.#tell(event, { store: true, progress: null });
    return event;
  }

  /** Removes an event. */
  remove(event: StoredEvent): void {
    this.#events[event.sequence - 1] = undefined;
    this.#byId.delete(event.id);
    this.#byHash.delete(event.hash);
    this.#removeFromTopic(event);
    if (event.dependsOn !== null) {
      const others = this.targetsOf(event.dependsOn).filter((target) => target !== event);
      this.#bySource.set(event.dependsOn, others);
    }
  }

  /** Events with a number above `after`, oldest first. */
  *ascending(after = 0): Generator<StoredEvent> {
    for (let at = after; at < this.#events.length; at += 1) {
      const event = this.#events[at];
      if (event) {
        yield event;
      }
    }
  }

  /** Events with a number below `before`, newest first. */
  *descending(before = Number.POSITIVE_INFINITY): Generator<StoredEvent> {
    for (let at = Math.min(this.#events.length, before - 1) - 1; at >= 0; at -= 1) {
      const event = this.#events[at];
      if (event) {
        yield event;
      }
    }
  }

  /** Newer events come last; only one that was overwritten may have to go in between. */
  #addToTopic(event: StoredEvent): void {
    const list = this.#byTopic.get(event.topic);
    if (!list) {
      this.#byTopic.set(event.topic, [event]);
    } else if ((list.at(-1)?.sequence ?? 0) < event.sequence) {
      list.push(event);
    } else {
      list.splice(placeOf(list, event.sequence), 0, event);
    }
  }

  #removeFromTopic(event: StoredEvent): void {
    const list = this.#byTopic.get(event.topic) ?? [];
    const at = placeOf(list, event.sequence);
    if (list[at] === event) {
      list.splice(at, 1);
    }
  }

  #remember(event: StoredEvent): void {
    this.#byId.set(event.id, event);
    this.#byHash.set(event.hash, event);
    this.#addToTopic(event);
    if (event.dependsOn !== null) {
      const targets = this.#bySource.get(event.dependsOn) ?? [];
      targets.push(event);
      this.#bySource.set(event.dependsOn, targets);
    }
  }
}

/** The hash that makes the job of a source and a target topic exclusive. */
export function jobHash(sourceId: string, targetTopic: string): string {
  return createHash('sha256').update(`${targetTopic}${sourceId}`).digest('hex');
}

/** An event as `GET /api/events/{id}` answers it. */
export function eventView(event: StoredEvent): JsonObject {
  const { sequence: _sequence, ...view } = event;
  return { ...view };
}
