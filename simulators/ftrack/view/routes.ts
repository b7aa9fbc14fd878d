import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { WebSocketServer } from 'ws';
import { CONTROL_PREFIX, ControlError } from '../../control';
import type { RouteAnswer, RouteHandler, RouteRequest, SimulatorServer, UpgradeHandler } from '../../http';
import { FtrackError } from '../errors';
import { errorAnswer } from '../server';
import { discover, launch } from './actions';
import { entityPage } from './entity';
import { Tail } from './tail';
import { children, found, people, projects } from './tree';
import type { Viewer, ViewParts } from './viewer';
import { viewerOf } from './viewer';

const prefix = `${CONTROL_PREFIX}/view`;

/** The files of the page, by name; nothing else is served. */
const assets: Readonly<Record<string, string>> = {
  'page.css': 'text/css; charset=utf-8',
  ...Object.fromEntries(
    ['main', 'api', 'dom', 'tree', 'entity', 'edit', 'events', 'actions'].map((name) => [
      `${name}.mjs`,
      'text/javascript; charset=utf-8',
    ]),
  ),
};

/** Names that people type are shown as text; should one ever become code, the browser refuses to run it. */
const contentPolicy =
  "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

async function asset(name: string, contentType: string): Promise<RouteAnswer> {
  return {
    body: await readFile(path.join(__dirname, 'page', name)),
    contentType,
    headers: { 'content-security-policy': contentPolicy, 'cache-control': 'no-cache' },
  };
}

function told(handler: RouteHandler): RouteHandler {
  return async (request) => {
    try {
      return await handler(request);
    } catch (error) {
      if (error instanceof ControlError) {
        return { status: 400, json: { message: error.message } };
      }
      if (error instanceof FtrackError) {
        return errorAnswer(error, true);
      }
      throw error;
    }
  };
}

function offsetOf({ query }: RouteRequest): number {
  const offset = Number(query.get('offset') ?? 0);
  return Number.isSafeInteger(offset) && offset >= 0 ? offset : 0;
}

/** Live events over a websocket; wrong users are refused. */
function liveEvents(parts: ViewParts): UpgradeHandler {
  const tail = new Tail(parts.hub, parts.workspace.store);
  const sockets = new WebSocketServer({ noServer: true });
  return (request, socket, head) => {
    try {
      const { headers } = request;
      const { searchParams: query } = new URL(request.url ?? '/', 'http://view');
      const viewer = viewerOf(parts, { query, headers });
      const options = { after: Number(query.get('after') ?? 0) || 0, noise: query.get('noise') === '1' };
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        // A peer that breaks the protocol is closed by ws; there is nobody to tell.
        webSocket.on('error', () => undefined);
        tail.read(viewer, webSocket, options);
      });
    } catch {
      socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n');
    }
  };
}

/** A page for the browser, in which a person plays a user of the simulated ftrack. */
export function addViewRoutes(server: SimulatorServer, parts: ViewParts): void {
  const { hub, workspace } = parts;
  const route = (method: string, name: string, handler: RouteHandler): void =>
    server.route(method, `${prefix}/${name}`, told(handler));
  const read = (name: string, look: (viewer: Viewer, request: RouteRequest) => object): void =>
    route('GET', name, (request) => ({ json: look(viewerOf(parts, request), request) }));

  server.route('GET', '/', () => asset('index.html', 'text/html; charset=utf-8'));
  route('GET', 'page/:name', ({ params: { name = '' } }) => {
    const type = Object.hasOwn(assets, name) ? assets[name] : undefined;
    return type === undefined
      ? { status: 404, json: { message: `The page has no file ${JSON.stringify(name)}.` } }
      : asset(name, type);
  });
  route('GET', 'people', () => ({ json: people(workspace.store) }));
  read('projects', projects);
  read('children/:id', (viewer, request) =>
    children(viewer, { id: request.params['id'] ?? '', offset: offsetOf(request) }),
  );
  read('search', (viewer, { query }) => found(viewer, query.get('text') ?? ''));
  read('entity/:id', (viewer, { params }) => entityPage(viewer, params['id'] ?? ''));
  server.onUpgrade(liveEvents(parts), `${prefix}/events`);
  route('POST', 'actions', (request) => discover(hub, viewerOf(parts, request), request));
  route('POST', 'launch', (request) => launch(hub, viewerOf(parts, request), request));
}
