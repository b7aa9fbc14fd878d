import { fault } from './ayon-checks';
import { clashing, freedBy } from './ayon-clashes';
import type { Step } from './ayon-merge';
import { merged } from './ayon-merge';
import { holderOf, inOrder, leavingOf, prerequisites, pushTo } from './ayon-order';
import type { KnownAyon, Sibling } from './ayon-shapes';
import { keyOf, parentKeyOf } from './ayon-shapes';
import type { AyonOperation } from './model';

/** Why an operation is not sent. */
export interface Refusal {
  readonly path: string;
  readonly code: 'ayon-rejected' | 'name-taken' | 'blocked-by';
  /** What is wrong, where, and how to mend it. */
  readonly sentence: string;
  /** AYON id of the entity that has to be made first. */
  readonly blockedBy?: string;
}

export interface OperationsPlan {
  /** To be sent in this order: at most one per entity, whatever it needs before it. */
  readonly operations: readonly AyonOperation[];
  /** For each wanted operation: where it is among {@link operations}, or why it is not. */
  readonly outcomes: readonly (number | Refusal)[];
}

/**
 * Makes what is wanted fit for AYON: one operation per entity, parents before children, names given up before they are
 * taken, deletes last. What AYON would refuse, or drop silently, is refused here, by path; it blocks nothing but what
 * lies below a create that is refused. Pure.
 */
export function planOperations(wanted: readonly AyonOperation[], known: KnownAyon = {}): OperationsPlan {
  return new Planning(wanted, known).plan();
}

class Planning {
  readonly #wanted: readonly AyonOperation[];
  readonly #known: KnownAyon;
  readonly #siblings: ReadonlyMap<string, Sibling>;
  readonly #steps: readonly Step[];
  readonly #byKey: ReadonlyMap<string, Step>;
  readonly #unmerged: ReadonlyMap<number, string>;
  readonly #leaving: ReadonlyMap<string, readonly Step[]>;
  readonly #refused = new Map<Step, Refusal>();
  readonly #isRemoving: boolean;
  readonly #removers = new Map<string, Step | undefined>();

