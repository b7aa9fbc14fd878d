import type { SchemaDefinition } from './notation';
import { schema } from './notation';

export const objectTypeIds = {
  Task: '11c137c0-ee7e-4f9c-91c5-8c77cec22b2c',
  Shot: 'bad911de-3bd6-47b9-8b46-3476e237cb36',
  Sequence: 'e5139355-61da-4c8f-9db4-3abc870166bc',
  Episode: '22139355-61da-4c8f-9db4-3abc870166bc',
  Folder: '3c133785-51cb-11e3-980a-20c9d0831e59',
  AssetBuild: '4be63b64-5010-42fb-bf1f-428af9d638f0',
  Milestone: '01decdd1-51cb-11e3-9d5b-20c9d0831e59',
} as const;

export const defaultPriorityId = '9661b320-3a0c-11e2-81c1-0800200c9a66';

/** Attributes of everything that custom attribute links can lead from and to. */
export const customLinks = `custom_attribute_links:{CustomAttributeLink(from_id)}^
  custom_attribute_links_from:{CustomAttributeLinkFrom(to_id)}^`;

const names = ['context_type', 'id', 'name'];

/** What every subtype of TypedContext states again. */
export const typedContextOptions = {
  alias: 'Task',
  system: ['project_id', 'context_type'],
  discriminators: ['object_type_id'],
  defaults: names,
  group: true,
} as const;

export const contextSchemas: readonly SchemaDefinition[] = [
  schema(
    'Context',
    { system: ['context_type'], defaults: names, group: true, abstract: true },
    `id:str!* d="{uid}"; context_type:str*; name:str* d=""; parent_id:@Context; project_id:@Project
    parent:>Context; children:[Context(parent_id)]
    created_at:dt!; created_by_id:@User.user_id=created_by!; created_by:>User=createdBy!
    thumbnail_id:@Component=thumbid; thumbnail:>Component; thumbnail_url:obj!~
    link:str(~)=_api_link!; _link:str(~)=_api_link!
    appointments:[Appointment(context_id)]=context_appointments
    assignments:[Appointment(context_id,type=assignment)]=context_assignments
    allocations:[Appointment(context_id,type=allocation)]=context_allocations
    assets:[Asset(context_id)]; timelogs:[Timelog(context_id)]; notes:[Note(parent_id)]
    scopes:[Scope via _ContextScope(context_id,scope_id)]; managers:[Manager(context_id)]
    custom_attributes:{ContextCustomAttributeValue(entity_id)}=custom_attribute_values
    ${customLinks}`,
  ),
  schema(
    'Project',
    { mixin: 'Context', alias: 'Show', system: ['context_type'], defaults: names, group: true },
    `full_name:str=fullname; status:str* s="active"; color:str; root:str
    is_private:bool=private d=false; is_global:bool=isglobal* d=false
    start_date:dt=startdate; end_date:dt=enddate; disk_id:@Disk=diskid; disk:>Disk
    project_schema_id:@ProjectSchema=projectschemeid*; project_schema:>ProjectSchema=projectscheme
    descendants:[TypedContext(project_id)]; metadata:{Metadata(parent_id)}=meta
    review_sessions:[ReviewSession(project_id)]=reviewSessions
    review_session_folders:[ReviewSessionFolder(project_id)]; calendar_events:[CalendarEvent(project_id)]
    user_security_role_projects:[UserSecurityRoleProject(project_id)]=user_role_projects`,
  ),
  schema(
    'TypedContext',
    { ...typedContextOptions, mixin: 'Context', abstract: true },
    `object_type_id:@ObjectType=object_typeid*; object_type:>ObjectType=objectType
    priority_id:@Priority=priorityid*; priority:>Priority
    status_id:@Status=statusid*; status:>Status
    type_id:@Type=typeid*; type:>Type
    project:>Project=show; bid:num* s=0; sort:num* s=0; description:str s=""
    project_id:@Project=showid; start_date:dt=startdate; end_date:dt=enddate
    time_logged:num!~; bid_time_logged_difference:num!~; thumbnail_source_id:@Context!~
    ancestors:[TypedContext~]; descendants:[TypedContext~]; split_parts:[SplitTaskPart(task_id)]
    metadata:{Metadata(parent_id)}=meta; lists:[TypedContextList via ListObject(entity_id,list_id)]=_lists
    incoming_links:[TypedContextLink(to_id)]=predecessors; outgoing_links:[TypedContextLink(from_id)]=successors
    status_changes:[StatusChange(parent_id)]`,
  ),
  schema(
    'TypedContextLink',
    { alias: 'Dependency', defaults: ['id', 'from_id', 'to_id'] },
    `id:str=dependencyid!* d="{uid}"; from_id:@TypedContext*; to_id:@TypedContext*; lag:num=lag
    from:>TypedContext=fromTask; to:>TypedContext=toTask
    type:enum(start_to_start|start_to_end|end_to_start|end_to_end) d="end_to_start"
    metadata:{Metadata(parent_id)}=meta`,
  ),
  schema(
    'SplitTaskPart',
    { system: ['task_id'] },
    'id:str!* d="{uid}"; label:str; start_date:dt*; end_date:dt*; task_id:@Task*; task:>Task',
  ),
  schema('Scope', {}, 'id:str!* d="{uid}"; name:str*'),
  schema(
    '_ContextScope',
    { primaryKey: ['context_id', 'scope_id'], internal: true },
    'context_id:@Context!*; scope_id:@Scope!*',
  ),
  schema(
    'Manager',
    {},
    `id:str=managerid!* d="{uid}"; context_id:@Context; context:>Context; user_id:@User=userid; user:>User
    type_id:@ManagerType=typeid; type:>ManagerType`,
  ),
  schema('ManagerType', {}, 'id:str=typeid!* d="{uid}"; name:str'),
  schema(
    'Disk',
    {},
    'id:str=diskid!* d="{uid}"; name:str*; unix:str; windows:str; projects:[Project(disk_id)]=shows',
  ),
];
