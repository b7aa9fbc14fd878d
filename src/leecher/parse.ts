import type { FtrackEvent } from '../contracts/messages';
import { FtrackEntity } from '../contracts/messages';

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
  const id = text(raw['id'], MAX_ID);
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
    const entityType = typeof each['entityType'] === 'string' ? each['entityType'].toLowerCase() : '';
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

function readEntity(fields: Fields, leave: (what: LeftOut) => void): FtrackEntity | undefined {
  const whole = FtrackEntity.safeParse(fields);
  if (whole.success) {
    return whole.data;
  }
  const sound = Object.entries(FtrackEntity.shape).flatMap(([name, schema]) => {
    const field = schema.safeParse(fields[name]);
    return field.success && field.data !== undefined ? [[name, field.data] as const] : [];
  });
  const rest = FtrackEntity.safeParse(Object.fromEntries(sound));
  leave(rest.success ? 'field-malformed' : 'entity-malformed');
  return rest.data;
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
