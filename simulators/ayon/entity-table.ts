import type { EntityKind, EntityRecord } from './entity-kinds';
import { ALL_KINDS } from './entity-kinds';

/** Own attributes that filters find without a scan; their values are not inherited. */
const INDEXED_ATTRIBUTES = ['ftrackId', 'ftrackPath'] as const;

type Ids = Set<string>;

const NOTHING: ReadonlySet<string> = new Set();

function addTo<Key>(index: Map<Key, Ids>, key: Key, id: string): void {
  const ids = index.get(key);
  if (ids) {
    ids.add(id);
  } else {
    index.set(key, new Set([id]));
  }
}

function removeFrom<Key>(index: Map<Key, Ids>, key: Key, id: string): void {
  const ids = index.get(key);
  ids?.delete(id);
  if (ids?.size === 0) {
    index.delete(key);
  }
}

/**
 * The entities of one project with their indexes: by id, by parent, by the unique name among siblings, by
 * the ftrack attributes, and how many versions were published below each folder.
 */
export class EntityTable {
  readonly #records = new Map<EntityKind, Map<string, EntityRecord>>();
  readonly #children = new Map<EntityKind, Map<string | null, Ids>>();
  readonly #names = new Map<string, string>();
  readonly #byAttribute = new Map<string, Ids>();
  readonly #published = new Map<string, number>();
  readonly #versionsOfTask = new Map<string, Ids>();
  readonly #ordered = new Map<EntityKind, string[]>();
  readonly #lastOrder = new Map<EntityKind, number>();

  constructor() {
    for (const kind of ALL_KINDS) {
      this.#records.set(kind, new Map());
      this.#children.set(kind, new Map());
    }
  }

  /** The entity, or undefined. */
  get(kind: EntityKind, id: string): EntityRecord | undefined {
    return this.#table(kind).get(id);
  }

  /** How many entities of a kind there are. */
  count(kind: EntityKind): number {
    return this.#table(kind).size;
  }

  /** Ids of the entities of a kind that lie directly below a parent. */
  childIds(kind: EntityKind, parentId: string | null): ReadonlySet<string> {
    return this.#children.get(kind)?.get(parentId) ?? NOTHING;
  }

  /** The entities of a kind that lie directly below a parent, oldest first. */
  children(kind: EntityKind, parentId: string | null): EntityRecord[] {
    return this.pick(kind, this.childIds(kind, parentId));
  }

  /** Those of the ids that exist, oldest first. */
  pick(kind: EntityKind, ids: Iterable<string>): EntityRecord[] {
    const table = this.#table(kind);
    const found: EntityRecord[] = [];
    for (const id of ids) {
      const record = table.get(id);
      if (record) {
        found.push(record);
      }
    }
    return found.sort((a, b) => a.order - b.order);
  }

  /** All ids of a kind, oldest first. */
  orderedIds(kind: EntityKind): readonly string[] {
    const known = this.#ordered.get(kind);
    if (known) {
      return known;
    }
    const records = [...this.#table(kind).values()].sort((a, b) => a.order - b.order);
    const ids = records.map((record) => record.id);
    this.#ordered.set(kind, ids);
    return ids;
  }

  /** Ids of entities whose own value of an indexed attribute is this; undefined when it is not indexed. */
  withAttribute(kind: EntityKind, name: string, value: string): ReadonlySet<string> | undefined {
    if (!(INDEXED_ATTRIBUTES as readonly string[]).includes(name)) {
      return undefined;
    }
    return this.#byAttribute.get(`${kind} ${name} ${value}`) ?? NOTHING;
  }

  /** The active sibling that has the name already; versions are compared by number, the rest without case. */
  namesake(record: EntityRecord): EntityRecord | undefined {
    const id = this.#names.get(nameKey(record));
    return id === undefined || id === record.id ? undefined : this.get(record.kind, id);
  }

  /** Number of versions below a folder, at any depth. */
  publishedBelow(folderId: string): number {
    return this.#published.get(folderId) ?? 0;
  }

  /** Ids of the versions that name a task. */
  versionsOfTask(taskId: string): ReadonlySet<string> {
    return this.#versionsOfTask.get(taskId) ?? NOTHING;
  }

  /** The next number of a kind; numbers of inserts that fail later are not used again. */
  nextOrder(kind: EntityKind): number {
    const order = (this.#lastOrder.get(kind) ?? 0) + 1;
    this.#lastOrder.set(kind, order);
    return order;
  }

  /** Inserts or replaces a record. */
  put(record: EntityRecord): void {
    const before = this.get(record.kind, record.id);
    if (before) {
      this.#unindex(before);
    } else {
      this.#extendOrder(record);
    }
    this.#table(record.kind).set(record.id, record);
    this.#index(record);
  }

  /** Removes a record; its children must be gone before. */
  remove(record: EntityRecord): void {
    const stored = this.get(record.kind, record.id);
    if (stored) {
      this.#unindex(stored);
      this.#table(record.kind).delete(record.id);
      this.#ordered.delete(record.kind);
    }
  }

  #table(kind: EntityKind): Map<string, EntityRecord> {
    const table = this.#records.get(kind);
    if (!table) {
      throw new Error(`The simulator has no table of ${kind} entities.`);
    }
    return table;
  }

  #extendOrder(record: EntityRecord): void {
    const ids = this.#ordered.get(record.kind);
    const last = ids && ids.length > 0 ? this.get(record.kind, ids.at(-1) ?? '') : undefined;
    if (ids && (!last || last.order < record.order)) {
      ids.push(record.id);
    } else {
      this.#ordered.delete(record.kind);
    }
  }

