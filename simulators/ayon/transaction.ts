import type { EntityRecord } from './entity-kinds';
import type { NewEvent, Origin } from './event-log';
import type { ProjectRecord } from './project';
import type { AyonStore } from './store';

interface Change {
  before: EntityRecord | undefined;
  after: EntityRecord | undefined;
}

/** A place in a transaction to go back to. */
export interface Savepoint {
  readonly changes: number;
  readonly events: number;
}

/**
 * Writes to the entities of one project that take effect at once but can be undone, and the events that they
 * cause, which are stored only on commit.
 */
export class Transaction {
  readonly store: AyonStore;
  readonly project: ProjectRecord;
  readonly #changes: Change[] = [];
  readonly #events: { event: NewEvent; origin: Origin }[] = [];

  constructor(store: AyonStore, project: ProjectRecord) {
    this.store = store;
    this.project = project;
  }

  /** Inserts or replaces an entity. */
  put(after: EntityRecord): void {
    const before = this.project.entities.get(after.kind, after.id);
    this.project.entities.put(after);
    this.#changes.push({ before, after });
  }

  /** Removes one entity; the caller has removed its children. */
  remove(before: EntityRecord): void {
    this.project.entities.remove(before);
    this.#changes.push({ before, after: undefined });
  }

  /** Notes an event for the commit. */
  emit(event: NewEvent, origin: Origin): void {
    this.#events.push({ event: { ...event, project: this.project.name }, origin });
  }

  /** Remembers this moment. */
  savepoint(): Savepoint {
    return { changes: this.#changes.length, events: this.#events.length };
  }

  /** Undoes everything since the savepoint; without one, everything. */
  rollback(to: Savepoint = { changes: 0, events: 0 }): void {
    for (const { before, after } of this.#changes.splice(to.changes).reverse()) {
      if (before) {
        this.project.entities.put(before);
      } else if (after) {
        this.project.entities.remove(after);
      }
    }
    this.#events.length = to.events;
  }

  /** Runs one piece of work as the whole transaction: commits it, or undoes it when it throws. */
  run<Result>(work: (tx: Transaction) => Result): Result {
    try {
      const result = work(this);
      this.commit();
      return result;
    } catch (error) {
      this.rollback();
      throw error;
    }
  }

  /** Stores the events. */
  commit(): void {
    for (const { event, origin } of this.#events.splice(0)) {
      this.store.events.add(event, origin);
    }
    this.#changes.length = 0;
  }
}
