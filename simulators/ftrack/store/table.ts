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

function before(left: Row, right: Row, column: string): boolean {
  const [first, second] = [left.data[column], right.data[column]];
  return (first ?? '') < (second ?? '');
}

/** Rows of one family with hash indexes on columns and, once asked for, a list sorted by id. */
export class Table {
  private readonly rows = new Map<string, StoredRow>();
  private readonly indexes = new Map<string, Map<Value | undefined, Set<Row>>>();
  private ordered: Row[] | undefined;
  private readonly sortColumn: string;
  /** Counts changes; caches compare it. */
  version = 0;

  constructor(indexed: Iterable<string>, sortColumn: string) {
    for (const column of [typeIndex, ...indexed]) {
      this.indexes.set(column, new Map());
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

  /** Rows with this value in an indexed column. */
  where(column: string, value: Value | undefined): ReadonlySet<Row> {
    return this.indexes.get(column)?.get(value) ?? nothing;
  }

  insert(row: Row): void {
    this.version += 1;
    this.rows.set(row.key, row as StoredRow);
    for (const [column, index] of this.indexes) {
      this.enter(index, column === typeIndex ? row.type : row.data[column], row);
    }
    if (this.ordered) {
      this.ordered.splice(this.position(row), 0, row);
    }
  }

  remove(row: Row): void {
    this.version += 1;
    this.rows.delete(row.key);
    for (const [column, index] of this.indexes) {
      this.leave(index, column === typeIndex ? row.type : row.data[column], row);
    }
    if (this.ordered) {
      this.ordered.splice(this.ordered.indexOf(row, Math.max(0, this.position(row) - 1)), 1);
    }
  }

  /** `undefined` removes the value. */
  set(row: Row, column: string, value: Value | undefined): void {
    this.version += 1;
    const stored = row as StoredRow;
    const index = this.indexes.get(column);
    if (index) {
      this.leave(index, stored.data[column], row);
      this.enter(index, value, row);
    }
    if (value === undefined) {
      delete stored.data[column];
    } else {
      stored.data[column] = value;
    }
  }

  /** Rows sorted by id (the sort column), from the first whose id is greater than `after`. */
  *sorted(after?: Value): Iterable<Row> {
    const rows = this.inOrder();
    let position = 0;
    if (after !== undefined) {
      position = this.position({ type: '', key: '', data: { [this.sortColumn]: after } });
      while (position < rows.length && (rows[position]?.data[this.sortColumn] ?? '') <= (after ?? '')) {
        position += 1;
      }
    }
    for (; position < rows.length; position += 1) {
      yield rows[position] as Row;
    }
  }

  /** Rows sorted by id, the greatest first. */
  *sortedDown(): Iterable<Row> {
    const rows = this.inOrder();
    for (let position = rows.length - 1; position >= 0; position -= 1) {
      yield rows[position] as Row;
    }
  }

  private inOrder(): readonly Row[] {
    this.ordered ??= [...this.rows.values()].sort((left, right) =>
      before(left, right, this.sortColumn) ? -1 : 1,
    );
    return this.ordered;
  }

  /** First position whose row is not before the given one. */
  private position(row: Row): number {
    const rows = this.ordered ?? [];
    let [low, high] = [0, rows.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (before(rows[middle] as Row, row, this.sortColumn)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private enter(index: Map<Value | undefined, Set<Row>>, value: Value | undefined, row: Row): void {
    const rows = index.get(value);
    if (rows) {
      rows.add(row);
    } else {
      index.set(value, new Set([row]));
    }
  }

  private leave(index: Map<Value | undefined, Set<Row>>, value: Value | undefined, row: Row): void {
    const rows = index.get(value);
    rows?.delete(row);
    if (rows?.size === 0) {
      index.delete(value);
    }
  }
}
