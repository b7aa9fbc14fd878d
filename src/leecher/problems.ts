import type { HubStatus } from '../clients/ftrack/hub/hub';
import type { DispatchState } from './dispatch';
import type { Gap } from './spool/gaps';
import type { SpoolState } from './spool/spool';

/** What the parts of a leecher say of themselves. */
export interface Parts {
  readonly hub: HubStatus;
  readonly temporal: DispatchState;
  readonly spool: SpoolState & { readonly maxBytes: number | undefined };
  readonly gaps: Readonly<Record<string, Gap>>;
}

/** Longer than the deadline of one request to Temporal. */
const CATCHING_UP_MS = 15_000;
/** Files that a sentence names. */
const MAX_NAMES = 5;

const HUB_PROBLEMS = {
  connecting: "ftrack's event hub is being connected.",
  connected: "ftrack's event hub is connected and has yet to prove that it delivers.",
  refused: 'ftrack refuses our credentials.',
  closed: "The connection to ftrack's event hub was closed because this process ends.",
} as const;

/** What is not as it should be, one sentence each. */
export function problemsOf({ hub, temporal, spool, gaps }: Parts): string[] {
  const problems: string[] = [];
  if (hub.state !== 'delivering') {
    problems.push(hub.reason ?? HUB_PROBLEMS[hub.state]);
  }
  const isDiskToBlame = spool.problem !== undefined && !isRefused(temporal);
  if (temporal.mode === 'spooling' && !isCatchingUp(temporal) && !isDiskToBlame) {
    const why = temporal.lastFailure === undefined ? '' : ` (${temporal.lastFailure.message})`;
    problems.push(
      `Temporal does not take events${why}; ${spool.events} wait in the spool and follow by themselves.`,
    );
  }
  if (spool.nearlyFull) {
    problems.push(
      `The spool holds ${megabytes(spool.bytes)} of at most ${megabytes(spool.maxBytes ?? 0)} MB; beyond that the oldest events are dropped and read again from ftrack's log: bring Temporal back, or set SPOOL_MAX_MB to more.`,
    );
  }
  const dropped = Object.values(gaps).reduce((sum, { events }) => sum + events, 0);
  if (dropped > 0) {
    problems.push(
      `The spool had no room for ${dropped} events (${Object.keys(gaps).length} projects), or could not read them; the gap fill reads their changes again from ftrack's log once Temporal answers.`,
    );
  }
  return spool.problem === undefined ? problems : [...problems, spool.problem];
}

/** What people should look at some day, though all works: one sentence each. */
export const noticesOf = ({ setAside }: SpoolState, dir: string): string[] =>
  setAside.length === 0
    ? []
    : [
        `The spool ${dir} holds what was set aside (${setAside.slice(0, MAX_NAMES).join(', ')}${setAside.length > MAX_NAMES ? ', …' : ''}): lines that are no events of this version, or that Temporal refused; look at them, then remove the files.`,
      ];

const isRefused = ({ lastSuccess = 0, lastFailure }: DispatchState): boolean =>
  lastFailure !== undefined && lastFailure.at >= lastSuccess;

/** The spool is being drained: a matter of time, not a problem. */
function isCatchingUp({ lastSuccess, lastFailure }: DispatchState): boolean {
  return (
    lastSuccess !== undefined &&
    lastSuccess > (lastFailure?.at ?? 0) &&
    Date.now() - lastSuccess < CATCHING_UP_MS
  );
}

const megabytes = (bytes: number): number => Math.round(bytes / 1_000_000);
