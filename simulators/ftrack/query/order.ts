import type { Attribute } from '../schema/notation';
import type { Row } from '../store/table';
import type { Value } from '../values';
import { asText, folded } from '../values';
import type { Order } from './ast';
import { isIdentifier, wholeSeconds } from './comparison';
import { resolvePath, valuesOf } from './path-values';
import type { Scope } from './scope';

/** Up to this many wanted rows are kept in order while the others pass by; for more, sorting all is faster. */
const keptInOrder = 2_000;

interface Keyed {
  readonly row: Row;
  readonly keys: readonly Value[];
}

/** Nothing comes first. */
export function compareValues(left: Value, right: Value): number {
  if (left === right) {
    return 0;
  }
  if (left === null || right === null) {
    return left === null ? -1 : 1;
  }
  if (typeof left === 'number' && typeof right === 'number') {
    return left - right;
  }
  const [first, second] = [asText(left), asText(right)];
  return first === second ? 0 : first < second ? -1 : 1;
}

/** The form in which values of an attribute sort: ids exactly and moments by the second, as both compare. */
export function sortForm(attribute: Attribute | undefined): (value: Value) => Value {
  if (attribute?.kind !== 'scalar' || isIdentifier(attribute)) {
    return (value) => value;
  }
  const form = attribute.type === 'dt' ? (text: string) => text.slice(0, wholeSeconds) : folded;
  return (value) => (typeof value === 'string' ? form(value) : value);
}

/** Where a path leads to several values, the first one counts. */
function sortKey(scope: Scope, type: string, { path }: Order): (row: Row) => Value {
  const form = sortForm(resolvePath(scope, type, path).at(-1)?.attribute);
  const values = valuesOf(scope, type, path);
  return (row) => form(values(row)[0] ?? null);
}

function comparison(orders: readonly Order[]): (left: Keyed, right: Keyed) => number {
  return (left, right) => {
    for (const [index, order] of orders.entries()) {
      const result = compareValues(left.keys[index] ?? null, right.keys[index] ?? null);
      if (result !== 0) {
        return order.descending ? -result : result;
      }
    }
    return 0;
  };
}

type Compare = (left: Keyed, right: Keyed) => number;

/** Puts a row among the first ones, unless it comes after all of them and they are enough. */
function keep(kept: Keyed[], row: Keyed, limits: { most: number; compare: Compare }): void {
  const { most, compare } = limits;
  let [low, high] = [0, kept.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(kept[middle] as Keyed, row) <= 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low < most) {
    kept.splice(low, 0, row);
    kept.length = Math.min(kept.length, most);
  }
}

type Sorter = (rows: Iterable<Row>, most: number) => Row[];

/** Sorts rows of a type and gives the first ones; rows that compare equal keep their order. */
export function sorter(scope: Scope, type: string, orders: readonly Order[]): Sorter {
  const keys = orders.map((order) => sortKey(scope, type, order));
  const compare = comparison(orders);
  return (rows, most) => {
    const kept: Keyed[] = [];
    for (const row of rows) {
      const keyed = { row, keys: keys.map((key) => key(row)) };
      if (most <= keptInOrder) {
        keep(kept, keyed, { most, compare });
      } else {
        kept.push(keyed);
      }
    }
    const ordered = most <= keptInOrder ? kept : kept.sort(compare).slice(0, most);
    return ordered.map(({ row }) => row);
  };
}
