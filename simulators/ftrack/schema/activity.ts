import type { SchemaDefinition } from './notation';
import { schema } from './notation';

const list = { system: ['project_id'], group: true };

export const activitySchemas: readonly SchemaDefinition[] = [
  schema(
    'Event',
    { alias: 'SocialEvent', system: ['project_id'], group: true },
    `id:int=socialid!*; action:str=action; insert:str=insert; data:str; created_at:dt; parent_type:str; parent_id:str
    project_id:@Project=showid; project:>Project=show; user_id:@User=userid; user:>User`,
  ),
  schema(
    'StatusChange',
    { alias: 'Trac' },
    `id:str=tracid!* d="{uid}"; date:dt; parent_id:str; parent_type:str; from_status_id:@Status
    from_status:>Status; status_id:@Status; status:>Status; user_id:@User=userid; user:>User`,
  ),
  schema(
    'Metadata',
    {
      alias: 'Meta',
      primaryKey: ['parent_id', 'key'],
      defaults: ['parent_id', 'key', 'value', 'parent_type'],
    },
    'parent_id:str=meta_id!*; key:str=variable!*; value:str*; parent_type:str=meta_type*',
  ),
  schema(
    'Setting',
    { primaryKey: ['name', 'group'], defaults: ['name', 'group'] },
    'name:str!* d="default"; group:str!* d="default"; value:str d="default"',
  ),
  schema('Location', {}, 'id:str!* d="{uid}"; name:str*; label:str; description:str'),
  schema(
    'Note',
    { system: ['project_id'], group: true },
    `id:str=noteid!* d="{uid}"; content:str=text; parent_id:str; parent_type:str; user_id:@User=userid*
    author:>BaseUser(user_id)=user; date:dt; thread_activity:dt=triggerdate; frame_number:int; is_todo:bool d=false
    in_reply_to_id:@Note=noteparentid; in_reply_to:>Note=noteparent; replies:[Note(in_reply_to_id)]=notes
    project_id:@Project; project:>Project; completed_at:dt; completed_by_id:@User; completed_by:>User
    metadata:{Metadata(parent_id)}=meta`,
  ),
  schema(
    'List',
    list,
    `id:str=listid!* d="{uid}"; name:str; date:dt; is_open:bool=isopen* d=true; project_id:@Project=showid*
    project:>Project=show; category_id:@ListCategory=typeid*; category:>ListCategory=type
    user_id:@User=userid; owner:>User(user_id)=user; system_type:str=entity d="task"
    custom_attributes:{ListCustomAttributeValue(entity_id)}=custom_attribute_values`,
  ),
  schema(
    'TypedContextList',
    { ...list, mixin: 'List', alias: 'List', classifier: { column: 'system_type', value: 'task' } },
    'items:[TypedContext via ListObject(list_id,entity_id)]=_task_items',
  ),
  schema(
    'AssetVersionList',
    {
      ...list,
      mixin: 'List',
      alias: 'List',
      classifier: { column: 'system_type', value: 'assetversion' },
      initials: { system_type: 'assetversion' },
    },
    'items:[AssetVersion via ListObject(list_id,entity_id)]=_asset_version_items',
  ),
  schema(
    'ListObject',
    { defaults: ['id', 'entity_id', 'list_id'] },
    'id:str!* d="{uid}"; entity_id:str=entityid*; list_id:@List=listid*; list:>List',
  ),
  schema(
    'ListCategory',
    { alias: 'ListType' },
    'id:str=typeid!* d="{uid}"; name:str; lists:[List(category_id)]',
  ),
  schema(
    'Timelog',
    { system: ['user_id', 'context_id'] },
    `id:str!* d="{uid}"; comment:str* d=""; name:str; start:dt*; duration:num*; time_zone_offset:num
    context_id:@Context; context:>Context; user_id:@User; user:>User`,
  ),
  schema(
    'Asset',
    { system: ['context_id'], group: true },
    `id:str=assetid!* d="{uid}"; name:str; context_id:@Context; parent:>Context(context_id)
    type_id:@AssetType=typeid; type:>AssetType; project_id:@Project; versions:[AssetVersion(asset_id)]
    metadata:{Metadata(parent_id)}=meta`,
  ),
  schema(
    'AssetType',
    {},
    'id:str=typeid!* d="{uid}"; name:str*; short:str*; component:str d="main"; assets:[Asset(type_id)]',
  ),
  schema(
    'AssetVersion',
    { system: ['asset_id'], group: true },
    `id:str=versionid!* d="{uid}"; asset_id:@Asset=assetid; asset:>Asset; version:int; comment:str d=""; date:dt
    is_published:bool=ispublished* d=true; status_id:@Status=statusid*; status:>Status
    task_id:@Task=taskid; task:>Task; user_id:@User=userid; user:>User; project_id:@Project
    notes:[Note(parent_id)]; metadata:{Metadata(parent_id)}=meta
    lists:[AssetVersionList via ListObject(entity_id,list_id)]=_lists
    custom_attributes:{AssetVersionCustomAttributeValue(entity_id)}=custom_attribute_values`,
  ),
];
