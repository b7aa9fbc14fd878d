import type { FtrackEvent } from '../contracts/messages';
import type { Accepted } from '../domain/model';
import { namedBy, namesAll } from '../domain/telling';

/** What the hub told of late, so that the same change coming another way is recognised. */
export class Told {
  readonly #events: Accepted[] = [];
  readonly #keepMs: number;

  /** @param keepMs how long an event is remembered */
  constructor(keepMs: number) {
    this.#keepMs = keepMs;
  }

  note(event: FtrackEvent): void {
    const oldest = event.arrivedAt - this.#keepMs;
    const first = this.#events.findIndex(({ at }) => at >= oldest);
    this.#events.splice(0, first === -1 ? this.#events.length : first);
    this.#events.push({ event: event.id, at: event.arrivedAt, named: namedBy(event) });
  }

  /** Whether everything in an event was told since then, ms since epoch. */
  knows(event: FtrackEvent, since: number): boolean {
    const late = this.#events.filter(({ at }) => at >= since);
    return Object.entries(namedBy(event)).every(([id, wanted]) =>
      late.some(({ named }) => namesAll(named[id], wanted === '*' ? undefined : wanted)),
    );
  }
}