  constructor(wanted: readonly AyonOperation[], known: KnownAyon) {
    const { steps, refused } = merged(wanted);
    this.#wanted = wanted;
    this.#known = known;
    this.#siblings = new Map(
      [...(known.siblings ?? [])].map((each) => [keyOf(each.entityType, each.id), each]),
    );
    this.#steps = steps;
    this.#unmerged = refused;
    this.#byKey = new Map(steps.map((step) => [step.key, step]));
    this.#isRemoving = steps.some(({ operation }) => operation.type === 'delete');
    this.#leaving = leavingOf(steps, this.#siblings);
  }

  plan(): OperationsPlan {
    this.#refuseFaults();
    this.#refuseCircles();
    this.#refuseBlocked();
    this.#refuseClashes();
    return this.#result(this.#ordered());
  }

  #refuseClashes(): void {
    clashing({ steps: this.#left(), siblings: this.#siblings }).forEach((sentence, step) =>
      this.#refuse(step, 'name-taken', sentence),
    );
    this.#refuseBlocked();
  }

  #left(): Step[] {
    return this.#steps.filter((step) => !this.#refused.has(step));
  }

  #refuse(step: Step, code: Refusal['code'], sentence: string): void {
    this.#refused.set(step, { path: step.operation.path, code, sentence });
  }

  #refuseFaults(): void {
    for (const step of this.#steps) {
      const sentence = fault(step.operation, this.#known) ?? this.#underDeleted(step);
      if (sentence !== undefined) {
        this.#refuse(step, 'ayon-rejected', sentence);
      }
    }
  }

  #underDeleted({ operation }: Step): string | undefined {
    const parent = this.#isRemoving && operation.type !== 'delete' ? parentKeyOf(operation) : undefined;
    const remover = typeof parent === 'string' ? this.#remover(parent) : undefined;
    return remover === undefined
      ? undefined
      : `${operation.path} cannot be put below ${remover.operation.path}, which is deleted together with all that it holds`;
  }

  /** The step that deletes an entity or something that it will lie in; no way is walked twice. */
  #remover(key: string): Step | undefined {
    const way: string[] = [];
    let at: string | null = key;
    let remover: Step | undefined;
    while (at !== null && remover === undefined && !this.#removers.has(at)) {
      const step = this.#byKey.get(at);
      remover = step?.operation.type === 'delete' ? step : undefined;
      this.#removers.set(at, remover);
      way.push(at);
      at = this.#parentAfter(at);
    }
    const found = remover ?? (at === null ? undefined : this.#removers.get(at));
    way.forEach((each) => this.#removers.set(each, found));
    return found;
  }

  /** Folders that would lie below themselves, as far as the operations and the known siblings tell. */
  #refuseCircles(): void {
    const state = new Map<string, 'open' | 'free'>();
    for (const { key } of this.#steps) {
      const way: string[] = [];
      let at: string | null = key;
      while (at !== null && !state.has(at)) {
        state.set(at, 'open');
        way.push(at);
        at = this.#parentAfter(at);
      }
      const circle = at !== null && state.get(at) === 'open' ? way.slice(way.indexOf(at)) : [];
      way.forEach((each) => state.set(each, 'free'));
      this.#refuseCircle(circle);
    }
  }

  #refuseCircle(circle: readonly string[]): void {
    const steps = circle.flatMap((key) => this.#byKey.get(key) ?? []);
    const paths = steps.map(({ operation }) => operation.path).join(', ');
    for (const step of steps) {
      const sentence = `${step.operation.path} would lie below itself (${paths}); give one of them another parent`;
      this.#refuse(step, 'ayon-rejected', sentence);
    }
  }

  #parentAfter(key: string): string | null {
    const operation = this.#byKey.get(key)?.operation;
    const given = operation === undefined ? undefined : parentKeyOf(operation);
    return given === undefined ? (holderOf(this.#siblings, key) ?? null) : given;
  }

  /** Whatever needs an entity that is not made, or takes away what was to leave before, at any depth. */
  #refuseBlocked(): void {
    if (this.#refused.size === 0) {
      return;
    }
    const dependents = new Map<Step, Step[]>();
    for (const step of this.#left()) {
      this.#needsOf(step).forEach((need) => pushTo(dependents, need, step));
    }
    const open = [...this.#refused.keys()];
    for (let need = open.pop(); need !== undefined; need = open.pop()) {
      for (const dependent of dependents.get(need) ?? []) {
        if (!this.#refused.has(dependent)) {
          this.#block(dependent, need);
          open.push(dependent);
        }
      }
    }
  }

  /** Steps that must succeed before this one: an entity that is only updated is there in any case. */
  #needsOf(step: Step): Step[] {
    const facts = { byKey: this.#byKey, leaving: this.#leaving };
    return prerequisites(step, facts).filter(
      ({ operation }) => step.operation.type === 'delete' || operation.type === 'create',
    );
  }

  #block(step: Step, { operation }: Step): void {
    const { path, type } = step.operation;
    this.#refused.set(step, {
      path,
      code: 'blocked-by',
      sentence:
        type === 'delete'
          ? `${path} is not deleted, because ${operation.path} has to leave it first and cannot`
          : `${path} waits for ${operation.path}, which cannot be made in AYON`,
      blockedBy: operation.entityId,
    });
  }

  /** Names that go round in a circle show only now: none of them is free first. */
  #ordered(): Step[] {
    for (;;) {
      const steps = this.#left();
      const frees = freedBy({ steps, siblings: this.#siblings });
      const facts = { byKey: this.#byKey, leaving: this.#leaving, frees };
      const { order, circles } = inOrder(steps, facts);
      if (circles.length === 0) {
        return order;
      }
      for (const circle of circles) {
        const paths = circle.map(({ operation }) => operation.path).join(', ');
        const sentence = `${paths} wait for each other's names or places; give one of them another name first`;
        circle.forEach((step) => this.#refuse(step, 'name-taken', sentence));
      }
      // What was refused keeps its name, so that others may not take it.
      this.#refuseClashes();
    }
  }

  #result(order: readonly Step[]): OperationsPlan {
    const positions = new Map(order.map((step, at) => [step, at]));
    const operations = order.map((step) => {
      const needs = this.#needsOf(step).flatMap((need) => positions.get(need) ?? []);
      return needs.length === 0 ? step.operation : { ...step.operation, needs };
    });
    const outcomes: (number | Refusal)[] = this.#wanted.map(({ path }, at) => ({
      path,
      code: 'ayon-rejected',
      sentence: this.#unmerged.get(at) ?? `${path} has the id of another entity; give it one of its own`,
    }));
    for (const step of this.#steps) {
      const outcome = positions.get(step) ?? this.#refused.get(step);
      if (outcome !== undefined) {
        step.from.forEach((at) => outcomes.splice(at, 1, outcome));
      }
    }
    return { operations, outcomes };
  }
}
