import { codeOf } from '../../errors';
import type { FtrackOperation, FtrackSession } from './session';

export interface ValueWrite {
  readonly configurationId: string;
  readonly entityId: string;
  readonly value: string | boolean;
  /** Whether a row is stored already. */
  readonly exists: boolean;
}

/** What ftrack refused, per entity. */
export interface RefusedWrite {
  readonly entityId: string;
  readonly message: string;
}

/** Operations per request; ftrack treats a request as one transaction. */
const BATCH = 200;

/**
 * Stores custom attribute values. A batch that ftrack refuses is halved, so that one entity that is gone or locked
 * keeps no other from its values.
 * @returns what ftrack refused even alone.
 */
export async function writeValues(
  session: FtrackSession,
  writes: readonly ValueWrite[],
  signal: AbortSignal,
): Promise<RefusedWrite[]> {
  const refused: RefusedWrite[] = [];
  for (let from = 0; from < writes.length; from += BATCH) {
    refused.push(...(await halving(session, writes.slice(from, from + BATCH), signal)));
  }
  return refused;
}

async function halving(
  session: FtrackSession,
  writes: readonly ValueWrite[],
  signal: AbortSignal,
): Promise<RefusedWrite[]> {
  try {
    await session.call({ operations: writes.map(toOperation), what: 'writing custom attributes' }, signal);
    return [];
  } catch (error) {
    const [only, second] = writes;
    if (codeOf(error) !== 'ftrack-rejected' || only === undefined) {
      throw error;
    }
    if (second === undefined) {
      return otherwise(session, { write: only, refusal: error }, signal);
    }
    const middle = Math.ceil(writes.length / 2);
    const first = await halving(session, writes.slice(0, middle), signal);
    return [...first, ...(await halving(session, writes.slice(middle), signal))];
  }
}

/** A row may have come or gone since it was read: what cannot be created is updated, and the other way round. */
async function otherwise(
  session: FtrackSession,
  { write, refusal }: { readonly write: ValueWrite; readonly refusal: unknown },
  signal: AbortSignal,
): Promise<RefusedWrite[]> {
  try {
    const operations = [toOperation({ ...write, exists: !write.exists })];
    await session.call({ operations, what: 'writing custom attributes' }, signal);
    return [];
  } catch (error) {
    if (codeOf(error) !== 'ftrack-rejected') {
      throw error;
    }
    const message = refusal instanceof Error ? refusal.message : String(refusal);
    return [{ entityId: write.entityId, message }];
  }
}

const TYPE = 'CustomAttributeValue';

function toOperation({ configurationId, entityId, value, exists }: ValueWrite): FtrackOperation {
  return exists
    ? {
        action: 'update',
        entity_type: TYPE,
        entity_key: [configurationId, entityId],
        entity_data: { __entity_type__: TYPE, value },
      }
    : {
        action: 'create',
        entity_type: TYPE,
        entity_data: { __entity_type__: TYPE, configuration_id: configurationId, entity_id: entityId, value },
      };
}
