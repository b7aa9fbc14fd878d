import type { SchemaDefinition } from './notation';
import { schema } from './notation';

const resource = { system: ['resource_type'] };

export const peopleSchemas: readonly SchemaDefinition[] = [
  schema(
    'Resource',
    resource,
    `id:str!* d="{uid}"; resource_type:str*
    appointments:[Appointment(resource_id)]=resource_appointments
    assignments:[Appointment(resource_id,type=assignment)]=resource_assignments
    allocations:[Appointment(resource_id,type=allocation)]=resource_allocations`,
  ),
  schema(
    'BaseUser',
    { ...resource, mixin: 'Resource' },
    'email:str; first_name:str=firstname; last_name:str=lastname; thumbnail_id:fk=thumbid; thumbnail_url:obj!~',
  ),
  schema(
    'User',
    {
      ...resource,
      mixin: 'BaseUser',
      initials: { resource_type: 'user' },
      alsoImmutable: ['resource_type'],
    },
    `username:str*; is_active:bool=isactive* d=true; is_otp_enabled:bool=otp_enabled d=false
    is_totp_enabled:bool=totp_enabled d=false; require_details_update:bool d=false
    timelogs:[Timelog(user_id)]; memberships:[Membership(user_id)]=user_memberships
    user_security_roles:[UserSecurityRole(user_id)]=userRoles; metadata:{Metadata(parent_id)}=meta
    custom_attributes:{UserCustomAttributeValue(entity_id)}=custom_attribute_values`,
  ),
  schema(
    'Group',
    {
      ...resource,
      mixin: 'Resource',
      initials: { resource_type: 'group' },
      alsoImmutable: ['resource_type'],
    },
    `name:str*; local:bool* d=false; parent_id:@Group=group_id; parent:>Group; children:[Group(parent_id)]
    memberships:[Membership(group_id)]=group_memberships`,
  ),
  schema(
    'Membership',
    {},
    `id:str!* d="{uid}"; group_id:@Group*; group:>Group=membership_group
    user_id:@User*; user:>User=membership_user`,
  ),
  schema(
    'Appointment',
    {},
    `id:str!* d="{uid}"; type:str* d="assignment"; context_id:@Context*; resource_id:@Resource*
    context:>Context=appointment_context; resource:>Resource=appointment_resource`,
  ),
  schema(
    'SecurityRole',
    { alias: 'Auth_Role', defaults: ['id', 'name'] },
    `id:str=roleid!* d="{uid}"; name:str; type:fk=typeid
    user_security_roles:[UserSecurityRole(security_role_id)]=userRoles`,
  ),
  schema(
    'UserSecurityRole',
    { alias: 'Auth_UserRole', defaults: ['id', 'user_id', 'security_role_id'] },
    `id:str!* d="{uid}"; user_id:@User=userid; user:>User; security_role_id:@SecurityRole=roleid
    security_role:>SecurityRole=role; is_all_projects:bool=isallprojects
    user_security_role_projects:[UserSecurityRoleProject(user_security_role_id)]=user_role_projects`,
  ),
  schema(
    'UserSecurityRoleProject',
    { alias: 'UserRoleProject', defaults: ['id', 'user_security_role_id', 'project_id'] },
    `id:str!* d="{uid}"; project_id:@Project; project:>Project
    user_security_role_id:@UserSecurityRole=user_role_id; user_security_role:>UserSecurityRole=user_role`,
  ),
];
