import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';

const PREFIX = 'ayon_ftrack_';
const SCRAPE_TIMEOUT_MS = 2_000;

/** Every counter: bare name (exported as `ayon_ftrack_<name>_total`), help, labels. */
const COUNTERS = {
  leecher_events: { help: 'Events by what became of them at the leecher', labels: ['outcome'] },
  leecher_skipped: { help: 'Events that start no workflow, by reason', labels: ['reason'] },
  leecher_left_out: {
    help: 'Entities or fields of events that could not be read, by reason',
    labels: ['reason'],
  },
  leecher_tickets: { help: 'Tickets to project queues, by outcome', labels: ['outcome'] },
  leecher_menus: { help: "Questions of ftrack's menus, by what became of them here", labels: ['outcome'] },
  leecher_hub: { help: 'Oddities of the connection to the ftrack event hub', labels: ['what'] },
  leecher_spool: { help: 'Oddities of the spool on disk', labels: ['what'] },
  temporal_retries: { help: 'Attempts to reach Temporal that failed at start', labels: [] },
} as const satisfies Record<string, Definition>;

/** Every gauge: bare name (exported as `ayon_ftrack_<name>`), help. */
const GAUGES = {
  leecher_spool_events: { help: 'Events that wait in the spool' },
  leecher_spool_bytes: { help: 'Size of the spool' },
  leecher_spool_failing: { help: '1 while the spool cannot be used; see /readyz' },
  leecher_in_memory: { help: 'Events that wait in memory for Temporal' },
  leecher_hub_delivering: { help: '1 while a canary event came back through the hub lately' },
  leecher_lease: { help: "1 while this leecher holds the lease, so that it answers ftrack's menus" },
  ready: { help: '1 while the service does its work' },
} as const satisfies Record<string, { readonly help: string }>;

interface Definition {
  readonly help: string;
  readonly labels: readonly string[];
}
type CounterName = keyof typeof COUNTERS;
type GaugeName = keyof typeof GAUGES;

export interface Metrics {
  /** Adds to a counter; `labels` must be those of its definition. */
  count(name: CounterName, labels?: Readonly<Record<string, string>>, by?: number): void;
  gauge(name: GaugeName, value: number): void;
  /** All of it as Prometheus text. */
  text(): Promise<string>;
}

/**
 * The numbers of one process: those of the tables above, Node's own (memory, event loop, GC), and what Temporal's
 * native runtime measures when its address is given.
 * @param temporalAddress `host:port` where the runtime serves its numbers.
 */
export function createMetrics({
  service,
  temporalAddress,
}: {
  service: string;
  temporalAddress?: string;
}): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const counters = new Map(
    Object.entries(COUNTERS).map(([name, { help, labels }]) => [
      name,
      new Counter({ name: `${PREFIX}${name}_total`, help, labelNames: labels, registers: [registry] }),
    ]),
  );
  const gauges = new Map(
    Object.entries(GAUGES).map(([name, { help }]) => [
      name,
      new Gauge({ name: `${PREFIX}${name}`, help, registers: [registry] }),
    ]),
  );
  return {
    count: (name, labels = {}, by = 1) => counters.get(name)?.inc(labels, by),
    gauge: (name, value) => gauges.get(name)?.set(value),
    text: async () => `${await registry.metrics()}${await temporalText(temporalAddress)}`,
  };
}

/** The runtime serves its numbers only on a socket of its own; they are passed on, so that one address is enough. */
async function temporalText(address: string | undefined): Promise<string> {
  if (address === undefined) {
    return '';
  }
  try {
    const signal = AbortSignal.timeout(SCRAPE_TIMEOUT_MS);
    const response = await fetch(`http://${address}/metrics`, { signal });
    return `\n${await response.text()}`;
  } catch {
    return "\n# Temporal's runtime did not answer.\n";
  }
}
