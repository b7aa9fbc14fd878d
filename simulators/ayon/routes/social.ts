import { createActivity, deleteActivity, patchActivity } from '../activities';
import { ALL_KINDS, KINDS } from '../entity-kinds';
import { changeItems, createList, deleteList, findList, listView, patchList } from '../entity-lists';
import { loadEntity } from '../entity-writes';
import { invalidRequest } from '../errors';
import { objectOf } from '../event-log';
import type { JsonObject } from '../json';
import { isObject } from '../json';
import { createLink, deleteLink, putLinkType } from '../links';
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
  add('POST', '/api/projects/:project/links', (request) => {
    const at = { project: projectOf(request), body: request.body };
    return { json: { id: createLink(store, at, request.origin) } };
  });
  add('DELETE', '/api/projects/:project/links/:id', (request) => {
    deleteLink(store, { project: projectOf(request), id: request.params['id'] ?? '' }, request.origin);
    return NO_CONTENT;
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
  }
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
  add('PATCH', '/api/projects/:project/lists/:id/items', (request) => {
    const { mode } = request.body;
    const items = itemsOf(request);
    const change = { ...target(request), items, mode: typeof mode === 'string' ? mode : 'replace' };
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
