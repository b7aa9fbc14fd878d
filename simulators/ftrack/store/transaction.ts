import type { Data, Value } from '../values';
import type { Store } from './store';
import type { Row, Table } from './table';

/** What a transaction did to one row. */
export interface Change {
  readonly row: Row;
  /** The state before; undefined for a new row. */
  readonly before: Readonly<Data> | undefined;
  removed: boolean;
}

/** Writes of one batch, undone as a whole when something in it fails. */
export class Transaction {
  readonly store: Store;
  private readonly journal = new Map<Row, Change>();
  private readonly removed = new Map<Table, Set<string>>();

  constructor(store: Store) {
    this.store = store;
  }

  /** Changes in the order of first touch; rows that came and went are left out. */
  changes(): Change[] {
    return [...this.journal.values()].filter((change) => change.before !== undefined || !change.removed);
  }

  insert(type: string, data: Data): Row {
    const row: Row = { type, key: this.store.keyOf(type, data), data };
    this.store.tableOf(type).insert(row);
    this.journal.set(row, { row, before: undefined, removed: false });
    return row;
  }

  set(row: Row, column: string, value: Value | undefined): void {
    if (row.data[column] !== value) {
      this.remember(row);
      this.store.tableOf(row.type).set(row, column, value);
    }
  }

  remove(row: Row): void {
    this.remember(row).removed = true;
    const table = this.store.tableOf(row.type);
    table.remove(row);
    this.removed.set(table, (this.removed.get(table) ?? new Set()).add(row.key));
  }

  /** Whether this batch removed the row, itself or with something else. */
  hasRemoved(type: string, key: string): boolean {
    return this.removed.get(this.store.tableOf(type))?.has(key) ?? false;
  }

  rollback(): void {
    for (const change of [...this.journal.values()].reverse()) {
      this.undo(change);
    }
    this.journal.clear();
  }

  private remember(row: Row): Change {
    let change = this.journal.get(row);
    if (!change) {
      change = { row, before: { ...row.data }, removed: false };
      this.journal.set(row, change);
    }
    return change;
  }

  private undo(change: Change): void {
    const table = this.store.tableOf(change.row.type);
    if (change.before === undefined) {
      if (!change.removed) {
        table.remove(change.row);
      }
      return;
    }
    if (change.removed) {
      table.insert(change.row);
    }
    for (const column of new Set([...Object.keys(change.row.data), ...Object.keys(change.before)])) {
      table.set(change.row, column, change.before[column]);
    }
  }
}
