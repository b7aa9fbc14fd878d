import type { EntityKind } from '../entity-kinds';
import { ALL_KINDS, KINDS } from '../entity-kinds';
import { entityView } from '../entity-views';
import { createEntity, deleteEntity, loadEntity, updateEntity } from '../entity-writes';
import { bodyIssues, constraintFault, EntityError, fault, invalidRequest } from '../errors';
import { entityKeys, searchTest } from '../graphql/entity-keys';
import { Inheritance } from '../inheritance';
import type { JsonObject } from '../json';
import { textsOf } from '../json';
import { readOperations, runOperations } from '../operations';
import { InvalidFilter, readFilter } from '../query-filter';
import type { AddRoute, AyonRequest } from '../request';
import { entityIdParam, NO_CONTENT } from '../request';
import type { AyonStore } from '../store';
import { Transaction } from '../transaction';
import { isManager } from '../users';

/** Complaints about fields become a 400 with a list; a broken constraint of a create becomes the odd 500. */
function restFault(request: AyonRequest, error: unknown): unknown {
  if (!(error instanceof EntityError)) {
    return error;
  }
  if (error.issues.length > 0) {
    return invalidRequest(request, bodyIssues(error.issues));
  }
  return request.method === 'POST' && error.status === 409 ? constraintFault(error) : error;
}

function rest<Result>(request: AyonRequest, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw restFault(request, error);
  }
}

function idOf(body: JsonObject): string | undefined {
  const { id } = body;
  return typeof id === 'string' ? id.replaceAll('-', '').toLowerCase() : undefined;
}

function addKindRoutes(add: AddRoute, store: AyonStore, kind: EntityKind): void {
  const list = `/api/projects/:project/${KINDS[kind].plural}`;
  const projectOf = ({ params }: AyonRequest) => store.project(params['project'] ?? '');
  const begin = (request: AyonRequest) => new Transaction(store, projectOf(request));
  add('POST', list, (request) => {
    const given = { kind, id: idOf(request.body), data: request.body };
    const tx = begin(request);
    const id = rest(request, () => tx.run(() => createEntity(tx, given, request.origin)));
    return { status: 201, json: { id } };
  });
  add('GET', `${list}/:id`, (request) => {
    const id = entityIdParam(request, `${kind}_id`);
    const project = projectOf(request);
    return { json: entityView(store, project, loadEntity(project, { kind, id })) };
  });
  add('PATCH', `${list}/:id`, (request) => {
    const id = entityIdParam(request, `${kind}_id`);
    const tx = begin(request);
    const given = { kind, id, data: request.body };
    rest(request, () => tx.run(() => updateEntity(tx, given, request.origin)));
    return NO_CONTENT;
  });
  add('DELETE', `${list}/:id`, (request) => {
    const id = entityIdParam(request, `${kind}_id`);
    const tx = begin(request);
    const given = { kind, id, force: isManager(request.user) && request.query.get('force') === 'true' };
    rest(request, () => tx.run(() => deleteEntity(tx, given, request.origin)));
    return NO_CONTENT;
  });
}

/** `POST …/tasks/{id}/assign {mode: add|remove|set, users}`. */
function addAssignRoute(add: AddRoute, store: AyonStore): void {
  add('POST', '/api/projects/:project/tasks/:id/assign', (request) => {
    const tx = new Transaction(store, store.project(request.params['project'] ?? ''));
    const id = entityIdParam(request, 'task_id');
    const { mode } = request.body;
    const users = textsOf(request.body['users']);
    const before = loadEntity(tx.project, { kind: 'task', id }).assignees ?? [];
    const added = mode === 'add' ? [...before, ...users] : users;
    const assignees =
      mode === 'remove' ? before.filter((name) => !users.includes(name)) : [...new Set(added)];
    if (mode !== 'add' && mode !== 'remove' && mode !== 'set') {
      throw fault(400, 'The mode of an assignment is add, remove or set');
    }
    rest(request, () =>
      tx.run(() => updateEntity(tx, { kind: 'task', id, data: { assignees } }, request.origin)),
    );
    return NO_CONTENT;
  });
}

/** `POST …/tasksFolders {filter, search}`: the folders whose tasks match. */
function addTaskFolderRoute(add: AddRoute, store: AyonStore): void {
  add('POST', '/api/projects/:project/tasksFolders', (request) => {
    const project = store.project(request.params['project'] ?? '');
    const inheritance = new Inheritance(project, store.attributes);
    const context = { project, kind: 'task', inheritance } as const;
    const { filter, search } = request.body;
    try {
      const accepts = readFilter(filter, entityKeys(context));
      const isFound = searchTest(context, typeof search === 'string' ? search : '');
      const tasks = project.entities.pick('task', project.entities.orderedIds('task'));
      const found = tasks.filter((task) => accepts(task) && isFound(task));
      return { json: { folderIds: [...new Set(found.map(({ parentId }) => parentId))] } };
    } catch (error) {
      throw error instanceof InvalidFilter ? fault(400, error.message) : error;
    }
  });
}

/** Background batches are run at once; only the answer comes by polling. */
function addBackgroundRoutes(add: AddRoute, store: AyonStore): void {
  const results = new Map<string, JsonObject>();
  add('POST', '/api/projects/:project/operations/background', (request) => {
    const project = store.project(request.params['project'] ?? '');
    const batch = readOperations(store, request.body);
    const id = store.clock.id();
    const result = runOperations(store, { project, request: batch }, request.origin);
    results.set(id, { id, status: 'completed', progress: 100, result });
    return { json: { id, status: 'pending' } };
  });
  add('GET', '/api/projects/:project/operations/background/:id', (request) => {
    const result = results.get(request.params['id'] ?? '');
    if (!result) {
      throw fault(404, 'Background operation not found');
    }
    return { json: result };
  });
}

/** Single entities of each kind, and batches. */
export function addEntityRoutes(add: AddRoute, store: AyonStore): void {
  for (const kind of ALL_KINDS) {
    addKindRoutes(add, store, kind);
  }
  add('POST', '/api/projects/:project/operations', (request) => {
    const project = store.project(request.params['project'] ?? '');
    const batch = readOperations(store, request.body);
    return { json: runOperations(store, { project, request: batch }, request.origin) };
  });
  addBackgroundRoutes(add, store);
  addAssignRoute(add, store);
  addTaskFolderRoute(add, store);
}
