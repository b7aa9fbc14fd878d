/** Where a reader of events stands. Plain JSON, to be stored after the events of its batch are. */
export interface EventCursor {
  /** AYON's cursor of the last event before which none can appear any more; null: the very beginning. */
  readonly after: string | null;
  /** Id of the event at `after`: if AYON has it no more, its history is not the one that was read. */
  readonly anchor: string | null;
  /** Ids of events after it that were read already; about as many as AYON stores in the time of the overlap. */
  readonly seen: readonly string[];
}

export const BEGINNING: EventCursor = { after: null, anchor: null, seen: [] };

/** An event as the tail knows it. */
export interface Mark {
  readonly id: string;
  /** AYON's cursor. */
  readonly cursor: string;
  /** AYON's clock. */
  readonly createdAt: string;
}

export interface TailOptions {
  /** Milliseconds for which an event may stay invisible after AYON gave it its place. */
  readonly overlap: number;
  /** Events that are kept at most; beyond, the oldest count as settled. */
  readonly most: number;
  readonly now: () => number;
}

/**
 * The end of what was read, where an event may still appear between others: AYON numbers an event when it is inserted,
 * and shows it when that is committed. What is numbered earlier may so become visible later, also since several
 * connections and processes of AYON write. An event is *settled* once nothing can appear before it: when another was
 * created `overlap` later (AYON's clock, so that old history settles at once), or `overlap` after it was first read
 * (our clock). Reading starts behind the settled part each time and leaves out what was read before.
 */
export class Tail {
  readonly #options: TailOptions;
  readonly #firstRead = new Map<string, number>();
  #after: string | null;
  #anchor: string | null;
  #newest = Number.NEGATIVE_INFINITY;
  /** In AYON's order; what the present pass has met behind `after`. */
  #marks: Mark[] = [];

  constructor({ after, anchor, seen }: EventCursor, options: TailOptions) {
    this.#options = options;
    this.#after = after;
    this.#anchor = anchor;
    const now = options.now();
    seen.forEach((id) => this.#firstRead.set(id, now));
  }

  get cursor(): EventCursor {
    return { after: this.#after, anchor: this.#anchor, seen: [...this.#firstRead.keys()] };
  }

  /** A new pass, which meets again whatever is not settled. */
  restart(): void {
    this.#marks = [];
    // AYON's clock may have been put back since.
    this.#newest = Number.NEGATIVE_INFINITY;
  }

  /**
   * Takes a page in.
   * @param asked when it was asked for: what became visible while the answer was on its way is not on it
   * @returns what is new of it, in its order.
   */
  take<Entry extends Mark>(page: readonly Entry[], asked: number): Entry[] {
    const now = this.#options.now();
    const fresh = page.filter(({ id }) => !this.#firstRead.has(id));
    fresh.forEach(({ id }) => this.#firstRead.set(id, now));
    this.#marks.push(...page);
    this.#newest = Math.max(this.#newest, ...page.map(({ createdAt }) => Date.parse(createdAt)));
    this.#settle(asked);
    return fresh;
  }

  /** The pass met all that there is: what was read before and not met again was removed, and is not remembered. */
  end(): void {
    const met = new Set(this.#marks.map(({ id }) => id));
    [...this.#firstRead.keys()].filter((id) => !met.has(id)).forEach((id) => this.#firstRead.delete(id));
  }

  /** The anchor is gone: nothing is compared with it any more. */
  loseAnchor(): void {
    this.#anchor = null;
  }

  #settle(asked: number): void {
    const { overlap, most } = this.#options;
    const isSettled = ({ id, createdAt }: Mark): boolean =>
      Date.parse(createdAt) <= this.#newest - overlap ||
      asked - (this.#firstRead.get(id) ?? asked) >= overlap;
    const open = this.#marks.findIndex((mark) => !isSettled(mark));
    const settled = Math.max(open < 0 ? this.#marks.length : open, this.#marks.length - most);
    const last = this.#marks[settled - 1];
    if (last !== undefined) {
      this.#after = last.cursor;
      this.#anchor = last.id;
      this.#marks.splice(0, settled).forEach(({ id }) => this.#firstRead.delete(id));
    }
  }
}
