import type { Data, Value } from '../values';

/** Bounds of the sort column; those left out are open. */
export interface KeyRange {
  readonly low?: { readonly value: Value; readonly included: boolean };
  readonly high?: { readonly value: Value; readonly included: boolean };
}

interface Sortable {
  readonly data: Readonly<Data>;
}

type SortKey = string | number | boolean;

function sortKey(value: Value | undefined): SortKey {
  return typeof value === 'object' || value === undefined ? '' : value;
}

/** Rows in the order of one column, kept so while rows come and go. */
export class SortedRows<Row extends Sortable> {
  private readonly column: string;
  private readonly rows: Row[];

  constructor(rows: Iterable<Row>, column: string) {
    this.column = column;
    const keyed = [...rows].map((row) => ({ row, key: sortKey(row.data[column]) }));
    keyed.sort((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0));
    this.rows = keyed.map(({ row }) => row);
  }

  /** Some of the rows, sorted in their own right from now on. */
  only(wanted: (row: Row) => boolean): SortedRows<Row> {
    // Sorting what is sorted takes one look at each.
    return new SortedRows(this.rows.filter(wanted), this.column);
  }

  insert(row: Row): void {
    this.rows.splice(this.position(row.data[this.column], 'after'), 0, row);
  }

  remove(row: Row): void {
    const at = this.rows.indexOf(row, this.position(row.data[this.column], 'before'));
    if (at >= 0) {
      this.rows.splice(at, 1);
    }
  }

  /** Where the rows within these bounds begin and end. */
  range({ low, high }: KeyRange): { start: number; end: number } {
    const start = low === undefined ? 0 : this.position(low.value, low.included ? 'before' : 'after');
    const end =
      high === undefined ? this.rows.length : this.position(high.value, high.included ? 'after' : 'before');
    return { start, end: Math.max(start, end) };
  }

  *slice(part: { start: number; end: number; descending: boolean }): Iterable<Row> {
    for (let step = 0; step < part.end - part.start; step += 1) {
      yield this.rows[part.descending ? part.end - 1 - step : part.start + step] as Row;
    }
  }

  /** First position whose key is not below the value, or (`after`) is above it. */
  private position(value: Value | undefined, side: 'before' | 'after'): number {
    const wanted = sortKey(value);
    let [low, high] = [0, this.rows.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const key = sortKey(this.rows[middle]?.data[this.column]);
      if (key < wanted || (side === 'after' && key === wanted)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
