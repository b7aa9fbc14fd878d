import type { FtrackEvent } from '../contracts/messages';
import type { Draft, Memory, Problem } from '../domain/draft';
import { newMemory, pathOf } from '../domain/draft';
import type { EventScope } from '../domain/scope';
import { scopeOf } from '../domain/scope';
import { classOf, failure } from '../errors';
import type { Scope, StepContext, StepInput, StepResult } from './step';
import type { Work } from './sync/apply';
import { apply, workOf } from './sync/apply';
import type { SyncDeps } from './sync/deps';
import { look } from './sync/look';
import { writeFresh } from './write-fresh';

/** Rounds of look and write in one activity: one does it, two settle what somebody changed in between, more swap names. */
const MAX_ROUNDS = 6;

/** Looks that may take too long before fewer entities are looked at. */
const MAX_SLOW = 2;

/** Lines that a summary spells out. */
const MAX_LINES = 3;

/**
 * Handler `sync-entities`: brings what an ftrack event names (project, folders, tasks, assignments) to AYON. The event
 * only says where to look; the values come from ftrack as it is now, and only differences are written. Applying it
 * again changes nothing.
 */
export function createSyncEntities(deps: SyncDeps): {
  syncEntities(input: StepInput, context: StepContext): Promise<StepResult>;
} {
  return { syncEntities: (input, context) => syncEntities(deps, input, context) };
}

async function syncEntities(deps: SyncDeps, input: StepInput, context: StepContext): Promise<StepResult> {
  const scope = scopeOf(input.event);
  if (input.project === null) {
    return skipped('the event belongs to no project');
  }
  if (isEmpty(scope)) {
    return skipped('nothing in the event concerns AYON');
  }
  if (scope.project?.removed === true) {
    return skipped(
      "the ftrack project was removed; AYON's project and its files stay until somebody removes them",
    );
  }
  const run = new Run(deps, { projectId: input.project, scope });
  return run.toEnd(context);
}

const isEmpty = ({ contexts, appointments, project }: EventScope): boolean =>
  contexts.size === 0 && appointments.length === 0 && project === undefined;

/** Whether the step does the same about an event when others are joined to it: it decides nothing by the event as a whole. */
export function mayShareTurn(event: FtrackEvent): boolean {
  return event.topic === 'ftrack.update' && scopeOf(event).project?.removed !== true;
}

/** The same in two parts, so that a bulk event is not put off for ever by systems that answer slowly. */
function halves(scope: EventScope): EventScope[] {
  const contexts = [...scope.contexts];
  const middle = Math.ceil(contexts.length / 2);
  if (contexts.length < 2) {
    throw failure(
      'ayon-overloaded',
      'AYON and ftrack answered too slowly to write what was read; both are asked again',
    );
  }
  return [
    { ...scope, contexts: new Map(contexts.slice(0, middle)) },
    { contexts: new Map(contexts.slice(middle)), appointments: [], settled: [] },
  ];
}

const skipped = (summary: string): StepResult => ({ outcome: 'skipped', summary, scope: {} });

/** One activity's work; remembers between its rounds what AYON refused and why. */
class Run {
  readonly #deps: SyncDeps;
  readonly #projectId: string;
  readonly #scope: EventScope;
  readonly #memory: Memory = newMemory();
  readonly #lines: string[] = [];
  readonly #notes = new Set<string>();
  #skip: string | undefined;
  readonly #answers = new Map<string, 'whole' | 'scoped'>();
  /** Looks at the present part that took so long that nothing may be written by them. */
  #slow = 0;
  #isTooLarge = false;
  #writes = 0;
  #isSettled = false;
  /** What the last round left for another one: path by ftrack id. */
  #undone = new Map<string, string>();

  constructor(deps: SyncDeps, about: { readonly projectId: string; readonly scope: EventScope }) {
    this.#deps = deps;
    this.#projectId = about.projectId;
    this.#scope = about.scope;
  }

