import { permissionError } from '../errors';
import type { Reader } from '../store/reader';
import type { Row } from '../store/table';
import type { Transaction } from '../store/transaction';

/** Who sent a batch, and the tokens that come back in its events. */
export interface Caller {
  readonly username: string;
  readonly userId: string;
  readonly strict: boolean;
  readonly clientToken: string | null;
  readonly pushToken: string | null;
  /** Base address under which the client reached the server; undefined for work in this process. */
  readonly origin?: string;
}

/** One running batch. */
export interface Work {
  readonly transaction: Transaction;
  readonly reader: Reader;
  readonly caller: Caller;
  /** Runs once the whole batch is committed: for what a rollback could not take back. */
  afterCommit(effect: () => void): void;
}

/** @throws FtrackError when the caller may not touch the row's project */
export function assertWritable(work: Work, row: Row): void {
  if (!work.reader.sees(row)) {
    throw permissionError(`User ${work.caller.username} has no permission to change ${row.type} ${row.key}.`);
  }
}
