import type { SchemaDefinition } from './notation';
import { schema } from './notation';

/** A row between two schemas whose key is the pair of their ids. */
function pair(id: string, keys: [string, string], attributes: string): SchemaDefinition {
  return schema(id, { primaryKey: keys, defaults: keys }, attributes);
}

const statusRules: readonly SchemaDefinition[] = [
  schema(
    'StatusRuleGroup',
    { defaults: ['id', 'status_id', 'entity_type'], abstract: true },
    `id:str!* d="{uid}"; entity_type:str*; schema_id:@ProjectSchema*; schema:>ProjectSchema
    status_id:@Status*; status:>Status; status_rules:[StatusRule(status_rule_group_id)]
    role_id:@SecurityRole; role:>SecurityRole`,
  ),
  schema(
    'TypedContextStatusRuleGroup',
    {
      mixin: 'StatusRuleGroup',
      alias: 'TaskStatusRuleGroup',
      defaults: ['object_type_id', 'id', 'status_id', 'entity_type'],
    },
    'object_type_id:@ObjectType*; object_type:>ObjectType',
  ),
  schema(
    'AssetVersionStatusRuleGroup',
    { mixin: 'StatusRuleGroup', defaults: ['id', 'status_id', 'entity_type'] },
    '',
  ),
  schema(
    'StatusRule',
    { defaults: ['id', 'status_id'] },
    `id:str!* d="{uid}"; status_rule_group_id:@StatusRuleGroup*; status_rule_group:>StatusRuleGroup
    status_id:@Status*; status:>Status`,
  ),
];

/** A change of status says below which kind of entity it happened. */
function statusChange(target: string): SchemaDefinition {
  return schema(
    `${target}StatusChange`,
    { mixin: 'StatusChange', hints: { '/alias_for': 'preserve' } },
    `parent:>${target}`,
  );
}

const statusChanges: readonly SchemaDefinition[] = [
  schema(
    'StatusChange',
    { alias: 'Trac' },
    `id:str=tracid!* s="{uid}"; date:dt; parent_id:str; parent_type:str; from_status_id:@Status
    from_status:>Status; status_id:@Status; status:>Status; user_id:@User.user_id=userid; user:>User`,
  ),
  statusChange('TypedContext'),
  statusChange('AssetVersion'),
];

const taskTemplates: readonly SchemaDefinition[] = [
  schema(
    'TaskTemplate',
    { defaults: ['id', 'name'] },
    `id:str!* d="{uid}"; name:str*; project_schema_id:@ProjectSchema=projectschemeid*
    project_schema:>ProjectSchema=schema; items:[TaskTemplateItem(template_id)]`,
  ),
  schema(
    'TaskTemplateItem',
    {},
    `id:str!* d="{uid}"; template_id:@TaskTemplate*; template:>TaskTemplate
    task_type_id:@Type=tasktype_id*; task_type:>Type=taskType`,
  ),
];

const projectSchemas: readonly SchemaDefinition[] = [
  schema(
    'Status',
    { alias: 'TaskStatus' },
    `id:str=statusid!* d="{uid}"; name:str; color:str; sort:int d=0; is_active:bool=isactive* s=true
    state:>State=statustype; tasks:[Task<TypedContext(status_id)]`,
  ),
  schema('State', { alias: 'StatusType' }, 'id:str=typeid!* d="{uid}"; name:str; short:str'),
  schema(
    'Type',
    { alias: 'TaskType' },
    `id:str=typeid!* d="{uid}"; name:str; color:str* d="#510100"; sort:int* d=0
    is_billable:bool=isbillable* d=true; tasks:[Task<TypedContext(type_id)]
    task_type_schemas:[TaskTypeSchema via TaskTypeSchemaType(type_id,task_type_schema_id)]=schemes`,
  ),
  schema(
    'Priority',
    { alias: 'PriorityType' },
    `id:str=priorityid!* d="{uid}"; name:str; color:str; sort:int d=0; value:num d=0
    tasks:[Task<TypedContext(priority_id)]`,
  ),
  schema(
    'ObjectType',
    {},
    `id:str=typeid!* d="{uid}"; name:str*; icon:str* d="default"; sort:int* d=0; is_leaf:bool=isleaf d=false
    is_prioritizable:bool=ispriority d=true; is_schedulable:bool=isschedulable* d=false
    is_statusable:bool=isstatusable* d=true; is_taskable:bool=istaskable* d=true
    is_time_reportable:bool=istimereportable* d=false; is_typeable:bool=istypeable* d=true
    tasks:[Task<TypedContext(object_type_id)]
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
    _overrides:[ProjectSchemaOverride(project_schema_id)]=overrides
    task_templates:[TaskTemplate(project_schema_id)]=templates`,
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

export const workflowSchemas: readonly SchemaDefinition[] = [
  ...projectSchemas,
  ...statusRules,
  ...statusChanges,
  ...taskTemplates,
];
