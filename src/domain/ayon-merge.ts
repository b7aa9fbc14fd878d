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
  /** Positions of what cannot be had together with an earlier one for the same entity, with a sentence each. */
  readonly refused: ReadonlyMap<number, string>;
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
 * (the later value counts), updates of what is created go into the create, and whatever is deleted is only deleted; what
 * is wanted of it after that is refused.
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
  const refused = new Map<number, string>();
  const steps = [...groups].map(([key, group]) => {
    const { operation, others } = group.rest.length === 0 ? alone(group) : together(group);
    others.forEach((one) => refused.set(one.at, refusal(one.operation, operation)));
    const all = [group.first, ...group.rest].map(({ at }) => at);
    return { key, operation, from: all.filter((at) => !refused.has(at)) };
  });
  return { steps, refused };
}

const refusal = ({ path }: AyonOperation, first: AyonOperation): string =>
  first.type === 'delete'
    ? `${path} is deleted in the same go; make it anew in another one, under an id of its own`
    : `${path} has the id of ${first.path}, which is made in the same go; give each an id of its own`;

interface One {
  readonly operation: AyonOperation;
  /** What could not be merged. */
  readonly others: readonly Wanted[];
}

const alone = ({ first }: Group): One => ({ operation: first.operation, others: [] });

function together({ first, rest }: Group): One {
  const all = [first, ...rest];
  const force = all.some(({ operation }) => operation.force === true) ? { force: true } : {};
  const removed = all.findIndex(({ operation }) => operation.type === 'delete');
  const removal = all[removed];
  if (removal !== undefined) {
    const after = all.slice(removed).filter(({ operation }) => operation.type !== 'delete');
    return { operation: { ...removal.operation, ...force }, others: after };
  }
  const creates = all.filter(({ operation }) => operation.type === 'create');
  const base = (creates[0] ?? first).operation;
  const updates = all.filter(({ operation }) => operation.type === 'update' && operation !== base);
  const data = updates.reduce((sum, { operation }) => overlaid(sum, operation.data), base.data);
  const text = JSON.stringify(base.data);
  const others = creates.filter(({ operation }) => JSON.stringify(operation.data) !== text);
  const operation = { ...base, ...force, data: base.type === 'create' ? withoutUnset(data) : data };
  return { operation, others };
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
