import { isEntityKind } from '../entity-kinds';
import type { ListItem, ListRecord } from '../entity-lists';
import { folderPath } from '../entity-lists';
import type { Json, JsonObject } from '../json';
import { camelCase, sortedJson } from '../json';
import type { KeyReader } from '../query-filter';
import { InvalidFilter, parseFilter, valueAt } from '../query-filter';
import type { NodeContext } from './nodes';
import type { PageArgs } from './paging';
import { compareValues, sortedPage } from './paging';

/** Filters of `entityLists`. */
export interface ListArgs extends PageArgs {
  ids?: string[] | null;
  filter?: string | null;
  search?: string | null;
  sortBy?: string | null;
}

type Row = ListRecord | ListItem;

/** Columns that filters and orders of lists and of their items may name. */
const COLUMNS = new Set([
  'id',
  'label',
  'entityType',
  'entityListType',
  'entityId',
  'position',
  'active',
  'owner',
  'tags',
  'createdAt',
  'updatedAt',
  'updatedBy',
]);

const rowKeys: KeyReader<Row> = ([name = '', ...path]) => {
  const column = camelCase(name);
  const read = (row: Row): Json | undefined => (row as unknown as JsonObject)[column];
  if (path.length > 0) {
    return column === 'attrib' || column === 'data' ? (row) => valueAt(read(row), path) : undefined;
  }
  return COLUMNS.has(column) ? read : undefined;
};

function sorted<Item extends Row>(items: Item[], sortBy: string | null | undefined): Item[] {
  if (!sortBy) {
    return items;
  }
  const read = rowKeys(sortBy.split(/[/.]/));
  if (!read) {
    throw new InvalidFilter(`Invalid sortBy value: ${sortBy}`);
  }
  return [...items].sort((a, b) => compareValues(read(a), read(b)));
}

/** The cursor of a row is its place in the order. */
function page<Item extends Row, Node>(items: Item[], node: (item: Item) => Node, args: PageArgs) {
  const numbered = items.map((item, index) => ({ item, place: index + 1 }));
  return sortedPage(numbered, { order: ({ place }) => place, node: ({ item }) => node(item) }, args);
}

function itemEdge(context: NodeContext, list: ListRecord, item: ListItem) {
  const { attrib, data, ...plain } = item;
  const kind = list.entityType;
  return {
    ...plain,
    projectName: context.project.name,
    entityType: kind,
    folderPath: folderPath(context.project, list, item),
    attrib: sortedJson(attrib),
    allAttrib: sortedJson(attrib),
    ownAttrib: Object.keys(attrib),
    data: sortedJson(data),
    node: () => (isEntityKind(kind) ? context.entity(kind, item.entityId) : null),
  };
}

/** Filters of the items of a list. */
interface ItemArgs extends PageArgs {
  sortBy?: string | null;
  filter?: string | null;
}

/** A list with its items. */
export function listNode(context: NodeContext, list: ListRecord) {
  const { items, attrib, data, ...plain } = list;
  return {
    ...plain,
    projectName: context.project.name,
    entityListFolderId: null,
    access: '{}',
    accessLevel: 30,
    createdBy: list.owner,
    allAttrib: sortedJson(attrib),
    data: sortedJson({ ...data, count: items.length }),
    count: items.length,
    items: (args: ItemArgs) => {
      const accepts = parseFilter<Row>(args.filter, rowKeys);
      const inOrder = [...items].sort((a, b) => a.position - b.position).filter(accepts);
      const found = page(sorted(inOrder, args.sortBy), (item) => itemEdge(context, list, item), args);
      return { ...found, edges: found.edges.map(({ node, cursor }) => ({ ...node, cursor })) };
    },
  };
}

/**
 * `entityLists`, in the order in which they were made.
 * @throws InvalidFilter
 */
export function listsPage(context: NodeContext, args: ListArgs) {
  const accepts = parseFilter<Row>(args.filter, rowKeys);
  const search = args.search?.toLowerCase() ?? '';
  const found = [...context.project.lists.values()].filter(
    (list) =>
      (!args.ids || args.ids.includes(list.id)) && list.label.toLowerCase().includes(search) && accepts(list),
  );
  return page(sorted(found, args.sortBy), (list) => listNode(context, list), args);
}
