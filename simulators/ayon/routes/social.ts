import { createActivity, deleteActivity, patchActivity, watchersOf } from '../activities';
import { runActivityOperations } from '../activity-batch';
import type { EntityKind } from '../entity-kinds';
import { ALL_KINDS, KINDS } from '../entity-kinds';
import {
  addItem,
  changeItem,
  changeItems,
  createList,
  deleteList,
  findList,
  listView,
  orderItems,
  patchList,
} from '../entity-lists';
import { loadEntity } from '../entity-writes';
import { fault, invalidRequest } from '../errors';
import type { JsonObject } from '../json';
import { isObject, objectOf, textsOf } from '../json';
import { createLink, createLinks, deleteLink, deleteLinkType, putLinkType } from '../links';
import type { AddRoute, AyonRequest } from '../request';
import { entityIdParam, NO_CONTENT } from '../request';
import type { AyonStore } from '../store';

type FindProject = (request: AyonRequest) => ReturnType<AyonStore['project']>;

function addLinkRoutes(add: AddRoute, store: AyonStore, projectOf: FindProject): void {
  add('GET', '/api/projects/:project/links/types', (request) => ({
    json: { types: projectOf(request).linkTypes },
  }));
  add('PUT', '/api/projects/:project/links/types/:name', (request) => {
    putLinkType(projectOf(request), request.params['name'] ?? '', objectOf(request.body['data']));
    return NO_CONTENT;
  });
  add('DELETE', '/api/projects/:project/links/types/:name', (request) => {
    deleteLinkType(projectOf(request), request.params['name'] ?? '');
    return NO_CONTENT;
  });
  add('POST', '/api/projects/:project/links/bulk', (request) => {
    const { links } = request.body;
    const bodies = Array.isArray(links) ? links.filter(isObject) : [];
    return { json: { created: createLinks(store, { project: projectOf(request), bodies }, request.origin) } };
  });
  add('POST', '/api/projects/:project/links', (request) => {
    const at = { project: projectOf(request), body: request.body };
    return { json: { id: createLink(store, at, request.origin) } };
  });
  add('DELETE', '/api/projects/:project/links/:id', (request) => {
    deleteLink(store, { project: projectOf(request), id: request.params['id'] ?? '' }, request.origin);
    return NO_CONTENT;
  });
}

function addWatcherRoutes(add: AddRoute, projectOf: FindProject, kind: EntityKind): void {
  const path = `/api/projects/:project/${KINDS[kind].plural}/:id/watchers`;
  const find = (request: AyonRequest) => {
    const project = projectOf(request);
    return { project, id: loadEntity(project, { kind, id: entityIdParam(request, 'entity_id') }).id };
  };
  add('GET', path, (request) => {
    const { project, id } = find(request);
    return { json: { watchers: [...watchersOf(project, id)] } };
  });
  add('POST', path, (request) => {
    const { project, id } = find(request);
    project.watchers.set(id, textsOf(request.body['watchers']));
    return { status: 201, json: null };
  });
}

function addActivityRoutes(add: AddRoute, store: AyonStore, projectOf: FindProject): void {
  for (const kind of ALL_KINDS) {
    add('POST', `/api/projects/:project/${KINDS[kind].plural}/:id/activities`, (request) => {
      const project = projectOf(request);
      const entity = loadEntity(project, { kind, id: entityIdParam(request, 'entity_id') });
      const id = createActivity(store, { project, entity, body: request.body }, request.origin);
      return { status: 201, json: { id } };
    });
    addWatcherRoutes(add, projectOf, kind);
  }
  add('POST', '/api/projects/:project/operations/activities', (request) => {
    const at = { project: projectOf(request), body: request.body };
    return { json: runActivityOperations(store, at, request.origin) };
  });
  add('PATCH', '/api/projects/:project/activities/:id', (request) => {
    const { body } = request;
    patchActivity(
      store,
      { project: projectOf(request), id: request.params['id'] ?? '', body },
      request.origin,
    );
    return NO_CONTENT;
  });
  add('DELETE', '/api/projects/:project/activities/:id', (request) => {
    deleteActivity(store, { project: projectOf(request), id: request.params['id'] ?? '' }, request.origin);
    return NO_CONTENT;
  });
}

function itemsOf(request: AyonRequest): JsonObject[] {
  const { items } = request.body;
  const list = Array.isArray(items) ? items.filter(isObject) : [];
  if (list.length === 0) {
    const msg = 'ensure this value has at least 1 items';
    const ctx = { limit_value: 1 };
    throw invalidRequest(request, [{ loc: ['body', 'items'], msg, type: 'value_error.list.min_items', ctx }]);
  }
  return list;
}

function addListRoutes(add: AddRoute, store: AyonStore, projectOf: FindProject): void {
  const target = (request: AyonRequest) => ({ project: projectOf(request), id: request.params['id'] ?? '' });
  add('POST', '/api/projects/:project/lists', (request) => {
    const at = { project: projectOf(request), body: request.body };
    return { status: 201, json: createList(store, at, request.origin) };
  });
  add('GET', '/api/projects/:project/lists/:id', (request) => {
    const at = target(request);
    return { json: listView(at.project, findList(at)) };
  });
  add('PATCH', '/api/projects/:project/lists/:id', (request) => {
    patchList(store, { ...target(request), body: request.body }, request.origin);
    return NO_CONTENT;
  });
  add('DELETE', '/api/projects/:project/lists/:id', (request) => {
    deleteList(store, target(request), request.origin);
    return NO_CONTENT;
  });
  add('GET', '/api/projects/:project/lists/:id/entities', (request) => {
    const { entityType, items } = findList(target(request));
    return { json: { entityType, entityIds: items.map(({ entityId }) => entityId) } };
  });
  add('POST', '/api/projects/:project/lists/:id/items', (request) => {
    addItem(store, { ...target(request), body: request.body }, request.origin);
    return { status: 201, json: null };
  });
  add('PATCH', '/api/projects/:project/lists/:id/items/:item', (request) => {
    const itemId = request.params['item'] ?? '';
    changeItem(store, { ...target(request), itemId, body: request.body }, request.origin);
    return { json: null };
  });
  add('DELETE', '/api/projects/:project/lists/:id/items/:item', (request) => {
    const itemId = request.params['item'] ?? '';
    changeItem(store, { ...target(request), itemId, body: null }, request.origin);
    return { json: null };
  });
  add('POST', '/api/projects/:project/lists/:id/order', (request) => {
    orderItems(store, { ...target(request), order: textsOf(request.body['order']) }, request.origin);
    return NO_CONTENT;
  });
  add('PATCH', '/api/projects/:project/lists/:id/items', (request) => {
    const { mode = 'replace' } = request.body;
    if (mode !== 'replace' && mode !== 'merge' && mode !== 'delete') {
      throw fault(400, 'The mode of a change of items is replace, merge or delete');
    }
    const change = { ...target(request), items: itemsOf(request), mode };
    changeItems(store, change, request.origin);
    return { json: null };
  });
}

/** Links, comments and lists. */
export function addSocialRoutes(add: AddRoute, store: AyonStore): void {
  const projectOf: FindProject = ({ params }) => store.project(params['project'] ?? '');
  addLinkRoutes(add, store, projectOf);
  addActivityRoutes(add, store, projectOf);
  addListRoutes(add, store, projectOf);
}
