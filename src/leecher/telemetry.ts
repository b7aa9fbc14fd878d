/** Where the leecher reports numbers; observability plugs in here. Names are bare, such as `leecher_events`. */
export interface LeecherMetrics {
  /** Adds to a counter. */
  count(name: LeecherCounter, labels: Readonly<Record<string, string>>, by?: number): void;
  gauge(name: LeecherGauge, value: number): void;
}

/**
 * - `leecher_events` by `outcome`: `received` from the hub; then, by part, `started`, `closed` (its run is over),
 *   `spooled`, `rejected`, `dropped` for want of room; `failed` for a defect of ours.
 * - `leecher_skipped` by `reason`: events that start nothing.
 * - `leecher_left_out` by `reason`: entities or fields of an event that could not be read.
 * - `leecher_tickets` by `outcome`: `sent`, `refused`.
 * - `leecher_menus` by `outcome`: questions for actions, `discovered`, `launched`, `failed`, left to the holder of the
 *   lease `elsewhere`, `repeated` by the hub, `unsent` for want of a connection, `unreadable`.
 * - `leecher_hub` by `what`: odd frames and lost canaries; `leecher_spool` by `what`: `corrupt`, `torn`, `error`.
 */
export type LeecherCounter =
  | 'leecher_events'
  | 'leecher_skipped'
  | 'leecher_left_out'
  | 'leecher_tickets'
  | 'leecher_menus'
  | 'leecher_hub'
  | 'leecher_spool';

/**
 * `leecher_spool_events`, `leecher_spool_bytes`, `leecher_in_memory`; `leecher_hub_delivering` and `leecher_spool_failing`
 * are 0 or 1.
 */
type LeecherGauge =
  | 'leecher_spool_events'
  | 'leecher_spool_bytes'
  | 'leecher_spool_failing'
  | 'leecher_in_memory'
  | 'leecher_hub_delivering';

/** The part of a pino logger that is used. */
export interface LeecherLogger {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/** Keeps what was counted, for `state()`, and passes it on. Keys are `name/label`, such as `leecher_skipped/team`. */
export class Counters {
  readonly #metrics: LeecherMetrics;
  readonly #totals = new Map<string, number>();

  constructor(metrics: LeecherMetrics) {
    this.#metrics = metrics;
  }

  count(name: LeecherCounter, label: Readonly<Record<string, string>>, by = 1): void {
    const key = `${name}/${Object.values(label).join('/')}`;
    this.#totals.set(key, (this.#totals.get(key) ?? 0) + by);
    this.#metrics.count(name, label, by);
  }

  totals(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#totals);
  }
}
