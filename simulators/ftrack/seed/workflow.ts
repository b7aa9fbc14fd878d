import type { StudioProjectSchema } from '../../studio';
import { studioId } from '../../studio';
import { builtInObjectTypes, completeObjectType } from '../schema/object-types';
import type { Data } from '../values';
import type { SeedWriter } from './writer';

function workflow(writer: SeedWriter, name: string, statuses: readonly string[]): string {
  const id = studioId(`workflow/${name}`);
  writer.put('WorkflowSchema', { id, name });
  for (const status of statuses) {
    writer.put('WorkflowSchemaStatus', {
      workflow_schema_id: id,
      status_id: writer.idOf('status', status),
    });
  }
  return id;
}

/** Built-in kinds first. */
function seedObjectTypes(writer: SeedWriter): void {
  for (const type of [...builtInObjectTypes, ...writer.studio.objectTypes].map(completeObjectType)) {
    writer.put('ObjectType', {
      id: type.id,
      name: type.name,
      icon: type.icon,
      sort: type.sort,
      is_leaf: type.isLeaf,
      is_prioritizable: type.isPrioritizable,
      is_schedulable: type.isSchedulable,
      is_statusable: type.isStatusable,
      is_taskable: type.isTaskable,
      is_time_reportable: type.isTimeReportable,
      is_typeable: type.isTypeable,
    });
  }
}

/** Which statuses and types entities of a kind may have. */
function kindSchema(writer: SeedWriter, schema: StudioProjectSchema, type: string): void {
  const rules = schema.entities[type];
  if (rules === undefined) {
    return;
  }
  const objectTypeId = writer.idOf('object type', type);
  const id = studioId(`schema/${schema.name}/${type}`);
  writer.put('Schema', {
    id,
    type_id: objectTypeId,
    object_type_id: objectTypeId,
    project_schema_id: schema.id,
  });
  for (const [sort, status] of rules.statuses.entries()) {
    writer.put('SchemaStatus', { schema_id: id, status_id: writer.idOf('status', status), sort });
  }
  for (const [sort, name] of (rules.types ?? []).entries()) {
    writer.put('SchemaType', { schema_id: id, type_id: writer.idOf('task type', name), sort });
  }
}

function seedProjectSchema(writer: SeedWriter, schema: StudioProjectSchema): void {
  const { id, name } = schema;
  const taskTypeSchema: Data = { id: studioId(`task types/${name}`), name };
  writer.put('TaskTypeSchema', taskTypeSchema);
  writer.put('ProjectSchema', {
    id,
    name,
    task_type_schema_id: taskTypeSchema['id'] ?? null,
    task_workflow_schema_id: workflow(writer, `${name} tasks`, schema.taskStatuses),
    asset_version_workflow_schema_id: workflow(writer, `${name} versions`, schema.versionStatuses),
  });
  for (const type of schema.taskTypes) {
    writer.put('TaskTypeSchemaType', {
      task_type_schema_id: taskTypeSchema['id'] ?? null,
      type_id: writer.idOf('task type', type),
    });
  }
  for (const [type, statuses] of Object.entries(schema.taskStatusesByType ?? {})) {
    writer.put('ProjectSchemaOverride', {
      id: studioId(`override/${name}/${type}`),
      project_schema_id: id,
      type_id: writer.idOf('task type', type),
      workflow_schema_id: workflow(writer, `${name} ${type}`, statuses),
    });
  }
  for (const type of schema.objectTypes) {
    const objectTypeId = writer.idOf('object type', type);
    writer.put('ProjectSchemaObjectType', { object_type_id: objectTypeId, project_schema_id: id });
    kindSchema(writer, schema, type);
  }
}

/** Object types, and the project schemas that say what entities of a project can be. */
export function seedWorkflow(writer: SeedWriter): void {
  seedObjectTypes(writer);
  for (const schema of writer.studio.projectSchemas) {
    seedProjectSchema(writer, schema);
  }
}
