import type { EntitySchema } from '../schema/registry';
import type { Row } from '../store/table';
import type { Data, Value } from '../values';

const families: readonly [string, string][] = [
  ['Project', 'show'],
  ['TypedContext', 'task'],
  ['Asset', 'asset'],
  ['AssetVersion', 'assetversion'],
  ['Appointment', 'appointment'],
  ['TypedContextLink', 'dependency'],
  ['List', 'list'],
  ['ListObject', 'listobject'],
  ['Note', 'note'],
  ['User', 'user'],
  ['UserSecurityRoleProject', 'userroleproject'],
  ['Timelog', 'timelog'],
  ['Timer', 'timer'],
  ['Job', 'job'],
  ['ReviewSessionObject', 'reviewsessionobject'],
];

/** The table family that events call `entityType`; undefined for types that emit no event. */
export function legacyFamily(schema: EntitySchema): string | undefined {
  return families.find(([type]) => schema.lineage.has(type))?.[1];
}

/** The columns that the events of typed contexts list, in their order. */
const contextColumns = [
  'id',
  'context_type',
  'name',
  'parent_id',
  'bid',
  'description',
  'start_date',
  'end_date',
  'status_id',
  'type_id',
  'priority_id',
  'object_type_id',
  'project_id',
  'sort',
  'thumbnail_id',
  'created_at',
  'created_by_id',
];

/** The API names types by schema, events by table. */
const tables: Readonly<Record<string, string>> = { TypedContext: 'task', Project: 'show' };

function legacyValue(name: string, value: Value): Value {
  if (name === 'parent_type' && typeof value === 'string') {
    return tables[value] ?? value.toLowerCase();
  }
  return name === 'created_at' && typeof value === 'string' && !value.includes('.')
    ? `${value}.000000`
    : value;
}

/** All columns of a row under their legacy names, as events of additions and removals carry them. */
export function legacyColumns(schema: EntitySchema, data: Readonly<Data>): Data {
  const isContext = schema.lineage.has('TypedContext');
  const out: Data = {};
  for (const name of isContext ? contextColumns : Object.keys(data)) {
    const attribute = schema.attributes.get(name);
    if (attribute?.kind === 'scalar') {
      out[attribute.legacy ?? name] = legacyValue(name, data[name] ?? null);
    }
  }
  return isContext ? { ...out, taskid: data['id'] ?? null, isopen: true, isrequirecomment: false } : out;
}

/** A custom attribute value as events write it: text, `1` and `0`, null when nothing is stored. */
export function legacyCustomValue(value: Value | undefined): string | null {
  if (value === undefined) {
    return null;
  }
  if (typeof value === 'boolean') {
    return value ? '1' : '0';
  }
  if (Array.isArray(value)) {
    return value.map((item) => legacyCustomValue(item) ?? '').join(',');
  }
  if (value === null) {
    return '';
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The entity to which an event says the row belongs. */
export function parentIdOf(row: Row, data: Readonly<Data>): string | null {
  const column =
    {
      Project: '',
      Appointment: 'context_id',
      TypedContextLink: 'to_id',
      ListObject: 'list_id',
      TypedContextList: 'project_id',
      AssetVersionList: 'project_id',
      Asset: 'context_id',
      AssetVersion: 'asset_id',
      Timelog: 'context_id',
      Timer: 'context_id',
      ReviewSession: 'project_id',
      ReviewSessionObject: 'review_session_id',
      FileComponent: 'version_id',
      SequenceComponent: 'version_id',
      ContainerComponent: 'version_id',
      UserSecurityRoleProject: 'project_id',
    }[row.type] ?? 'parent_id';
  const id = data[column];
  return typeof id === 'string' ? id : null;
}
