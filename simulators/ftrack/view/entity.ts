import { ControlError } from '../../control';
import { legacyFamily } from '../events/legacy';
import { offered } from '../operations/workflow';
import type { Row } from '../store/table';
import type { Data, Value } from '../values';
import { asText } from '../values';
import type { Label } from './answers';
import { at, labelAt, personAt, quoted, textAt } from './answers';
import { customAttributes } from './custom-attributes';
import { history } from './history';
import { notes } from './notes';
import { versions } from './versions';
import type { Viewer } from './viewer';

const status = 'status.id, status.name, status.color';
const always = `id, link, thumbnail_id, thumbnail_url, ${status}`;
const context = 'name, created_at, created_by.first_name, created_by.last_name, created_by.username';

/** What is asked of each kind of entity that has a page. */
const projections = {
  Project: `${context}, id, link, thumbnail_id, thumbnail_url, status, full_name, is_private, start_date, end_date, project_schema.name`,
  TypedContext: `${context}, ${always}, description, bid, time_logged, start_date, end_date, priority.name, type.id, type.name, type.color, object_type.name, object_type.is_statusable, object_type.is_leaf, object_type.is_typeable`,
  AssetVersion: `${always}, version, comment, date, is_published, asset.name, asset.type.name, task.id, task.name, user.first_name, user.last_name, user.username`,
} as const;

type Kind = keyof typeof projections;

const customValues: Readonly<Record<Kind, string>> = {
  Project: 'ContextCustomAttributeValue',
  TypedContext: 'ContextCustomAttributeValue',
  AssetVersion: 'AssetVersionCustomAttributeValue',
};

interface FoundRow {
  readonly row: Row;
  readonly kind: Kind;
}

function rowOf({ store }: Viewer, id: string): FoundRow | undefined {
  const contextRow = store.context(id);
  if (contextRow) {
    return { row: contextRow, kind: contextRow.type === 'Project' ? 'Project' : 'TypedContext' };
  }
  const version = store.find('AssetVersion', id);
  return version && { row: version, kind: 'AssetVersion' };
}

function labels({ store }: Viewer, type: 'Status' | 'Type', ids: readonly string[]): Label[] {
  return ids.flatMap((id) => {
    const label = labelAt({ of: { ...store.find(type, id)?.data } }, 'of');
    return label ? [label] : [];
  });
}

/** Everything has a status column, but only some kinds a status. */
function isStatusable(row: Row, data: Data): boolean {
  return row.type === 'AssetVersion' || at(data, 'object_type.is_statusable') === true;
}

function statusChoices(viewer: Viewer, row: Row): Label[] {
  return labels(viewer, 'Status', offered(viewer.store, row.type, { data: row.data, kind: 'status' }));
}

/** Kinds of entity that the project's schema has, where something can be below the entity. */
function newChildren(viewer: Viewer, row: Row, data: Data): object | null {
  if (row.type === 'AssetVersion' || at(data, 'object_type.is_leaf') === true) {
    return null;
  }
  const { store } = viewer;
  const projectId = row.type === 'Project' ? row.key : (row.data['project_id'] ?? null);
  const schemaId = store.context(projectId)?.data['project_schema_id'] ?? null;
  const links = [...store.tableOf('ProjectSchemaObjectType').where('project_schema_id', schemaId)];
  const kinds = links
    .flatMap((link) => store.find('ObjectType', asText(link.data['object_type_id'])) ?? [])
    .sort((left, right) => Number(left.data['sort']) - Number(right.data['sort']))
    .map(({ data: kind }) => asText(kind['name']));
  const types = offered(store, 'Task', { data: { project_id: projectId }, kind: 'type' });
  return { kinds, taskTypes: labels(viewer, 'Type', types) };
}