  #index(record: EntityRecord): void {
    const children = this.#children.get(record.kind);
    if (children) {
      addTo(children, record.parentId, record.id);
    }
    if (isUnique(record)) {
      this.#names.set(nameKey(record), record.id);
    }
    for (const key of attributeKeys(record)) {
      addTo(this.#byAttribute, key, record.id);
    }
    if (record.taskId) {
      addTo(this.#versionsOfTask, record.taskId, record.id);
    }
    this.#count(record, 1);
  }

  #unindex(record: EntityRecord): void {
    const children = this.#children.get(record.kind);
    if (children) {
      removeFrom(children, record.parentId, record.id);
    }
    if (this.#names.get(nameKey(record)) === record.id) {
      this.#names.delete(nameKey(record));
    }
    for (const key of attributeKeys(record)) {
      removeFrom(this.#byAttribute, key, record.id);
    }
    if (record.taskId) {
      removeFrom(this.#versionsOfTask, record.taskId, record.id);
    }
    this.#count(record, -1);
  }

  /** Adds what a record carries to the published counts of all folders above it, or takes it off. */
  #count(record: EntityRecord, sign: 1 | -1): void {
    const amount = this.#versionsIn(record) * sign;
    let folderId = this.#folderAbove(record);
    while (amount !== 0 && folderId !== null) {
      this.#published.set(folderId, this.publishedBelow(folderId) + amount);
      folderId = this.get('folder', folderId)?.parentId ?? null;
    }
  }

  #versionsIn(record: EntityRecord): number {
    if (record.kind === 'version') {
      return 1;
    }
    if (record.kind === 'product') {
      return this.childIds('version', record.id).size;
    }
    return record.kind === 'folder' ? this.publishedBelow(record.id) : 0;
  }

  #folderAbove(record: EntityRecord): string | null {
    if (record.kind === 'version') {
      return this.get('product', record.parentId ?? '')?.parentId ?? null;
    }
    return record.kind === 'product' || record.kind === 'folder' ? record.parentId : null;
  }
}

/** Deactivated folders, tasks and products give their names free. */
export function isUnique(record: EntityRecord): boolean {
  return (
    record.active ||
    record.kind === 'version' ||
    record.kind === 'representation' ||
    record.kind === 'workfile'
  );
}

function nameKey(record: EntityRecord): string {
  if (record.path !== undefined) {
    return `workfile ${record.path}`;
  }
  return `${record.kind} ${record.parentId ?? ''} ${record.name.toLowerCase()}`;
}

function attributeKeys(record: EntityRecord): string[] {
  const keys: string[] = [];
  for (const name of INDEXED_ATTRIBUTES) {
    const value = record.attrib[name];
    if (typeof value === 'string') {
      keys.push(`${record.kind} ${name} ${value}`);
    }
  }
  return keys;
}
