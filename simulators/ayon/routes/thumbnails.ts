import type { EntityKind } from '../entity-kinds';
import { KINDS } from '../entity-kinds';
import { loadEntity } from '../entity-writes';
import { fault } from '../errors';
import type { ProjectRecord } from '../project';
import type { AddRoute, AyonAnswer, AyonRequest } from '../request';
import { entityIdParam } from '../request';
import type { AyonStore } from '../store';

const WITH_THUMBNAIL: readonly EntityKind[] = ['folder', 'task', 'version', 'workfile'];

/** A transparent picture of one pixel, which the server gives where there is no thumbnail. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

function keep(store: AyonStore, project: ProjectRecord, request: AyonRequest): string {
  if (!/^image\/(?:png|jpeg)/.test(request.contentType)) {
    throw fault(415, 'Thumbnail must be in png or jpeg format');
  }
  const id = store.clock.id();
  project.thumbnails.set(id, { bytes: request.raw, contentType: request.contentType });
  return id;
}

function show(project: ProjectRecord, id: string | null | undefined, query: URLSearchParams): AyonAnswer {
  const thumbnail = id ? project.thumbnails.get(id) : undefined;
  if (id && thumbnail) {
    const { bytes, contentType } = thumbnail;
    return { bytes, contentType, headers: { 'x-thumbnail-id': id } };
  }
  if (query.get('placeholder') === 'none') {
    throw fault(404, 'Thumbnail not found');
  }
  return { bytes: PIXEL, contentType: 'image/png' };
}

function addKindRoutes(add: AddRoute, store: AyonStore, kind: EntityKind): void {
  const path = `/api/projects/:project/${KINDS[kind].plural}/:id/thumbnail`;
  const find = (request: AyonRequest) => {
    const project = store.project(request.params['project'] ?? '');
    const entity = loadEntity(project, { kind, id: entityIdParam(request, `${kind}_id`) });
    return { project, entity };
  };
  add('POST', path, (request) => {
    const { project, entity } = find(request);
    const id = keep(store, project, request);
    // A direct upload stores no event.
    project.entities.put({ ...entity, thumbnailId: id, updatedAt: store.clock.now() });
    const affected = {
      entityType: kind,
      entityId: entity.id,
      thumbnailHash: id.slice(0, 6),
      thumbnailId: null,
    };
    return { json: { id, affectedEntities: [affected] } };
  });
  add('GET', path, (request) => {
    const { project, entity } = find(request);
    return show(project, entity.thumbnailId, request.query);
  });
}

/** Thumbnails of folders, tasks and versions, and loose ones. */
export function addThumbnailRoutes(add: AddRoute, store: AyonStore): void {
  for (const kind of WITH_THUMBNAIL) {
    addKindRoutes(add, store, kind);
  }
  add('POST', '/api/projects/:project/thumbnails', (request) => {
    const project = store.project(request.params['project'] ?? '');
    return { status: 201, json: { id: keep(store, project, request) } };
  });
  add('GET', '/api/projects/:project/thumbnails/:id', (request) => {
    const project = store.project(request.params['project'] ?? '');
    return show(project, request.params['id'], request.query);
  });
}
