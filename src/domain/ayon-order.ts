import type { Step } from './ayon-merge';
import type { Sibling } from './ayon-shapes';
import { keyOf, parentKeyOf, referencesOf, SHAPES } from './ayon-shapes';

export interface OrderFacts {
  readonly byKey: ReadonlyMap<string, Step>;
  /** The step that gives up the name which a step takes. */
  readonly frees: (step: Step) => Step | undefined;
  /** By key of an entity: the steps that take something out of it. */
  readonly leaving: ReadonlyMap<string, readonly Step[]>;
}

export interface Order {
  readonly order: Step[];
  /** Steps that wait for each other. */
  readonly circles: Step[][];
}

/**
 * Each step after those that it needs: what it lies in, what gives up its name, and for a delete whatever leaves the
 * entity before. Apart from that: folders first, then tasks, products, versions, representations, each in the given
 * order; then deletes, what lies deepest first.
 */
export function inOrder(steps: readonly Step[], facts: OrderFacts): Order {
  const present = new Set(steps);
  const needs = (step: Step): Step[] => {
    const freer = step.operation.type === 'delete' ? undefined : facts.frees(step);
    const all = [...prerequisites(step, facts), ...(freer === undefined ? [] : [freer])];
    return all.filter((each) => present.has(each));
  };
  const writes = steps.filter(({ operation }) => operation.type !== 'delete');
  const deletes = steps.filter(({ operation }) => operation.type === 'delete');
  const ranked = [
    ...writes.toSorted((a, b) => rankOf(a) - rankOf(b)),
    ...deletes.toSorted((a, b) => rankOf(b) - rankOf(a) || depthOf(b) - depthOf(a)),
  ];
  return walk(ranked, needs);
}

/** Without these, a step cannot be done: what it lies in, or for a delete what must not go with it. */
export const prerequisites = (
  { key, operation }: Step,
  { byKey, leaving }: Pick<OrderFacts, 'byKey' | 'leaving'>,
): readonly Step[] =>
  operation.type === 'delete'
    ? (leaving.get(key) ?? [])
    : referencesOf(operation)
        .flatMap((reference) => byKey.get(reference) ?? [])
        // Deletes come last: what is taken away needs not be waited for.
        .filter((step) => step.operation.type !== 'delete');

const rankOf = ({ operation }: Step): number => SHAPES[operation.entityType].rank;

const depthOf = ({ operation }: Step): number => operation.path.split('/').length;

/** By key of an entity that is deleted: the steps that take something out of it, from whatever depth. */
export function leavingOf(
  steps: readonly Step[],
  siblings: ReadonlyMap<string, Sibling>,
): Map<string, Step[]> {
  const leaving = new Map<string, Step[]>();
  const removed = new Set(steps.filter(({ operation }) => operation.type === 'delete').map(({ key }) => key));
  const isMove = ({ operation }: Step): boolean =>
    operation.type === 'update' && parentKeyOf(operation) !== undefined;
  for (const step of removed.size === 0 || siblings.size === 0 ? [] : steps.filter(isMove)) {
    const way = new Set<string>();
    for (let from = holderOf(siblings, step.key); from !== undefined; from = holderOf(siblings, from)) {
      if (way.has(from)) {
        break;
      }
      way.add(from);
      if (removed.has(from)) {
        pushTo(leaving, from, step);
      }
    }
  }
  return leaving;
}

/** Key of what an existing entity lies in; undefined: the top of the project, or not known. */
export function holderOf(siblings: ReadonlyMap<string, Sibling>, key: string): string | undefined {
  const { entityType, parentId } = siblings.get(key) ?? {};
  return entityType === undefined || parentId === undefined || parentId === null
    ? undefined
    : keyOf(SHAPES[entityType].parent.type, parentId);
}

/** Adds to the list of a key. */
export function pushTo<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) {
    lists.set(key, [value]);
  } else {
    list.push(value);
  }
}

interface Visit {
  readonly step: Step;
  readonly needs: readonly Step[];
  next: number;
}

/** Depth first without recursion: a hierarchy may be as deep as it likes. */
function walk(steps: readonly Step[], needs: (step: Step) => readonly Step[]): Order {
  const order: Step[] = [];
  const circles: Step[][] = [];
  const state = new Map<Step, 'open' | 'done'>();
  const way: Visit[] = [];
  const enter = (step: Step): void => {
    state.set(step, 'open');
    way.push({ step, needs: needs(step), next: 0 });
  };
  for (const root of steps) {
    if (!state.has(root)) {
      enter(root);
    }
    for (let visit = way.at(-1); visit !== undefined; visit = way.at(-1)) {
      const need = visit.needs[visit.next];
      visit.next += 1;
      if (need === undefined) {
        state.set(visit.step, 'done');
        order.push(visit.step);
        way.pop();
      } else if (!state.has(need)) {
        enter(need);
      } else if (state.get(need) === 'open') {
        circles.push(way.slice(way.findIndex(({ step }) => step === need)).map(({ step }) => step));
      }
    }
  }
  return { order, circles };
}
