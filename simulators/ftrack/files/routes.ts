import type { RouteAnswer, RouteHandler, RouteRequest, SimulatorServer } from '../../http';
import type { Credentials } from '../credentials';
import { FtrackError } from '../errors';
import type { Workspace } from '../operations/workspace';
import type { Row } from '../store/table';
import { fileAnswer } from './answers';
import { componentPaths } from './component-links';
import { fileNameOf } from './content-type';
import type { FileStore, StoredFile } from './file-store';
import { md5 } from './file-store';
import { placeholder, scaled } from './images';
import { SignedLinks } from './signed-links';

/** What the file endpoints work with. */
export interface FileParts {
  readonly workspace: Workspace;
  readonly credentials: Credentials;
  readonly files: FileStore;
  readonly links: SignedLinks;
}

/** Pages of other origins may upload, and read the tag of what they sent. */
const openToPages = { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'ETag' };

const largestThumbnail = 4096;

interface Found {
  readonly component: Row;
  readonly file: StoredFile | undefined;
}

function refusal(status: number, message: string): FtrackError {
  return new FtrackError('FileError', message, { status });
}

function missing(id: string): FtrackError {
  return refusal(404, `There is no component ${JSON.stringify(id)}.`);
}

/** The methods throw FtrackError, whose status is the answer's. */
class FileEndpoints {
  private readonly parts: FileParts;

  constructor(parts: FileParts) {
    this.parts = parts;
  }

  /** PUT to a link of `get_upload_metadata`: the whole file or one part of it. */
  upload(request: RouteRequest): RouteAnswer {
    const state = this.parts.links.check(componentPaths.upload, request.query);
    if (state !== 'valid') {
      const why = state === 'expired' ? 'has expired' : 'has a wrong signature';
      throw refusal(403, `The upload address ${why}; ask for a new one with get_upload_metadata.`);
    }
    assertUndamaged(request);
    const etag = this.store(request);
    if (etag === undefined) {
      throw refusal(404, 'There is no such upload in parts; it was completed or given up.');
    }
    return { headers: { ...openToPages, etag: `"${etag}"` } };
  }

  get(request: RouteRequest): RouteAnswer {
    const { component, file } = this.find(request, componentPaths.get);
    if (!file) {
      throw refusal(404, `Component ${component.key} has no file in ftrack.server.`);
    }
    return fileAnswer(file, { headers: request.headers, name: fileNameOf(component.data) });
  }

  async thumbnail(request: RouteRequest): Promise<RouteAnswer> {
    const { file } = this.find(request, componentPaths.thumbnail);
    const asked = Number.parseInt(request.query.get('size') ?? '', 10);
    const size = asked > 0 ? Math.min(asked, largestThumbnail) : 300;
    const picture = file && (await scaled(file.bytes, { size }));
    return picture
      ? { body: picture.bytes, contentType: picture.contentType }
      : { body: await placeholder(), contentType: 'image/png' };
  }

  /** The Python client takes a component out of ftrack.server with a GET. */
  remove(request: RouteRequest): RouteAnswer {
    const { component } = this.find(request, componentPaths.remove);
    this.parts.files.drop(component.key);
    return { json: { removed: component.key } };
  }

  private store(request: RouteRequest): string | undefined {
    const { files } = this.parts;
    const { query, raw } = request;
    const upload = query.get('upload');
    return upload === null
      ? files.put(query.get('id') ?? '', raw, query.get('type') ?? '').etag
      : files.putPart(upload, Number(query.get('part')), raw);
  }

  /** The component, if the credentials or the signature in the query allow the caller to see it. */
  private find(request: RouteRequest, path: string): Found {
    const { workspace, credentials, files, links } = this.parts;
    const { query } = request;
    const id = query.get('id') ?? '';
    const component = workspace.store.find('Component', id);
    if (SignedLinks.isSigned(query)) {
      if (links.check(path, query) !== 'valid') {
        throw refusal(403, 'The address has expired or was changed; read it again.');
      }
    } else {
      const user = credentials.authenticate(query.get('username') ?? '', query.get('apiKey') ?? '');
      if (!user) {
        throw refusal(403, 'The address needs "username" and "apiKey" of an active user.');
      }
      if (component && !workspace.reader(user.username).sees(component)) {
        throw missing(id);
      }
    }
    if (!component) {
      throw missing(id);
    }
    return { component, file: files.get(id) };
  }
}

/** @throws FtrackError when the bytes are not the announced ones */
function assertUndamaged(request: RouteRequest): void {
  const { query, raw, headers } = request;
  const announced = query.get('bytes');
  if (announced !== null && Number(announced) !== raw.length) {
    throw refusal(400, `The file has ${raw.length} bytes, but ${announced} were announced.`);
  }
  const digest = md5(raw).toString('base64');
  const sums = [query.get('md5') ?? digest, headers['content-md5'] ?? digest];
  if (sums.some((sum) => sum !== digest)) {
    throw refusal(400, 'The bytes do not have the MD5 sum that was announced.');
  }
}

/** A refused request is told as JSON with the error's status. */
function telling(handler: RouteHandler): RouteHandler {
  return async (request) => {
    try {
      return await handler(request);
    } catch (error) {
      if (error instanceof FtrackError) {
        return { status: error.status, headers: openToPages, json: { message: error.message } };
      }
      throw error;
    }
  };
}

/** Adds the endpoints for files and thumbnails. */
export function addFileRoutes(server: SimulatorServer, parts: FileParts): void {
  const endpoints = new FileEndpoints(parts);
  server.route('PUT', componentPaths.upload, {
    handle: telling((request) => endpoints.upload(request)),
    bodyLimit: parts.files.limit,
  });
  server.route('OPTIONS', componentPaths.upload, () => ({
    status: 204,
    headers: {
      ...openToPages,
      'access-control-allow-methods': 'PUT',
      'access-control-allow-headers': 'Content-Type, Content-MD5',
    },
  }));
  const reads: readonly (readonly [string, RouteHandler])[] = [
    [componentPaths.get, (request) => endpoints.get(request)],
    [componentPaths.thumbnail, (request) => endpoints.thumbnail(request)],
    [componentPaths.placeholder, async () => ({ body: await placeholder(), contentType: 'image/png' })],
  ];
  for (const [path, handler] of reads) {
    server.route('GET', path, telling(handler));
    server.route('HEAD', path, telling(handler));
  }
  server.route(
    'GET',
    componentPaths.remove,
    telling((request) => endpoints.remove(request)),
  );
}
