import { FtrackError, validationError } from '../errors';
import { isRecord } from '../values';
import type { Work } from './caller';
import type { SentOperation } from './write';

/** Does one operation of a batch; the result is what the client gets for it. Throws FtrackError to refuse the batch. */
export type OperationHandler = (work: Work, operation: SentOperation) => unknown;

/** Handlers by the text of `action`. */
export type OperationHandlers = Readonly<Record<string, OperationHandler>>;

/** The operations that a workspace knows. */
export class OperationRegistry {
  private readonly handlers = new Map<string, OperationHandler>();

  /** @throws Error when an action has a handler already */
  add(handlers: OperationHandlers): void {
    for (const [action, handler] of Object.entries(handlers)) {
      if (this.handlers.has(action)) {
        throw new Error(`The operation ${action} has two handlers; each action is registered once.`);
      }
      this.handlers.set(action, handler);
    }
  }

  perform(work: Work, operation: unknown): unknown {
    const action = isRecord(operation) ? operation['action'] : undefined;
    if (!isRecord(operation) || typeof action !== 'string') {
      throw validationError('An operation must be an object with an "action".');
    }
    const handler = this.handlers.get(action);
    if (!handler) {
      // The Python client looks for exactly this text to tell an old server.
      throw new FtrackError('ValueError', `Invalid action u'${action}'`, { status: 422 });
    }
    return handler(work, operation);
  }
}
