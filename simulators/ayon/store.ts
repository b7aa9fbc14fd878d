import { randomUUID } from 'node:crypto';
import { addonDefaults } from './addon-settings';
import type { AttributeDefinition } from './attributes';
import { defaultAttributes } from './attributes';
import { Bundles } from './bundles';
import { AyonClock } from './clock';
import { defaultAnatomy } from './default-anatomy';
import { fault } from './errors';
import type { Origin } from './event-log';
import { EventLog } from './event-log';
import type { JsonObject } from './json';
import type { NewProject, ProjectRecord } from './project';
import { makeProject, renameInProject } from './project';
import { Sessions } from './sessions';
import type { UserRecord } from './users';
import { artistOf, grantDefaults } from './users';

/** What a fresh server knows. */
export interface StoreOptions {
  /** Key of the service user `service`. */
  apiKey?: string;
  /** Key of the user `admin`. */
  adminKey?: string;
  attributes?: 'with-ftrack' | 'without-ftrack';
}

/** The version that the simulator gives the ftrack addon unless a test changes `store.addonVersion`. */
const ADDON_VERSION = '1.6.4+dev';

/** A host that sent a heartbeat. */
interface HostRecord {
  /** Milliseconds since the epoch. */
  lastSeen: number;
  /** Services that it said it runs. */
  running: readonly string[];
  health: JsonObject;
}

/** A service that a host shall run. */
export interface ServiceRecord {
  readonly name: string;
  readonly addonName: string;
  readonly addonVersion: string;
  readonly service: string;
  hostname: string;
  shouldRun: boolean;
  config: JsonObject;
}

/** All state of one simulated server, in memory; lost when the process ends. */
export class AyonStore {
  readonly clock = new AyonClock();
  readonly sessions = new Sessions(this.clock);
  readonly events = new EventLog(this.clock);
  /** By lower-case name: project names are found in any case. */
  readonly projects = new Map<string, ProjectRecord>();
  readonly users = new Map<string, UserRecord>();
  /** API key → user name. */
  readonly keys = new Map<string, string>();
  /** User name → password. */
  readonly passwords = new Map<string, string>();
  /** Name → anatomy in its own, snake_case form. */
  readonly anatomyPresets = new Map<string, JsonObject>();
  primaryPreset: string | undefined;
  readonly secrets = new Map<string, string>();
  /** Variant → settings of the ftrack addon; tests change them freely. */
  readonly addonSettings: Record<string, JsonObject> = {
    production: addonDefaults(),
    staging: addonDefaults(),
  };
  addonVersion = ADDON_VERSION;
  readonly bundles = new Bundles(this.clock, ADDON_VERSION);
  /** Hosts that sent a heartbeat, with the services that they said they run. */
  readonly hosts = new Map<string, HostRecord>();
  readonly services = new Map<string, ServiceRecord>();
  /** Attributes that the server works with; a new one counts only after `restart`. */
  attributes: ReadonlyMap<string, AttributeDefinition>;
  readonly apiKey: string;
  readonly adminKey: string;
  readonly startedAt = Date.now();
  readonly #newAttributes = new Map<string, AttributeDefinition>();

  constructor(options: StoreOptions = {}) {
    this.apiKey = options.apiKey ?? randomUUID().replaceAll('-', '');
    this.adminKey = options.adminKey ?? randomUUID().replaceAll('-', '');
    const attributes = defaultAttributes(options.attributes ?? 'with-ftrack');
    this.attributes = new Map(attributes.map((attribute) => [attribute.name, attribute]));
    this.#addBuiltinUsers();
  }

  /** @throws AyonFault 404 */
  project(name: string): ProjectRecord {
    const project = this.projects.get(name.toLowerCase());
    if (!project) {
      throw fault(404, `Project ${name} not found`);
    }
    return project;
  }

  /**
   * Puts a project without an event and without checks; requests go through `createProject`. Users get their default
   * access groups on it unless `assignUsers` is false.
   */
  addProject(
    given: Omit<NewProject, 'anatomy'> & Partial<Pick<NewProject, 'anatomy'>>,
    assignUsers = true,
  ): ProjectRecord {
    const anatomy = given.anatomy ?? defaultAnatomy();
    const project = makeProject({ ...given, anatomy }, this.attributes.values(), this.clock);
    this.projects.set(given.name.toLowerCase(), project);
    for (const user of assignUsers ? this.users.values() : []) {
      grantDefaults(user, given.name);
    }
    return project;
  }

