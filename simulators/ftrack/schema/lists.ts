import { customLinks } from './contexts';
import type { SchemaDefinition } from './notation';
import { schema } from './notation';

const list = { system: ['project_id'], group: true };

/** Real schemas list an attribute that lists no longer have. */
const kind = { ...list, mixin: 'List', alias: 'List', alsoImmutable: ['type'] };

export const listSchemas: readonly SchemaDefinition[] = [
  schema(
    'List',
    list,
    `id:str=listid!* d="{uid}"; name:str d=""; date:dt; is_open:bool=isopen* d=true
    project_id:@Project=showid*; project:>Project=show; category_id:@ListCategory=typeid*
    category:>ListCategory=type; user_id:@User.user_id=userid; owner:>User(user_id)=user
    system_type:str=entity d="task"
    custom_attributes:{ListCustomAttributeValue(entity_id)}=custom_attribute_values
    ${customLinks}`,
  ),
  schema(
    'TypedContextList',
    {
      ...kind,
      classifier: { column: 'system_type', value: 'task' },
    },
    'items:[Task<TypedContext via ListObject(list_id,entity_id)]=_task_items',
  ),
  schema(
    'AssetVersionList',
    {
      ...kind,
      classifier: { column: 'system_type', value: 'assetversion' },
      initials: { system_type: 'assetversion' },
    },
    'items:[AssetVersion via ListObject(list_id,entity_id)]=_asset_version_items',
  ),
  schema(
    'ListObject',
    { defaults: ['id', 'entity_id', 'list_id'] },
    `id:str!* d="{uid}"; entity_id:str=entityid*; list_id:@List=listid*; list:>List
    custom_attributes:{ListObjectCustomAttributeValue(entity_id)}=custom_attribute_values`,
  ),
  schema(
    'ListCategory',
    { alias: 'ListType' },
    'id:str=typeid!* d="{uid}"; name:str; lists:[List(category_id)]',
  ),
];
