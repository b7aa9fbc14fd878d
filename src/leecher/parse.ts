import { createHash } from 'node:crypto';
import type { FtrackEvent } from '../contracts/messages';
import { FtrackEntity, FtrackParent } from '../contracts/messages';

/** Why a hub message is no event for us. */
export type Unreadable = 'not-an-object' | 'without-id' | 'without-topic';

/** Entities, or fields of entities, that were left out of an event. */
type LeftOut = 'entity-without-id' | 'entity-malformed' | 'field-malformed';

export interface ParsedEvent {
  readonly event: FtrackEvent;
  /** Legacy types of all its entities, those left out included. */
  readonly types: ReadonlySet<string>;
  readonly leftOut: Readonly<Partial<Record<LeftOut, number>>>;
}

/** Longer ones are no ids; a workflow id has 1,000 bytes. */
const MAX_ID = 200;
/** Search attributes and summaries hold no more. */
const MAX_NAME = 200;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads what came over the hub. Lenient: unknown fields are dropped, an entity without id or action is left out, an
 * optional field that makes no sense (`keys` that is no list) is left out of its entity; each is counted.
 * @param arrivedAt ms since epoch
 */
export function parseEvent(raw: unknown, arrivedAt: number): ParsedEvent | Unreadable {
  if (!isFields(raw)) {
    return 'not-an-object';
  }
  const id = eventIdOf(raw['id']);
  if (id === undefined) {
    return 'without-id';
  }
  const topic = text(raw['topic'], MAX_ID);
  if (topic === undefined) {
    return 'without-topic';
  }
  const data = isFields(raw['data']) ? raw['data'] : {};
  const clientToken = text(data['clientToken'], MAX_NAME);
  const { entities, types, leftOut } = parseEntities(data['entities']);
  const event = {
    id,
    topic,
    user: userOf(raw, data),
    ...(clientToken === undefined ? {} : { clientToken }),
    entities,
    arrivedAt,
  };
  return { event, types, leftOut };
}

/**
 * The event's id becomes a workflow id. One that is too long for that, or holds what some database refuses (zero bytes),
 * would be tried for ever and hold up everything behind it: it is replaced by a name that each leecher finds alike.
 */
function eventIdOf(raw: unknown): string | undefined {
  if (typeof raw !== 'string' || raw === '') {
    return undefined;
  }
  const isPlain = raw.length <= MAX_ID && /^[\x21-\x7e]+$/.test(raw);
  // JSON keeps halves of surrogate pairs apart, which UTF-8 would make equal.
  return isPlain ? raw : `odd-${createHash('sha256').update(JSON.stringify(raw)).digest('hex').slice(0, 32)}`;
}

/** Who did it: of the data, else of the sender; the latter is a user name only in most events. */
function userOf(raw: Fields, data: Fields): FtrackEvent['user'] {
  const user = isFields(data['user']) ? data['user'] : {};
  const source = isFields(raw['source']) && isFields(raw['source']['user']) ? raw['source']['user'] : {};
  const id = text(user['userid'], MAX_ID) ?? text(source['id'], MAX_ID);
  const name = shortText(user['name']) ?? shortText(source['username']);
  return { ...(id === undefined ? {} : { id }), ...(name === undefined ? {} : { name }) };
}

function parseEntities(raw: unknown): {
  entities: FtrackEntity[];
  types: Set<string>;
  leftOut: Partial<Record<LeftOut, number>>;
} {
  const entities: FtrackEntity[] = [];
  const types = new Set<string>();
  const leftOut: Partial<Record<LeftOut, number>> = {};
  const leave = (what: LeftOut): void => {
    leftOut[what] = (leftOut[what] ?? 0) + 1;
  };
  for (const each of Array.isArray(raw) ? (raw as readonly unknown[]) : []) {
    if (!isFields(each)) {
      leave('entity-malformed');
      continue;
    }
    const entityType = shortText(each['entityType'])?.toLowerCase() ?? '';
    types.add(entityType);
    const entityId = idOf(each['entityId']);
    if (entityId === undefined) {
      leave('entity-without-id');
      continue;
    }
    const read = readEntity({ ...each, entityType, entityId }, leave);
    if (read !== undefined) {
      entities.push(read);
    }
  }
  return { entities, types, leftOut };
}

/** As the contract has it; words that are too long to be any count as malformed. */
const Entity = FtrackEntity.extend({
  action: FtrackEntity.shape.action.max(MAX_NAME),
  entity_type: FtrackEntity.shape.entity_type.refine((type) => (type?.length ?? 0) <= MAX_NAME),
  parents: FtrackEntity.shape.parents.refine(
    (all) => all?.every(({ entityId }) => entityId.length <= MAX_ID) ?? true,
  ),
});

function readEntity(fields: Fields, leave: (what: LeftOut) => void): FtrackEntity | undefined {
  const whole = Entity.safeParse(fields);
  if (whole.success) {
    return whole.data;
  }
  const parents = soundParents(fields['parents']);
  const sound = Object.entries(Entity.shape).flatMap(([name, schema]) => {
    const field = schema.safeParse(name === 'parents' ? parents : fields[name]);
    return field.success && field.data !== undefined ? [[name, field.data] as const] : [];
  });
  const rest = Entity.safeParse(Object.fromEntries(sound));
  leave(rest.success ? 'field-malformed' : 'entity-malformed');
  return rest.data;
}

/** One odd parent must not cost the entity its project, and so its place in the order. */
function soundParents(raw: unknown): FtrackParent[] | undefined {
  const sound = (Array.isArray(raw) ? (raw as readonly unknown[]) : []).flatMap((each) => {
    const parent = FtrackParent.safeParse(each);
    return parent.success && parent.data.entityId.length <= MAX_ID ? [parent.data] : [];
  });
  return sound.length > 0 ? sound : undefined;
}

/** Some tables send a list with one id in it; a composite key is none of the entities we handle. */
function idOf(raw: unknown): string | undefined {
  const [id, ...more] = Array.isArray(raw) ? (raw as readonly unknown[]) : [raw];
  return more.length === 0 ? text(id, MAX_ID) : undefined;
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text = (value: unknown, longest: number): string | undefined =>
  typeof value === 'string' && value !== '' && value.length <= longest ? value : undefined;

const shortText = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value.slice(0, MAX_NAME) : undefined;