  async toEnd(context: StepContext): Promise<StepResult> {
    const parts = [this.#scope];
    for (let part = parts.shift(); part !== undefined && this.#skip === undefined; part = parts.shift()) {
      if (!(await this.#settle(part, context))) {
        parts.unshift(...halves(part));
      }
    }
    if (this.#skip !== undefined) {
      return skipped(this.#skip);
    }
    this.#throwFailed();
    return {
      outcome: this.#writes > 0 ? 'applied' : 'unchanged',
      summary: this.#summary(),
      scope: this.#settledScope(),
    };
  }

  /** @returns false when the part is too large to be looked at in time; what was written of it stays. */
  async #settle(scope: EventScope, context: StepContext): Promise<boolean> {
    this.#slow = 0;
    this.#isTooLarge = false;
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const written = await writeFresh(context, {
        read: (signal) => this.#timed(scope, { context, signal }),
        write: (work, stale) => this.#write(work, stale),
      });
      this.#writes += written;
      if (this.#isTooLarge || (written === 0 && !this.#isSettled)) {
        return false;
      }
      if (this.#undone.size === 0) {
        return true;
      }
    }
    // Whatever was brought over stays; the event is not done with before the rest is.
    const { failed } = this.#memory;
    [...this.#undone]
      .filter(([id]) => !failed.has(id))
      .forEach(([id, path]) => failed.set(id, unfinished(path)));
    return true;
  }

  /** Looks again once when a look took too long to write by it; then fewer entities have to be looked at. */
  async #timed(
    scope: EventScope,
    { context, signal }: { readonly context: StepContext; readonly signal: AbortSignal },
  ): Promise<Work | undefined> {
    const start = context.now();
    const work = await this.#read(scope, signal);
    this.#slow += Number(context.now() - start > context.timings.heartbeat / 2);
    this.#isTooLarge = work !== undefined && this.#slow >= MAX_SLOW;
    return this.#isTooLarge ? undefined : work;
  }

  async #read(scope: EventScope, signal: AbortSignal): Promise<Work | undefined> {
    const task = { deps: this.#deps, projectId: this.#projectId, scope, memory: this.#memory };
    const seen = await look(task, signal);
    if ('skip' in seen) {
      this.#skip = seen.skip;
      this.#isSettled = true;
      return undefined;
    }
    scope.contexts.forEach((_, id) => this.#answers.delete(id));
    seen.draft.answers.forEach((answer, id) => this.#answers.set(id, answer));
    seen.draft.notes.forEach((note) => this.#notes.add(note));
    const work = workOf(seen);
    const waiting = new Map(seen.waiting.map((id) => [id, nameOf(seen.draft, id)]));
    if (work === undefined) {
      // Nothing can be written, yet somebody waits: what is in the way does not go away by itself.
      waiting.forEach((path, id) => this.#memory.failed.set(id, stuck(path)));
    }
    this.#isSettled = work === undefined;
    this.#undone = work === undefined ? new Map() : waiting;
    return work;
  }

  async #write(work: Work, stale: AbortSignal): Promise<void> {
    const { lines, undone } = await apply(this.#deps, work, stale);
    this.#lines.push(...lines);
    work.draft.notes.forEach((note) => this.#notes.add(note));
    undone.forEach((path, id) => this.#undone.set(id, path));
  }

  /** Reports every entity that could not be brought over, after all others were. */
  #throwFailed(): void {
    const all = [...this.#memory.failed];
    // A parent that cannot come is the matter of its own event; here it shows as what its child waits for.
    const own = all.filter(([id]) => this.#scope.contexts.has(id) || id === this.#projectId);
    const problems = own.length > 0 ? own : all;
    // What may pass by itself is tried again first; what only a person can mend is still there then.
    const first =
      problems.find(([, { code }]) => classOf(code) !== 'permanent') ??
      problems.find(([, { code }]) => code !== 'blocked-by') ??
      problems[0];
    if (first === undefined) {
      return;
    }
    const [, { code, blockedBy }] = first;
    const sentences = [...new Set(problems.map(([, { sentence }]) => sentence))];
    const more = sentences.length > MAX_LINES ? ` (and ${sentences.length - MAX_LINES} more)` : '';
    throw failure(code, `${sentences.slice(0, MAX_LINES).join('; ')}${more}`, {
      entities: problems.map(([id]) => id),
      ...(blockedBy === undefined ? {} : { blockedBy }),
    });
  }

  #summary(): string {
    const lines = this.#lines.slice(0, MAX_LINES);
    const more = this.#lines.length - lines.length;
    const done = lines.length === 0 ? 'AYON already agrees with ftrack' : lines.join('; ');
    return [`${done}${more > 0 ? ` and ${more} more` : ''}`, ...this.#notes].join('; ').slice(0, 1000);
  }

  /**
   * Only what agrees now, in the event's own words: this alone says which parked events are done with. What a person
   * changed in AYON and what ftrack does not show stay open.
   */
  #settledScope(): Scope {
    const { contexts, project, settled } = this.#scope;
    const scopes = [...contexts.values(), ...(project === undefined ? [] : [project])];
    const known = scopes.flatMap(({ id, words }) => {
      const answer = this.#memory.brought.has(id) ? 'whole' : this.#answers.get(id);
      return answer === undefined ? [] : [[id, answer === 'whole' ? '*' : words] as const];
    });
    const tasks = [...contexts.values()].filter(({ fields }) => fields.has('assignees'));
    const isAssigned = tasks.every(({ id }) => this.#answers.has(id));
    return Object.fromEntries([...known, ...(isAssigned ? settled.map((id) => [id, '*'] as const) : [])]);
  }
}

const nameOf = ({ view }: Draft, id: string): string => pathOf(view.context(id)?.link ?? []) || id;

const stuck = (path: string): Problem => ({
  code: 'ayon-conflict',
  sentence: `${path} waits for another entity whose place in AYON cannot be changed`,
});

const unfinished = (path: string): Problem => ({
  code: 'ayon-conflict',
  sentence: `${path} still differs after ${MAX_ROUNDS} rounds of looking and writing, since what it waits for changes as well; it is tried again`,
});