  /** Puts a user without an event and without checks; without `data` an artist of every project. */
  addUser(given: { name: string; attrib?: JsonObject; data?: JsonObject; active?: boolean }): UserRecord {
    const now = this.clock.now();
    const { name, attrib = {}, active = true } = given;
    const data = given.data ?? artistOf([...this.projects.values()].map((project) => project.name));
    const user = { name, attrib, data, active, createdAt: now, updatedAt: now };
    this.users.set(name, user);
    return user;
  }

  /** @throws AyonFault 404 */
  user(name: string): UserRecord {
    const user = this.users.get(name);
    if (!user) {
      throw fault(404, `Unable to load user ${name}`);
    }
    return user;
  }

  /** Gives a user another name, wherever it is known by it. */
  renameUser(user: UserRecord, name: string): void {
    const old = user.name;
    this.users.delete(old);
    user.name = name;
    user.updatedAt = this.clock.now();
    this.users.set(name, user);
    for (const [key, owner] of this.keys) {
      this.keys.set(key, owner === old ? name : owner);
    }
    const password = this.passwords.get(old);
    if (password !== undefined) {
      this.passwords.delete(old);
      this.passwords.set(name, password);
    }
    this.sessions.rename(old, name);
    for (const project of this.projects.values()) {
      renameInProject(project, old, name);
    }
  }

  /** Takes a user away with its keys and sessions; what it made keeps its name. */
  removeUser(name: string): void {
    this.users.delete(name);
    this.passwords.delete(name);
    this.sessions.rename(name, undefined);
    for (const [key, owner] of this.keys) {
      if (owner === name) {
        this.keys.delete(key);
      }
    }
  }

  /**
   * The user that a key belongs to. A key that was accepted counts for ten minutes without another look, one that was
   * refused stays refused for one minute, as on the real server.
   * @throws AyonFault 401
   */
  userOfKey(key: string): UserRecord {
    const known = this.sessions.userOf(key);
    const name = known ?? (this.sessions.isRefused(key) ? undefined : this.keys.get(key));
    const user = this.users.get(name ?? '');
    if (!user) {
      this.sessions.refuse(key);
      throw fault(401, 'Invalid API key');
    }
    this.sessions.accept(key, user.name);
    return user;
  }

  /** Takes a key away at once: its session ends, too. */
  revokeKey(key: string): void {
    this.keys.delete(key);
    this.sessions.end(key);
  }

  /** Adds or changes an attribute; it counts after the next `restart`. */
  defineAttribute(attribute: AttributeDefinition): void {
    this.#newAttributes.set(attribute.name, attribute);
  }

  /** True while an attribute waits for a restart. */
  get restartRequired(): boolean {
    return this.#newAttributes.size > 0;
  }

  /** What a restart of the server does to its data: new attributes become known. */
  restart(): void {
    this.attributes = new Map([...this.attributes, ...this.#newAttributes]);
    this.#newAttributes.clear();
  }

  /** Changes an addon setting in both variants: `setAddonSettings({ftrack_server: '…'})`. */
  setAddonSettings(change: JsonObject): void {
    for (const settings of Object.values(this.addonSettings)) {
      Object.assign(settings, structuredClone(change));
    }
  }

  #addBuiltinUsers(): void {
    const service = { isService: true, apiKey: 'hashed', apiKeyPreview: preview(this.apiKey) };
    const data = { accessGroups: {}, defaultAccessGroups: [], ...service };
    this.addUser({ name: 'service', data });
    this.addUser({ name: 'admin', attrib: { fullName: 'Administrator' }, data: { isAdmin: true } });
    this.keys.set(this.apiKey, 'service');
    this.keys.set(this.adminKey, 'admin');
  }
}

/** What the server shows of a key. */
export function preview(key: string): string {
  return `${key.slice(0, 4)}***${key.slice(-4)}`;
}

/** The service user itself, without a sender. */
export const SERVICE_ORIGIN: Origin = { user: 'service', sender: null, senderType: 'api' };
