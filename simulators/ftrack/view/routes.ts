import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CONTROL_PREFIX, ControlError } from '../../control';
import type { RouteAnswer, RouteHandler, RouteRequest, SimulatorServer } from '../../http';
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

/** Number of the last event that the page has: a browser that comes back says it in a header. */
function lastEvent({ headers, query }: RouteRequest): number {
  const number = Number(headers['last-event-id'] ?? query.get('after') ?? 0);
  return Number.isSafeInteger(number) ? number : 0;
}

/** A page for the browser, in which a person plays a user of the simulated ftrack. */
export function addViewRoutes(server: SimulatorServer, parts: ViewParts): void {
  const { hub, workspace } = parts;
  const tail = new Tail(hub, workspace.store);
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
  route('GET', 'events', (request) => {
    const viewer = viewerOf(parts, request);
    const options = { after: lastEvent(request), noise: request.query.get('noise') === '1' };
    return { stream: (response) => tail.stream(viewer, response, options) };
  });
  route('POST', 'actions', (request) => discover(hub, viewerOf(parts, request), request));
  route('POST', 'launch', (request) => launch(hub, viewerOf(parts, request), request));
}
