import type { Store } from '../store/store';
import type { Row } from '../store/table';
import type { Data, Value } from '../values';

type Kind = 'status' | 'type';

const tables = { status: 'Status', type: 'Type' } as const;

function projectSchema(store: Store, data: Readonly<Data>): Row | undefined {
  const id = store.context(data['project_id'])?.data['project_schema_id'];
  return typeof id === 'string' ? store.find('ProjectSchema', id) : undefined;
}

function linked(store: Store, link: { type: string; own: string; id: Value | undefined }): Row[] {
  return [...store.tableOf(link.type).where(link.own, link.id)];
}

function workflowStatuses(store: Store, workflowId: Value | undefined): Row[] {
  return linked(store, { type: 'WorkflowSchemaStatus', own: 'workflow_schema_id', id: workflowId });
}

/** A task has the statuses of the override for its type, else of the workflow for tasks. */
function taskStatuses(store: Store, schema: Row, typeId: Value | undefined): Row[] {
  const overrides = linked(store, {
    type: 'ProjectSchemaOverride',
    own: 'project_schema_id',
    id: schema.key,
  });
  const override = overrides.find((row) => row.data['type_id'] === typeId);
  return workflowStatuses(
    store,
    override ? override.data['workflow_schema_id'] : schema.data['task_workflow_schema_id'],
  );
}

/** Everything else has what the schema of its object type lists. */
function objectTypeLinks(
  store: Store,
  schema: Row,
  task: { objectTypeId: Value | undefined; kind: Kind },
): Row[] {
  const schemas = linked(store, { type: 'Schema', own: 'project_schema_id', id: schema.key });
  const own = schemas.find((row) => row.data['object_type_id'] === task.objectTypeId);
  const type = task.kind === 'status' ? 'SchemaStatus' : 'SchemaType';
  return own ? linked(store, { type, own: 'schema_id', id: own.key }) : [];
}

function links(store: Store, type: string, task: { data: Readonly<Data>; kind: Kind }): Row[] {
  const { data, kind } = task;
  const schema = projectSchema(store, data);
  if (!schema) {
    return [];
  }
  if (type === 'AssetVersion') {
    return workflowStatuses(store, schema.data['asset_version_workflow_schema_id']);
  }
  if (type !== 'Task') {
    return objectTypeLinks(store, schema, { objectTypeId: data['object_type_id'], kind });
  }
  if (kind === 'status') {
    return taskStatuses(store, schema, data['type_id']);
  }
  const id = schema.data['task_type_schema_id'];
  return linked(store, { type: 'TaskTypeSchemaType', own: 'task_type_schema_id', id });
}

function bySort(left: Row | undefined, right: Row | undefined): number {
  return Number(left?.data['sort'] ?? 0) - Number(right?.data['sort'] ?? 0);
}

/**
 * Ids of the statuses or types that the project's schema offers to an entity, in their order.
 *
 * @param type of the entity; `data` needs `project_id`, and `object_type_id` or for a task `type_id`
 */
export function offered(store: Store, type: string, task: { data: Readonly<Data>; kind: Kind }): string[] {
  const { kind } = task;
  const found = links(store, type, task).flatMap((link) => {
    const id = link.data[`${kind}_id`];
    const row = typeof id === 'string' ? store.find(tables[kind], id) : undefined;
    return row ? [{ link, row }] : [];
  });
  found.sort((left, right) => bySort(left.link, right.link) || bySort(left.row, right.row));
  return found.map(({ row }) => row.key);
}

/** What a new entity gets when nothing was chosen: the first that is offered, else the first that there is. */
export function firstOffered(
  store: Store,
  type: string,
  task: { data: Readonly<Data>; kind: Kind },
): string | undefined {
  const [first] = offered(store, type, task);
  return first ?? [...store.tableOf(tables[task.kind]).all()].sort(bySort)[0]?.key;
}
