import type { Caller } from '../operations/caller';
import type { Commit } from '../operations/workspace';
import type { Store } from '../store/store';
import type { Row } from '../store/table';
import type { Data } from '../values';
import { nowStamp } from '../values';
import type { EventEntity } from './changes';

/** Rows of the log that have their ids but cannot be read yet. */
export interface HeldRows {
  /** Ids of the rows held so far. */
  readonly ids: number[];
  /** Makes them readable. */
  release(): void;
}

interface Hold extends HeldRows {
  left: number;
  readonly rows: Row[];
}

const inserts = {
  add: 'insert',
  update: 'update',
  move: 'update',
  encoded: 'update',
  remove: 'delete',
} as const;

function actionText(entity: EventEntity): string {
  if (entity.action === 'add' || entity.action === 'remove') {
    return `${entity.action === 'add' ? 'create' : 'delete'}.${entity.entityType}`;
  }
  return `${entity.keys.includes('statusid') ? 'change.status' : entity.action}.${entity.entityType}`;
}

/** The activity feed: `Event` rows with rising integer ids, and the history of statuses. */
export class EventLog {
  private readonly store: Store;
  private lastId = 0;
  private holds: Hold[] = [];

  constructor(store: Store) {
    this.store = store;
  }

  /** Highest id given out, readable or not. */
  get highestId(): number {
    return this.lastId;
  }

  /** The next row gets the id after this one, as in a log that was loaded. */
  continueAfter(id: number): void {
    this.lastId = id;
    this.holds = [];
  }

  /** The next `count` rows stay unreadable until they are released: ids then appear out of order. */
  holdNext(count = 1): HeldRows {
    const hold: Hold = {
      left: count,
      ids: [],
      rows: [],
      release: () => {
        this.holds = this.holds.filter((other) => other !== hold);
        for (const row of hold.rows.splice(0)) {
          this.store.tableOf('Event').insert(row);
        }
      },
    };
    this.holds.push(hold);
    return hold;
  }

  /** One row per entity of an event. */
  record(entities: readonly EventEntity[], caller: Caller): void {
    for (const entity of entities) {
      this.lastId += 1;
      const row: Row = {
        type: 'Event',
        key: String(this.lastId),
        data: this.rowData(entity, caller),
      };
      const hold = this.holds.find((candidate) => candidate.left > 0);
      if (hold) {
        hold.left -= 1;
        hold.ids.push(this.lastId);
        hold.rows.push(row);
      } else {
        this.store.tableOf('Event').insert(row);
      }
    }
  }

  recordStatuses(commit: Commit): void {
    for (const { row, before, removed } of commit.changes) {
      const status = row.data['status_id'] ?? null;
      if (removed || before === undefined || !('status_id' in row.data) || before['status_id'] === status) {
        continue;
      }
      const id = crypto.randomUUID();
      const isVersion = row.type === 'AssetVersion';
      const data: Data = {
        id,
        date: nowStamp(),
        parent_id: row.key,
        parent_type: isVersion ? 'assetversion' : 'task',
        from_status_id: before['status_id'] ?? null,
        status_id: status,
        user_id: commit.caller.userId,
      };
      const type = isVersion ? 'AssetVersionStatusChange' : 'TypedContextStatusChange';
      this.store.tableOf(type).insert({ type, key: id, data });
    }
  }

  private rowData(entity: EventEntity, caller: Caller): Data {
    const project = entity.parents.find((parent) => parent.entityType === 'show');
    const content =
      entity.action === 'remove'
        ? { id: entity.entityId, entity_type: entity.entity_type, values: removedValues(entity) }
        : { changes: entity.changes };
    return {
      id: this.lastId,
      action: actionText(entity),
      insert: inserts[entity.action],
      data: JSON.stringify(content),
      created_at: nowStamp(),
      parent_type: entity.entityType,
      parent_id: entity.entityId,
      project_id: project?.entityId ?? null,
      user_id: caller.userId,
    };
  }
}

function removedValues(entity: EventEntity): Data {
  return Object.fromEntries(Object.entries(entity.changes).map(([column, change]) => [column, change.old]));
}
