import { fault, invalidRequest, missingIssue } from '../errors';
import { thumbnailOf } from '../pictures';
import type { FileRecord, ProjectRecord } from '../project';
import type { AddRoute, AyonAnswer, AyonRequest } from '../request';
import { NO_CONTENT } from '../request';
import type { AyonStore } from '../store';

const ID = /^[0-9a-f]{32}$/;

function requiredHeader(request: AyonRequest, name: string): string {
  const value = request.header(name);
  if (value === undefined || value === '') {
    throw invalidRequest(request, [missingIssue(['header', name])]);
  }
  return value;
}

function idHeader(request: AyonRequest, name: string): string | undefined {
  const id = request.header(name)?.replaceAll('-', '').toLowerCase();
  if (id !== undefined && !ID.test(id)) {
    throw fault(400, `Invalid ${name}`);
  }
  return id;
}

/**
 * Keeps the body of a request as a file: its name in `x-file-name`, its id in `x-file-id` if the client chooses one.
 * @throws AyonFault 400 without a name, 409 for an id that is taken
 */
export function keepFile(store: AyonStore, project: ProjectRecord, request: AyonRequest): FileRecord {
  const name = decodeURIComponent(requiredHeader(request, 'x-file-name'));
  const contentType = requiredHeader(request, 'content-type');
  const id = idHeader(request, 'x-file-id') ?? store.clock.id();
  if (project.files.has(id)) {
    throw fault(409, 'File already exists');
  }
  const activityId = idHeader(request, 'x-activity-id') ?? null;
  const own = { author: request.user.name, activityId, createdAt: store.clock.now() };
  const file: FileRecord = { id, name, contentType, bytes: request.raw, ...own };
  const activity = activityId === null ? undefined : project.activities.get(activityId);
  activity?.files.push(id);
  project.files.set(id, file);
  return file;
}

/** Uploaded files: kept as they came; the real server purges unattached ones later, this one does not. */
export function addFileRoutes(add: AddRoute, store: AyonStore): void {
  const path = '/api/projects/:project/files';
  const projectOf = ({ params }: AyonRequest) => store.project(params['project'] ?? '');
  const find = (request: AyonRequest): FileRecord => {
    const file = projectOf(request).files.get(request.params['id'] ?? '');
    if (!file) {
      throw fault(404, 'File not found');
    }
    return file;
  };
  const content = (request: AyonRequest): AyonAnswer => {
    const { bytes, contentType, name } = find(request);
    const disposition = `inline; filename="${encodeURIComponent(name)}"`;
    return { bytes, contentType, headers: { 'content-disposition': disposition } };
  };
  add('POST', path, (request) => {
    return { status: 201, json: { id: keepFile(store, projectOf(request), request).id } };
  });
  add('GET', `${path}/:id`, content);
  add('HEAD', `${path}/:id`, content);
  add('GET', `${path}/:id/payload`, content);
  add('GET', `${path}/:id/info`, (request) => {
    const { bytes, name, contentType } = find(request);
    return { json: { size: bytes.length, filename: name, contentType } };
  });
  add('GET', `${path}/:id/thumbnail`, async (request) => {
    const { bytes, contentType } = find(request);
    if (!contentType.startsWith('image/')) {
      throw fault(404, 'The simulator makes thumbnails of pictures only');
    }
    return thumbnailOf(bytes);
  });
  add('DELETE', `${path}/:id`, (request) => {
    projectOf(request).files.delete(find(request).id);
    return NO_CONTENT;
  });
}
