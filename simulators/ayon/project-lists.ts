import type { EntityKind, EntityRecord } from './entity-kinds';
import { ALL_KINDS } from './entity-kinds';
import { AyonFault, fault, unhandled } from './errors';
import type { Json, JsonObject } from './json';
import { isObject, snakeCase } from './json';
import type { ProjectRecord } from './project';

type ListKey = 'folderTypes' | 'taskTypes' | 'statuses';

interface NamedList {
  key: ListKey;
  field: 'type' | 'status';
  kinds: readonly EntityKind[];
}

/** Lists whose names entities refer to. */
export const NAMED_LISTS: readonly NamedList[] = [
  { key: 'folderTypes', field: 'type', kinds: ['folder'] },
  { key: 'taskTypes', field: 'type', kinds: ['task'] },
  { key: 'statuses', field: 'status', kinds: ALL_KINDS },
];

/** A list as a request wants it. */
export interface ListChange extends NamedList {
  rows: JsonObject[];
  /** Old name → new name. */
  renamed: Map<string, string>;
}

/** Two names that differ only in case break the server's transaction, and its answer says no more than that. */
function refuseTwins(rows: JsonObject[]): void {
  const names = rows.map((row) => (typeof row['name'] === 'string' ? row['name'].toLowerCase() : ''));
  if (new Set(names).size < names.length) {
    throw unhandled(
      'asyncpg.exceptions.InFailedSQLTransactionError: current transaction is aborted, ' +
        'commands ignored until end of transaction block',
    );
  }
}

/** @throws AyonFault 400 for rows without a name, 500 for two that differ only in case */
export function readList(list: NamedList, value: Json): ListChange {
  const given = Array.isArray(value) ? value.filter(isObject) : [];
  const renamed = new Map<string, string>();
  if (given.some((item) => typeof item['name'] !== 'string')) {
    throw fault(400, `Invalid data provided: each of ${list.key} needs a name`);
  }
  const rows = given.map((item) => {
    const { original_name, originalName, ...row } = item;
    const old = original_name ?? originalName;
    if (typeof old === 'string' && typeof row['name'] === 'string' && old !== row['name']) {
      renamed.set(old, row['name']);
    }
    return row;
  });
  refuseTwins(rows);
  return { ...list, rows, renamed };
}

function entitiesUsing(project: ProjectRecord, change: NamedList): EntityRecord[] {
  return change.kinds.flatMap((kind) => project.entities.pick(kind, project.entities.orderedIds(kind)));
}

/** A list may not lose a name that an entity uses. */
export function refuseLoss(project: ProjectRecord, change: ListChange): void {
  const kept = new Set(change.rows.map((row) => row['name']));
  const lost = new Set(
    project[change.key].map((row) => row.name).filter((name) => !kept.has(name) && !change.renamed.has(name)),
  );
  const user =
    lost.size > 0 && entitiesUsing(project, change).find((entity) => lost.has(entity[change.field]));
  if (user) {
    const table = snakeCase(change.key);
    const detail = `${change.field} '${user[change.field]}' is still referenced from table "${table}".`;
    throw new AyonFault(500, { code: 409, error: 'foreign-key-violation', detail });
  }
}

/** Entities follow the new name of their type or status. */
export function followRenames(project: ProjectRecord, change: ListChange): void {
  if (change.renamed.size === 0) {
    return;
  }
  for (const entity of entitiesUsing(project, change)) {
    const name = change.renamed.get(entity[change.field]);
    if (name !== undefined) {
      project.entities.put({ ...entity, [change.field]: name });
    }
  }
}
