import type { EntityRecord } from './entity-kinds';
import type { NewEvent, Origin } from './event-log';
import { attributesOf, entityPath } from './inheritance';
import type { Json, JsonObject } from './json';
import { capitalized, sameJson } from './json';
import type { Transaction } from './transaction';

/** A change of one entity as the events tell it. */
export interface EntityChange {
  before: EntityRecord;
  after: EntityRecord;
}

/** How Python prints a value inside a text. */
function pythonText(value: Json | undefined, isFloat = false): string {
  if (value === undefined || value === null) {
    return 'None';
  }
  if (typeof value === 'boolean') {
    return value ? 'True' : 'False';
  }
  if (typeof value === 'number') {
    return isFloat && Number.isInteger(value) ? `${value}.0` : String(value);
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Fields whose change is an event of its own, in the order in which the server sends them; `attrib` comes before. */
const FIELD_TOPICS: readonly { key: keyof EntityRecord; topic: string; column: string }[] = [
  { key: 'label', topic: 'label_changed', column: 'label' },
  { key: 'data', topic: 'data_changed', column: 'data' },
  { key: 'active', topic: 'active_changed', column: 'active' },
  { key: 'type', topic: 'type_changed', column: 'type' },
  { key: 'thumbnailId', topic: 'thumbnail_changed', column: 'thumbnail_id' },
  { key: 'assignees', topic: 'assignees_changed', column: 'assignees' },
  { key: 'author', topic: 'author_changed', column: 'author' },
  { key: 'files', topic: 'files_changed', column: 'files' },
  { key: 'taskId', topic: 'task_changed', column: 'task_id' },
];

const TYPE_COLUMNS: Readonly<Record<string, string>> = {
  folder: 'folder_type',
  task: 'task_type',
  product: 'product_type',
};

const PARENT_TOPICS = {
  folder: { topic: 'parent_changed', column: 'parent_id' },
  task: { topic: 'folder_changed', column: 'folder_id' },
  product: { topic: 'folder_changed', column: 'folder_id' },
  version: { topic: 'product_changed', column: 'product_id' },
  representation: { topic: 'version_changed', column: 'version_id' },
  workfile: { topic: 'task_changed', column: 'task_id' },
} as const;

/** `entity.folder.created` and its relatives carry ids only; the payload is empty. */
export function emitCreated(tx: Transaction, entity: EntityRecord, origin: Origin): void {
  const { kind, id, parentId, name } = entity;
  const description = `${capitalized(kind)} ${name} created`;
  tx.emit({ topic: `entity.${kind}.created`, description, summary: { entityId: id, parentId } }, origin);
  if (kind === 'version') {
    emitActivity(tx, { entity, activityType: 'watch', body: '' }, origin);
  }
}

/** One event for the deleted entity, with its last state; what lay below vanishes without events. */
export function emitDeleted(
  tx: Transaction,
  deleted: { entity: EntityRecord; path: string; view: JsonObject },
  origin: Origin,
): void {
  const { kind, id, parentId, name } = deleted.entity;
  tx.emit(
    {
      topic: `entity.${kind}.deleted`,
      description: `${capitalized(kind)} ${name} deleted`,
      summary: { entityId: id, parentId, entityPath: deleted.path },
      payload: { entityData: deleted.view },
    },
    origin,
  );
}

function emitActivity(
  tx: Transaction,
  activity: { entity: EntityRecord; activityType: string; body: string },
  origin: Origin,
): void {
  const { entity, activityType, body } = activity;
  const reference = { entity_id: entity.id, entity_type: entity.kind, reference_type: 'origin' };
  tx.emit(
    {
      topic: 'activity.created',
      description: `Created ${activityType} activity`,
      summary: {
        activity_id: tx.store.clock.id(),
        activity_type: activityType,
        references: [reference],
      },
      payload: { body },
    },
    origin,
  );
}

/** The events of one update; they share one summary object, so its `value` is that of the last field for all. */
class UpdateEvents {
  readonly #tx: Transaction;
  readonly #change: EntityChange;
  readonly #origin: Origin;
  readonly #path: string;
  readonly #summary: JsonObject;
  readonly #events: NewEvent[] = [];

  constructor(tx: Transaction, change: EntityChange, origin: Origin) {
    const { before } = change;
    this.#tx = tx;
    this.#change = change;
    this.#origin = origin;
    this.#path = entityPath(tx.project, before);
    this.#summary = { entityId: before.id, parentId: before.parentId, entityPath: this.#path };
  }

  emit(): void {
    this.#name();
    this.#field('status', 'status_changed', 'status');
    this.#field('tags', 'tags_changed', 'tags');
    this.#attributes();
    this.#field('tags', 'tags_changed', 'tags');
    for (const { key, topic, column } of FIELD_TOPICS) {
      this.#field(key, topicOf(this.#change.before, topic), columnOf(this.#change.before, column));
    }
    const parent = PARENT_TOPICS[this.#change.before.kind];
    this.#field('parentId', parent.topic, parent.column);
    this.#flush();
  }

  #flush(): void {
    const { kind } = this.#change.before;
    for (const event of this.#events) {
      this.#tx.emit({ ...event, summary: this.#summary }, this.#origin);
      if (event.topic === `entity.${kind}.attrib_changed`) {
        this.#activities(event.payload ?? {});
      }
    }
  }

  #add(topic: string, description: string, payload: JsonObject): void {
    this.#events.push({ topic: `entity.${this.#change.before.kind}.${topic}`, description, payload });
  }

  #name(): void {
    const { before, after } = this.#change;
    if (before.name !== after.name) {
      this.#summary['value'] = after.name;
      const description = `Renamed ${before.kind} ${this.#path} to ${after.name}`;
      this.#add('renamed', description, { oldValue: before.name, newValue: after.name });
    }
  }

  #field(key: keyof EntityRecord, topic: string, column: string): void {
    const { before, after } = this.#change;
    const [oldValue, newValue] = [before[key] as Json, after[key] as Json];
    if (sameJson(oldValue ?? null, newValue ?? null)) {
      return;
    }
    this.#summary['value'] = newValue ?? null;
    const payload = { oldValue: oldValue ?? null, newValue: newValue ?? null };
    this.#add(topic, this.#describe(key, column, newValue), payload);
  }

  #describe(key: keyof EntityRecord, column: string, value: Json | undefined): string {
    const { kind } = this.#change.before;
    if (key === 'active') {
      return `${capitalized(kind)} ${this.#path} ${value === true ? 'activated' : 'deactivated'}`;
    }
    return `Changed ${kind} ${this.#path} ${column} to ${pythonText(value)}`;
  }

  #attributes(): void {
    const { before, after } = this.#change;
    const names = this.#changedAttributes();
    if (names.length === 0) {
      return;
    }
    const oldValue: JsonObject = {};
    const newValue: JsonObject = {};
    for (const name of names) {
      newValue[name] = after.attrib[name] ?? null;
      if (before.attrib[name] !== undefined) {
        oldValue[name] = before.attrib[name];
      }
    }
    const description = `Changed ${before.kind} ${this.#path} attributes: ${names.join(', ')}`;
    this.#add('attrib_changed', description, { oldValue, newValue });
  }

  #changedAttributes(): string[] {
    const { before, after } = this.#change;
    const known = attributesOf(this.#tx.store.attributes, before.kind);
    return [...known.keys()].filter((name) => !sameJson(before.attrib[name], after.attrib[name]));
  }

  /** Each changed attribute is also an activity of its own, whose event is stored. */
  #activities(payload: JsonObject): void {
    const { before } = this.#change;
    const oldValues = payload['oldValue'] as JsonObject;
    for (const [name, value] of Object.entries(payload['newValue'] as JsonObject)) {
      const isFloat = this.#tx.store.attributes.get(name)?.data.type === 'float';
      const texts = [oldValues[name], value].map((item) => pythonText(item, isFloat));
      const mention = `[${before.name}](${before.kind}:${before.id})`;
      const body = `${mention} attrib '${name}' changed from '${texts[0]}' to '${texts[1]}'`;
      emitActivity(this.#tx, { entity: before, activityType: 'attrib.change', body }, this.#origin);
    }
  }
}

function topicOf(entity: EntityRecord, topic: string): string {
  return entity.kind === 'product' && topic === 'type_changed' ? 'product_type_changed' : topic;
}

function columnOf(entity: EntityRecord, column: string): string {
  return column === 'type' ? (TYPE_COLUMNS[entity.kind] ?? column) : column;
}

/** Emits what an update changed; nothing when nothing changed. */
export function emitUpdated(tx: Transaction, change: EntityChange, origin: Origin): void {
  new UpdateEvents(tx, change, origin).emit();
}
