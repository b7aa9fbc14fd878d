import { customLinks } from './contexts';
import type { SchemaDefinition } from './notation';
import { schema } from './notation';

const resource = { system: ['resource_type'] };

const resourceSchemas: readonly SchemaDefinition[] = [
  schema(
    'Resource',
    { ...resource, abstract: true },
    `id:str!* d="{uid}"; resource_type:str*
    appointments:[Appointment(resource_id)]=resource_appointments
    assignments:[Appointment(resource_id,type=assignment)]=resource_assignments
    allocations:[Appointment(resource_id,type=allocation)]=resource_allocations
    dashboard_resources:[DashboardResource(resource_id)]`,
  ),
  schema(
    'BaseUser',
    { ...resource, mixin: 'Resource', abstract: true },
    `email:str; first_name:str=firstname; last_name:str=lastname
    thumbnail_id:@Component=thumbid; thumbnail:>Component; thumbnail_url:obj!~`,
  ),
  schema(
    'User',
    {
      ...resource,
      mixin: 'BaseUser',
      initials: { resource_type: 'user' },
      alsoImmutable: ['resource_type'],
    },
    `username:str*; is_active:bool=isactive* s=true; is_otp_enabled:bool=otp_enabled s=false
    is_totp_enabled:bool=totp_enabled s=false; require_details_update:bool s=false
    timelogs:[Timelog(user_id)]; memberships:[Membership(user_id)]=user_memberships
    user_type_id:@UserType=typeid; user_type:>UserType=type
    user_security_roles:[UserSecurityRole(user_id)]=userRoles; metadata:{Metadata(parent_id)}=meta
    custom_attributes:{UserCustomAttributeValue(entity_id)}=custom_attribute_values
    ${customLinks}`,
  ),
  schema('Collaborator', { ...resource, mixin: 'BaseUser' }, 'created_from_shared_url:str'),
  schema(
    'Group',
    {
      ...resource,
      mixin: 'Resource',
      initials: { resource_type: 'group' },
      alsoImmutable: ['resource_type'],
    },
    `name:str* d=""; local:bool* s=false; parent_id:@Group=group_id; parent:>Group; children:[Group(parent_id)]
    link:str(~)=api_link!; memberships:[Membership(group_id)]=group_memberships
    ${customLinks}`,
  ),
  schema('UserType', {}, 'id:str=typeid!* d="{uid}"; name:str!'),
  schema(
    'Membership',
    {},
    `id:str!* d="{uid}"; group_id:@Group*; group:>Group=membership_group
    user_id:@User*; user:>User=membership_user`,
  ),
  schema(
    'Appointment',
    {},
    `id:str!* d="{uid}"; type:str* s="assignment"; context_id:@Context*; resource_id:@Resource*
    context:>Context=appointment_context; resource:>Resource=appointment_resource`,
  ),
];

const accessSchemas: readonly SchemaDefinition[] = [
  schema(
    'SecurityRole',
    { alias: 'Auth_Role', defaults: ['id', 'name'] },
    `id:str=roleid!* d="{uid}"; name:str; type:fk(SecurityRoleType.id)=typeid
    user_security_roles:[UserSecurityRole(security_role_id)]=userRoles`,
  ),
  schema(
    'UserSecurityRole',
    { alias: 'Auth_UserRole', defaults: ['id', 'user_id', 'security_role_id'] },
    `id:str!* d="{uid}"; user_id:@User=userid; user:>User; security_role_id:@SecurityRole=roleid
    security_role:>SecurityRole=role; is_all_projects:bool=isallprojects; is_all_open_projects:bool=isallprojects
    user_security_role_projects:[UserSecurityRoleProject(user_security_role_id)]=user_role_projects`,
  ),
  schema(
    'UserSecurityRoleProject',
    { alias: 'UserRoleProject', defaults: ['id', 'user_security_role_id', 'project_id'] },
    `id:str!* d="{uid}"; project_id:@Project; project:>Project
    user_security_role_id:@UserSecurityRole=user_role_id; user_security_role:>UserSecurityRole=user_role`,
  ),
  schema(
    'ApiKey',
    { alias: 'AccessKey', system: ['identifier', 'resource_id', 'prefix'] },
    'id:str!* d="{uid}"; identifier:str; resource_id:@Resource; prefix:str',
  ),
  schema(
    'UserSession',
    { system: ['user_id'] },
    'id:str!* d="{uid}"; user_id:@User; user:>User; accessed_time:dt; creation_time:dt',
  ),
];

/** What users arranged for themselves in the web interface. */
const interfaceSchemas: readonly SchemaDefinition[] = [
  schema(
    'Dashboard',
    { alsoSystem: ['typeid'] },
    `id:str=dashboardid!* d="{uid}"; name:str; created_by_id:@User.user_id=userid; created_by:>User=user
    is_shared_with_everyone:bool=isglobal d=false; widgets:[DashboardWidget(dashboard_id)]
    dashboard_resources:[DashboardResource(dashboard_id)]`,
  ),
  schema(
    'DashboardWidget',
    {},
    `id:str=widgetid!* d="{uid}"; type:str=widget_typeid; dashboard_id:@Dashboard=dashboardid
    dashboard:>Dashboard; config:str; sort:num`,
  ),
  schema(
    'DashboardResource',
    {
      alias: 'LinkDashboardResource',
      primaryKey: ['dashboard_id', 'resource_id'],
      system: ['dashboard_id', 'resource_id'],
    },
    'dashboard_id:@Dashboard!*; dashboard:>Dashboard; resource_id:@Resource!*; resource:>Resource',
  ),
  schema(
    'UserView',
    {},
    `id:str=viewid!* d="{uid}"; name:str; global:bool=isglobal; user_id:@User=userid; user:>User
    shared_with:[Resource via _UserViewResource(user_view_id,resource_id)]=sharedviews`,
  ),
  schema(
    '_UserViewResource',
    { primaryKey: ['user_view_id', 'resource_id'], internal: true },
    'user_view_id:@UserView!*; resource_id:@Resource!*',
  ),
  schema(
    'UserApplicationState',
    { alias: 'UserSetting', primaryKey: ['user_id', 'key'], defaults: ['user_id', 'key', 'value'] },
    'user_id:@User=userid!*; key:str!*; value:str*',
  ),
];

export const peopleSchemas: readonly SchemaDefinition[] = [
  ...resourceSchemas,
  ...accessSchemas,
  ...interfaceSchemas,
];
