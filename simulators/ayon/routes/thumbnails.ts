import type { EntityKind } from '../entity-kinds';
import { KINDS } from '../entity-kinds';
import { loadEntity } from '../entity-writes';
import { fault } from '../errors';
import { makeThumbnail } from '../pictures';
import type { ProjectRecord } from '../project';
import type { AddRoute, AyonAnswer, AyonRequest } from '../request';
import { entityIdParam } from '../request';
import type { AyonStore } from '../store';

const WITH_THUMBNAIL: readonly EntityKind[] = ['folder', 'task', 'version', 'workfile'];

/** A transparent picture of one pixel, which the server gives where there is no thumbnail. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=',
  'base64',
);

async function keep(project: ProjectRecord, request: AyonRequest, id: string): Promise<void> {
  project.thumbnails.set(id, await makeThumbnail(request.raw, request.contentType));
}

function show(project: ProjectRecord, id: string | null | undefined, query: URLSearchParams): AyonAnswer {
  const thumbnail = id ? project.thumbnails.get(id) : undefined;
  if (id && thumbnail) {
    const isOriginal = query.get('original') === 'true';
    const bytes = isOriginal ? (thumbnail.original ?? thumbnail.bytes) : thumbnail.bytes;
    return { bytes, contentType: thumbnail.contentType, headers: { 'x-thumbnail-id': id } };
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
  add('POST', path, async (request) => {
    const id = store.clock.id();
    await keep(find(request).project, request, id);
    // Scaling takes a moment: the entity may have been changed meanwhile.
    const { project, entity } = find(request);
    // A direct upload stores no event.
    project.entities.put({ ...entity, thumbnailId: id, updatedAt: store.clock.now() });
    const affected = {
      entityType: kind,
      entityId: entity.id,
      thumbnailHash: id.slice(0, 6),
      thumbnailId: null,
    };
    const summary = { entityType: kind, entityId: entity.id, thumbnailId: id };
    store.events.announce({ topic: 'thumbnail.updated', project: project.name, summary }, request.origin);
    return { json: { id, affectedEntities: [affected] } };
  });
  add('GET', path, (request) => {
    const { project, entity } = find(request);
    return show(project, entity.thumbnailId, request.query);
  });
}

/** Thumbnails of folders, tasks, versions and workfiles, and loose ones. */
export function addThumbnailRoutes(add: AddRoute, store: AyonStore): void {
  for (const kind of WITH_THUMBNAIL) {
    addKindRoutes(add, store, kind);
  }
  add('POST', '/api/projects/:project/thumbnails', async (request) => {
    const id = store.clock.id();
    await keep(store.project(request.params['project'] ?? ''), request, id);
    return { json: { id, affectedEntities: [] } };
  });
  add('GET', '/api/projects/:project/thumbnails/:id', (request) => {
    const project = store.project(request.params['project'] ?? '');
    return show(project, request.params['id'], request.query);
  });
}
