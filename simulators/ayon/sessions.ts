import { randomBytes } from 'node:crypto';
import type { AyonClock } from './clock';

/** A session of a person slides on with each request; that of an API key ends, then the key is looked up again. */
const PERSON_MS = 72 * 3_600_000;
const KEY_MS = 600_000;
/** How long a key that was refused once stays refused, even if it is given to a user meanwhile. */
const REFUSED_MS = 60_000;

/** Somebody who is logged in. */
export interface Session {
  readonly token: string;
  readonly user: string;
  readonly isApiKey: boolean;
  readonly created: number;
  lastUsed: number;
}

/** Who is logged in, and which keys were refused lately. */
export class Sessions {
  readonly #clock: AyonClock;
  readonly #sessions = new Map<string, Session>();
  readonly #refused = new Map<string, number>();

  constructor(clock: AyonClock) {
    this.#clock = clock;
  }

  /** Opens a session with a token of its own. */
  open(user: string): Session {
    return this.#add(randomBytes(32).toString('hex'), { user, isApiKey: false });
  }

  /** The user of a token, which may be an API key as long as its session lasts; undefined for others. */
  userOf(token: string): string | undefined {
    const session = this.#sessions.get(token);
    if (!session || this.#hasEnded(session)) {
      this.#sessions.delete(token);
      return undefined;
    }
    session.lastUsed = this.#clock.millis();
    return session.user;
  }

  /** Notes that a key was accepted; from then on it also counts as a token. */
  accept(key: string, user: string): void {
    const session = this.#sessions.get(key);
    if (!session || session.user !== user || this.#hasEnded(session)) {
      this.#add(key, { user, isApiKey: true });
    }
  }

  /** Tells whether a key was refused in the last minute. */
  isRefused(key: string): boolean {
    return (this.#refused.get(key) ?? 0) > this.#clock.millis();
  }

  /** Notes that nobody has this key. */
  refuse(key: string): void {
    if (!this.isRefused(key)) {
      this.#refused.set(key, this.#clock.millis() + REFUSED_MS);
    }
  }

  /** Ends a session. */
  end(token: string): void {
    this.#sessions.delete(token);
  }

  /** Moves the sessions of a user to a new name, or ends them. */
  rename(user: string, to: string | undefined): void {
    for (const [token, session] of this.#sessions) {
      if (session.user === user && to === undefined) {
        this.#sessions.delete(token);
      } else if (session.user === user && to !== undefined) {
        this.#sessions.set(token, { ...session, user: to });
      }
    }
  }

  /** The open sessions, oldest first. */
  list(): Session[] {
    return [...this.#sessions.values()].filter((session) => !this.#hasEnded(session));
  }

  #add(token: string, given: { user: string; isApiKey: boolean }): Session {
    const now = this.#clock.millis();
    const session = { token, ...given, created: now, lastUsed: now };
    this.#sessions.set(token, session);
    return session;
  }

  #hasEnded({ isApiKey, created, lastUsed }: Session): boolean {
    const now = this.#clock.millis();
    return isApiKey ? created + KEY_MS <= now : lastUsed + PERSON_MS <= now;
  }
}
