import { validationError } from '../../errors';
import type { Row } from '../../store/table';
import { isRecord } from '../../values';
import type { Work } from '../caller';
import { assertWritable } from '../caller';
import type { OperationHandlers } from '../registry';
import type { SentOperation } from '../write';

/** @throws FtrackError when the operation does not have it as a text */
export function textOf(operation: SentOperation, name: string): string {
  const value = operation[name];
  if (typeof value !== 'string' || value === '') {
    throw validationError(`Operation ${String(operation['action'])} needs "${name}" that is a text.`);
  }
  return value;
}

/** @returns undefined for a value that is missing or null */
export function optionalTextOf(operation: SentOperation, name: string): string | undefined {
  const value = operation[name] ?? undefined;
  return value === undefined ? undefined : textOf(operation, name);
}

/**
 * The entity whose id the operation has under this name.
 *
 * @throws FtrackError when there is none that the caller may see
 */
export function rowOf(work: Work, operation: SentOperation, wanted: { name: string; type: string }): Row {
  const id = textOf(operation, wanted.name);
  const row = work.reader.store.find(wanted.type, id);
  if (!row || !work.reader.sees(row)) {
    throw validationError(`There is no ${wanted.type} ${id} ("${wanted.name}" of the operation).`);
  }
  return row;
}

/** As `rowOf`; also refuses what the caller may not change. */
export function writableRowOf(
  work: Work,
  operation: SentOperation,
  wanted: { name: string; type: string },
): Row {
  const row = rowOf(work, operation, wanted);
  assertWritable(work, row);
  return row;
}

/** Each answer repeats the `metadata` that came with its operation. */
export function echoingMetadata(handlers: OperationHandlers): OperationHandlers {
  const echoing = Object.entries(handlers).map(([action, handler]): [string, typeof handler] => [
    action,
    (work, operation) => {
      const answer = handler(work, operation);
      const { metadata } = operation;
      return isRecord(metadata) && isRecord(answer) ? { ...answer, metadata } : answer;
    },
  ]);
  return Object.fromEntries(echoing);
}
