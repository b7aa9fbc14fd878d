import { Context } from '@temporalio/activity';
import type { FtrackClient } from '../clients/ftrack/client';
import type { LogEnds } from '../clients/ftrack/event-log';
import type { GapFillCounts, Ranges, SweepInput, SweepResult } from '../contracts/gap-fill';
import type { EventInput, FtrackEvent } from '../contracts/messages';
import { eventWorkflowId } from '../contracts/names';
import type { Timings } from '../contracts/timings';
import { timings } from '../contracts/timings';
import { PAIR_ATTRIBUTES } from '../contracts/topics';
import type { LogRow, Verdict } from '../domain/event-log';
import { eventsFor, readLogRow, SECOND, verdictOn } from '../domain/event-log';
import type { Accepted, LogMark } from '../domain/model';
import { above, includes, upTo, withNumbers } from '../domain/ranges';
import { BEFORE, toldRows } from '../domain/telling';
import { failure } from '../errors';

export interface GapFillDeps {
  readonly ftrack: Pick<FtrackClient, 'logEnds' | 'logMarks' | 'logEntries'>;
  /** Events of which a workflow was started since then, ms since epoch. */
  readonly accepted: (since: number) => Promise<readonly Accepted[]>;
  /** Starts the events' workflows and tells their queue; events of one project, in order. @returns ids that Temporal rejects */
  readonly handOver: (items: readonly MissedEvent[]) => Promise<readonly string[]>;
  /** ftrack id of the user that we write as. */
  readonly ownUserId: (signal: AbortSignal) => Promise<string | undefined>;
}

/** A workflow to be started. */
export interface MissedEvent {
  readonly id: string;
  readonly input: EventInput & { readonly event: FtrackEvent };
}

export interface GapFillActivities {
  /**
   * Looks at the rows of ftrack's Event log that are not settled yet, and has read again what no event told. Safe to
   * repeat: what was started is started once. @throws failures of the error table.
   */
  sweepLog(input: SweepInput): Promise<SweepResult>;
}

/** Rows per request, and unsettled rows per look. */
const PAGE = 1000;
const PER_SWEEP = 2000;
/** Event workflows that one request to Temporal's queue announces. */
const BATCH = 100;
/** Clocks of ftrack and Temporal may differ by as much without an accepted event being overlooked. */
const CLOCK_SLACK_MS = 60_000;

const NOTHING: GapFillCounts = { rows: 0, known: 0, irrelevant: 0, missed: 0, events: 0 };

export function createGapFill(deps: GapFillDeps): GapFillActivities {
  return {
    async sweepLog(input) {
      const context = Context.current();
      const waits = timings(input.timeScale);
      const beat = setInterval(() => context.heartbeat(), waits.heartbeat / 3);
      try {
        // The server's time, as the workflow has it too: this host's clock may be off.
        const now = context.info.currentAttemptScheduledTimestampMs;
        return await sweep(deps, { ...input, waits, now }, context.cancellationSignal);
      } finally {
        clearInterval(beat);
      }
    },
  };
}

type Sweep = SweepInput & { readonly waits: Timings; readonly now: number };

