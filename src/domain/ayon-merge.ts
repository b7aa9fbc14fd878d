import { keyOf } from './ayon-shapes';
import type { AyonOperation } from './model';

/** One operation that goes to AYON, and the wanted ones that it stands for. */
export interface Step {
  readonly key: string;
  readonly operation: AyonOperation;
  /** Positions in the list of the wanted ones. */
  readonly from: readonly number[];
}

export interface Merged {
  readonly steps: readonly Step[];
  /** Positions of creates of an entity that an earlier create makes otherwise, with that one's path. */
  readonly twice: ReadonlyMap<number, string>;
}

interface Wanted {
  readonly at: number;
  readonly operation: AyonOperation;
}

/** All that is wanted of one entity, in order. */
interface Group {
  readonly first: Wanted;
  readonly rest: Wanted[];
}

/**
 * At most one operation per entity, since AYON refuses a batch that changes one entity twice: updates become one update
 * (the later value counts), updates of what is created go into the create, and whatever is deleted is only deleted.
 * The order is that of each entity's first operation.
 */
export function merged(wanted: readonly AyonOperation[]): Merged {
  const groups = new Map<string, Group>();
  wanted.forEach((operation, at) => {
    const key = keyOf(operation.entityType, operation.entityId);
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, { first: { at, operation }, rest: [] });
    } else {
      group.rest.push({ at, operation });
    }
  });
  const twice = new Map<number, string>();
  const steps = [...groups].map(([key, group]) => {
    const { operation, others } = group.rest.length === 0 ? alone(group) : together(group);
    others.forEach((at) => twice.set(at, operation.path));
    const all = [group.first, ...group.rest].map(({ at }) => at);
    return { key, operation, from: all.filter((at) => !twice.has(at)) };
  });
  return { steps, twice };
}

interface One {
  readonly operation: AyonOperation;
  /** Positions of what could not be merged. */
  readonly others: readonly number[];
}

const alone = ({ first }: Group): One => ({ operation: first.operation, others: [] });

function together({ first, rest }: Group): One {
  const all = [first, ...rest];
  const force = all.some(({ operation }) => operation.force === true) ? { force: true } : {};
  const removal = all.find(({ operation }) => operation.type === 'delete');
  if (removal !== undefined) {
    return { operation: { ...removal.operation, ...force }, others: [] };
  }
  const creates = all.filter(({ operation }) => operation.type === 'create');
  const base = (creates[0] ?? first).operation;
  const updates = all.filter(({ operation }) => operation.type === 'update' && operation !== base);
  const data = updates.reduce((sum, { operation }) => overlaid(sum, operation.data), base.data);
  const text = JSON.stringify(base.data);
  const others = creates.filter(({ operation }) => JSON.stringify(operation.data) !== text);
  const operation = { ...base, ...force, data: base.type === 'create' ? withoutUnset(data) : data };
  return { operation, others: others.map(({ at }) => at) };
}

type Data = AyonOperation['data'];

/** `attrib` and `data` are merged by key, as AYON itself merges them; everything else is replaced. */
const overlaid = (one: Data, other: Data): Data => ({
  ...one,
  ...other,
  ...byKey('attrib', one, other),
  ...byKey('data', one, other),
});

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function byKey(name: 'attrib' | 'data', one: Data, other: Data): Data {
  const [before, after] = [one[name], other[name]];
  return isRecord(before) && isRecord(after) ? { [name]: { ...before, ...after } } : {};
}

/** In what is new, null ("remove the own value") means not to set it. */
function withoutUnset(data: Data): Data {
  const { attrib } = data;
  return isRecord(attrib)
    ? { ...data, attrib: Object.fromEntries(Object.entries(attrib).filter(([, value]) => value !== null)) }
    : data;
}
