import type { CallLog } from '../call-log';
import { addControls, CONTROL_PREFIX } from '../control';
import type { Faults } from '../faults';
import { SimulatorServer } from '../http';
import type { Studio } from '../studio';
import { ayonControls } from './control';
import type { CostModel } from './cost';
import { Toll } from './cost';
import type { AyonEdits } from './edits';
import { editsAs } from './edits';
import { fault } from './errors';
import { GraphqlEndpoint } from './graphql/execute';
import type { AddRoute } from './request';
import { authenticated, errorAnswer, withRequestId } from './request';
import { addBundleRoutes } from './routes/bundles';
import { addEntityRoutes } from './routes/entities';
import { addEventRoutes } from './routes/events';
import { addFileRoutes } from './routes/files';
import { addPeopleRoutes } from './routes/people';
import { addPresetRoutes } from './routes/presets';
import { addProjectRoutes } from './routes/projects';
import { addReviewableRoutes } from './routes/reviewables';
import { addServiceRoutes } from './routes/services';
import { addSessionRoutes } from './routes/sessions';
import { addSocialRoutes } from './routes/social';
import { addSystemRoutes, serverInfo } from './routes/system';
import { addThumbnailRoutes } from './routes/thumbnails';
import { addUserRoutes } from './routes/users';
import { seedFromStudio } from './seed';
import { AyonStore } from './store';
import type { WebsocketTimes } from './websocket';
import { addWebsocket } from './websocket';

export type { CostModel } from './cost';
export type { AyonEdits, EditTarget } from './edits';
export type { StoredEvent } from './event-log';
export { ayonId, ayonName, ayonProjectName, ayonUserName, seedFromStudio } from './seed';
export { AyonStore } from './store';

export interface AyonSimulatorOptions {
  /** 0 (default) takes a free port. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Key of the service user; default: a random one of 32 hex digits. */
  readonly apiKey?: string;
  /** Filled in as `seedFromStudio` does. */
  readonly studio?: Studio;
  /** Whether the studio has been synced already; default true. */
  readonly paired?: boolean;
  /** Whether the ftrack addon has made its attributes yet; default `with-ftrack`. */
  readonly attributes?: 'with-ftrack' | 'without-ftrack';
  /** When websockets are refused and get heartbeats; default as on a real server. */
  readonly websocket?: Partial<WebsocketTimes>;
  /** Whether requests take as long as on a real server; default `none`. */
  readonly cost?: CostModel;
}

export interface AyonSimulator {
  /** Base address without a trailing slash. */
  readonly url: string;
  /** Key of the service user `service`. */
  readonly apiKey: string;
  readonly store: AyonStore;
  readonly faults: Faults;
  readonly calls: CallLog;
  /** From now on connections are refused: the server is gone, its data stay. */
  refuse(): Promise<void>;
  /** The server is back on the same port. */
  listen(): Promise<void>;
  /** What a restart does to the data: attributes that were defined become known. */
  restart(): void;
  /** Edits as a person would make them; see `AyonEdits`. */
  as(username: string): AyonEdits;
  close(): Promise<void>;
}

/** @returns what to call when the simulator is closed */
function addRoutes(server: SimulatorServer, store: AyonStore, toll: Toll | undefined): () => void {
  const add: AddRoute = (method, pattern, handler) => {
    server.route(method, pattern, authenticated(store, handler, toll?.route(method, pattern)));
  };
  const graphql = new GraphqlEndpoint(store);
  server.route('GET', '/api/info', () => withRequestId({ json: serverInfo(store) }));
  add('POST', '/graphql', async ({ body, user }) => {
    const json = await graphql.answer(body, user);
    await toll?.graphql(json['data']);
    return { json };
  });
  addSystemRoutes(add, store);
  addBundleRoutes(add, store);
  addUserRoutes(add, store);
  addEventRoutes(add, store);
  addEntityRoutes(add, store);
  addSessionRoutes(server, add, store);
  addPresetRoutes(add, store);
  addPeopleRoutes(add, store);
  addProjectRoutes(add, store);
  addSocialRoutes(add, store);
  addThumbnailRoutes(add, store);
  addFileRoutes(add, store);
  addReviewableRoutes(add, store);
  addServiceRoutes(add, store);
  return addControls(server, 'ayon', ayonControls(store));
}

/** Starts an AYON server of its own kind: REST, GraphQL, operations and events over state in memory. */
export async function startAyonSimulator(options: AyonSimulatorOptions = {}): Promise<AyonSimulator> {
  const { apiKey, attributes, studio, paired = true } = options;
  const store = new AyonStore({ ...(apiKey ? { apiKey } : {}), ...(attributes ? { attributes } : {}) });
  if (studio) {
    seedFromStudio(store, studio, { paired });
  }
  const server = new SimulatorServer({
    steeringPrefix: CONTROL_PREFIX,
    onError: errorAnswer,
    notFound: ({ path }) => errorAnswer(fault(404, `API endpoint ${path} not found`, { path })),
  });
  const stop = addRoutes(server, store, options.cost === 'real' ? new Toll(store) : undefined);
  addWebsocket(server, store, options.websocket);
  await server.start({ host: options.host ?? '127.0.0.1', port: options.port ?? 0 });
  return {
    url: server.url,
    apiKey: store.apiKey,
    store,
    faults: server.faults,
    calls: server.calls,
    refuse: () => server.refuse(),
    listen: () => server.listen(),
    restart: () => store.restart(),
    as: (username) => editsAs(store, username),
    close: async () => {
      stop();
      await server.close();
    },
  };
}
