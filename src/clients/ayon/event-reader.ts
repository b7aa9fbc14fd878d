import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from '../../domain/model';
import type { EventCursor } from './event-cursor';
import { BEGINNING, Tail } from './event-cursor';
import type { Listed, WholeEvent } from './event-page';
import { readEvent, readNewest, readPage } from './event-page';
import type { AyonHttp } from './http';

/** A change in AYON, as the one who causes its transfer needs it. */
export interface AyonEvent {
  readonly id: string;
  /** `entity.folder.status_changed`, … */
  readonly topic: string;
  readonly project: string | null;
  /** Who did it. */
  readonly user: string | null;
  readonly sender: string | null;
  readonly senderType: string | null;
  readonly description: string;
  readonly createdAt: string;
  /** Without its `value`: all events of one update share one summary, so that it is another field's in most of them. */
  readonly summary: Readonly<Record<string, Json>>;
  /** `{oldValue, newValue}` of a change, `{entityData}` of a removal. */
  readonly payload: Readonly<Record<string, Json>>;
  /** The entity that `entity.*` is about. */
  readonly entityId: string | null;
  /** It is gone with all that lay below it, for which AYON sends no events. */
  readonly removesSubtree: boolean;
}

export interface EventBatch {
  /** In the order of insertion, but for those that became visible late. */
  readonly events: readonly AyonEvent[];
  /** To be stored once the events are; reading goes on behind them. */
  readonly cursor: EventCursor;
  readonly dropped: Dropped;
  /** Why events may be missing before these, in a sentence; then only a comparison of whole projects finds them. */
  readonly gap: string | null;
}

/** Events that were read and not handed on, by reason. */
export interface Dropped {
  /** Caused by this integration. */
  readonly own: number;
  /** AYON tells a change of tags twice. */
  readonly repeated: number;
  /** AYON's own log. */
  readonly log: number;
  /** Removed before it was read as a whole. */
  readonly gone: number;
}

export interface EventReaderOptions {
  /** `entity.*`, …; default: all but AYON's own log. */
  readonly topics?: readonly string[];
  /** `x-sender` of our other processes: what they cause is dropped without a look, else it costs a request each. */
  readonly senders?: readonly string[];
  /** Events per page. */
  readonly page?: number;
  /** Milliseconds; see {@link Tail}. */
  readonly overlap?: number;
  readonly now?: () => number;
  /** Waits between two passes of {@link EventReader.follow}; default: a second. */
  readonly pause?: (signal: AbortSignal) => Promise<unknown>;
}

/** The sender type by which writes of this integration, of whatever process, are known. */
const OWN_TYPE = 'ftrack';

/** Single events that AYON gets asked for at the same time. */
const AT_ONCE = 8;

/** A clock that nobody sets. */
const DEFAULTS = { page: 250, overlap: 10_000, now: () => performance.now() };

/** Ids that a cursor holds at most. */
const MOST_SEEN = 5_000;

/** Entities and senders that are remembered. */
const MOST_KEPT = 1_000;

/** Reads AYON's events without losing any, from a cursor of its own; why not `enroll`: docs/architecture.md. */
export class EventReader {
  readonly #http: AyonHttp;
  readonly #options: EventReaderOptions & typeof DEFAULTS;

  constructor(http: AyonHttp, options: EventReaderOptions = {}) {
    this.#http = http;
    this.#options = { ...DEFAULTS, ...options };
  }

