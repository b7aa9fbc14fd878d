import type { SchemaDefinition } from './notation';
import { schema } from './notation';

const valueKey = ['configuration_id', 'entity_id'];
const configuration = { alsoSystem: ['write_permissionid', 'permissionid'], system: ['project_id'] };

/** One row per entity and applicable configuration, stored value or default. */
function denseValues(target: string, options: { inProject: boolean }): SchemaDefinition {
  return schema(
    `${target}CustomAttributeValue`,
    {
      primaryKey: valueKey,
      defaults: [...valueKey, 'key'],
      system: ['entity_id', 'key'],
      alsoSystem: ['_casted_value', ...(options.inProject ? ['project_id'] : [])],
      group: options.inProject,
      virtual: true,
    },
    `configuration_id:@CustomAttributeConfiguration=register_id!*; entity_id:@${target}!*; key:str
    value:var=casted_value; configuration:>CustomAttributeConfiguration=register`,
  );
}

const link = `from_id:str*; from_entity_type:schema; to_id:str*; to_entity_type:schema
  configuration_id:@CustomAttributeLinkConfiguration=registerid!*
  configuration:>CustomAttributeLinkConfiguration=register`;
const linkDefaults = ['configuration_id', 'from_id', 'to_id'];

/** Links that lead to (and, seen from the other end, come from) entities of one family. */
function links(relation: string, target: string): SchemaDefinition[] {
  const build = (mixin: string, column: string): SchemaDefinition =>
    schema(
      `${target}${mixin}`,
      {
        mixin,
        defaults: ['id', 'to_id', 'to_entity_type', 'configuration_id', 'from_id'],
        alsoRequired: ['id', 'from_entity_type', 'to_entity_type'],
      },
      `${relation}:>${target}(${column})`,
    );
  return [build('CustomAttributeLink', 'to_id'), build('CustomAttributeLinkFrom', 'from_id')];
}

const configurationSchemas: readonly SchemaDefinition[] = [
  schema(
    'CustomConfigurationBase',
    { ...configuration, alias: 'RegisterBase', abstract: true },
    `id:str=registerid!* d="{uid}"; key:str; label:str; config:str* s="{}"; core:bool* d=false; sort:int d=0
    entity_type:str=entity; object_type_id:str=entity_key; object_type:>ObjectType=object_type
    project_id:str=topid; group_id:@CustomAttributeGroup=groupid; group:>CustomAttributeGroup
    read_security_roles:[SecurityRole via _ConfigurationReadRole(configuration_id,security_role_id)]=read_roles
    write_security_roles:[SecurityRole via _ConfigurationWriteRole(configuration_id,security_role_id)]=write_roles`,
  ),
  ...['_ConfigurationReadRole', '_ConfigurationWriteRole'].map((id) =>
    schema(
      id,
      { primaryKey: ['configuration_id', 'security_role_id'], internal: true },
      'configuration_id:@CustomConfigurationBase!*; security_role_id:@SecurityRole!*',
    ),
  ),
  schema(
    'CustomAttributeConfiguration',
    { ...configuration, mixin: 'CustomConfigurationBase', alias: 'Variable_Register' },
    `default:var=casted_default d=""; is_hierarchical:bool=ishierarchical d=false
    type_id:@CustomAttributeType=typeid; type:>CustomAttributeType
    values:[CustomAttributeValue(configuration_id)]`,
  ),
  schema(
    'CustomAttributeLinkConfiguration',
    {
      ...configuration,
      mixin: 'CustomConfigurationBase',
      alias: 'LinkRegister',
      alsoRequired: ['entity_type'],
    },
    `entity_type_to:str=entity_to!*; object_type_id_to:@ObjectType=entity_key_to!
    object_type_to:>ObjectType(object_type_id_to)=object_type_to; one_to_one:bool`,
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
];

export const customAttributeSchemas: readonly SchemaDefinition[] = [
  ...configurationSchemas,
  schema(
    'CustomAttributeValue',
    { alias: 'Variable_Value', primaryKey: valueKey, defaults: valueKey },
    `configuration_id:@CustomAttributeConfiguration=registerid!*; entity_id:str=entityid!*
    value:var=casted_value; configuration:>CustomAttributeConfiguration=register`,
  ),
  denseValues('Context', { inProject: true }),
  denseValues('Asset', { inProject: true }),
  denseValues('AssetVersion', { inProject: true }),
  denseValues('List', { inProject: true }),
  denseValues('ListObject', { inProject: false }),
  denseValues('User', { inProject: false }),
  schema('CustomAttributeLink', { defaults: linkDefaults }, `id:str! d="{uid}"; ${link}`),
  schema('CustomAttributeLinkFrom', { defaults: linkDefaults }, `id:str! d="{uid}"; ${link}`),
  ...links('context', 'Context'),
  ...links('asset', 'Asset'),
  ...links('asset_version', 'AssetVersion'),
  ...links('component', 'Component'),
  ...links('list', 'List'),
  ...links('user', 'User'),
  ...links('group', 'Group'),
];
