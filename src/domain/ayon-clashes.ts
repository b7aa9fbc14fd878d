import type { Step } from './ayon-merge';
import type { Sibling } from './ayon-shapes';
import { keyOf, parentKeyOf, SHAPES } from './ayon-shapes';
import type { AyonEntityType, AyonOperation } from './model';

/** Where an entity stands among its siblings once everything is written. */
interface Place {
  readonly entityType: AyonEntityType;
  readonly parent: string | null;
  /** A version's number as text. */
  readonly name: string;
}

/** Who has a name, as people know it. */
interface Holder {
  readonly key: string;
  readonly path: string;
  readonly name: string;
}

/** Representations are told apart by case, everything else is not. */
const slotOf = ({ entityType, parent, name }: Place): string =>
  `${entityType}/${parent ?? ''}/${entityType === 'representation' ? name : name.toLowerCase()}`;

/** Where an existing entity stands; undefined: it is inactive, so that its name is free. */
const placeOf = ({ entityType, parentId, name, active }: Sibling): Place | undefined =>
  keepsName(entityType, active)
    ? { entityType, parent: parentId === null ? null : keyOf(SHAPES[entityType].parent.type, parentId), name }
    : undefined;

const keepsName = (entityType: AyonEntityType, active: boolean): boolean =>
  active || entityType === 'version' || entityType === 'representation';

/** Where a step puts its entity; undefined: nowhere, or not known. */
function placeAfter({ operation }: Step, sibling: Sibling | undefined): Place | undefined {
  const { entityType, type, data } = operation;
  const name = nameIn(operation) ?? sibling?.name;
  const parent = parentAfter(operation, sibling);
  const isKept = keepsName(entityType, (data['active'] ?? sibling?.active ?? true) !== false);
  if (type === 'delete' || name === undefined || parent === undefined || !isKept) {
    return undefined;
  }
  return { entityType, parent, name };
}

function parentAfter(operation: AyonOperation, sibling: Sibling | undefined): string | null | undefined {
  const given = parentKeyOf(operation);
  return given === undefined && sibling !== undefined ? placeOf({ ...sibling, active: true })?.parent : given;
}

function nameIn({ entityType, data }: AyonOperation): string | undefined {
  const given = data[SHAPES[entityType].isNamed ? 'name' : 'version'];
  return typeof given === 'number' ? String(given) : typeof given === 'string' ? given : undefined;
}

export interface NameCheck {
  /** What is left to be written. */
  readonly steps: readonly Step[];
  /** What AYON has, by key. */
  readonly siblings: ReadonlyMap<string, Sibling>;
}

/**
 * Steps that would give an entity the name of a sibling, with a sentence each. Of two steps the earlier one gets the
 * name; a step that keeps its entity's name comes before one that takes it. What is refused keeps its old name, which
 * is then not free for others.
 */
export function clashing(check: NameCheck): Map<Step, string> {
  const names = new Names(check);
  keepersFirst(check).forEach((step) => names.take(step));
  return names.refused;
}

/** Who has which name once everything is written. */
class Names {
  readonly refused = new Map<Step, string>();
  readonly #siblings: ReadonlyMap<string, Sibling>;
  readonly #holders = new Map<string, Holder & { readonly step?: Step }>();

  constructor({ steps, siblings }: NameCheck) {
    this.#siblings = siblings;
    const written = new Set(steps.map(({ key }) => key));
    for (const [key, sibling] of siblings) {
      const place = written.has(key) ? undefined : placeOf(sibling);
      if (place !== undefined) {
        this.#holders.set(slotOf(place), { key, path: sibling.path, name: sibling.name });
      }
    }
  }

  take(step: Step): void {
    const place = placeAfter(step, this.#siblings.get(step.key));
    if (place === undefined) {
      return;
    }
    const holder = this.#holders.get(slotOf(place));
    if (holder === undefined) {
      this.#holders.set(slotOf(place), { key: step.key, path: step.operation.path, name: place.name, step });
    } else {
      this.#refuse(step, place.name, holder);
    }
  }

  #refuse(first: Step, wanted: string, by: Holder): void {
    const open = [{ step: first, wanted, by }];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      this.refused.set(next.step, sentence(next.step, next.wanted, next.by));
      const back = this.#takeBack(next.step.key);
      if (back !== undefined) {
        open.push(back);
      }
    }
  }

  /** A refused entity keeps the name that it was to give up; whoever took that already must leave it. */
  #takeBack(key: string): { step: Step; wanted: string; by: Holder } | undefined {
    const old = this.#siblings.get(key);
    const place = old && placeOf(old);
    if (old === undefined || place === undefined) {
      return undefined;
    }
    const by = { key, path: old.path, name: old.name };
    const taker = this.#holders.get(slotOf(place));
    this.#holders.set(slotOf(place), by);
    return taker?.step === undefined || taker.key === key
      ? undefined
      : { step: taker.step, wanted: taker.name, by };
  }
}

function keepersFirst({ steps, siblings }: NameCheck): Step[] {
  const keeps = (step: Step): boolean => {
    const sibling = siblings.get(step.key);
    const before = sibling && placeOf(sibling);
    const after = placeAfter(step, sibling);
    return before !== undefined && after !== undefined && slotOf(before) === slotOf(after);
  };
  const keepers = new Set(siblings.size === 0 ? [] : steps.filter(keeps));
  return [...keepers, ...steps.filter((step) => !keepers.has(step))];
}

const sentence = ({ operation }: Step, name: string, holder: Holder): string =>
  `${operation.path} would have the name "${name}", which its sibling ${holder.path} has in AYON as "${holder.name}", where names differ by more than case; rename one of the two`;

/** By name slot: the steps that free it for others. */
export function freedBy({ steps, siblings }: NameCheck): (step: Step) => Step | undefined {
  const freeing = new Map<string, Step>();
  for (const step of steps) {
    const sibling = siblings.get(step.key);
    const before = sibling && placeOf(sibling);
    if (before !== undefined) {
      freeing.set(slotOf(before), step);
    }
  }
  if (freeing.size === 0) {
    return () => undefined;
  }
  return (step) => {
    const place = placeAfter(step, siblings.get(step.key));
    const freer = place === undefined ? undefined : freeing.get(slotOf(place));
    return freer === step ? undefined : freer;
  };
}
