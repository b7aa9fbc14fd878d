import type { Data, Value } from '../values';

/** One stored entity. `data` holds only attributes that were set or have a default. */
export interface Row {
  /** Concrete entity type. */
  readonly type: string;
  /** Primary key values joined with `|`. */
  readonly key: string;
  readonly data: Readonly<Data>;
}

interface StoredRow extends Row {
  readonly data: Data;
}

/** Index name of the concrete entity type. */
export const typeIndex = '$type';

const nothing: ReadonlySet<Row> = new Set();

/** Bounds of the sort column; those left out are open. */
export interface KeyRange {
  readonly low?: { readonly value: Value; readonly included: boolean };
  readonly high?: { readonly value: Value; readonly included: boolean };
}

type SortKey = string | number | boolean;

function sortKey(value: Value | undefined): SortKey {
  return typeof value === 'object' || value === undefined ? '' : value;
}

/** Rows by a value. Most values are of a single row (files of a version, values of an entity): those need no set. */
class Index {
  private readonly entries = new Map<Value, Row | Set<Row>>();

  of(value: Value): ReadonlySet<Row> {
    const entry = this.entries.get(value);
    return entry === undefined ? nothing : entry instanceof Set ? entry : new Set([entry]);
  }

  /** What has no value is not found by it either. */
  enter(value: Value | undefined, row: Row): void {
    if (value === undefined || value === null) {
      return;
    }
    const entry = this.entries.get(value);
    if (entry === undefined) {
      this.entries.set(value, row);
    } else if (entry instanceof Set) {
      entry.add(row);
    } else if (entry !== row) {
      this.entries.set(value, new Set([entry, row]));
    }
  }

  leave(value: Value | undefined, row: Row): void {
    const entry = this.entries.get(value ?? null);
    if (entry instanceof Set) {
      entry.delete(row);
    }
    if (entry === row || (entry instanceof Set && entry.size === 0)) {
      this.entries.delete(value ?? null);
    }
  }
}

/** Rows of one family with hash indexes on columns and, once asked for, a list sorted by id. */
export class Table {
  private readonly rows = new Map<string, StoredRow>();
  private readonly indexes = new Map<string, Index>();
  private ordered: Row[] | undefined;
  private readonly sortColumn: string;
  /** Counts changes; caches compare it. */
  version = 0;

  constructor(indexed: Iterable<string>, sortColumn: string) {
    for (const column of [typeIndex, ...indexed]) {
      this.indexes.set(column, new Index());
    }
    this.sortColumn = sortColumn;
  }

  get size(): number {
    return this.rows.size;
  }

  get(key: string): Row | undefined {
    return this.rows.get(key);
  }

  all(): Iterable<Row> {
    return this.rows.values();
  }

  isIndexed(column: string): boolean {
    return this.indexes.has(column);
  }

  /** Rows with this value in an indexed column; none for no value. */
  where(column: string, value: Value | undefined): ReadonlySet<Row> {
    return this.indexes.get(column)?.of(value ?? null) ?? nothing;
  }

  insert(row: Row): void {
    this.version += 1;
    this.rows.set(row.key, row as StoredRow);
    for (const [column, index] of this.indexes) {
      index.enter(column === typeIndex ? row.type : row.data[column], row);
    }
    if (this.ordered) {
      this.ordered.splice(this.position(row.data[this.sortColumn], 'after'), 0, row);
    }
  }

  remove(row: Row): void {
    this.version += 1;
    this.rows.delete(row.key);
    for (const [column, index] of this.indexes) {
      index.leave(column === typeIndex ? row.type : row.data[column], row);
    }
    if (this.ordered) {
      this.ordered.splice(this.ordered.indexOf(row, this.position(row.data[this.sortColumn], 'before')), 1);
    }
  }

  /** `undefined` removes the value. */
  set(row: Row, column: string, value: Value | undefined): void {
    this.version += 1;
    const stored = row as StoredRow;
    const index = this.indexes.get(column);
    if (index) {
      index.leave(stored.data[column], row);
      index.enter(value, row);
    }
    if (value === undefined) {
      delete stored.data[column];
    } else {
      stored.data[column] = value;
    }
  }

  /** Where the rows within these bounds begin and end in the list sorted by id (the sort column). */
  range({ low, high }: KeyRange): { start: number; end: number } {
    const rows = this.inOrder();
    const start = low === undefined ? 0 : this.position(low.value, low.included ? 'before' : 'after');
    const end =
      high === undefined ? rows.length : this.position(high.value, high.included ? 'after' : 'before');
    return { start, end: Math.max(start, end) };
  }

  /** A part of the list sorted by id. */
  *sorted(part: { start: number; end: number; descending: boolean }): Iterable<Row> {
    const rows = this.inOrder();
    for (let step = 0; step < part.end - part.start; step += 1) {
      yield rows[part.descending ? part.end - 1 - step : part.start + step] as Row;
    }
  }

  private inOrder(): readonly Row[] {
    if (this.ordered === undefined) {
      const column = this.sortColumn;
      const keyed = [...this.rows.values()].map((row) => ({ row, key: sortKey(row.data[column]) }));
      keyed.sort((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0));
      this.ordered = keyed.map(({ row }) => row);
    }
    return this.ordered;
  }

  /** First position in the sorted list whose key is not below the value, or (`after`) is above it. */
  private position(value: Value | undefined, side: 'before' | 'after'): number {
    const rows = this.inOrder();
    const wanted = sortKey(value);
    let [low, high] = [0, rows.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const key = sortKey(rows[middle]?.data[this.sortColumn]);
      if (key < wanted || (side === 'after' && key === wanted)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
