import { customLinks } from './contexts';
import type { SchemaDefinition } from './notation';
import { schema } from './notation';

/** The locations that every workspace has; clients know their ids. */
export const builtInLocations = {
  'ftrack.origin': 'ce9b348f-8809-11e3-821c-20c9d081909b',
  'ftrack.unmanaged': 'cb268ecc-8809-11e3-a7e2-20c9d081909b',
  'ftrack.review': 'cd41be70-8809-11e3-b98a-20c9d081909b',
  'ftrack.connect': '07b82a97-8cf9-11e3-9383-20c9d081909b',
  'ftrack.server': '3a372bde-05bc-11e4-8908-20c9d081909b',
} as const;

/** The location whose files the server itself holds. */
export const serverLocationId = builtInLocations['ftrack.server'];

const component = {
  system: ['system_type', 'version_id', 'container_id'],
  defaults: ['id', 'system_type'],
  group: true,
};

/** The id of a kind of component refers to its row among the components. */
const componentId = 'id:fk(Component.id)!* d="{uid}"';

const componentSchemas: readonly SchemaDefinition[] = [
  schema(
    'Component',
    { ...component, abstract: true },
    `id:str!* d="{uid}"; system_type:str*; name:str* d="main"; size:int d=0; file_type:str=filetype
    container_id:@ContainerComponent; container:>ContainerComponent; version_id:@AssetVersion
    version:>AssetVersion; component_locations:[ComponentLocation(component_id)]
    metadata:{Metadata(parent_id)}=meta; ${customLinks}`,
  ),
  schema('FileComponent', { ...component, mixin: 'Component' }, componentId),
  schema(
    'ContainerComponent',
    { ...component, mixin: 'Component' },
    `${componentId}; members:[Component(container_id)]`,
  ),
  schema('SequenceComponent', { ...component, mixin: 'ContainerComponent' }, 'padding:int* d=0'),
  schema(
    'Location',
    {},
    `id:str!* d="{uid}"; name:str*; label:str; description:str
    location_components:[ComponentLocation(location_id)]`,
  ),
  schema(
    'ComponentLocation',
    { system: ['location_id', 'component_id'], group: true },
    `id:str!* d="{uid}"; component_id:@Component; component:>Component; location_id:@Location
    location:>Location; resource_identifier:str=resourceIdentifier; url:obj~`,
  ),
];

export const publishingSchemas: readonly SchemaDefinition[] = [
  schema(
    'Asset',
    { system: ['context_id'], group: true },
    `id:str=assetid!* d="{uid}"; name:str; context_id:@Context; parent:>Context(context_id)
    type_id:@AssetType=typeid; type:>AssetType; project_id:@Project; versions:[AssetVersion(asset_id)]
    latest_version:>AssetVersion~; ancestors:[TypedContext~]; metadata:{Metadata(parent_id)}=meta
    custom_attributes:{AssetCustomAttributeValue(entity_id)}=custom_attribute_values
    ${customLinks}`,
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
    is_published:bool=ispublished* d=true; is_latest_version:bool(~)!; status_id:@Status=statusid*; status:>Status
    task_id:@Task=taskid; task:>Task; user_id:@User.user_id=userid; user:>User; project_id:@Project
    thumbnail_id:@Component=thumbid; thumbnail:>Component; thumbnail_url:obj!~
    link:str(~)=_api_link!; _link:str(~)=_api_link!; components:[Component(version_id)]
    uses_versions:[AssetVersion via AssetVersionLink(to_id,from_id)]=usesversions
    used_in_versions:[AssetVersion via AssetVersionLink(from_id,to_id)]=usedinversions
    incoming_links:[AssetVersionLink(to_id)]=incoming_links
    outgoing_links:[AssetVersionLink(from_id)]=outgoing_links
    status_changes:[StatusChange(parent_id)]; notes:[Note(parent_id)]; metadata:{Metadata(parent_id)}=meta
    review_session_objects:[ReviewSessionObject(version_id)]=reviewSessionObjects
    lists:[AssetVersionList via ListObject(entity_id,list_id)]=_lists
    custom_attributes:{AssetVersionCustomAttributeValue(entity_id)}=custom_attribute_values
    ${customLinks}`,
  ),
  schema(
    'AssetVersionLink',
    { defaults: ['id', 'from_id', 'to_id'] },
    `id:str!* d="{uid}"; from_id:@AssetVersion=linkedversionid*; from:>AssetVersion=linked_version
    to_id:@AssetVersion=versionid*; to:>AssetVersion=version; metadata:{Metadata(parent_id)}=meta`,
  ),
  ...componentSchemas,
];
