import {
  condition,
  continueAsNew,
  log,
  setCurrentDetails,
  setHandler,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { QueueActivities } from '../activities/queue-messages';
import type { Turn } from '../contracts/messages';
import type { QueueInput, QueueState } from '../contracts/queue';
import type { Timings } from '../contracts/timings';
import { timings as timingsOf } from '../contracts/timings';
import * as domain from '../domain/project-queue';
import { queueActivities } from './activities';
import * as messages from './messages';
import { keyword } from './search-attributes';

/** Histories are kept short: replaying one costs a worker time whenever a project moves to it. */
const MAX_HISTORY = 2_000;

/**
 * The serial queue of one ftrack project (promise O). It holds tickets only, grants one turn at a time, smallest key
 * first, and is rebuilt by the events themselves should it be lost.
 *
 * States: `idle` → (ticket) → `working` → (done) → next ticket or `idle` → closes after a while.
 * `settling`: rebuilt by enrolments or after an overflow; waits a little so that older events can enrol first. A
 * start by a leecher's live batch does not wait: then nothing older is about to enrol.
 * `waiting`: the turn holder waits for AYON or ftrack. `paused`: by a person. `halted`: by a parked event, policy
 * `halt`; only that event gets turns. Paused and halted queues never close.
 */
export async function projectQueue(input: QueueInput): Promise<QueueState['counts']> {
  const queue = new ProjectQueue(input);
  upsertSearchAttributes([keyword('FtrackProject', input.project ?? 'site')]);
  return queue.run();
}

class ProjectQueue {
  private readonly state: QueueState;
  private readonly timings: Timings;
  private readonly activities: QueueActivities;
  private readonly notices: domain.Notice[] = [];
  private watched = 1;

  constructor(input: QueueInput) {
    this.state = domain.queueState({ number: Date.now(), ...input });
    this.timings = timingsOf(input.timeScale);
    this.activities = queueActivities(this.timings);
    this.listen();
    this.show(() => undefined);
  }

  private listen(): void {
    setHandler(messages.enqueue, (tickets) => this.show(() => domain.enqueue(this.state, tickets)));
    setHandler(messages.done, (done) =>
      this.show(() => this.notices.push(...domain.finish(this.state, done))),
    );
    setHandler(messages.waiting, (waiting) => this.show(() => domain.setWaiting(this.state, waiting)));
    setHandler(messages.pause, (reason) => this.show(() => domain.pause(this.state, reason)));
    setHandler(messages.resume, () => this.show(() => domain.resume(this.state)));
    setHandler(messages.pauseUpdate, (reason) => {
      this.show(() => domain.pause(this.state, reason));
      return domain.view(this.state);
    });
    setHandler(messages.resumeUpdate, () => {
      this.show(() => domain.resume(this.state));
      return domain.view(this.state);
    });
    setHandler(messages.state, () => domain.view(this.state));
    setHandler(messages.behind, (number) => domain.behind(this.state, number));
  }

  /** Changes the state and what the Temporal UI says of it. */
  private show(change: () => void): void {
    change();
    setCurrentDetails(domain.view(this.state).text);
  }

  async run(): Promise<QueueState['counts']> {
    for (;;) {
      await this.settle();
      // First the next turn: what was covered has time.
      await this.grantNext();
      await this.tell();
      // Nothing may be awaited between an empty list of notices and this: what came meanwhile would be dropped.
      if (this.isLong()) {
        await continueAsNew<typeof projectQueue>(domain.pack(this.state));
      }
      const changed = await this.somethingToDo();
      if (!changed && this.state.turn !== null) {
        await this.watch();
      } else if (!changed && domain.isIdle(this.state)) {
        return this.state.counts;
      } else if (!changed) {
        await this.checkParked();
      }
    }
  }

  /** The 10,000 signals that a run may receive come into sight long before the history does. */
  private isLong(): boolean {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    return continueAsNewSuggested || historyLength > MAX_HISTORY;
  }

  private async tell(): Promise<void> {
    while (this.notices.length > 0) {
      await this.activities.notify(this.notices.splice(0));
    }
  }

  private async settle(): Promise<void> {
    if (this.state.settling && this.state.turn === null) {
      await sleep(this.timings.settle);
      this.show(() => {
        this.state.settling = false;
      });
    }
  }

  private async grantNext(): Promise<void> {
    const ticket = domain.takeNext(this.state);
    if (ticket === undefined) {
      return;
    }
    const behind = domain.offer(this.state);
    const turn = {
      run: ticket.run,
      number: this.state.number + 1,
      ...(behind === 0 ? {} : { behind }),
    };
    this.show(() => {
      this.state.number = turn.number;
      this.state.fresh = false;
      this.state.turn = { ...turn, id: ticket.id, key: ticket.key, since: Date.now() };
    });
    this.watched = 1;
    await this.sendGrant(ticket.id, turn);
  }

  private async sendGrant(id: string, turn: Turn): Promise<void> {
    if ((await this.activities.grant({ id, turn })) === 'gone') {
      this.free(turn.number);
    }
  }

  private free(number: number): void {
    if (this.state.turn?.number === number) {
      this.show(() => {
        this.state.turn = null;
      });
    }
  }

  /** @returns false when nothing happened for as long as the watchdog, or the idle close, waits. */
  private somethingToDo(): Promise<boolean> {
    const { turn } = this.state;
    if (turn !== null) {
      const free = () => this.state.turn?.number !== turn.number || this.isLong();
      const look = () => this.state.turn?.suspect === true || this.state.turn?.regrant === true;
      return condition(() => free() || look(), this.timings.watchdog * this.watched).then(
        (changed) => changed && free(),
      );
    }
    const isIdle = domain.isIdle(this.state);
    const changed = () => this.isDue() || this.isLong() || domain.isIdle(this.state) !== isIdle;
    return condition(changed, isIdle ? this.timings.idleClose : this.timings.parkedCheck);
  }

  /** Parked events that were terminated say nothing; without this they would keep the queue open, or halted. */
  private async checkParked(): Promise<void> {
    const { haltedBy, parked } = this.state;
    const ids = [...new Set([...parked.map(({ id }) => id), ...(haltedBy === null ? [] : [haltedBy])])];
    if (ids.length > 0) {
      const gone = await this.activities.findGone(ids);
      this.show(() => domain.forget(this.state, gone));
    }
  }

  private isDue(): boolean {
    return this.notices.length > 0 || domain.canGrant(this.state);
  }

  /** Frees the turn of a holder that is gone or stuck; a healthy one is looked at ever less often. */
  private async watch(): Promise<void> {
    const { turn } = this.state;
    if (turn === null) {
      return;
    }
    const { id, run, number, behind } = turn;
    if (turn.regrant === true) {
      turn.regrant = false;
      await this.sendGrant(id, { run, number, ...(behind === undefined ? {} : { behind }) });
      return;
    }
    turn.suspect = false;
    const seen = await this.activities.inspectTurn({ id, run, project: this.state.project });
    this.watched = Math.min(this.watched * 2, 16);
    if (this.state.turn?.number !== number || seen === 'running') {
      return;
    }
    if (seen === 'stuck-halt') {
      this.markStuck();
      return;
    }
    await this.takeBack({ id, run, number }, seen);
  }

  private markStuck(): void {
    this.show(() => {
      if (this.state.turn !== null && this.state.turn.stuck !== true) {
        this.state.turn.stuck = true;
        this.state.counts.stuck += 1;
      }
    });
  }

  /** Waits a heartbeat time-out first: until then the former run's step may not know that it is over, and write. */
  private async takeBack({ id, run, number }: Turn & { id: string }, seen: 'gone' | 'stuck'): Promise<void> {
    log.warn('the turn holder does not answer; its turn is taken back', { id, run, seen });
    if (seen === 'stuck') {
      this.state.counts.stuck += 1;
      await this.activities.revoke({ id, run, number });
    } else {
      this.state.counts.lost += 1;
    }
    await sleep(this.timings.heartbeat);
    this.free(number);
  }
}
