import type { SchemaDefinition } from './notation';
import { schema } from './notation';

const noteComponent = {
  primaryKey: ['component_id', 'note_id'],
  alsoSystem: ['note_component_type'],
};

export const noteSchemas: readonly SchemaDefinition[] = [
  schema(
    'Note',
    { system: ['project_id'], group: true },
    `id:str=noteid!* d="{uid}"; content:str=text; parent_id:str; parent_type:schema; user_id:@BaseUser=userid*
    author:>BaseUser(user_id)=user; date:dt; thread_activity:dt=triggerdate; frame_number:int; is_todo:bool d=false
    in_reply_to_id:@Note=noteparentid; in_reply_to:>Note=noteparent; replies:[Note(in_reply_to_id)]=notes
    project_id:@Project.project_id; project:>Project; completed_at:dt; completed_by_id:@User.user_id
    completed_by:>User; category_id:@NoteCategory=categoryid; category:>NoteCategory
    note_components:[NoteComponent(note_id)]; note_label_links:[NoteLabelLink(note_id)]
    recipients:[Recipient(note_id)]=note_recipients; metadata:{Metadata(parent_id)}=meta`,
  ),
  schema(
    'NoteComponent',
    noteComponent,
    `component_id:@Component!*; component:>Component; note_id:@Note!*; note:>Note; url:obj!~
    thumbnail_url:obj!~`,
  ),
  schema('NoteAnnotationComponent', { ...noteComponent, mixin: 'NoteComponent' }, 'data:obj'),
  schema(
    'NoteLabel',
    { alias: 'NoteCategory' },
    'id:str=categoryid!* d="{uid}"; name:str; sort:int d=0; color:str',
  ),
  schema('NoteCategory', { mixin: 'NoteLabel', alias: 'NoteCategory', faceOf: 'NoteLabel' }, ''),
  schema(
    'NoteLabelLink',
    { primaryKey: ['note_id', 'label_id'] },
    'note_id:@Note!*; note:>Note; label_id:@NoteLabel!*; label:>NoteLabel',
  ),
  schema(
    'Recipient',
    { primaryKey: ['note_id', 'resource_id'] },
    `note_id:@Note!*; note:>Note=recipient_note; resource_id:@Resource!*
    recipient:>Resource(resource_id)=recipient_resource; user:>User(resource_id); text_mentioned:str`,
  ),
  schema(
    'Metadata',
    {
      alias: 'Meta',
      primaryKey: ['parent_id', 'key'],
      defaults: ['parent_id', 'key', 'value', 'parent_type'],
    },
    'parent_id:str=meta_id!*; key:str=variable!*; value:str*; parent_type:schema=meta_type*',
  ),
];
