import type { Store } from '../store/store';
import { typeIndex } from '../store/table';
import type { Data } from '../values';
import { asText } from '../values';
import type { Label } from './answers';
import { at, labelAt, personAt, quoted, textAt } from './answers';
import type { Viewer } from './viewer';

/** What is shown of a project or of what is below it in the tree. */
export interface TreeNode {
  readonly id: string;
  readonly name: string;
  /** Kind for people: `Project`, `Asset Build`. */
  readonly kind: string;
  readonly status: Label | null;
  readonly hasChildren: boolean;
}

export interface TreePage {
  readonly nodes: readonly TreeNode[];
  /** Offset of the next page; null when this is the last. */
  readonly next: number | null;
}

/** Nodes that are sent at once. */
const pageSize = 100;
const mostFound = 50;

const nodeAttributes =
  'id, name, object_type.name, object_type.is_statusable, status.id, status.name, status.color';

function nodeOf(viewer: Viewer, data: Data, kind: string): TreeNode {
  const id = textAt(data, 'id') ?? '';
  return {
    id,
    name: textAt(data, 'name') ?? '',
    kind,
    status: at(data, 'object_type.is_statusable') === true ? labelAt(data, 'status') : null,
    hasChildren: viewer.store.tableOf('Context').where('parent_id', id).size > 0,
  };
}

function typedNode(viewer: Viewer, data: Data): TreeNode {
  return nodeOf(viewer, data, textAt(data, 'object_type.name') ?? '');
}

/** Everyone who may act in the view, the service user among them, in the order in which they came. */
export function people(store: Store): object[] {
  const active = [...store.tableOf('User').where(typeIndex, 'User')].filter(
    ({ data }) => data['is_active'] === true,
  );
  return active.map(({ key, data }) => ({
    id: key,
    username: asText(data['username']),
    name: personAt({ ...data }, ''),
  }));
}

export function projects(viewer: Viewer): object[] {
  const rows = viewer.hand.query(
    'select id, name, full_name, status, is_private, start_date, end_date, thumbnail_url, project_schema.name from Project order by name',
  );
  return rows.map((row) => ({
    ...nodeOf(viewer, row, 'Project'),
    fullName: row['full_name'] ?? '',
    state: row['status'] ?? '',
    isPrivate: row['is_private'] === true,
    start: textAt(row, 'start_date'),
    end: textAt(row, 'end_date'),
    schema: textAt(row, 'project_schema.name'),
  }));
}

/** @param place id of the parent, and how many of its children are known already */
export function children(viewer: Viewer, place: { id: string; offset: number }): TreePage {
  const rows = viewer.hand.query(
    `select ${nodeAttributes} from TypedContext where parent_id is ${quoted(place.id)} order by name, id offset ${place.offset} limit ${pageSize + 1}`,
  );
  return {
    nodes: rows.slice(0, pageSize).map((row) => typedNode(viewer, row)),
    next: rows.length > pageSize ? place.offset + pageSize : null,
  };
}

/**
 * Entities by name. Of several words the last one is of the name, those before it are of what is above.
 *
 * @param text words; `%` stands for any characters
 */
export function found(viewer: Viewer, text: string): object[] {
  const words = text.split(/[\s/]+/).filter((word) => word !== '');
  const name = words.pop();
  if (name === undefined) {
    return [];
  }
  const like = (path: string, word: string): string => `${path} like ${quoted(`%${word}%`)}`;
  const above = words.map((word) => {
    const paths = ['parent.name', 'parent.parent.name', 'project.name'];
    return `(${paths.map((path) => like(path, word)).join(' or ')})`;
  });
  const rows = viewer.hand.query(
    `select ${nodeAttributes}, link from TypedContext where ${[like('name', name), ...above].join(' and ')} limit ${mostFound}`,
  );
  return rows.map((row) => ({ ...typedNode(viewer, row), path: row['link'] }));
}
