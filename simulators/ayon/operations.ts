import type { EntityKind } from './entity-kinds';
import { isEntityKind } from './entity-kinds';
import { createEntity, deleteEntity, updateEntity } from './entity-writes';
import { AyonFault, EntityError, fault } from './errors';
import type { Origin } from './event-log';
import type { Json, JsonObject } from './json';
import { camelKeys, isObject } from './json';
import { refuseOperation } from './permissions';
import type { ProjectRecord } from './project';
import type { AyonStore } from './store';
import { Transaction } from './transaction';
import { isManager } from './users';

/** One operation of a batch, read. */
interface Operation {
  id: string;
  type: 'create' | 'update' | 'delete';
  kind: EntityKind;
  entityId: string | undefined;
  data: JsonObject;
  force: boolean;
  asUser: string | undefined;
}

/** A batch, read. */
export interface OperationsRequest {
  operations: Operation[];
  canFail: boolean;
  raiseOnError: boolean;
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function entityIdOf(value: Json | undefined): string | undefined {
  const id = text(value)?.replaceAll('-', '').toLowerCase();
  if (id !== undefined && !/^[0-9a-f]{32}$/.test(id)) {
    throw fault(400, `Invalid entity ID ${id}`);
  }
  return id;
}

function readType(value: Json | undefined, index: number): Operation['type'] {
  if (value === 'create' || value === 'update' || value === 'delete') {
    return value;
  }
  throw fault(400, `Operation ${index} has no type create, update or delete`);
}

function readOperation(item: Json, index: number, newId: () => string): Operation {
  const given = isObject(item) ? camelKeys(item) : {};
  const type = readType(given['type'], index);
  const kind = given['entityType'];
  if (!isEntityKind(kind)) {
    throw fault(400, `Operation ${index} is for an unknown entity type`);
  }
  const data = given['data'] ?? {};
  if (!isObject(data)) {
    throw fault(400, `The data of operation ${index} must be an object`);
  }
  return {
    id: text(given['id']) ?? newId(),
    type,
    kind,
    entityId: entityIdOf(given['entityId'] ?? (type === 'create' ? data['id'] : undefined)),
    data,
    force: given['force'] === true,
    asUser: text(given['asUser']),
  };
}

/** Two updates or deletes of one entity in a batch are refused; an update after its create is fine. */
function refuseDuplicates(operations: readonly Operation[]): void {
  const seen = new Set<string>();
  for (const { type, kind, entityId } of operations) {
    const key = `${kind} ${entityId ?? ''}`;
    if (type !== 'create' && seen.has(key)) {
      throw fault(400, `Duplicate operation for ${key}`);
    }
    if (type !== 'create') {
      seen.add(key);
    }
  }
}

/** @throws AyonFault 400 for a batch that is refused as a whole */
export function readOperations(store: AyonStore, given: JsonObject): OperationsRequest {
  const list = given['operations'] ?? [];
  if (!Array.isArray(list)) {
    throw fault(400, 'The operations of a batch must be a list');
  }
  const operations = list.map((item, index) => readOperation(item, index, () => store.clock.id()));
  refuseDuplicates(operations);
  return {
    operations,
    canFail: given['canFail'] === true,
    raiseOnError: given['raiseOnError'] === true,
  };
}

function originOf(store: AyonStore, operation: Operation, origin: Origin): Origin {
  if (operation.asUser === undefined) {
    return origin;
  }
  return { ...origin, user: store.user(operation.asUser).name };
}

function run(tx: Transaction, operation: Operation, origin: Origin): string {
  const { kind, entityId: id, data } = operation;
  const user = tx.store.user(origin.user);
  const force = operation.force && isManager(user);
  refuseOperation(user, tx.project.name);
  if (operation.type === 'create') {
    return createEntity(tx, { kind, id, data }, origin);
  }
  if (id === undefined) {
    throw new EntityError('invalid_data', `Operation ${operation.type} needs an entityId`);
  }
  if (operation.type === 'update') {
    updateEntity(tx, { kind, id, data, force }, origin);
  } else {
    deleteEntity(tx, { kind, id, force }, origin);
  }
  return id;
}

function answer(operation: Operation, result: { entityId: string | null; error?: EntityError }): JsonObject {
  const { entityId, error } = result;
  return {
    id: operation.id,
    type: operation.type,
    entityType: operation.kind,
    entityId,
    success: error === undefined,
    status: error?.status ?? (operation.type === 'create' ? 201 : 204),
    errorCode: error?.code ?? null,
    detail: error?.message ?? null,
  };
}

function attempt(tx: Transaction, operation: Operation, origin: Origin): { entityId: string } | EntityError {
  const before = tx.savepoint();
  try {
    return { entityId: run(tx, operation, origin) };
  } catch (error) {
    if (!(error instanceof EntityError)) {
      tx.rollback();
      throw error;
    }
    tx.rollback(before);
    return error;
  }
}

function originsOf(store: AyonStore, request: OperationsRequest, origin: Origin): Origin[] {
  return request.operations.map((operation) => originOf(store, operation, origin));
}

/**
 * Runs a batch in order in one transaction. Without `canFail` the first failure ends and undoes it, while the
 * operations before it keep saying `success: true`: only the top-level `success` counts.
 * @throws AyonFault with the status of the first failure when `raiseOnError` is set
 */
export function runOperations(
  store: AyonStore,
  at: { project: ProjectRecord; request: OperationsRequest },
  origin: Origin,
): JsonObject {
  const { project, request } = at;
  // All acting users are looked up first: one that does not exist fails the request, not an operation.
  const origins = originsOf(store, request, origin);
  const tx = new Transaction(store, project);
  const answers: JsonObject[] = [];
  let success = true;
  for (const [index, operation] of request.operations.entries()) {
    const result = attempt(tx, operation, origins[index] ?? origin);
    if (!(result instanceof EntityError)) {
      answers.push(answer(operation, result));
      continue;
    }
    success = false;
    answers.push(answer(operation, { entityId: operation.entityId ?? null, error: result }));
    if (!request.canFail) {
      tx.rollback();
      raise(request, result);
      break;
    }
  }
  tx.commit();
  return { operations: answers, success };
}

function raise(request: OperationsRequest, error: EntityError): void {
  if (request.raiseOnError) {
    throw new AyonFault(error.status, { code: error.status, detail: error.message, error: error.code });
  }
}
