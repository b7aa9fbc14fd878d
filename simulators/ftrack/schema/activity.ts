import type { SchemaDefinition } from './notation';
import { schema } from './notation';

const calendarSchemas: readonly SchemaDefinition[] = [
  schema(
    'CalendarEvent',
    { defaults: ['id', 'start', 'end'], system: ['project_id'], group: true },
    `id:str!* d="{uid}"; name:str* d=""; start:dt*; end:dt*; project_id:@Project; project:>Project
    calendar_event_resources:[CalendarEventResource(calendar_event_id)]; created_at:dt
    created_by_id:@User.user_id=created_by; created_by:>User=createdBy; estimate:num; effort:num
    type_id:@Type; type:>Type; leave:bool; everyone:bool; forecast:bool; metadata:{Metadata(parent_id)}=meta`,
  ),
  schema(
    'CalendarEventResource',
    { defaults: ['id', 'calendar_event_id', 'resource_id'] },
    `id:str!* d="{uid}"; calendar_event_id:@CalendarEvent*; calendar_event:>CalendarEvent
    resource_id:@Resource*; resource:>Resource; created_at:dt; created_by_id:@User.user_id=created_by
    created_by:>User=createdBy`,
  ),
];

const timeSchemas: readonly SchemaDefinition[] = [
  schema(
    'Timelog',
    { system: ['user_id', 'context_id'] },
    `id:str!* d="{uid}"; comment:str* d=""; name:str; start:dt*; duration:num*; time_zone_offset:num
    context_id:@Context; context:>Context; user_id:@User; user:>User`,
  ),
  schema(
    'Timer',
    {},
    `id:str!* d="{uid}"; name:str; comment:str* d=""; start:dt*; context_id:@Context; context:>Context
    user_id:@User.user_id*; user:>User`,
  ),
];

const settingKey = ['name', 'group'];

const settingSchemas: readonly SchemaDefinition[] = [
  schema(
    'Setting',
    { primaryKey: settingKey },
    'name:str!* d="default"; group:str!* d="default"; value:str d="default"',
  ),
  schema(
    'SettingComponent',
    { primaryKey: ['component_id', ...settingKey] },
    `component_id:@Component!*; component:>Component; name:fk(Setting.name)!*; group:fk(Setting.group)!*
    setting:>Setting(~); url:obj!~; thumbnail_url:obj!~`,
  ),
  schema(
    'EntitySetting',
    {
      alias: 'SettingOverride',
      primaryKey: ['parent_id', 'group', 'name'],
      defaults: ['parent_id', 'group', 'name', 'value', 'parent_type'],
    },
    'parent_id:str!*; parent_type:schema*; group:str!*; name:str!*; value:str*',
  ),
];

export const activitySchemas: readonly SchemaDefinition[] = [
  schema(
    'Event',
    { alias: 'SocialEvent', system: ['project_id'], group: true },
    `id:int=socialid!*; action:str=action; insert:str=insert; data:str; created_at:dt; parent_type:str; parent_id:str
    project_id:@Project=showid; project:>Project=show; user_id:@User.user_id=userid; user:>User
    feeds:[Feed(social_id)]`,
  ),
  schema(
    'Feed',
    { alias: 'SocialFeed' },
    `id:str!* d="{uid}"; owner_id:str=ownerid; social_id:int@Event.social_id=socialid; event:>Event(social_id)
    distance:int=distance d=0; relation:str=relation; created_at:dt; cluster_id:str=clusterid`,
  ),
  schema(
    'Job',
    {},
    `id:str=jobid!* d="{uid}"; status:enum(queued|running|done|failed)* d="queued"; type:str!* d="api_job"
    user_id:@User.user_id=userid; user:>User; data:json; created_at:dt; finished_at:dt
    job_components:[JobComponent(job_id)]`,
  ),
  schema(
    'JobComponent',
    { primaryKey: ['component_id', 'job_id'] },
    'component_id:@Component!*; component:>Component; job_id:@Job!*; job:>Job; url:obj!~',
  ),
  ...timeSchemas,
  ...calendarSchemas,
  ...settingSchemas,
];
