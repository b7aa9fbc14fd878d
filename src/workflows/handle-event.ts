import {
  allHandlersFinished,
  CancellationScope,
  condition,
  isCancellation,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { QueueActivities, Release } from '../activities/queue-messages';
import type { EventInput, FtrackEvent, Turn } from '../contracts/messages';
import type { Resolve, SyncOutcome } from '../contracts/queue';
import type { Timings } from '../contracts/timings';
import { MAX_ATTEMPTS, timings as timingsOf } from '../contracts/timings';
import { scopeOf } from '../domain/supersede';
import { classOf } from '../errors';
import type { StepActivities } from './activities';
import { queueActivities, stepActivities } from './activities';
import type { EventHandler } from './handlers/types';
import * as messages from './messages';
import type { Problem } from './problem';
import { problemOf } from './problem';
import type { EventResult } from './results';
import { Results } from './results';
import { keyword } from './search-attributes';
import { Turns } from './turns';

type Interrupt = 'retry' | 'skip' | 'revoked';
type Wake = 'retry' | 'skip' | 'superseded';

/**
 * One ftrack event, from receipt to its end; what people see, search and retry in the Temporal UI.
 *
 * States: `waiting` for a turn → `working` (steps run) → closed as applied, unchanged or skipped.
 * `working` → `parked` when a step failed for good: the turn goes back, the run stays open until it is retried (waits
 * for another turn), skipped, or superseded by a later success on the same entities and attributes.
 * `retry` and `skip` count only while working or parked: a reset re-applies old ones before the first turn.
 * A native Cancel skips it in any state. Without an event in its input it is the ghost of a deleted run and closes.
 */
export async function handleEvent(input: EventInput): Promise<EventResult> {
  if (input.event === undefined) {
    setCurrentDetails('Ghost: a turn was granted to an event that is gone. Nothing to do.');
    return { outcome: 'skipped', handlers: {} };
  }
  return new EventRun(input.event, input).run();
}

class EventRun {
  private state: 'waiting' | 'working' | 'parked' | 'closing' = 'waiting';
  private turn: Turn | null = null;
  private interrupt: Interrupt | null = null;
  private wake: Wake | null = null;
  private cover: Extract<Resolve, { kind: 'covered' }> | null = null;
  /** In the queue, or about to ask for one. */
  private hasPlace = true;
  private step: CancellationScope | null = null;
  private parks = 0;
  private readonly results: Results;
  private readonly event: FtrackEvent;
  private readonly input: EventInput;
  private readonly timings: Timings;
  private readonly queue: QueueActivities;
  private readonly steps: StepActivities;
  private readonly turns: Turns;

  constructor(event: FtrackEvent, input: EventInput) {
    this.event = event;
    this.results = new Results(event);
    this.input = input;
    this.timings = timingsOf(input.timeScale);
    this.queue = queueActivities(this.timings);
    this.steps = stepActivities(this.timings);
    this.turns = new Turns(input, this.timings, this.queue);
    this.listen();
  }

  private listen(): void {
    const validator = () => {
      if (this.state !== 'parked' && this.state !== 'working') {
        throw new Error(
          `Nothing to retry or skip: this event is ${this.state}. Cancel it to skip it unseen.`,
        );
      }
    };
    setHandler(messages.retry, async () => void (await this.onCommand('retry')));
    setHandler(messages.skip, async () => void (await this.onCommand('skip')));
    setHandler(messages.retryUpdate, () => this.onCommand('retry'), { validator });
    setHandler(messages.skipUpdate, () => this.onCommand('skip'), { validator });
    setHandler(messages.resolve, (message) => {
      if (message.kind === 'covered') {
        this.cover = this.state === 'waiting' ? message : null;
      } else if (this.state === 'parked') {
        this.wake ??= message.kind === 'superseded' ? 'superseded' : 'retry';
      }
    });
    setHandler(messages.revoke, (number) => {
      this.turns.revoke(number);
      if (this.turn?.number === number) {
        this.stop('revoked');
      }
    });
  }

  private async onCommand(command: 'retry' | 'skip'): Promise<string> {
    if (this.state === 'parked') {
      this.wake = command;
      return `${command}: woken`;
    }
    if (await this.holdsTurn()) {
      this.stop(command);
      return `${command}: the running step is stopped first`;
    }
    return `${command}: ignored, this event is ${this.state}`;
  }

  /** A reset replays the grant of the former run; asking an activity keeps the answer replay-safe. */
  private async holdsTurn(): Promise<boolean> {
    const { turn } = this;
    const isMine = this.state === 'working' && turn !== null && (await this.queue.confirmTurn(turn));
    return isMine && this.state === 'working' && this.turn === turn;
  }

  private stop(interrupt: Interrupt): void {
    // A turn that was taken back is gone, whatever an operator asks for afterwards.
    this.interrupt = this.interrupt === 'revoked' ? 'revoked' : interrupt;
    this.step?.cancel();
  }

  async run(): Promise<EventResult> {
    try {
      const outcome = await this.untilDone();
      await condition(allHandlersFinished);
      // What was applied stays applied, even when a cancellation comes while the turn is given back.
      return await CancellationScope.nonCancellable(() => this.close(outcome));
    } catch (error) {
      if (!isCancellation(error)) {
        throw error;
      }
      if (this.results.isComplete) {
        return await CancellationScope.nonCancellable(() => this.close(this.results.outcome));
      }
      await CancellationScope.nonCancellable(() => this.close(this.results.outcomeOfSkip));
      throw error;
    }
  }

  private async untilDone(): Promise<Exclude<SyncOutcome, 'queued'>> {
    for (;;) {
      this.turn = await this.turns.take(() => this.cover !== null);
      if (await this.isCovered()) {
        return this.results.outcome;
      }
      if (this.turn === null) {
        continue;
      }
      this.interrupt = null;
      this.state = 'working';
      const ended = await this.runHandlers();
      if (ended === 'done') {
        return this.results.outcome;
      }
      if (ended === 'skip') {
        return this.results.outcomeOfSkip;
      }
      if (ended === 'lost') {
        this.state = 'waiting';
        continue;
      }
      const woken = await this.park(ended);
      if (woken !== 'retry') {
        return woken === 'skip' ? this.results.outcomeOfSkip : 'superseded';
      }
    }
  }

  /**
   * The holder of a turn before this one settled this event along with its own, and it has no place in the queue any
   * more. A reset replays what the former run was told: that run's events are not meant.
   */
  private async isCovered(): Promise<boolean> {
    const { cover } = this;
    this.cover = null;
    if (cover === null || this.turn !== null) {
      return false;
    }
    const isMeant = await this.queue.confirmTurn({ run: cover.run, number: 0 });
    if (!isMeant || this.turns.isGranted) {
      return false;
    }
    const { handler, outcome, by } = cover;
    if (this.results.open.some(({ name }) => name === handler)) {
      this.results.set(handler, { outcome, summary: `settled together with ${by}`, scope: {} });
    }
    this.hasPlace = this.results.open.length > 0;
    return !this.hasPlace;
  }

  private async runHandlers(): Promise<'done' | 'skip' | 'lost' | Problem> {
    for (const handler of this.results.open) {
      const ended = this.interrupted() ?? (await this.runHandler(handler));
      if (ended !== 'done') {
        return ended;
      }
    }
    return 'done';
  }

  private async runHandler(handler: EventHandler): Promise<'done' | 'skip' | 'lost' | Problem> {
    for (let tries = 1; ; tries += 1) {
      const problem = await this.tryStep(handler);
      if (problem === null) {
        return 'done';
      }
      if (this.interrupt === null) {
        if (problem.code === 'not-my-turn') {
          return 'lost';
        }
        if (classOf(problem.code) !== 'attempts' || tries >= MAX_ATTEMPTS) {
          return problem;
        }
        setCurrentDetails(`Try ${tries} of ${MAX_ATTEMPTS} failed (${problem.code}): ${problem.reason}`);
        await condition(() => this.interrupt !== null, this.pauseAfter(tries));
      }
      tries = this.interrupt === 'retry' ? 0 : tries;
      const ended = this.interrupted();
      if (ended !== null) {
        return ended;
      }
    }
  }

  private pauseAfter(tries: number): number {
    return Math.min(this.timings.attemptsFirst * 2 ** (tries - 1), this.timings.attemptsMax);
  }

  /** Takes what an operator or the queue asked for meanwhile; `retry` just goes on. */
  private interrupted(): 'skip' | 'lost' | null {
    const { interrupt } = this;
    this.interrupt = null;
    if (interrupt === 'revoked') {
      return 'lost';
    }
    return interrupt === 'skip' ? 'skip' : null;
  }

  /** @returns null when the step succeeded, also when it did so after somebody asked to stop it. */
  private async tryStep(handler: EventHandler): Promise<Problem | null> {
    const { event, turn } = this;
    const { project, timeScale } = this.input;
    if (turn === null) {
      return { code: 'not-my-turn', reason: 'no turn' };
    }
    const input = { event, project, turn, ...(timeScale === undefined ? {} : { timeScale }) };
    this.step = new CancellationScope();
    try {
      const result = await this.step.run(() => handler.run(this.steps, input));
      this.results.set(handler.name, result);
      setCurrentDetails(result.summary);
      return null;
    } catch (error) {
      if (isCancellation(error) && this.interrupt === null) {
        throw error;
      }
      return problemOf(error);
    } finally {
      this.step = null;
    }
  }

  /** Gives the turn back and waits, open and visible, until somebody or something ends it. */
  private async park(problem: Problem): Promise<Wake> {
    this.parks += 1;
    this.wake = null;
    this.state = 'parked';
    setCurrentDetails(
      `Parked (${problem.code}): ${problem.reason}\nRetry it with the update \`retry\`, give it up with \`skip\`.`,
    );
    upsertSearchAttributes([keyword('SyncOutcome', 'parked')]);
    await this.announce(problem);
    this.turn = null;
    while (!(await condition(() => this.wake !== null || this.turns.isGranted, this.waitOf(problem)))) {
      if (problem.code === 'blocked-by' && !workflowInfo().continueAsNewSuggested) {
        this.wake = 'retry';
      } else {
        await this.announce(problem);
      }
    }
    const woken = this.wake ?? 'retry';
    this.state = woken === 'retry' ? 'waiting' : 'closing';
    if (woken === 'retry') {
      upsertSearchAttributes([keyword('SyncOutcome', 'queued')]);
      setCurrentDetails(
        `Waits for its turn to be retried. It was parked (${problem.code}): ${problem.reason}`,
      );
    }
    return woken;
  }

  private waitOf(problem: Problem): number {
    const { blockedFirst, blockedMax, announce } = this.timings;
    return problem.code === 'blocked-by'
      ? Math.min(blockedFirst * 2 ** (this.parks - 1), blockedMax)
      : announce;
  }

  private announce(problem: Problem): Promise<void> {
    const scope = scopeOf(this.event);
    return this.release({
      turn: this.turn?.number ?? null,
      outcome: 'parked',
      parked: { key: this.input.key, ...problem },
      ...(scope === undefined ? {} : { scope }),
    });
  }

  private release(done: Release): Promise<void> {
    const { project, timeScale } = this.input;
    return this.queue.release({ project, done, ...(timeScale === undefined ? {} : { timeScale }) });
  }

  private async close(outcome: Exclude<SyncOutcome, 'queued'>): Promise<EventResult> {
    this.state = 'closing';
    if (this.hasPlace) {
      await this.release({
        turn: this.turn?.number ?? null,
        outcome,
        ...this.results.settled,
      });
    }
    upsertSearchAttributes([keyword('SyncOutcome', outcome)]);
    return this.results.asResult(outcome);
  }
}
