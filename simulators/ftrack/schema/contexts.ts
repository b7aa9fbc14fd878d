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

const names = ['context_type', 'id', 'name'];

const unscheduled = ['bid', 'end_date', 'start_date'];

const fixedOn: Record<keyof typeof objectTypeIds, readonly string[]> = {
  Task: [],
  Milestone: ['start_date'],
  AssetBuild: unscheduled,
  Episode: [...unscheduled, 'type', 'type_id'],
  Shot: [...unscheduled, 'type', 'type_id'],
  Folder: [...unscheduled, 'status', 'status_id', 'type', 'type_id'],
  Sequence: [...unscheduled, 'status', 'status_id', 'type', 'type_id'],
};

/** A subtype of TypedContext is an object type; custom ones of a studio can be made with the same call. */
function objectTypeSchema(
  id: string,
  objectTypeId: string,
  alsoImmutable: readonly string[],
): SchemaDefinition {
  return schema(
    id,
    {
      mixin: 'TypedContext',
      alias: 'Task',
      classifier: { column: 'object_type_id', value: objectTypeId },
      system: ['project_id', 'context_type'],
      discriminators: ['object_type_id'],
      defaults: names,
      group: true,
      alsoImmutable,
      initials: { object_type_id: objectTypeId, priority_id: defaultPriorityId, name: '' },
    },
    '',
  );
}

export const contextSchemas: readonly SchemaDefinition[] = [
  schema(
    'Context',
    { system: ['context_type'], defaults: names, group: true },
    `id:str!* d="{uid}"; context_type:str*; name:str*; parent_id:@Context; project_id:@Project
    parent:>Context; children:[Context(parent_id)]
    created_at:dt!; created_by_id:@User=created_by!; created_by:>User=createdBy!
    thumbnail_id:fk=thumbid; thumbnail_url:obj!~; link:str=_api_link!; _link:str=_api_link!
    appointments:[Appointment(context_id)]=context_appointments
    assignments:[Appointment(context_id,type=assignment)]=context_assignments
    allocations:[Appointment(context_id,type=allocation)]=context_allocations
    assets:[Asset(context_id)]; timelogs:[Timelog(context_id)]; notes:[Note(parent_id)]
    custom_attributes:{ContextCustomAttributeValue(entity_id)}=custom_attribute_values`,
  ),
  schema(
    'Project',
    { mixin: 'Context', alias: 'Show', system: ['context_type'], defaults: names, group: true },
    `full_name:str=fullname; status:str* d="active"; color:str; root:str
    is_private:bool=private d=false; is_global:bool=isglobal* d=false
    start_date:dt=startdate; end_date:dt=enddate
    project_schema_id:@ProjectSchema=projectschemeid*; project_schema:>ProjectSchema=projectscheme
    descendants:[TypedContext(project_id)]; metadata:{Metadata(parent_id)}=meta`,
  ),
  schema(
    'TypedContext',
    {
      mixin: 'Context',
      alias: 'Task',
      system: ['project_id', 'context_type'],
      discriminators: ['object_type_id'],
      defaults: names,
      group: true,
    },
    `object_type_id:@ObjectType=object_typeid!*; object_type:>ObjectType=objectType!
    priority_id:@Priority=priorityid*; priority:>Priority
    status_id:@Status=statusid*; status:>Status
    type_id:@Type=typeid*; type:>Type
    project:>Project=show; bid:num* d=0; sort:num* d=0; description:str d=""
    project_id:@Project=showid; start_date:dt=startdate; end_date:dt=enddate
    time_logged:num!~; bid_time_logged_difference:num!~
    ancestors:[TypedContext~]~; descendants:[TypedContext~]~
    metadata:{Metadata(parent_id)}=meta; lists:[TypedContextList via ListObject(entity_id,list_id)]=_lists
    incoming_links:[TypedContextLink(to_id)]=predecessors; outgoing_links:[TypedContextLink(from_id)]=successors
    status_changes:[StatusChange(parent_id)]`,
  ),
  ...Object.entries(objectTypeIds).map(([id, objectTypeId]) =>
    objectTypeSchema(id, objectTypeId, fixedOn[id as keyof typeof objectTypeIds]),
  ),
  schema(
    'TypedContextLink',
    { alias: 'Dependency', defaults: ['id', 'from_id', 'to_id'] },
    `id:str=dependencyid!* d="{uid}"; from_id:@TypedContext*; to_id:@TypedContext*; lag:num=lag
    from:>TypedContext=fromTask; to:>TypedContext=toTask; type:str d="end_to_start"
    metadata:{Metadata(parent_id)}=meta`,
  ),
];