  /** The place behind everything that there is now. */
  async readHead(signal: AbortSignal): Promise<EventCursor> {
    const { topics = null, overlap, page } = this.#options;
    const newest = await readNewest(this.#http, { topics, last: page }, signal);
    const end = Date.parse(newest.at(-1)?.createdAt ?? '');
    const settled = newest.findLastIndex(({ createdAt }) => Date.parse(createdAt) <= end - overlap);
    const isWhole = newest.length < page;
    const at = settled < 0 && !isWhole ? 0 : settled;
    const last = newest[at];
    const seen = newest.slice(at + 1).map(({ id }) => id);
    return last === undefined ? { ...BEGINNING, seen } : { after: last.cursor, anchor: last.id, seen };
  }

  /** What there is behind the cursor, to the end. @throws a failure of the error table; then go on from the last cursor. */
  read(cursor: EventCursor, signal: AbortSignal): AsyncGenerator<EventBatch> {
    return new Reading({ http: this.#http, options: this.#options, cursor }).pass(signal);
  }

  /** The same, and then what comes, until the signal ends it. */
  async *follow(cursor: EventCursor, signal: AbortSignal): AsyncGenerator<EventBatch> {
    const { pause = (stop: AbortSignal) => sleep(1_000, undefined, { signal: stop }) } = this.#options;
    const reading = new Reading({ http: this.#http, options: this.#options, cursor });
    for (;;) {
      signal.throwIfAborted();
      yield* reading.pass(signal);
      await pause(signal);
    }
  }
}

interface ReadingInput {
  readonly http: AyonHttp;
  readonly options: EventReaderOptions & typeof DEFAULTS;
  readonly cursor: EventCursor;
}

/** One reader at work, with what it has to remember between two passes. */
class Reading {
  readonly #http: AyonHttp;
  readonly #options: EventReaderOptions & typeof DEFAULTS;
  readonly #own: ReadonlySet<string>;
  #tail: Tail;
  /** Last change of tags by entity: AYON's repetition of it is the same change again. */
  readonly #tagged = new Map<string, string>();
  /**
   * Sender types of those that are not ours. Never the other way round: who is wrongly taken for another costs an echo,
   * which changes nothing; who is wrongly taken for us would be lost. Many may share "no sender".
   */
  readonly #others = new Map<string, string | null>();

  constructor({ http, options, cursor }: ReadingInput) {
    this.#http = http;
    this.#options = options;
    this.#own = new Set([http.sender, ...(options.senders ?? [])]);
    this.#tail = this.#tailAt(cursor);
  }

  #tailAt(cursor: EventCursor): Tail {
    const { overlap, now } = this.#options;
    return new Tail(cursor, { overlap, now, most: MOST_SEEN });
  }

  async *pass(signal: AbortSignal): AsyncGenerator<EventBatch> {
    const { topics = null, page: first, now } = this.#options;
    this.#tail.restart();
    let { after, anchor }: Pick<EventCursor, 'after' | 'anchor'> = this.#tail.cursor;
    for (;;) {
      const asked = now();
      const page = await readPage(this.#http, { topics, first, after, anchor }, signal);
      const gap = page.isAnchorGone ? await this.#gap(page.listed.length === 0, signal) : null;
      const fresh = this.#tail.take(page.listed, asked);
      if (fresh.length > 0 || gap !== null) {
        const { cursor } = this.#tail;
        yield { ...(await this.#looked(fresh, signal)), cursor, gap };
      }
      if (page.next === undefined) {
        this.#tail.end();
        return;
      }
      [after, anchor] = [page.next, null];
    }
  }

  /**
   * The event at which reading stopped is not there: AYON's history was cut, or is another one (a restored backup).
   * Where nothing follows the cursor, it may lie beyond the end of the other history; then reading starts at its end.
   */
  async #gap(isAtEnd: boolean, signal: AbortSignal): Promise<string> {
    this.#tail.loseAnchor();
    if (isAtEnd) {
      this.#tail = this.#tailAt(await new EventReader(this.#http, this.#options).readHead(signal));
    }
    return 'AYON no longer has the event at which reading stopped (events removed, or a backup restored), so that changes may be missing; compare the projects as a whole';
  }

  async #looked(
    fresh: readonly Listed[],
    signal: AbortSignal,
  ): Promise<Pick<EventBatch, 'events' | 'dropped'>> {
    const dropped = { own: 0, repeated: 0, log: 0, gone: 0 };
    const events: AyonEvent[] = [];
    for (let from = 0; from < fresh.length; from += AT_ONCE) {
      const some = fresh.slice(from, from + AT_ONCE);
      const looked = await Promise.all(some.map((each) => this.#look(each, signal)));
      for (const [index, event] of looked.entries()) {
        const isRepeated = this.#isRepeated(some[index], event);
        const reason = typeof event === 'string' ? event : isRepeated ? 'repeated' : undefined;
        if (reason !== undefined) {
          dropped[reason] += 1;
        } else if (typeof event !== 'string') {
          events.push(event);
        }
      }
    }
    return { events, dropped };
  }

  /** Only REST tells the sender type; a process keeps to one, so that a sender known as another's needs no second look. */
  async #look(listed: Listed, signal: AbortSignal): Promise<AyonEvent | keyof Dropped> {
    const known = this.#known(listed);
    if (known !== undefined) {
      return known;
    }
    const whole = await readEvent(this.#http, listed.id, signal);
    if (whole === undefined || whole.senderType === OWN_TYPE) {
      return whole === undefined ? 'gone' : 'own';
    }
    if (typeof whole.sender === 'string') {
      remember(this.#others, whole.sender, whole.senderType ?? null);
    }
    return toEvent(whole);
  }

  /** What the page alone tells. */
  #known({ event }: Listed): AyonEvent | keyof Dropped | undefined {
    const { topic, sender, payload } = event;
    if (topic.startsWith('log.')) {
      return 'log';
    }
    if (typeof sender !== 'string' || this.#own.has(sender)) {
      return typeof sender === 'string' ? 'own' : undefined;
    }
    const senderType = this.#others.get(sender);
    return senderType === undefined || !payload ? undefined : toEvent({ ...event, senderType });
  }

  /** A true second change to the same tags has another one in between, perhaps one that is not handed on. */
  #isRepeated(listed: Listed | undefined, looked: AyonEvent | keyof Dropped): boolean {
    const event = typeof looked === 'string' ? listed && toEvent(listed.event) : looked;
    const { topic = '', entityId = null, project, payload } = event ?? {};
    if (!topic.endsWith('.tags_changed') || entityId === null) {
      return false;
    }
    const key = `${project}/${entityId}`;
    const text = JSON.stringify(payload);
    const isRepeated = this.#tagged.get(key) === text;
    remember(this.#tagged, key, text);
    return isRepeated;
  }
}

/** Keeps a value, and forgets the oldest ones. */
function remember<Value>(kept: Map<string, Value>, key: string, value: Value): void {
  kept.delete(key);
  kept.set(key, value);
  const [oldest] = kept.keys();
  if (kept.size > MOST_KEPT && oldest !== undefined) {
    kept.delete(oldest);
  }
}

/** Folders, products and versions hold others. */
const HOLDER_GONE = /^entity\.(?:folder|product|version|project)\.deleted$/;

function toEvent({ summary, payload, ...event }: WholeEvent): AyonEvent {
  const { value: _ofAnotherField, ...told } = summary ?? {};
  const { entityId } = told;
  return {
    id: event.id,
    topic: event.topic,
    project: event.project ?? null,
    user: event.user ?? null,
    sender: event.sender ?? null,
    senderType: event.senderType ?? null,
    description: event.description ?? '',
    createdAt: event.createdAt,
    summary: told,
    payload: payload ?? {},
    entityId: typeof entityId === 'string' ? entityId : null,
    removesSubtree: HOLDER_GONE.test(event.topic),
  };
}