function assignees({ hand, store }: Viewer, id: string): object[] {
  const rows = hand.query(
    `select id, resource_id from Appointment where context_id is ${quoted(id)} and type is "assignment"`,
  );
  return rows.map((row) => {
    const resource = store.tableOf('Resource').get(asText(row['resource_id']));
    return {
      id: row['id'],
      resourceId: row['resource_id'],
      name: personAt({ ...resource?.data }, '') ?? resource?.data['name'] ?? '',
    };
  });
}

/** Attributes that are only shown, as pairs for people. */
function facts(data: Data): { label: string; value: Value }[] {
  const version = textAt(data, 'asset.name');
  const entries: [string, Value][] = [
    ['Full name', at(data, 'full_name')],
    ['Project schema', textAt(data, 'project_schema.name')],
    ['Asset', version === null ? null : `${version} (${textAt(data, 'asset.type.name') ?? ''})`],
    ['Version', at(data, 'version')],
    ['Published', textAt(data, 'date')],
    ['By', personAt(data, 'user')],
    ['Comment', at(data, 'comment')],
    ['Private', at(data, 'is_private')],
    ['Type', at(data, 'object_type.is_typeable') === true ? textAt(data, 'type.name') : null],
    ['Priority', textAt(data, 'priority.name')],
    ['Start', textAt(data, 'start_date')],
    ['End', textAt(data, 'end_date')],
    ['Bid', at(data, 'bid') === 0 ? null : at(data, 'bid')],
    ['Logged', at(data, 'time_logged') === 0 ? null : at(data, 'time_logged')],
    ['Created', textAt(data, 'created_at')],
    ['Created by', personAt(data, 'created_by')],
  ];
  return entries
    .filter(([, value]) => value !== null && value !== '')
    .map(([label, value]) => ({ label, value }));
}

/** What it is and how it is called. */
function identity(viewer: Viewer, { row, kind }: FoundRow, data: Data): object {
  const isVersion = kind === 'AssetVersion';
  const version = `${textAt(data, 'asset.name') ?? ''} v${asText(data['version'])}`;
  return {
    id: row.key,
    type: row.type,
    /** As selections of actions and events call it. */
    entityType: legacyFamily(viewer.store.registry.get(row.type)) ?? '',
    kind: isVersion ? 'Version' : (textAt(data, 'object_type.name') ?? 'Project'),
    name: isVersion ? version : (textAt(data, 'name') ?? ''),
    path: at(data, 'link'),
    canRename: !isVersion,
    thumbnail: data['thumbnail_id'] === null ? null : textAt(data, 'thumbnail_url'),
  };
}

/** What only things below a project have. */
function typedParts(viewer: Viewer, { row, kind }: FoundRow, data: Data): object {
  const isTyped = kind === 'TypedContext';
  return {
    description: isTyped ? (textAt(data, 'description') ?? '') : null,
    assignees: isTyped ? assignees(viewer, row.key) : null,
  };
}

/**
 * Everything that the page of a project, of what is below one, or of a version shows.
 * @throws ControlError when there is no such entity for this viewer
 */
export function entityPage(viewer: Viewer, id: string): object {
  const found = rowOf(viewer, id);
  const [data] = found
    ? viewer.hand.query(`select ${projections[found.kind]} from ${found.kind} where id is ${quoted(id)}`)
    : [];
  if (!found || !data) {
    throw new ControlError(`${viewer.user.username} sees no project, entity or version with the id ${id}.`);
  }
  const values = customValues[found.kind];
  const hasStatus = isStatusable(found.row, data);
  return {
    ...identity(viewer, found, data),
    ...typedParts(viewer, found, data),
    status: hasStatus ? labelAt(data, 'status') : null,
    statuses: hasStatus ? statusChoices(viewer, found.row) : [],
    facts: facts(data),
    customValues: values,
    customAttributes: customAttributes(viewer, { id, values }),
    newChildren: newChildren(viewer, found.row, data),
    versions: found.kind === 'AssetVersion' ? [] : versions(viewer, id),
    notes: notes(viewer, id),
    history: history(viewer, id),
  };
}