async function sweep(deps: GapFillDeps, input: Sweep, signal: AbortSignal): Promise<SweepResult> {
  const ends = await deps.ftrack.logEnds(signal);
  const { newest } = ends;
  const { cursor, settled } = input;
  const start = { settled, unsettled: 0, more: false, counts: NOTHING, lost: null };
  if (cursor === null) {
    return { ...start, ...begin(ends, input) };
  }
  const looked = Math.max(cursor, settled.at(-1)?.[1] ?? 0);
  if (newest === null) {
    throw failure(
      'ftrack-project-unreadable',
      `ftrack shows us no rows of its Event log any more, where there was row ${looked}: check the permissions of our ftrack user; it is read on from there once they are shown again`,
    );
  }
  const lost = lossOf({ oldest: ends.oldest, newest }, looked);
  if (looked > newest) {
    return { ...start, cursor: Math.min(cursor, newest), settled: upTo(settled, newest), more: true, lost };
  }
  const { marks, isAll } = await unsettled(deps, { cursor, settled }, signal);
  const fresh = marks.filter(({ id }) => !includes(settled, id));
  const judged = await judge(deps, { ...input, marks: fresh, near: nearOf(fresh, marks) }, signal);
  const known = withNumbers(settled, judged.settled);
  const before = input.now - input.waits.gapOverlap - BEFORE;
  const bound = boundOf(marks, { settled: known, cursor, before });
  return {
    cursor: bound,
    settled: above(known, bound),
    unsettled: fresh.length - judged.settled.length,
    more: !isAll && judged.settled.length > 0,
    counts: judged.counts,
    lost: judged.lost ?? lost,
  };
}

/** At the head of the log. One that was empty when we looked before, and is short now, has filled since. */
function begin(
  { oldest, newest }: LogEnds,
  { sweptAt }: Sweep,
): Pick<SweepResult, 'cursor'> & Partial<SweepResult> {
  if (sweptAt === null || oldest === null || newest === null) {
    return { cursor: newest };
  }
  return newest - oldest < PAGE
    ? { cursor: oldest - 1, more: true }
    : {
        cursor: newest,
        lost: `ftrack showed us no rows of its Event log before, and it ends at row ${newest} now: it is read from there on; ${ONLY_SYNC}`,
      };
}

const ONLY_SYNC = 'what changed meanwhile is found by a sync of each project only';

/** Whether the log lost rows that were never looked at. @param looked the highest id that was */
function lossOf({ oldest, newest }: LogEnds & { readonly newest: number }, looked: number): string | null {
  if (looked > newest) {
    return `ftrack's Event log ends at row ${newest}, where there was row ${looked} before: it was restored or emptied; ${ONLY_SYNC}`;
  }
  return oldest !== null && looked > 0 && oldest > looked + 1
    ? `ftrack's Event log begins at row ${oldest}, and rows behind ${looked} were never seen: they were removed before we looked; ${ONLY_SYNC}`
    : null;
}

/** The rows above the cursor, until enough unsettled ones were met. */
async function unsettled(
  { ftrack }: GapFillDeps,
  { cursor, settled }: { readonly cursor: number; readonly settled: Ranges },
  signal: AbortSignal,
): Promise<{ marks: LogMark[]; isAll: boolean }> {
  const marks: LogMark[] = [];
  let fresh = 0;
  let last = cursor;
  for (;;) {
    const page = await ftrack.logMarks({ above: last, limit: PAGE }, signal);
    marks.push(...page);
    fresh += page.filter(({ id }) => !includes(settled, id)).length;
    last = page.at(-1)?.id ?? last;
    if (page.length < PAGE || fresh >= PER_SWEEP) {
      return { marks, isAll: page.length < PAGE };
    }
  }
}

/** Settled rows that came at about the time of one that is not: the events of that time may be theirs. */
function nearOf(fresh: readonly LogMark[], marks: readonly LogMark[]): LogMark[] {
  const ids = new Set(fresh.map(({ id }) => id));
  const times = [...new Set(fresh.flatMap(({ at }) => at ?? []))];
  // Times are whole seconds.
  const steps = Array.from({ length: BEFORE / SECOND + 1 }, (_, step) => step * SECOND);
  const seconds = new Set(times.flatMap((at) => steps.map((step) => at - step)));
  return marks.filter(({ id, at }) => at !== null && !ids.has(id) && seconds.has(at));
}

interface Judged {
  readonly settled: readonly number[];
  readonly lost: string | null;
  readonly counts: GapFillCounts;
}

