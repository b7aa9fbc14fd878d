import type { CallLog } from '../call-log';
import { addControls } from '../control';
import type { Faults } from '../faults';
import type { Studio, StudioObjectType } from '../studio';
import { sampleStudio } from '../studio';
import { ftrackControls } from './control';
import { Credentials } from './credentials';
import { eventEntities } from './events/changes';
import { EventLog } from './events/event-log';
import { socialFeedEvent, updateEvent } from './events/update-event';
import { ComponentLinks } from './files/component-links';
import { FileStore } from './files/file-store';
import { SignedLinks } from './files/signed-links';
import { Hand } from './hand';
import type { ConnectionUser } from './hub/connection';
import { EventHub } from './hub/hub';
import { WebUser } from './hub/web-user';
import { remoteOperations } from './operations/remote/index';
import { JobRunner } from './operations/remote/jobs';
import type { Commit } from './operations/workspace';
import { Workspace } from './operations/workspace';
import { SchemaRegistry, workspaceSchemas } from './schema/registry';
import { seedStudio } from './seed';
import { createFtrackServer } from './server';
import { snapshotControls } from './snapshot/control';
import type { SnapshotDocument, SnapshotParts } from './snapshot/document';
import { loadSnapshot } from './snapshot/document';
import { saveSnapshotFile } from './snapshot/file';
import type { Store } from './store/store';
import { addViewRoutes } from './view/routes';

export { Hand } from './hand';

export interface FtrackSimulatorOptions {
  /** Default 0: a free port. */
  readonly port?: number;
  readonly host?: string;
  /** Default: the sample studio. */
  readonly studio?: Studio;
  /** What an earlier simulator saved, instead of a studio. */
  readonly snapshot?: SnapshotDocument;
  /** API keys by user name; users without one have `key-of-<user name>`. */
  readonly credentials?: Readonly<Record<string, string>>;
  /** Default 5,000. */
  readonly heartbeatMs?: number;
  /** Bytes of uploaded files that are kept in memory at most; default 512 MiB. */
  readonly fileLimit?: number;
  /** The time by which signed addresses expire, milliseconds since the epoch; default: the machine's. */
  readonly now?: () => number;
  /** The empty `socialfeed` events that follow every change; default true. */
  readonly socialFeed?: boolean;
}

/** A running simulated ftrack. */
export interface FtrackSimulator {
  /** Base address without a trailing slash, for `serverUrl`. */
  readonly url: string;
  /** The service user and its API key. */
  readonly user: string;
  readonly key: string;
  keyOf(username: string): string;
  readonly store: Store;
  /** Faults of HTTP requests (`/api`, `/socket.io/1/`). */
  readonly faults: Faults;
  readonly calls: CallLog;
  /** The event hub with its controls and faults. */
  readonly hub: EventHub;
  /** The rows of `Event`. */
  readonly eventLog: EventLog;
  /** The work of `Job` rows: wait for it, hold it back. */
  readonly jobs: JobRunner;
  /** The files of components. */
  readonly files: FileStore;
  /** Ids of the security roles that `grant_api_key_security_role` gave to an `ApiKey`. */
  rolesOfApiKey(apiKeyId: string): ReadonlySet<string>;
  /** Works as this user, in this process, as HTTP requests would. */
  as(username: string, options?: { clientToken?: string }): Hand;
  /** The web page of this user, as far as actions go; to be closed by whoever opens it. */
  webUser(username: string): WebUser;
  /** From now on the credentials (default: everyone's) are refused, and open hub sockets are cut. */
  revokeCredentials(username?: string): void;
  restoreCredentials(): void;
  /** Connections are refused and sockets cut, until `listen`. */
  refuse(): Promise<void>;
  listen(): Promise<void>;
  /**
   * Everything that it holds, as a document; also after `close`.
   * @returns bytes of the file
   */
  save(file: string): Promise<number>;
  close(): Promise<void>;
}

class Simulator implements SnapshotParts {
  readonly workspace: Workspace;
  readonly eventLog: EventLog;
  readonly credentials: Credentials;
  readonly hub: EventHub;
  readonly files: FileStore;
  readonly links: SignedLinks;
  readonly jobs: JobRunner;
  readonly objectTypes: readonly StudioObjectType[];
  /** Name of the user under whom the integration works. */
  readonly serviceUser: string;
  /** Known once the server listens. */
  url = '';
  private readonly socialFeed: boolean;

