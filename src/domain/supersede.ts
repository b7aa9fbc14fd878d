import type { FtrackEvent } from '../contracts/messages';
import type { Scope } from '../contracts/queue';

/** A scope of more entities is not carried around: such an event is then never superseded, only retried. */
const MAX_ENTITIES = 200;

type Attributes = Scope[string];

/** Actions that concern the attributes they name; a move is an update of the parent. */
const PARTIAL = new Set(['update', 'move']);

/** What an event is about: the attributes it names, or the whole entity when that came or went. */
export const scopeOf = (event: FtrackEvent): Scope | undefined =>
  mergeScopes(
    event.entities.map(({ entityId, action, keys }) => ({
      [entityId]: PARTIAL.has(action) && keys?.length ? keys : '*',
    })),
  );

/** The union of scopes; undefined when it is empty or too large to be carried around. */
export function mergeScopes(scopes: ReadonlyArray<Scope | undefined>): Scope | undefined {
  const merged = new Map<string, Attributes>();
  for (const [entity, attributes] of scopes.flatMap((scope) => Object.entries(scope ?? {}))) {
    const known = merged.get(entity) ?? [];
    merged.set(entity, known === '*' || attributes === '*' ? '*' : [...new Set([...known, ...attributes])]);
  }
  return merged.size > 0 && merged.size <= MAX_ENTITIES ? Object.fromEntries(merged) : undefined;
}

/** Did a success on `settled` settle everything that `open` is about? */
export function covers(settled: Scope, open: Scope): boolean {
  const entities = Object.entries(open);
  return (
    entities.length > 0 &&
    entities.every(([entity, attributes]) => {
      const done = settled[entity];
      return done === '*' || (done !== undefined && includesAll(done, attributes));
    })
  );
}

const includesAll = (done: readonly string[], attributes: Attributes): boolean =>
  attributes !== '*' && attributes.length > 0 && attributes.every((each) => done.includes(each));
