import type { SchemaDefinition } from './notation';
import { schema } from './notation';

const inSession = { system: ['review_session_id'] };
const ofObject = { system: ['review_session_object_id'] };

export const reviewSchemas: readonly SchemaDefinition[] = [
  schema(
    'ReviewSession',
    {},
    `id:str!* d="{uid}"; name:str* d="New review session"; availability:str; description:str* d=""
    start_date:dt=start*; end_date:dt=end*; project_id:@Project.project_id*; project:>Project
    review_session_folder_id:@ReviewSessionFolder.review_session_folder_id
    review_session_folder:>ReviewSessionFolder; created_at:dt*
    created_by_id:@User.user_id=created_by*; created_by:>User=createdBy
    review_session_objects:[ReviewSessionObject(review_session_id)]=reviewSessionObjects
    review_session_invitees:[ReviewSessionInvitee(review_session_id)]=reviewSessionInvitees
    settings:[EntitySetting(parent_id)]=settingOverrides; is_moderated:bool; passphrase_enabled:bool
    shareable_url_enabled:bool; passphrase:str; thumbnail_id:@Component=thumbid!~; thumbnail_url:obj!~
    thumbnail_source_id:@AssetVersion; is_open:bool!~`,
  ),
  schema(
    'ReviewSessionFolder',
    {},
    `id:str!* d="{uid}"; name:str* d="New review session"; project_id:@Project.project_id; project:>Project
    review_sessions:[ReviewSession(review_session_folder_id)]=review_sessions`,
  ),
  schema(
    'ReviewSessionObject',
    inSession,
    `id:str!* d="{uid}"; name:str* d=""; description:str* d=""; version:str* d=""; version_id:@AssetVersion*
    asset_version:>AssetVersion(version_id)=assetVersion; review_session_id:@ReviewSession*
    review_session:>ReviewSession=reviewSession; created_at:dt*; sort_order:num*
    statuses:[ReviewSessionObjectStatus(review_session_object_id)]; notes:[Note(parent_id)]
    annotations:[ReviewSessionObjectAnnotation(review_session_object_id)]`,
  ),
  schema(
    'ReviewSessionInvitee',
    inSession,
    `id:str!* d="{uid}"; email:str*; name:str*; last_sent_at:dt; created_at:dt*; created_from_shared_url:bool!
    review_session_id:@ReviewSession*; review_session:>ReviewSession=reviewSession
    created_by_id:@User.user_id=created_by*; created_by:>User=createdBy
    statuses:[ReviewSessionObjectStatus(review_session_invitee_id)]; resource_id:@Resource; resource:>Resource`,
  ),
  schema(
    'ReviewSessionObjectStatus',
    ofObject,
    `id:str!* d="{uid}"; status:str; created_at:dt*; review_session_invitee_id:@ReviewSessionInvitee
    invitee:>ReviewSessionInvitee(review_session_invitee_id); review_session_object_id:@ReviewSessionObject
    review_session_object:>ReviewSessionObject=reviewSessionObject; resource_id:@Resource; resource:>Resource`,
  ),
  schema(
    'ReviewSessionObjectAnnotation',
    { ...ofObject, alsoRequired: ['review_session_id'] },
    `id:str!* d="{uid}"; data:str; frame_number:int*; created_at:dt*; updated_at:dt
    review_session_object_id:@ReviewSessionObject
    review_session_object:>ReviewSessionObject=reviewSessionObject`,
  ),
  schema(
    'ReviewSessionObjectAnnotationComponent',
    {
      ...ofObject,
      primaryKey: ['component_id', 'review_session_object_id'],
      defaults: ['component_id', 'frame_number', 'review_session_object_id'],
    },
    `component_id:@Component!*; component:>Component; frame_number:digits!*; url:obj!~; thumbnail_url:obj!~
    review_session_object_id:@ReviewSessionObject!*
    review_session_object:>ReviewSessionObject=reviewSessionObject`,
  ),
];
