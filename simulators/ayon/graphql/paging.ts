/** Arguments of every connection. */
export interface PageArgs {
  first?: number | null;
  after?: string | null;
  last?: number | null;
  before?: string | null;
}

/** A page as GraphQL answers it. */
export interface Connection<Node> {
  pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
  edges: { node: Node; cursor: string }[];
}

/** Entries per page when the query names none. */
const PAGE_SIZE = 100;

/** A cursor is the base64 of a JSON list with the order number. */
export function encodeCursor(order: number): string {
  return Buffer.from(`[${order}]`).toString('base64');
}

/** The order number of a cursor; undefined for none and for nonsense. */
export function decodeCursor(cursor: string | null | undefined): number | undefined {
  if (!cursor) {
    return undefined;
  }
  const order = Number(/^\[(\d+)\]$/.exec(Buffer.from(cursor, 'base64').toString())?.[1]);
  return Number.isNaN(order) ? undefined : order;
}

/** What a page is cut from. */
export interface PageSource<Item, Node> {
  /** Items above an order number, ascending. */
  ascending: (after: number) => Iterable<Item>;
  /** Items below an order number, descending. */
  descending: (before: number) => Iterable<Item>;
  accepts: (item: Item) => boolean;
  order: (item: Item) => number;
  node: (item: Item) => Node;
}

/** Takes one more than asked for, which tells whether there is a next page. */
function take<Item>(items: Iterable<Item>, accepts: (item: Item) => boolean, limit: number): Item[] {
  const taken: Item[] = [];
  for (const item of items) {
    if (accepts(item)) {
      taken.push(item);
    }
    if (taken.length > limit) {
      break;
    }
  }
  return taken;
}

/** `first`/`after` walks in insertion order, `last`/`before` gives the newest first, as the real server does. */
export function pageOf<Item, Node>(source: PageSource<Item, Node>, args: PageArgs): Connection<Node> {
  const isBackward = typeof args.last === 'number';
  const limit = (isBackward ? args.last : args.first) ?? PAGE_SIZE;
  const items = isBackward
    ? source.descending(decodeCursor(args.before) ?? Number.POSITIVE_INFINITY)
    : source.ascending(decodeCursor(args.after) ?? 0);
  const taken = take(items, source.accepts, limit);
  const edges = taken.slice(0, limit).map((item) => {
    return { node: source.node(item), cursor: encodeCursor(source.order(item)) };
  });
  const more = taken.length > limit;
  return {
    pageInfo: {
      hasNextPage: !isBackward && more,
      hasPreviousPage: isBackward ? more : Boolean(args.after),
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    edges,
  };
}

/** A page of items in an order of their own: `last` turns it round. The cursor is the number of the item. */
export function sortedPage<Item, Node>(
  items: readonly Item[],
  source: Pick<PageSource<Item, Node>, 'order' | 'node'>,
  args: PageArgs,
): Connection<Node> {
  const isBackward = typeof args.last === 'number';
  const inOrder = isBackward ? [...items].reverse() : items;
  const cursor = decodeCursor(isBackward ? args.before : args.after);
  const at = cursor === undefined ? -1 : inOrder.findIndex((item) => source.order(item) === cursor);
  const rest = inOrder.slice(at + 1);
  const everything = () => rest;
  const page = pageOf(
    { ...source, ascending: everything, descending: everything, accepts: () => true },
    { first: args.first ?? null, last: args.last ?? null },
  );
  const hasPreviousPage = isBackward ? page.pageInfo.hasPreviousPage : at >= 0;
  return { ...page, pageInfo: { ...page.pageInfo, hasPreviousPage } };
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null;
}

function comparable(value: unknown): string {
  return typeof value === 'string' ? value.toLowerCase() : (JSON.stringify(value) ?? '');
}

/** Compares two values of a column: nothing first, numbers as numbers, the rest as text without case. */
export function compareValues(a: unknown, b: unknown): number {
  if (isNothing(a) || isNothing(b)) {
    return Number(isNothing(b)) - Number(isNothing(a));
  }
  if (typeof a === 'number' && typeof b === 'number') {
    return a - b;
  }
  const [left, right] = [comparable(a), comparable(b)];
  return left < right ? -1 : Number(left > right);
}

/** Index of the first item of a sorted list whose order is above a number. */
export function firstAbove(orders: { length: number; at: (index: number) => number }, after: number): number {
  let low = 0;
  let high = orders.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (orders.at(middle) > after) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}
