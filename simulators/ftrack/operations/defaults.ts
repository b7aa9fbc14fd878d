import { defaultPriorityId } from '../schema/contexts';
import type { EntitySchema } from '../schema/registry';
import type { Row } from '../store/table';
import type { Data, Value } from '../values';
import { nowStamp } from '../values';
import type { Work } from './caller';

type Defaults = (work: Work, data: Data, schema: EntitySchema) => void;

function fill(data: Data, name: string, value: Value | undefined): void {
  if ((data[name] === undefined || data[name] === null) && value !== undefined) {
    data[name] = value;
  }
}

/** Id of the project of the context whose id is given. */
export function projectIdOf(work: Work, contextId: Value | undefined): string | undefined {
  const context = work.reader.store.context(contextId);
  return context && work.reader.store.projectOf(context);
}

/** The first row (lowest sort) that a schema of the project's workflow offers, else the first of all. */
function firstOffered(work: Work, data: Data, kind: 'status' | 'type'): string | undefined {
  const { store } = work.reader;
  const schemaId = store.context(data['project_id'])?.data['project_schema_id'];
  const offered = [...offeredIds(work, { schemaId, objectTypeId: data['object_type_id'], kind })];
  const rows = offered
    .map((id) => store.find(kind === 'status' ? 'Status' : 'Type', id))
    .filter((row) => row !== undefined);
  const all: Iterable<Row> =
    rows.length > 0 ? rows : store.tableOf(kind === 'status' ? 'Status' : 'Type').all();
  return [...all].sort((left, right) => Number(left.data['sort'] ?? 0) - Number(right.data['sort'] ?? 0))[0]
    ?.key;
}

function* offeredIds(
  work: Work,
  task: { schemaId: Value | undefined; objectTypeId: Value | undefined; kind: 'status' | 'type' },
): Iterable<string> {
  const { store } = work.reader;
  const column = `${task.kind}_id`;
  for (const schema of store.tableOf('Schema').where('project_schema_id', task.schemaId)) {
    if (schema.data['object_type_id'] === task.objectTypeId) {
      const table = store.tableOf(task.kind === 'status' ? 'SchemaStatus' : 'SchemaType');
      for (const row of table.where('schema_id', schema.key)) {
        yield row.data[column] as string;
      }
      return;
    }
  }
  const projectSchema =
    typeof task.schemaId === 'string' ? store.find('ProjectSchema', task.schemaId) : undefined;
  const isStatus = task.kind === 'status';
  const owner = isStatus ? 'workflow_schema_id' : 'task_type_schema_id';
  const ownerId = projectSchema?.data[isStatus ? 'task_workflow_schema_id' : 'task_type_schema_id'];
  for (const row of store
    .tableOf(isStatus ? 'WorkflowSchemaStatus' : 'TaskTypeSchemaType')
    .where(owner, ownerId)) {
    yield row.data[column] as string;
  }
}

const typedContext: Defaults = (work, data) => {
  fill(data, 'context_type', 'task');
  fill(data, 'project_id', projectIdOf(work, data['parent_id']));
  fill(data, 'status_id', firstOffered(work, data, 'status'));
  fill(data, 'type_id', firstOffered(work, data, 'type'));
  fill(data, 'priority_id', defaultPriorityId);
};

const project: Defaults = (work, data) => {
  fill(data, 'context_type', 'show');
  fill(data, 'project_id', data['id']);
  fill(data, 'full_name', data['name']);
  for (const schema of work.reader.store.tableOf('ProjectSchema').all()) {
    fill(data, 'project_schema_id', schema.key);
  }
};

const context: Defaults = (work, data) => {
  fill(data, 'created_at', nowStamp());
  fill(data, 'created_by_id', work.caller.userId);
};

const note: Defaults = (work, data) => {
  fill(data, 'user_id', work.caller.userId);
  fill(data, 'date', nowStamp());
  fill(data, 'thread_activity', data['date']);
  fill(data, 'project_id', projectIdOf(work, data['parent_id']));
  const parent = work.reader.store.context(data['parent_id']);
  fill(data, 'parent_type', parent ? (parent.type === 'Project' ? 'Project' : 'TypedContext') : undefined);
};

const list: Defaults = (work, data) => {
  fill(data, 'user_id', work.caller.userId);
  fill(data, 'date', nowStamp());
};

const assetVersion: Defaults = (work, data) => {
  const { store } = work.reader;
  const versions = [...store.tableOf('AssetVersion').where('asset_id', data['asset_id'])];
  fill(data, 'version', Math.max(0, ...versions.map((version) => Number(version.data['version'] ?? 0))) + 1);
  fill(data, 'date', nowStamp());
  fill(data, 'user_id', work.caller.userId);
  const assetId = data['asset_id'];
  fill(
    data,
    'project_id',
    typeof assetId === 'string' ? store.find('Asset', assetId)?.data['project_id'] : undefined,
  );
  fill(data, 'status_id', firstOffered(work, data, 'status'));
};

/** Applied in this order to every schema whose lineage has the name. */
const byType: readonly [string, Defaults][] = [
  ['Project', project],
  ['TypedContext', typedContext],
  ['Context', context],
  ['User', (_work, data) => fill(data, 'username', data['id'])],
  ['Note', note],
  ['List', list],
  ['Asset', (work, data) => fill(data, 'project_id', projectIdOf(work, data['context_id']))],
  ['AssetVersion', assetVersion],
  ['Timelog', (work, data) => fill(data, 'user_id', work.caller.userId)],
  ['StatusChange', (_work, data) => fill(data, 'date', nowStamp())],
];

/** Fills what the client left out and the server knows: schema defaults, then what depends on other entities. */
export function applyDefaults(work: Work, schema: EntitySchema, data: Data): void {
  for (const attribute of schema.attributes.values()) {
    if (
      attribute.kind === 'scalar' &&
      attribute.initial !== undefined &&
      data[attribute.name] === undefined
    ) {
      data[attribute.name] = attribute.initial === '{uid}' ? crypto.randomUUID() : attribute.initial;
    }
  }
  for (const [type, defaults] of byType) {
    if (schema.lineage.has(type)) {
      defaults(work, data, schema);
    }
  }
}
