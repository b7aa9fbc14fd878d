import type { Vouch } from '../../../src/contracts/gap-fill';
import type { Ticket } from '../../../src/contracts/messages';
import type { Outgoing } from '../../../src/leecher/outgoing';
import type { StartResult, TemporalStarter } from '../../../src/leecher/temporal-starter';

/** What a Temporal server would hold after the leecher's two requests, with the faults that tests need. */
export class MemoryTemporal implements TemporalStarter {
  /** Workflow id -> run id of the open runs. */
  readonly open = new Map<string, string>();
  readonly closed = new Set<string>();
  readonly rejects = new Set<string>();
  /** Signals to queues, in the order they came. */
  readonly signals: { project: string | null; tickets: readonly Ticket[] }[] = [];
  /** What the gap fill was told. */
  readonly vouches: Vouch[] = [];
  starts = 0;
  /** Most batches of one project that were under way at once, counted at the signals. */
  overlaps = 0;
  /** Requests so far; those under way, and the most that ever were at once. */
  asked = 0;
  busy = 0;
  busiest = 0;
  down = false;
  full = false;
  /** Called before each answer; may wait or throw. */
  before: (what: 'start' | 'enqueue', project: string | null) => Promise<void> | void = () => undefined;
  readonly #busy = new Set<string | null>();

  async start({ id, input }: Outgoing): Promise<StartResult> {
    await this.#reach('start', input.project);
    this.starts += 1;
    if (this.rejects.has(id)) {
      return 'rejected';
    }
    if (this.closed.has(id)) {
      return 'closed';
    }
    const run = this.open.get(id) ?? `run-${this.open.size + 1}`;
    this.open.set(id, run);
    return { run };
  }

  async vouch(vouch: Vouch): Promise<void> {
    if (this.down) {
      throw new Error('Temporal is away');
    }
    this.vouches.push(vouch);
  }

  async enqueue(project: string | null, tickets: readonly Ticket[]): Promise<'sent' | 'refused'> {
    if (this.#busy.has(project)) {
      this.overlaps += 1;
    }
    this.#busy.add(project);
    try {
      await this.#reach('enqueue', project);
    } finally {
      this.#busy.delete(project);
    }
    if (tickets.some(({ id, run }) => this.open.get(id) !== run)) {
      throw new Error('A ticket came before its event.');
    }
    if (this.full) {
      return 'refused';
    }
    this.signals.push({ project, tickets });
    return 'sent';
  }

  /** Events in the order in which the queue first heard of them. */
  heard(project: string | null): string[] {
    const tickets = this.signals
      .filter((signal) => signal.project === project)
      .flatMap((signal) => signal.tickets);
    return [...new Set(tickets.map(({ id }) => id.replace('ftrack-event/', '')))];
  }

  async #reach(what: 'start' | 'enqueue', project: string | null): Promise<void> {
    this.asked += 1;
    this.busy += 1;
    this.busiest = Math.max(this.busiest, this.busy);
    try {
      await this.before(what, project);
      await Promise.resolve();
      if (this.down) {
        throw new Error('14 UNAVAILABLE: no connection');
      }
    } finally {
      this.busy -= 1;
    }
  }
}

/** A promise and the means to fulfil it. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

/** A metrics and logger pair that keeps nothing. */
export const silence = {
  metrics: { count: () => undefined, gauge: () => undefined },
  logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
};