async function judge(
  deps: GapFillDeps,
  input: Sweep & { readonly marks: readonly LogMark[]; readonly near: readonly LogMark[] },
  signal: AbortSignal,
): Promise<Judged> {
  const { marks, waits, heard } = input;
  if (marks.length === 0) {
    return { settled: [], lost: null, counts: NOTHING };
  }
  const fresh = new Set(marks.map(({ id }) => id));
  const entries = await deps.ftrack.logEntries([...fresh, ...input.near.map(({ id }) => id)], signal);
  const all = entries.map(readLogRow);
  const rows = all.filter(({ id }) => fresh.has(id));
  const sweptAt = input.sweptAt ?? 0;
  const first = Math.min(...all.map(({ at }) => at ?? sweptAt));
  const accepted = await deps.accepted(first - CLOCK_SLACK_MS);
  const own = { userId: await deps.ownUserId(signal), attributes: PAIR_ATTRIBUTES };
  const times = { lag: waits.gapLag, silent: waits.gapSilent };
  const told = toldRows(all, accepted, sweptAt);
  const knowledge = { told, heard, now: input.now, sweptAt, own, waits: times };
  const verdicts = rows.map((row) => ({ row, verdict: verdictOn(row, knowledge) }));
  const those = (wanted: Verdict): LogRow[] =>
    verdicts.filter(({ verdict }) => verdict === wanted).map(({ row }) => row);
  const missed = those('missed');
  const known = those('known');
  const irrelevant = those('irrelevant');
  const { events, lost } = await handOver(deps, missed, input);
  const done = [...missed, ...known, ...irrelevant];
  return {
    settled: done.map(({ id }) => id),
    lost,
    counts: {
      rows: done.length,
      known: known.length,
      irrelevant: irrelevant.length,
      missed: missed.length,
      events,
    },
  };
}

/** @returns how many events it takes, and what became of those that cannot be started. */
async function handOver(
  deps: GapFillDeps,
  missed: readonly LogRow[],
  { now, timeScale }: Pick<Sweep, 'now' | 'timeScale'>,
): Promise<{ events: number; lost: string | null }> {
  const scale = timeScale === undefined ? {} : { timeScale };
  const newest = Math.max(...missed.map(({ at }) => at ?? -Infinity));
  // In the time of the log: stamped by a clock that is ahead, these events would seem to tell what comes after them.
  const events = eventsFor(missed, Number.isFinite(newest) ? newest : now).map(
    ({ project, event }, index) => ({
      id: eventWorkflowId(event.id),
      input: { event, project, key: now * 1000 + index, ...scale },
    }),
  );
  const projects = [...new Set(events.map(({ input }) => input.project))];
  const rejected = await Promise.all(
    projects.map(async (project) => {
      const items = events.filter(({ input }) => input.project === project);
      const ids: string[] = [];
      for (let from = 0; from < items.length; from += BATCH) {
        ids.push(...(await deps.handOver(items.slice(from, from + BATCH))));
      }
      return ids;
    }),
  ).then((all) => all.flat());
  const lost =
    rejected.length === 0
      ? null
      : `Temporal rejects events that the gap fill starts (${rejected.join(', ')}), the processor's log says why; ${ONLY_SYNC}`;
  return { events: events.length - rejected.length, lost };
}

/**
 * The cursor moves up to the first row that is not settled, young enough for others to appear before it, or near to one
 * that waits.
 */
function boundOf(
  marks: readonly LogMark[],
  at: { readonly settled: SweepResult['settled']; readonly cursor: number; readonly before: number },
): number {
  let bound = at.cursor;
  const last = marks.at(-1)?.id ?? bound;
  const waiting = marks.filter(({ id }) => !includes(at.settled, id));
  const before = Math.min(at.before, ...waiting.map((each) => (each.at ?? Infinity) - BEFORE));
  for (const { id, at: written } of marks) {
    const isYoung = written === null ? id > last - PAGE : written >= before;
    if (isYoung || !includes(at.settled, id)) {
      break;
    }
    bound = id;
  }
  return bound;
}
