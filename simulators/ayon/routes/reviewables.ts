import { createActivity } from '../activities';
import type { EntityKind, EntityRecord } from '../entity-kinds';
import { KINDS } from '../entity-kinds';
import { loadEntity } from '../entity-writes';
import { fault } from '../errors';
import type { JsonObject } from '../json';
import { textsOf } from '../json';
import { pictureInfo, thumbnailOf } from '../pictures';
import type { FileRecord, ProjectRecord, ReviewableRecord } from '../project';
import type { AddRoute, AyonRequest } from '../request';
import { entityIdParam } from '../request';
import { reviewedVersions } from '../reviewables';
import type { AyonStore } from '../store';
import { keepFile } from './files';

const REVIEWABLE = /^(?:video\/|image\/|application\/mxf)/;

function reviewableView(store: AyonStore, project: ProjectRecord, item: ReviewableRecord): JsonObject[] {
  const file = project.files.get(item.fileId);
  if (!file) {
    return [];
  }
  const { fileId, activityId, label, availability, mediaInfo } = item;
  const { name: filename, contentType: mimetype, createdAt } = file;
  const fullName = store.users.get(file.author)?.attrib['fullName'];
  const author = { name: file.author, fullName: typeof fullName === 'string' ? fullName : null };
  const state = { availability, mediaInfo, createdFrom: null, processing: null };
  return [
    { fileId, activityId, filename, label, mimetype, ...state, createdAt, updatedAt: createdAt, author },
  ];
}

function versionView(store: AyonStore, project: ProjectRecord, version: EntityRecord): JsonObject {
  const product = project.entities.get('product', version.parentId ?? '');
  const reviewables = project.reviewables.get(version.id) ?? [];
  return {
    id: version.id,
    name: version.name,
    version: String(version.version ?? 0),
    status: version.status,
    productId: product?.id ?? '',
    productName: product?.name ?? '',
    productType: product?.type ?? '',
    attrib: version.attrib,
    reviewables: reviewables.flatMap((item) => reviewableView(store, project, item)),
  };
}

/** The first picture of a version without a thumbnail becomes it. */
async function adoptThumbnail(
  store: AyonStore,
  project: ProjectRecord,
  at: { id: string; file: FileRecord },
) {
  const thumbnail = await thumbnailOf(at.file.bytes);
  const version = project.entities.get('version', at.id);
  if (version && !version.thumbnailId) {
    const thumbnailId = store.clock.id();
    project.thumbnails.set(thumbnailId, thumbnail);
    project.entities.put({ ...version, thumbnailId, updatedAt: store.clock.now() });
  }
}

async function upload(store: AyonStore, request: AyonRequest): Promise<JsonObject> {
  const project = store.project(request.params['project'] ?? '');
  const version = loadEntity(project, { kind: 'version', id: entityIdParam(request, 'version_id') });
  if (!REVIEWABLE.test(request.contentType)) {
    throw fault(400, 'A reviewable is a video or a picture');
  }
  const isPicture = request.contentType.startsWith('image/');
  // A video would need ffprobe: nothing is known of it here.
  const mediaInfo: JsonObject = isPicture ? await pictureInfo(request.raw) : {};
  const file = keepFile(store, project, request);
  const label = request.query.get('label');
  const data = { reviewableLabel: label ?? file.name };
  const body = { activityType: 'reviewable', files: [file.id], data };
  const activityId = createActivity(store, { project, entity: version, body, isOwn: true }, request.origin);
  const availability = isPicture ? 'ready' : 'unknown';
  const item: ReviewableRecord = { fileId: file.id, activityId, label, availability, mediaInfo };
  project.reviewables.set(version.id, [...(project.reviewables.get(version.id) ?? []), item]);
  if (isPicture) {
    await adoptThumbnail(store, project, { id: version.id, file });
  }
  const summary = { versionId: version.id, fileId: file.id, activityId, filename: file.name, label };
  const description = `Reviewable '${file.name}' uploaded`;
  store.events.add(
    { topic: 'reviewable.created', project: project.name, description, summary },
    request.origin,
  );
  return reviewableView(store, project, item)[0] ?? {};
}

const WITH_VERSIONS: readonly EntityKind[] = ['product', 'task', 'folder'];

/** What is reviewed of versions. */
export function addReviewableRoutes(add: AddRoute, store: AyonStore): void {
  const path = '/api/projects/:project/versions/:id/reviewables';
  const find = (request: AyonRequest, kind: EntityKind) => {
    const project = store.project(request.params['project'] ?? '');
    return { project, entity: loadEntity(project, { kind, id: entityIdParam(request, `${kind}_id`) }) };
  };
  add('POST', path, async (request) => ({ json: await upload(store, request) }));
  add('GET', path, (request) => {
    const { project, entity } = find(request, 'version');
    return { json: versionView(store, project, entity) };
  });
  add('PATCH', path, (request) => {
    const { project, entity } = find(request, 'version');
    const order = textsOf(request.body['sort']);
    const items = [...(project.reviewables.get(entity.id) ?? [])];
    items.sort((a, b) => order.indexOf(a.activityId) - order.indexOf(b.activityId));
    project.reviewables.set(entity.id, items);
    return { json: null };
  });
  add('PATCH', `${path}/:activity`, (request) => {
    const { project, entity } = find(request, 'version');
    const { activity } = request.params;
    const item = project.reviewables.get(entity.id)?.find(({ activityId }) => activityId === activity);
    if (!item) {
      throw fault(404, 'Reviewable not found');
    }
    const { label } = request.body;
    item.label = typeof label === 'string' ? label : item.label;
    return { json: null };
  });
  for (const kind of WITH_VERSIONS) {
    add('GET', `/api/projects/:project/${KINDS[kind].plural}/:id/reviewables`, (request) => {
      const { project, entity } = find(request, kind);
      const versions = reviewedVersions(project, entity).filter(({ id }) => project.reviewables.has(id));
      return { json: versions.map((version) => versionView(store, project, version)) };
    });
  }
}
