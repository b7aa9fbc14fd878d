import type { FtrackEntity as ChangedEntity, FtrackEvent } from '../contracts/messages';
import { isFtrackId } from './ids';

/** What the sync can settle on an entity besides custom attributes. */
export type Field =
  | 'name'
  | 'parent'
  | 'status'
  | 'type'
  | 'objectType'
  | 'startDate'
  | 'endDate'
  | 'description'
  | 'assignees';

/** What an event says about one entity; its values are not looked at, only which ones changed. */
export interface EntityScope {
  readonly id: string;
  /** The event says that the entity went away; ftrack has the last word. */
  readonly removed: boolean;
  /** The entity is new to the event, or the event does not say what changed. What another entry of it names is named. */
  readonly whole: boolean;
  readonly added: boolean;
  readonly fields: ReadonlySet<Field>;
  /** Keys of custom attributes. */
  readonly keys: ReadonlySet<string>;
  /** The event's own words for what is settled here. */
  readonly words: readonly string[];
  /** Ids of the contexts above it, as far as the event names them. */
  readonly above: readonly string[];
  /** Parts that are not meant although nothing is named: fields, `active`, attributes (see {@link attributePart}). */
  readonly kept?: ReadonlySet<string>;
}

/** How an attribute of AYON is called among the parts of an entity. */
export const attributePart = (name: string): string => `attrib.${name}`;

/** Whether the scope is about that part of its entity. @param part what {@link EntityScope.kept} calls the field */
export const reaches = ({ fields, whole, kept }: EntityScope, field: Field, part: string = field): boolean =>
  fields.has(field) || (whole && kept?.has(part) !== true);

export interface EventScope {
  readonly contexts: ReadonlyMap<string, EntityScope>;
  /** The project itself, when the event names it. */
  readonly project?: EntityScope;
  /** Appointments of which the event does not tell the task. */
  readonly appointments: readonly string[];
  /** Ids of appointments whose tasks are among the contexts. */
  readonly settled: readonly string[];
}

/** Legacy column names of ftrack's events, and the modern ones. */
const FIELDS: Readonly<Record<string, Field>> = {
  name: 'name',
  fullname: 'name',
  full_name: 'name',
  parent_id: 'parent',
  showid: 'parent',
  project_id: 'parent',
  statusid: 'status',
  status_id: 'status',
  typeid: 'type',
  type_id: 'type',
  object_typeid: 'objectType',
  object_type_id: 'objectType',
  startdate: 'startDate',
  start_date: 'startDate',
  enddate: 'endDate',
  end_date: 'endDate',
  description: 'description',
};

/** Columns that are no custom attributes and that nothing in AYON follows. */
const NOT_OURS = new Set(
  `id taskid context_type bid priorityid priority_id isopen isrequirecomment sort thumbid thumbnail_id created_at
   created_by time_logged color isglobal private projectschemeid diskid root status link parents`.split(
    /\s+/,
  ),
);

/** Reads an event into scopes per entity; several entries of one entity are joined. */
export function scopeOf(event: FtrackEvent): EventScope {
  const contexts = new Map<string, EntityScope>();
  const appointments: string[] = [];
  const settled: string[] = [];
  let project: EntityScope | undefined;
  for (const entity of event.entities) {
    if (entity.entityType === 'appointment') {
      const tasks = tasksOf(entity);
      tasks.forEach((id) => contexts.set(id, joined(contexts.get(id), assigned(id))));
      (tasks.length === 0 ? appointments : settled).push(
        ...(isFtrackId(entity.entityId) ? [entity.entityId] : []),
      );
    } else if (isFtrackId(entity.entityId) && entity.entityType === 'show') {
      project = joined(project, scopeOfEntity(entity));
    } else if (isContext(entity)) {
      const scope = scopeOfEntity(entity);
      contexts.set(scope.id, joined(contexts.get(scope.id), scope));
    }
  }
  return { contexts, appointments, settled, ...(project === undefined ? {} : { project }) };
}

/** Milestones are typed contexts too, but nothing in AYON. */
const isContext = (entity: ChangedEntity): boolean =>
  entity.entityType === 'task' && isFtrackId(entity.entityId) && entity.entity_type !== 'Milestone';

type Naming = Pick<EntityScope, 'fields' | 'keys' | 'words'>;

const NOTHING: Naming = { fields: new Set(), keys: new Set(), words: [] };

/** What an entry of an event says to have changed; nothing where it does not say. */
export const changedKeys = ({ keys, changes }: Pick<ChangedEntity, 'keys' | 'changes'>): readonly string[] =>
  keys?.length ? keys : Object.keys(changes ?? {});

function scopeOfEntity(entity: ChangedEntity): EntityScope {
  const keys = changedKeys(entity);
  const added = entity.action === 'add';
  const removed = entity.action === 'remove';
  const whole = added || (keys.length === 0 && entity.action !== 'move' && !removed);
  return {
    id: entity.entityId.toLowerCase(),
    removed,
    added,
    whole,
    // What came or went lists every column; should ftrack still have it, none of them is named as changed.
    ...(whole || removed ? NOTHING : naming(keys, entity.action === 'move')),
    above: aboveOf(entity),
  };
}

function naming(names: readonly string[], isMove: boolean): Naming {
  const fields = new Set<Field>(isMove ? ['parent'] : []);
  const keys = new Set<string>();
  const words: string[] = [];
  for (const name of names) {
    const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
    if (NOT_OURS.has(name)) {
      // A custom attribute may bear the name of a column; asked for, a column has no value of that kind.
      keys.add(name);
      continue;
    }
    words.push(name);
    if (field === undefined) {
      keys.add(name);
    } else {
      fields.add(field);
    }
  }
  return { fields, keys, words };
}

function aboveOf(entity: ChangedEntity): string[] {
  const ids = (entity.parents ?? [])
    .filter(({ entityType }) => entityType === 'task')
    .map((each) => each.entityId);
  return [...new Set([...ids, entity.parentId ?? ''])]
    .map((id) => id.toLowerCase())
    .filter((id) => isFtrackId(id) && id !== entity.entityId.toLowerCase());
}

/** Only who a task is assigned to. */
export const assigned = (id: string): EntityScope => ({
  id,
  removed: false,
  added: false,
  whole: false,
  fields: new Set<Field>(['assignees']),
  keys: new Set(),
  words: ['assignees'],
  above: [],
});

/** An assignment event is about its task: named by the changes, else by the parents. Ids may be read from an event. */
function tasksOf(entity: ChangedEntity): string[] {
  const change = entity.changes?.['context_id'];
  const ids = [change?.new, change?.old].filter(isFtrackId);
  const parents = (entity.parents ?? []).filter(({ entityType }) => entityType === 'task').slice(0, 1);
  const found = ids.length > 0 ? ids : parents.map(({ entityId }) => entityId).filter(isFtrackId);
  return [...new Set(found.map((id) => id.toLowerCase()))];
}

/** What two entries say of one entity. */
export function joined(first: EntityScope | undefined, second: EntityScope): EntityScope {
  return first === undefined
    ? second
    : {
        id: first.id,
        removed: first.removed || second.removed,
        added: first.added || second.added,
        whole: first.whole || second.whole,
        fields: new Set([...first.fields, ...second.fields]),
        keys: new Set([...first.keys, ...second.keys]),
        words: [...new Set([...first.words, ...second.words])],
        above: [...new Set([...first.above, ...second.above])],
      };
}
