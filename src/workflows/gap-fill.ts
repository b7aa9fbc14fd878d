import {
  ActivityFailure,
  condition,
  continueAsNew,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { GapFillActivities } from '../activities/gap-fill';
import type { GapFillCounts, GapFillState, GapFillView, Vouch } from '../contracts/gap-fill';
import type { Timings } from '../contracts/timings';
import { timings as timingsOf } from '../contracts/timings';
import { gapFillActivities } from './activities';
import * as messages from './messages';
import { problemOf } from './problem';

const MAX_HISTORY = 2_000;
/** Connections of leechers that are remembered; their spans matter while rows of that time are unsettled. */
const MAX_HEARD = 100;

/**
 * Reads ftrack's Event log behind the leechers and has read again what no event told (promise L). One for the whole
 * installation, so that leechers share one cursor; a Schedule would give each run another workflow id, and state.
 *
 * Looks every few minutes, and at once when a leecher begins a new connection or somebody sends `sweep`. It never ends.
 */
export async function gapFill(input: Partial<GapFillState>): Promise<never> {
  return new GapFill(input).run();
}

class GapFill {
  private readonly state: GapFillState;
  private readonly timings: Timings;
  private readonly activities: GapFillActivities;
  private isDue = true;

  constructor(input: Partial<GapFillState>) {
    this.state = {
      cursor: null,
      settled: [],
      unsettled: 0,
      heard: [],
      sweptAt: null,
      problem: null,
      lost: null,
      counts: { rows: 0, known: 0, irrelevant: 0, missed: 0, events: 0 },
      ...input,
    };
    this.timings = timingsOf(input.timeScale);
    this.activities = gapFillActivities(this.timings);
    setHandler(messages.vouch, (vouch) => this.hear(vouch));
    setHandler(messages.sweep, () => {
      this.isDue = true;
    });
    setHandler(messages.gapFillState, () => this.view());
    this.show();
  }

  async run(): Promise<never> {
    for (;;) {
      const more = await this.sweep();
      const { continueAsNewSuggested, historyLength } = workflowInfo();
      // Nothing is awaited between the look and this: what came meanwhile is in the state.
      if (continueAsNewSuggested || historyLength > MAX_HISTORY) {
        await continueAsNew<typeof gapFill>(this.state);
      }
      const woken = more || (await condition(() => this.isDue, this.timings.gapSweep));
      if (!woken && this.isLate()) {
        await sleep(this.timings.gapLag);
      }
    }
  }

  /** A new connection means that something may have been missed before it. */
  private hear(vouch: Vouch): void {
    const { heard } = this.state;
    const same = heard.findIndex(({ leecher, from }) => leecher === vouch.leecher && from === vouch.from);
    if (same === -1) {
      this.isDue = true;
    } else {
      heard.splice(same, 1);
    }
    heard.push({ ...vouch, at: Date.now() });
    if (heard.length > MAX_HEARD) {
      heard.shift();
    }
  }

  /** The timer fired long after its time: Temporal or every worker was away, and leechers have much to hand over. */
  private isLate(): boolean {
    const { sweptAt } = this.state;
    return sweptAt !== null && Date.now() - sweptAt > 2 * this.timings.gapSweep;
  }

  /** @returns whether there is more to look at. */
  private async sweep(): Promise<boolean> {
    this.isDue = false;
    const { cursor, settled, heard, sweptAt, timeScale } = this.state;
    const startedAt = Date.now();
    try {
      const seen = await this.activities.sweepLog({
        cursor,
        settled,
        heard,
        sweptAt,
        ...(timeScale === undefined ? {} : { timeScale }),
      });
      this.state.cursor = seen.cursor;
      this.state.settled = seen.settled;
      this.state.unsettled = seen.unsettled;
      this.state.counts = sum(this.state.counts, seen.counts);
      this.state.problem = null;
      this.state.lost = seen.lost ?? this.state.lost;
      this.state.sweptAt = startedAt;
      return seen.more;
    } catch (error) {
      if (!(error instanceof ActivityFailure)) {
        throw error;
      }
      this.state.problem = problemOf(error).reason;
      return false;
    } finally {
      this.show();
    }
  }

  private view(): GapFillView {
    const { settled: _settled, timeScale: _timeScale, ...rest } = this.state;
    return { ...rest, text: this.text() };
  }

  private text(): string {
    const { cursor, problem, lost, counts, sweptAt, unsettled } = this.state;
    const none =
      sweptAt === null
        ? "Has not read ftrack's Event log yet."
        : 'ftrack shows us no rows of its Event log: check the permissions of our ftrack user, unless the site is new.';
    const position =
      cursor === null || sweptAt === null
        ? none
        : `Read ftrack's Event log up to row ${cursor} and beyond at ${new Date(sweptAt).toISOString()}; ${counts.rows} rows, of which ${counts.missed} told what no event had, in ${counts.events} events; ${unsettled} rows wait for what leechers say.`;
    const trouble = [problem, lost].filter((each) => each !== null).map((each) => `Problem: ${each}.`);
    return [position, ...trouble].join('\n');
  }

  private show(): void {
    setCurrentDetails(this.text());
  }
}

const sum = (one: GapFillCounts, other: GapFillCounts): GapFillCounts => ({
  rows: one.rows + other.rows,
  known: one.known + other.known,
  irrelevant: one.irrelevant + other.irrelevant,
  missed: one.missed + other.missed,
  events: one.events + other.events,
});
