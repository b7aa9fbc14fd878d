import type { ConnectionUser } from './hub/connection';
import type { Store } from './store/store';

/** API keys by user name; revoked ones are refused until they are restored. */
export class Credentials {
  private readonly store: Store;
  private readonly keys = new Map<string, string>();
  private readonly revoked = new Set<string>();

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
    const isRevoked = this.revoked.has('*') || this.revoked.has(username);
    return !isRevoked && key === this.keyOf(username) ? this.user(username) : undefined;
  }
}