  constructor(options: FtrackSimulatorOptions, studio: Studio) {
    this.objectTypes = studio.objectTypes ?? [];
    this.serviceUser = studio.serviceUser.username;
    this.workspace = new Workspace(new SchemaRegistry(workspaceSchemas(this.objectTypes)));
    this.eventLog = new EventLog(this.workspace.store);
    this.socialFeed = options.socialFeed ?? true;
    this.credentials = new Credentials(this.workspace.store, { ...keysOf(studio), ...options.credentials });
    this.hub = new EventHub({
      authenticate: (username, key) => this.credentials.authenticate(username, key),
      ...(options.heartbeatMs === undefined ? {} : { heartbeatMs: options.heartbeatMs }),
    });
    const now = options.now ?? Date.now;
    this.files = new FileStore({ limit: options.fileLimit ?? 512 * 1024 * 1024, now });
    this.links = new SignedLinks({ now, baseUrl: () => this.url });
    this.jobs = new JobRunner(this.workspace);
    this.workspace.operations.add(remoteOperations(this));
    this.workspace.componentAddresses = (origin) => new ComponentLinks(this.links, origin);
    this.workspace.onCommit = (commit) => this.tell(commit);
  }

  get store(): Store {
    return this.workspace.store;
  }

  hand(username: string, clientToken: string | null): Hand {
    return new Hand(this.workspace.store, (operations) =>
      this.workspace.execute(operations, {
        ...this.person(username),
        strict: false,
        clientToken,
        pushToken: null,
      }),
    );
  }

  /** @throws Error when there is no active user of that name */
  person(username: string): ConnectionUser {
    const user = this.credentials.user(username);
    if (!user) {
      throw new Error(`The simulated ftrack has no active user ${username}.`);
    }
    return user;
  }

  /** After a commit: log rows, one event for the whole batch, and noise. */
  private tell(commit: Commit): void {
    const { store } = this.workspace;
    this.files.dropRemoved(commit.changes);
    const entities = eventEntities(store, commit);
    this.eventLog.record(entities, commit.caller);
    this.eventLog.recordStatuses(commit);
    if (entities.length === 0) {
      return;
    }
    this.hub.publish({ ...updateEvent(store, entities, commit.caller) });
    if (this.socialFeed) {
      for (let count = 0; count < entities.length; count += 1) {
        this.hub.publish({ ...socialFeedEvent() });
      }
    }
  }
}

/** What a snapshot says of its studio; the data come from its tables. */
function emptyStudio({ objectTypes, serviceUser }: SnapshotDocument): Studio {
  const studio = sampleStudio();
  return {
    ...studio,
    projects: [],
    objectTypes: objectTypes as readonly StudioObjectType[],
    serviceUser: { ...studio.serviceUser, username: serviceUser },
  };
}

function keysOf({ users, serviceUser }: Studio): Record<string, string> {
  const keyed = [...users, serviceUser].filter(({ apiKey }) => apiKey !== undefined);
  return Object.fromEntries(keyed.map(({ username, apiKey = '' }) => [username, apiKey]));
}

/** Starts a simulated ftrack: HTTP API and event hub on one port. */
export async function startFtrackSimulator(options: FtrackSimulatorOptions = {}): Promise<FtrackSimulator> {
  const { snapshot } = options;
  const studio = snapshot ? emptyStudio(snapshot) : (options.studio ?? sampleStudio());
  const simulator = new Simulator(options, studio);
  const { workspace, hub, credentials, eventLog, files, links, jobs } = simulator;
  if (snapshot) {
    loadSnapshot(simulator, snapshot);
  } else {
    seedStudio(workspace.store, studio);
  }
  workspace.store.sortLargeTables();
  const server = createFtrackServer({ workspace, hub, credentials, files, links });
  const controls = [...ftrackControls({ workspace, hub, credentials }), ...snapshotControls(simulator)];
  const forgetReturn = addControls(server, 'ftrack', controls);
  addViewRoutes(server, simulator);
  await server.start({ host: options.host ?? '127.0.0.1', port: options.port ?? 0 });
  simulator.url = server.url;
  return {
    url: server.url,
    user: simulator.serviceUser,
    key: credentials.keyOf(simulator.serviceUser),
    keyOf: (username) => credentials.keyOf(username),
    store: workspace.store,
    faults: server.faults,
    calls: server.calls,
    hub,
    eventLog,
    jobs,
    files,
    rolesOfApiKey: (apiKeyId) => credentials.rolesOfApiKey(apiKeyId),
    as: (username, { clientToken } = {}) => simulator.hand(username, clientToken ?? null),
    webUser: (username) => new WebUser(hub, simulator.person(username)),
    revokeCredentials: (username) => {
      credentials.revoke(username);
      hub.dropAll(username);
    },
    restoreCredentials: () => credentials.restore(),
    refuse: () => server.refuse(),
    listen: () => server.listen(),
    save: (file) => saveSnapshotFile(simulator, file),
    close: async () => {
      forgetReturn();
      hub.close();
      await server.close();
    },
  };
}
