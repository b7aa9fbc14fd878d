import type { StepResult } from '../activities/step';
import type { FtrackEvent } from '../contracts/messages';
import type { Covered, Done, SyncOutcome } from '../contracts/queue';
import { mergeScopes } from '../domain/supersede';
import { HANDLERS } from './handlers';
import type { EventHandler } from './handlers/types';

/** What a closed event leaves behind. */
export interface EventResult {
  readonly outcome: SyncOutcome;
  /** One entry per handler that wanted the event. */
  readonly handlers: Readonly<Record<string, { outcome: StepResult['outcome']; summary: string }>>;
}

type Outcome = Done['outcome'];

/** What the handlers of one event have done so far. */
export class Results {
  private readonly byHandler = new Map<string, StepResult>();
  private readonly event: FtrackEvent;

  constructor(event: FtrackEvent) {
    this.event = event;
  }

  set(handler: string, result: StepResult): void {
    this.byHandler.set(handler, result);
  }

  /** The handlers that want the event and have not succeeded yet, in their order. */
  get open(): EventHandler[] {
    return HANDLERS.filter((each) => !this.byHandler.has(each.name) && each.wants(this.event));
  }

  /** Something was done, and nothing is left. */
  get isComplete(): boolean {
    return this.byHandler.size > 0 && this.open.length === 0;
  }

  get outcome(): Outcome {
    const outcomes = [...this.byHandler.values()].map((result) => result.outcome);
    return (['applied', 'unchanged'] as const).find((each) => outcomes.includes(each)) ?? 'skipped';
  }

  /** The outcome when the rest is given up. */
  get outcomeOfSkip(): Outcome {
    return this.byHandler.size > 0 ? 'partly' : 'skipped';
  }

  /** What the queue is told: everything that was settled, and which other events with it. */
  get settled(): Pick<Done, 'scope' | 'covered'> {
    const scope = mergeScopes([...this.byHandler.values()].map((result) => result.scope));
    const [covered] = [...this.byHandler].flatMap(([handler, { covered: events, outcome }]): Covered[] =>
      events === undefined ? [] : [{ handler, outcome, events }],
    );
    return { ...(scope === undefined ? {} : { scope }), ...(covered === undefined ? {} : { covered }) };
  }

  asResult(outcome: Outcome): EventResult {
    const handlers = Object.fromEntries(
      [...this.byHandler].map(([name, { outcome: each, summary }]) => [name, { outcome: each, summary }]),
    );
    return { outcome, handlers };
  }
}
