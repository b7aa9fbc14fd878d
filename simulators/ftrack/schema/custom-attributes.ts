import type { SchemaDefinition } from './notation';
import { schema } from './notation';

const valueKey = ['configuration_id', 'entity_id'];

/** One row per entity and applicable configuration, stored value or default. */
function denseValues(id: string, target: string): SchemaDefinition {
  return schema(
    id,
    {
      primaryKey: valueKey,
      defaults: [...valueKey, 'key'],
      system: ['entity_id', 'key'],
      group: true,
      virtual: true,
    },
    `configuration_id:@CustomAttributeConfiguration=register_id!*; entity_id:@${target}!*; key:str
    value:var=casted_value; configuration:>CustomAttributeConfiguration=register`,
  );
}

export const customAttributeSchemas: readonly SchemaDefinition[] = [
  schema(
    'CustomConfigurationBase',
    { alias: 'RegisterBase' },
    `id:str=registerid!* d="{uid}"; key:str; label:str; config:str* d="{}"; core:bool* d=false; sort:int d=0
    entity_type:str=entity; object_type_id:str=entity_key; object_type:>ObjectType=object_type
    project_id:str=topid; group_id:@CustomAttributeGroup=groupid; group:>CustomAttributeGroup
    read_security_roles:[SecurityRole~]=read_roles~; write_security_roles:[SecurityRole~]=write_roles~`,
  ),
  schema(
    'CustomAttributeConfiguration',
    { mixin: 'CustomConfigurationBase', alias: 'Variable_Register', system: ['project_id'] },
    `default:var=casted_default; is_hierarchical:bool=ishierarchical d=false; type_id:@CustomAttributeType=typeid
    type:>CustomAttributeType; values:[CustomAttributeValue(configuration_id)]`,
  ),
  schema(
    'CustomAttributeType',
    {},
    `id:str=typeid!* d="{uid}"; name:str; core:bool* d=false; form_config:str=formconfig
    custom_attribute_configurations:[CustomAttributeConfiguration(type_id)]=variables`,
  ),
  schema(
    'CustomAttributeGroup',
    { alias: 'AttributeGroup', defaults: ['id', 'name'] },
    `id:str=groupid!* d="{uid}"; name:str
    custom_attribute_configurations:[CustomAttributeConfiguration(group_id)]=registers`,
  ),
  schema(
    'CustomAttributeValue',
    { alias: 'Variable_Value', primaryKey: valueKey, defaults: valueKey },
    `configuration_id:@CustomAttributeConfiguration=registerid!*; entity_id:str=entityid!*
    value:var=casted_value; configuration:>CustomAttributeConfiguration=register`,
  ),
  denseValues('ContextCustomAttributeValue', 'Context'),
  denseValues('UserCustomAttributeValue', 'User'),
  denseValues('ListCustomAttributeValue', 'List'),
  denseValues('AssetVersionCustomAttributeValue', 'AssetVersion'),
];
