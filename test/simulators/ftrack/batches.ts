import type { Hand, Operation } from '../../../simulators/ftrack/hand';

export type Entity = Record<string, unknown>;

export function creation(type: string, data: object): Operation {
  return { action: 'create', entity_type: type, entity_data: { __entity_type__: type, ...data } };
}

export function change(type: string, key: string | readonly string[], data: object): Operation {
  return { action: 'update', entity_type: type, entity_key: [key].flat(), entity_data: data };
}

export function deletion(type: string, key: string | readonly string[]): Operation {
  return { action: 'delete', entity_type: type, entity_key: [key].flat() };
}

/** Short ways to what one person does and sees. */
export interface Desk {
  /** The one entity that a query finds. */
  readonly one: (expression: string) => Entity;
  /** `data` of each result of one batch. */
  readonly batch: (...operations: readonly Operation[]) => Entity[];
  readonly userId: (username: string) => string;
  /** A name that nothing else has. */
  readonly fresh: (prefix: string) => string;
  readonly newShot: () => string;
  readonly newAsset: (contextId: string) => string;
}

/** @param hand looked up at each call, so that it can change between tests */
export function desk(hand: () => Hand): Desk {
  let count = 0;
  const fresh = (prefix: string): string => {
    count += 1;
    return `${prefix}${String(count)}`;
  };
  return {
    one: (expression) => {
      const found = hand().query(expression);
      expect(found).toHaveLength(1);
      return found[0] ?? {};
    },
    batch: (...operations) => (hand().batch(operations) as { data: Entity }[]).map(({ data }) => data),
    userId: (username) => hand().idOf('User', username, 'username'),
    fresh,
    newShot: () =>
      hand().createShot({ parent: hand().findByPath('nordlicht/sq020').id, name: fresh('shot') }),
    newAsset: (contextId) => {
      const [type] = hand().query('AssetType');
      return hand().create('Asset', { name: fresh('asset'), context_id: contextId, type_id: type?.['id'] });
    },
  };
}
