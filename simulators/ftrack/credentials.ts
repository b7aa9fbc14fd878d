import type { ConnectionUser } from './hub/connection';
import type { Store } from './store/store';

/** Keys by user name, and keys of `ApiKey` entities with the roles that were granted to them. */
export interface SavedCredentials {
  readonly keys: [string, string][];
  readonly apiKeys: { id: string; key: string; roles: string[] }[];
}

/** API keys by user name; revoked ones are refused until they are restored. */
export class Credentials {
  private readonly store: Store;
  private readonly keys = new Map<string, string>();
  private readonly revoked = new Set<string>();
  /** Keys by the id of their `ApiKey`, and the roles that were granted to them. */
  private readonly apiKeys = new Map<string, { key: string; readonly roles: Set<string> }>();

  constructor(store: Store, keys: Readonly<Record<string, string>> = {}) {
    this.store = store;
    for (const [username, key] of Object.entries(keys)) {
      this.keys.set(username, key);
    }
  }

  /** The key of a user: the configured one, else one made from the name. */
  keyOf(username: string): string {
    return this.keys.get(username) ?? `key-of-${username}`;
  }

  /** From now on the user has this key and no other. */
  replaceKey(username: string, key: string): void {
    this.keys.set(username, key);
  }

  /** From now on the `ApiKey` of this id has this key. */
  replaceApiKey(apiKeyId: string, key: string): void {
    this.apiKeys.set(apiKeyId, { key, roles: new Set(this.rolesOfApiKey(apiKeyId)) });
  }

  grantRole(apiKeyId: string, roleId: string): void {
    const known = this.apiKeys.get(apiKeyId) ?? { key: crypto.randomUUID(), roles: new Set() };
    known.roles.add(roleId);
    this.apiKeys.set(apiKeyId, known);
  }

  /** Ids of the security roles that were granted to an `ApiKey`. */
  rolesOfApiKey(apiKeyId: string): ReadonlySet<string> {
    return this.apiKeys.get(apiKeyId)?.roles ?? new Set();
  }

  /** All keys that are not made from a name, for a snapshot. */
  saved(): SavedCredentials {
    const apiKeys = [...this.apiKeys].map(([id, { key, roles }]) => ({ id, key, roles: [...roles] }));
    return { keys: [...this.keys], apiKeys };
  }

  /** Puts saved keys in the place of those that are there. */
  load({ keys, apiKeys }: SavedCredentials): void {
    this.keys.clear();
    this.apiKeys.clear();
    for (const [username, key] of keys) {
      this.keys.set(username, key);
    }
    for (const { id, key, roles } of apiKeys) {
      this.apiKeys.set(id, { key, roles: new Set(roles) });
    }
  }

  /** Without a name: everyone's. */
  revoke(username = '*'): void {
    this.revoked.add(username);
  }

  restore(): void {
    this.revoked.clear();
  }

  user(username: string): ConnectionUser | undefined {
    for (const row of this.store.tableOf('User').where('$type', 'User')) {
      if (row.data['username'] === username && row.data['is_active'] === true) {
        return { username, userId: row.key };
      }
    }
    return undefined;
  }

  authenticate(username: string, key: string): ConnectionUser | undefined {
    if (this.revoked.has('*') || this.revoked.has(username)) {
      return undefined;
    }
    const user = this.user(username);
    return user && (key === this.keyOf(username) || this.opens(key, user)) ? user : undefined;
  }

  /** Whether it is the key of an `ApiKey`: of one user, or of none and then good with every user's name. */
  private opens(key: string, user: ConnectionUser): boolean {
    for (const [id, known] of this.apiKeys) {
      const row = known.key === key ? this.store.find('ApiKey', id) : undefined;
      const owner = row?.data['resource_id'];
      const isPersonal = typeof owner === 'string' && this.store.find('User', owner) !== undefined;
      if (row && (!isPersonal || owner === user.userId)) {
        return true;
      }
    }
    return false;
  }
}
