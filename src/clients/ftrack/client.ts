import type { LogEntry, LogMark } from '../../domain/model';
import type { LogEnds } from './event-log';
import { readLogEnds, readLogEntries, readLogMarks } from './event-log';
import type { Facts, State, StateQuery } from './read';
import { readFacts, readState } from './read';
import type { FtrackSessionOptions } from './session';
import { FtrackSession } from './session';
import type { RefusedWrite, ValueWrite } from './write';
import { writeValues } from './write';

/** ftrack as the activities use it. Every method throws failures of the error table only. */
export interface FtrackClient {
  isThere(signal: AbortSignal): Promise<boolean>;
  facts(signal: AbortSignal): Promise<Facts>;
  state(query: StateQuery, signal: AbortSignal): Promise<State>;
  logEnds(signal: AbortSignal): Promise<LogEnds>;
  logMarks(from: { readonly above: number; readonly limit: number }, signal: AbortSignal): Promise<LogMark[]>;
  logEntries(ids: readonly number[], signal: AbortSignal): Promise<LogEntry[]>;
  writeValues(writes: readonly ValueWrite[], signal: AbortSignal): Promise<RefusedWrite[]>;
}

/** Opens its session with the first use; nothing is sent before. */
export function createFtrackClient(options: FtrackSessionOptions): FtrackClient {
  const session = new FtrackSession(options);
  return {
    isThere: (signal) => session.isThere(signal),
    facts: (signal) => readFacts(session, signal),
    state: (query, signal) => readState(session, query, signal),
    logEnds: (signal) => readLogEnds(session, signal),
    logMarks: (from, signal) => readLogMarks(session, from, signal),
    logEntries: (ids, signal) => readLogEntries(session, ids, signal),
    writeValues: (writes, signal) => writeValues(session, writes, signal),
  };
}
