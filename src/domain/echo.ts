import type { FtrackEvent } from '../contracts/messages';

/** By what our own writes are known. */
export interface OwnMarks {
  /** The client token of this installation. */
  readonly clientToken: string;
  /** ftrack id of the user we write as, where known. */
  readonly userId?: string;
  /** Attributes that nobody but us writes. */
  readonly attributes: readonly string[];
}

/**
 * Whether an event is the echo of our own write: it bears our token, or, where ftrack does not return tokens, it comes
 * from our user and changes nothing but our own marks. Never by the user alone: a studio may let people or other tools
 * share that user.
 */
export function isOwnEcho(event: FtrackEvent, own: OwnMarks): boolean {
  if (event.clientToken !== undefined) {
    return event.clientToken === own.clientToken;
  }
  if (own.userId === undefined || event.user.id !== own.userId || event.entities.length === 0) {
    return false;
  }
  return event.entities.every((entity) => {
    const keys = [...(entity.keys ?? []), ...Object.keys(entity.changes ?? {})];
    return entity.action === 'update' && keys.length > 0 && keys.every((key) => own.attributes.includes(key));
  });
}
