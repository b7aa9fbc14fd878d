import { createActivity, deleteActivity, patchActivity } from './activities';
import { isEntityKind } from './entity-kinds';
import { loadEntity } from './entity-writes';
import { AyonFault, EntityError, fault } from './errors';
import type { Origin } from './event-log';
import type { JsonObject } from './json';
import { camelKeys, isObject, objectOf, textOf } from './json';
import type { ProjectRecord } from './project';
import type { AyonStore } from './store';

interface Target {
  readonly project: ProjectRecord;
  readonly operation: JsonObject;
}

function runOne(store: AyonStore, { project, operation }: Target, origin: Origin): string {
  const body = camelKeys(objectOf(operation['data']));
  const id = textOf(operation['activityId']);
  if (operation['type'] === 'update') {
    patchActivity(store, { project, id, body }, origin);
    return id;
  }
  if (operation['type'] === 'delete') {
    deleteActivity(store, { project, id }, origin);
    return id;
  }
  const kind = body['entityType'];
  if (operation['type'] !== 'create' || !isEntityKind(kind)) {
    throw fault(400, 'An activity operation needs a type and, to create, an entityType and an entityId');
  }
  const entity = loadEntity(project, { kind, id: textOf(body['entityId']) });
  const own = id === '' ? {} : { id };
  return createActivity(store, { project, entity, body: { ...own, ...body } }, origin);
}

function failureOf(error: unknown): { status: number; detail: string } {
  if (error instanceof EntityError) {
    return { status: error.status, detail: error.message };
  }
  if (error instanceof AyonFault) {
    const detail = isObject(error.body) ? textOf(error.body['detail']) : '';
    return { status: error.status, detail };
  }
  throw error;
}

const DONE = { create: 201, update: 200, delete: 204 } as const;

/**
 * `POST /api/projects/{p}/operations/activities`: in order and not in one transaction, so that what was done before a
 * failure stays. Without `canFail` the first failure ends the batch.
 */
export function runActivityOperations(
  store: AyonStore,
  at: { project: ProjectRecord; body: JsonObject },
  origin: Origin,
): JsonObject {
  const list = Array.isArray(at.body['operations']) ? at.body['operations'].filter(isObject) : [];
  const answers: JsonObject[] = [];
  for (const item of list) {
    const operation = camelKeys(item);
    const type = operation['type'] as keyof typeof DONE;
    const head = { id: textOf(operation['id']) || store.clock.id(), type };
    try {
      const activityId = runOne(store, { project: at.project, operation }, origin);
      answers.push({ ...head, success: true, status: DONE[type], detail: null, activityId });
    } catch (error) {
      answers.push({
        ...head,
        success: false,
        ...failureOf(error),
        activityId: operation['activityId'] ?? null,
      });
      if (at.body['canFail'] !== true) {
        break;
      }
    }
  }
  return { operations: answers, success: answers.every(({ success }) => success === true) };
}
