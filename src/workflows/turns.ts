import { condition, setHandler } from '@temporalio/workflow';
import type { QueueActivities } from '../activities/queue-messages';
import type { EventInput, Turn } from '../contracts/messages';
import type { Timings } from '../contracts/timings';
import * as messages from './messages';

/** An event's side of the project queue: asks for turns, and takes each that is granted once. */
export class Turns {
  private granted: Turn | null = null;
  /** Grants up to this number are of the past: taken, or taken back. A grant may be delivered twice. */
  private last = 0;

  private readonly input: EventInput;
  private readonly timings: Timings;
  private readonly activities: QueueActivities;

  constructor(input: EventInput, timings: Timings, activities: QueueActivities) {
    this.input = input;
    this.timings = timings;
    this.activities = activities;
    setHandler(messages.grant, (turn) => {
      if (turn.number > this.last) {
        this.last = turn.number;
        this.granted = turn;
      }
    });
  }

  /** The queue took a turn back, perhaps before this run could look at its grant. */
  revoke(number: number): void {
    this.last = Math.max(this.last, number);
    if (this.granted !== null && this.granted.number <= number) {
      this.granted = null;
    }
  }

  get isGranted(): boolean {
    return this.granted !== null;
  }

  /**
   * Waits for a turn. Without one at hand it enrols at once (started by its delay, by hand, by a reset, or retried)
   * and again at growing intervals, so that a lost ticket or a lost queue costs time but never the event.
   * Whether the turn was granted to this very run only an activity can tell: the first step refuses otherwise.
   * @param isEnough the event needs no turn any more
   * @returns null when it needs none
   */
  async take(isEnough: () => boolean): Promise<Turn | null> {
    const { project, key, timeScale } = this.input;
    let pause = this.timings.enrolAgain;
    const isOver = () => this.granted !== null || isEnough();
    while (!isOver()) {
      await this.activities.enrol({ project, key, ...(timeScale === undefined ? {} : { timeScale }) });
      await condition(isOver, pause);
      pause = Math.min(pause * 2, this.timings.enrolAgainMax);
    }
    const turn = this.granted;
    this.granted = null;
    return turn;
  }
}
