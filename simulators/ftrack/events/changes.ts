import type { Commit } from '../operations/workspace';
import { entityById } from '../store/ownership';
import type { Store } from '../store/store';
import type { Row } from '../store/table';
import type { Change } from '../store/transaction';
import type { Data, Value } from '../values';
import { asText } from '../values';
import { legacyColumns, legacyCustomValue, legacyFamily, parentIdOf } from './legacy';

interface EventParent {
  readonly entityId: string;
  readonly entityType: string;
  readonly entity_type: string;
  readonly parentId: string | null;
}

/** One entry of `data.entities` of an `ftrack.update` event. */
export interface EventEntity {
  readonly entityId: string;
  readonly entityType: string;
  readonly entity_type: string;
  /** `encoded`: the media of a version became playable. */
  readonly action: 'add' | 'update' | 'remove' | 'move' | 'encoded';
  readonly keys: readonly string[];
  readonly changes: Readonly<Record<string, { old: Value; new: Value }>>;
  readonly objectTypeId?: string;
  readonly parentId: string | null;
  /** Self first, project last. */
  readonly parents: readonly EventParent[];
}

type Changes = Record<string, { old: Value; new: Value }>;

interface Pending {
  readonly row: Row;
  readonly family: string;
  action: EventEntity['action'];
  readonly changes: Changes;
}

/** Turns what a batch did to rows into what the server tells about it. */
class ChangeReport {
  private readonly store: Store;
  private readonly pending = new Map<Row, Pending>();
  private readonly removed = new Map<string, Row>();

  constructor(store: Store, commit: Commit) {
    this.store = store;
    for (const change of commit.changes) {
      if (change.removed) {
        this.removed.set(change.row.key, change.row);
      }
    }
    for (const change of commit.changes) {
      if (change.row.type === 'CustomAttributeValue') {
        this.addCustomValue(change);
      } else {
        this.addRow(change);
      }
    }
    for (const change of commit.changes) {
      this.addEncoding(change);
    }
  }

  entities(): EventEntity[] {
    const found = [...this.pending.values()].filter(
      ({ action, changes }) => action === 'encoded' || Object.keys(changes).length > 0,
    );
    return found.map((entry) => this.entity(entry));
  }

  private entity(entry: Pending): EventEntity {
    const { row } = entry;
    const objectTypeId = row.data['object_type_id'];
    return {
      entityId: row.key,
      entityType: entry.family,
      entity_type: row.type,
      action: entry.action,
      keys: Object.keys(entry.changes),
      changes: entry.changes,
      ...(typeof objectTypeId === 'string' ? { objectTypeId } : {}),
      parentId: parentIdOf(row, row.data),
      parents: this.parents(row),
    };
  }

  private parents(row: Row): EventParent[] {
    const parents: EventParent[] = [];
    const seen = new Set<Row>();
    // What goes in one batch can have been below itself.
    for (let current: Row | undefined = row; current && !seen.has(current); ) {
      seen.add(current);
      const schema = this.store.registry.get(current.type);
      const parentId = parentIdOf(current, current.data);
      const entityType = legacyFamily(schema) ?? schema.id.toLowerCase();
      parents.push({ entityId: current.key, entityType, entity_type: current.type, parentId });
      current = parentId === null ? undefined : this.lookUp(parentId);
    }
    return parents;
  }

  private lookUp(id: string): Row | undefined {
    return entityById(this.store, id) ?? this.removed.get(id);
  }

  private entry(row: Row): Pending | undefined {
    const family = legacyFamily(this.store.registry.get(row.type));
    if (family === undefined) {
      return undefined;
    }
    const known = this.pending.get(row) ?? { row, family, action: 'update', changes: {} };
    this.pending.set(row, known);
    return known;
  }

  private addRow(change: Change): void {
    const entry = this.entry(change.row);
    if (!entry) {
      return;
    }
    const { before, row, removed } = change;
    const schema = this.store.registry.get(row.type);
    const old = before && legacyColumns(schema, before);
    const now = removed ? undefined : legacyColumns(schema, row.data);
    entry.action = actionOf(change);
    for (const column of Object.keys({ ...old, ...now })) {
      const values = { old: old?.[column] ?? null, new: now?.[column] ?? null };
      const isWhole = old === undefined || now === undefined;
      if (isWhole || JSON.stringify(values.old) !== JSON.stringify(values.new)) {
        entry.changes[column] = values;
      }
    }
  }

  /** A finished job tells of the version whose media it made, whatever else changed in the version. */
  private addEncoding({ row, before, removed }: Change): void {
    const isFinished = row.data['status'] === 'done' && before?.['status'] !== 'done';
    if (removed || row.type !== 'Job' || row.data['type'] !== 'encode_media' || !isFinished) {
      return;
    }
    for (const link of this.store.tableOf('JobComponent').where('job_id', row.key)) {
      const component = this.store.find('Component', asText(link.data['component_id']));
      const version = this.store.find('AssetVersion', asText(component?.data['version_id']));
      const entry = version && this.entry(version);
      if (entry) {
        entry.action = 'encoded';
      }
    }
  }

  /** Values appear under their key among the changes of the entity that carries them. */
  private addCustomValue(change: Change): void {
    const { row, before, removed } = change;
    const owner = entityById(this.store, row.data['entity_id']);
    const configuration = this.store.find(
      'CustomAttributeConfiguration',
      asText(row.data['configuration_id']),
    );
    const entry = owner && this.entry(owner);
    if (!entry || !configuration) {
      return;
    }
    const stored = (data: Readonly<Data>): string | null => legacyCustomValue(data['value'] ?? null);
    entry.changes[asText(configuration.data['key'])] = {
      old: before ? stored(before) : null,
      new: removed ? null : stored(row.data),
    };
  }
}

function actionOf(change: Change): EventEntity['action'] {
  if (change.before === undefined) {
    return 'add';
  }
  if (change.removed) {
    return 'remove';
  }
  const isMove =
    change.row.data['context_type'] === 'task' && change.before['parent_id'] !== change.row.data['parent_id'];
  return isMove ? 'move' : 'update';
}

/** Entities of the event for a commit, in the order in which the batch touched them. */
export function eventEntities(store: Store, commit: Commit): EventEntity[] {
  return new ChangeReport(store, commit).entities();
}
