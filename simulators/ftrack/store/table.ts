import type { Data, Value } from '../values';
import { SortedRows } from './sorted-rows';

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

/** Rows by a value. Most values are of a single row (files of a version, values of an entity): those need no set. */
class Index {
  private readonly entries = new Map<Value, Row | Set<Row>>();
  private readonly sorted = new Map<Value, SortedRows<Row>>();

  of(value: Value): ReadonlySet<Row> {
    const entry = this.entries.get(value);
    return entry === undefined ? nothing : entry instanceof Set ? entry : new Set([entry]);
  }

  /** The rows in the order of all; once asked for, they are kept so. */
  inOrder(value: Value, all: SortedRows<Row>): SortedRows<Row> {
    const known = this.sorted.get(value);
    if (known) {
      return known;
    }
    const rows = this.of(value);
    const sorted = all.only((row) => rows.has(row));
    this.sorted.set(value, sorted);
    return sorted;
  }

  /** What has no value is not found by it either. */
  enter(value: Value | undefined, row: Row): void {
    if (value === undefined || value === null) {
      return;
    }
    this.sorted.get(value)?.insert(row);
    const entry = this.entries.get(value);
    if (entry === undefined) {
      this.entries.set(value, row);
    } else if (entry instanceof Set) {
      entry.add(row);
    } else if (entry !== row) {
      this.entries.set(value, new Set([entry, row]));
    }
  }

  clear(): void {
    this.entries.clear();
    this.sorted.clear();
  }

  leave(value: Value | undefined, row: Row): void {
    this.sorted.get(value ?? null)?.remove(row);
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
  private ordered: SortedRows<Row> | undefined;
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
    this.ordered?.insert(row);
  }

  remove(row: Row): void {
    this.version += 1;
    this.rows.delete(row.key);
    for (const [column, index] of this.indexes) {
      index.leave(column === typeIndex ? row.type : row.data[column], row);
    }
    this.ordered?.remove(row);
  }

  /** Takes all rows out. */
  clear(): void {
    this.version += 1;
    this.rows.clear();
    this.ordered = undefined;
    for (const index of this.indexes.values()) {
      index.clear();
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

  /** All rows sorted by id (the sort column). */
  inOrder(): SortedRows<Row> {
    this.ordered ??= new SortedRows(this.rows.values(), this.sortColumn);
    return this.ordered;
  }

  /** Rows with this value in an indexed column, sorted by id: worth it where they are many. */
  whereInOrder(column: string, value: Value): SortedRows<Row> | undefined {
    return this.indexes.get(column)?.inOrder(value, this.inOrder());
  }
}
