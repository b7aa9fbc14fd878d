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

/** Whoever closes a project to others keeps access to it; how ftrack does that is not known. */
export function keepAccess(work: Work, project: Row): void {
  const { store } = work.reader;
  const { username, userId } = work.caller;
  if (project.data['is_private'] !== true || store.access.mayRead(username, project.key)) {
    return;
  }
  const [role] = store.tableOf('UserSecurityRole').where('user_id', userId);
  if (role) {
    work.transaction.insert('UserSecurityRoleProject', {
      id: crypto.randomUUID(),
      user_security_role_id: role.key,
      project_id: project.key,
    });
  }
}
