import type { IncomingHttpHeaders } from 'node:http';
import { CONTROL_PREFIX } from '../control';
import type { RouteAnswer, RouteHandler, RouteRequest } from '../http';
import { SimulatorServer } from '../http';
import type { Credentials } from './credentials';
import { credentialsError, FtrackError, validationError } from './errors';
import type { FileStore } from './files/file-store';
import { addFileRoutes } from './files/routes';
import type { SignedLinks } from './files/signed-links';
import type { EventHub } from './hub/hub';
import type { Caller } from './operations/caller';
import { addWidgetRoutes } from './operations/remote/widgets';
import type { Workspace } from './operations/workspace';
import { isRecord } from './values';

export interface ServerParts {
  readonly workspace: Workspace;
  readonly hub: EventHub;
  readonly credentials: Credentials;
  readonly files: FileStore;
  readonly links: SignedLinks;
}

function header(headers: IncomingHttpHeaders, name: string): string | null {
  const value = headers[name];
  // The JavaScript client sends the text "undefined" for a token that it does not have.
  return typeof value === 'string' && value !== '' && value !== 'undefined' ? value : null;
}

function isStrict(headers: IncomingHttpHeaders): boolean {
  const options = header(headers, 'ftrack-api-options') ?? '';
  return header(headers, 'ftrack-strict-api') === 'true' || /strict[:=](1|true)/i.test(options);
}

/** @param strict whether the client wants HTTP statuses; otherwise errors are answered with 200 */
export function errorAnswer(error: unknown, strict: boolean): RouteAnswer {
  const isKnown = error instanceof FtrackError;
  const json = {
    exception: isKnown ? error.exception : 'InternalServerError',
    content: error instanceof Error ? error.message : String(error),
    error_code: isKnown ? error.errorCode : null,
  };
  const status = isKnown ? error.status : 500;
  return { status: strict || status === 401 ? status : 200, json };
}

function callerOf(parts: ServerParts, request: RouteRequest): Caller {
  const { headers } = request;
  const username = header(headers, 'ftrack-user') ?? '';
  const user = parts.credentials.authenticate(username, header(headers, 'ftrack-api-key') ?? '');
  if (!user) {
    throw credentialsError();
  }
  return {
    ...user,
    strict: isStrict(headers),
    clientToken: header(headers, 'ftrack-clienttoken'),
    pushToken: header(headers, 'ftrack-pushtoken'),
    ...(headers.host === undefined ? {} : { origin: `http://${headers.host}` }),
  };
}

function api(parts: ServerParts, request: RouteRequest): RouteAnswer {
  try {
    const caller = callerOf(parts, request);
    if (request.bodyError !== undefined) {
      throw validationError(`The request body is not JSON: ${request.bodyError}`);
    }
    return { json: parts.workspace.execute(request.body, caller) };
  } catch (error) {
    return errorAnswer(error, isStrict(request.headers));
  }
}

/** As an error object: the JavaScript client takes any other object for a result. */
function tooLong(limit: number): RouteAnswer {
  const content = `The request body is longer than ${limit} bytes; send it in several parts.`;
  return errorAnswer(new FtrackError('RequestTooLargeError', content, { status: 413 }), true);
}

/**
 * Web pages of other origins may ask, as those of action widgets do. The JavaScript client does it with cookies, for
 * which browsers want the origin by its name; what it may do depends on its key alone.
 */
function openToPages(handler: RouteHandler): RouteHandler {
  return async (request) => {
    const answer = await handler(request);
    const { origin } = request.headers;
    const open = origin && {
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      vary: 'origin',
    };
    return open ? { ...answer, headers: { ...answer.headers, ...open } } : answer;
  };
}

/** What browsers ask before they send headers of our own. */
function preflight({ headers }: RouteRequest): RouteAnswer {
  return {
    status: 204,
    headers: {
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': header(headers, 'access-control-request-headers') ?? 'content-type',
      'access-control-max-age': '600',
    },
  };
}

/** For the call log: what each operation is about. */
function summarise(request: RouteRequest): string {
  const operations: unknown[] = Array.isArray(request.body) ? request.body : [];
  const lines = operations.slice(0, 50).map((operation) => {
    const { action, expression, entity_type: type } = isRecord(operation) ? operation : {};
    return [action, expression, type].filter((part) => typeof part === 'string').join(' ');
  });
  return lines.join('; ');
}

/** HTTP API, files and event hub handshake on one port. */
export function createFtrackServer(parts: ServerParts): SimulatorServer {
  const server = new SimulatorServer({
    summarise,
    tooLong,
    steeringPrefix: CONTROL_PREFIX,
    quietPaths: ['/'],
  });
  const handshake: RouteHandler = ({ query, headers }) => parts.hub.handshake(query, headers);
  const ways: readonly (readonly [string, string, RouteHandler])[] = [
    ['POST', '/api', (request) => api(parts, request)],
    ['GET', '/socket.io/1/', handshake],
    ['GET', '/socket.io/1', handshake],
  ];
  for (const [method, path, handler] of ways) {
    server.route(method, path, openToPages(handler));
    server.route('OPTIONS', path, openToPages(preflight));
  }
  addFileRoutes(server, parts);
  addWidgetRoutes(server, { links: parts.links, store: parts.workspace.store });
  server.onUpgrade((request, socket, head) => parts.hub.upgrade(request, socket, head));
  return server;
}
