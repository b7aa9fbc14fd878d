import type { SchemaDefinition } from './notation';
import { schema } from './notation';

/** A row between two schemas whose key is the pair of their ids. */
function pair(id: string, keys: [string, string], attributes: string): SchemaDefinition {
  return schema(id, { primaryKey: keys, defaults: keys }, attributes);
}

export const workflowSchemas: readonly SchemaDefinition[] = [
  schema(
    'Status',
    { alias: 'TaskStatus' },
    `id:str=statusid!* d="{uid}"; name:str; color:str; sort:int d=0; is_active:bool=isactive* d=true
    state_id:@State=statustypeid^; state:>State=statustype; tasks:[TypedContext(status_id)]`,
  ),
  schema('State', { alias: 'StatusType' }, 'id:str=typeid!* d="{uid}"; name:str; short:str'),
  schema(
    'Type',
    { alias: 'TaskType' },
    `id:str=typeid!* d="{uid}"; name:str; color:str* d="#510100"; sort:int* d=0
    is_billable:bool=isbillable* d=true; tasks:[TypedContext(type_id)]
    task_type_schemas:[TaskTypeSchema via TaskTypeSchemaType(type_id,task_type_schema_id)]=schemes`,
  ),
  schema(
    'Priority',
    { alias: 'PriorityType' },
    `id:str=priorityid!* d="{uid}"; name:str; color:str; sort:int d=0; value:num d=0
    tasks:[TypedContext(priority_id)]`,
  ),
  schema(
    'ObjectType',
    {},
    `id:str=typeid!* d="{uid}"; name:str*; icon:str* d="default"; sort:int* d=0; is_leaf:bool=isleaf d=false
    is_prioritizable:bool=ispriority d=true; is_schedulable:bool=isschedulable* d=false
    is_statusable:bool=isstatusable* d=true; is_taskable:bool=istaskable* d=true
    is_time_reportable:bool=istimereportable* d=false; is_typeable:bool=istypeable* d=true
    tasks:[TypedContext(object_type_id)]
    project_schemas:[ProjectSchema via ProjectSchemaObjectType(object_type_id,project_schema_id)]`,
  ),
  schema(
    'ProjectSchema',
    { alias: 'ProjectScheme' },
    `id:str=schemeid!* d="{uid}"; name:str
    task_type_schema_id:@TaskTypeSchema=tasktypeschemeid; task_type_schema:>TaskTypeSchema=tasktypescheme
    _task_type_schema:>TaskTypeSchema(task_type_schema_id)=tasktypescheme
    task_workflow_schema_id:@WorkflowSchema=taskworkflowid; task_workflow_schema:>WorkflowSchema=taskworkflow
    _task_workflow:>WorkflowSchema(task_workflow_schema_id)=taskworkflow
    asset_version_workflow_schema_id:@WorkflowSchema=versionworkflowid
    asset_version_workflow_schema:>WorkflowSchema=versionworkflow
    _version_workflow:>WorkflowSchema(asset_version_workflow_schema_id)=versionworkflow
    object_types:[ObjectType via ProjectSchemaObjectType(project_schema_id,object_type_id)]
    object_type_schemas:[Schema(project_schema_id)]=schemas; _schemas:[Schema(project_schema_id)]=schemas
    task_workflow_schema_overrides:[ProjectSchemaOverride(project_schema_id)]=overrides
    _overrides:[ProjectSchemaOverride(project_schema_id)]=overrides`,
  ),
  pair(
    'ProjectSchemaObjectType',
    ['object_type_id', 'project_schema_id'],
    `object_type_id:@ObjectType!*; object_type:>ObjectType
    project_schema_id:@ProjectSchema!*; project_schema:>ProjectSchema`,
  ),
  schema(
    'ProjectSchemaOverride',
    { alias: 'ProjectSchemeOverride' },
    `id:str=overrideid!* d="{uid}"; project_schema_id:@ProjectSchema=projectschemeid; type_id:@Type=typeid
    workflow_schema_id:@WorkflowSchema=workflowschemeid; workflow_schema:>WorkflowSchema=workflowscheme`,
  ),
  schema(
    'Schema',
    {},
    `id:str!* d="{uid}"; type_id:@ObjectType=typeid*; object_type_id:@ObjectType=typeid
    project_schema_id:@ProjectSchema=projectschemeid*; statuses:[SchemaStatus(schema_id)]
    types:[SchemaType(schema_id)]`,
  ),
  pair(
    'SchemaStatus',
    ['status_id', 'schema_id'],
    'schema_id:@Schema=schemaid!*; status_id:@Status=statusid!*; sort:int d=0; task_status:>Status(status_id)=taskstatus',
  ),
  pair(
    'SchemaType',
    ['type_id', 'schema_id'],
    'schema_id:@Schema=schemaid!*; type_id:@Type=typeid!*; sort:int d=0; task_type:>Type(type_id)=tasktype',
  ),
  schema(
    'WorkflowSchema',
    { alias: 'WorkflowScheme' },
    `id:str=schemeid!* d="{uid}"; name:str d="Workflow Name"
    overrides:[ProjectSchemaOverride(workflow_schema_id)]
    statuses:[Status via WorkflowSchemaStatus(workflow_schema_id,status_id)]`,
  ),
  pair(
    'WorkflowSchemaStatus',
    ['workflow_schema_id', 'status_id'],
    'workflow_schema_id:@WorkflowSchema=schemeid!*; status_id:@Status=statusid!*',
  ),
  schema(
    'TaskTypeSchema',
    { alias: 'TaskTypeScheme' },
    `id:str=schemeid!* d="{uid}"; name:str d="TaskType Schema Name"
    types:[Type via TaskTypeSchemaType(task_type_schema_id,type_id)]`,
  ),
  pair(
    'TaskTypeSchemaType',
    ['task_type_schema_id', 'type_id'],
    'task_type_schema_id:@TaskTypeSchema=schemeid!*; type_id:@Type=typeid!*',
  ),
];
