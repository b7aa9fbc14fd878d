import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import type { SimulatorServer } from '../http';
import type { StoredEvent } from './event-log';
import type { JsonObject } from './json';
import { isObject } from './json';
import { hasProjectAccess } from './permissions';
import type { AyonStore } from './store';
import type { UserRecord } from './users';

/** How patient the server is with a client, milliseconds. */
export interface WebsocketTimes {
  /** So soon a client must say who it is. */
  readonly authMs: number;
  /** After so much silence it gets a `heartbeat`. */
  readonly heartbeatMs: number;
}

const REAL_TIMES: WebsocketTimes = { authMs: 3000, heartbeatMs: 5000 };

/** Close code of a client that said nothing in time, or whose token counts for nothing. */
const REFUSED = 4401;

interface Subscription {
  readonly user: UserRecord;
  /** Beginnings of topics; `*` is everything. */
  readonly topics: readonly string[];
  readonly project: string | undefined;
}

function readAuth(store: AyonStore, text: string): Subscription | undefined {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { topic, token, subscribe, project } = isObject(message) ? message : {};
  const name = topic === 'auth' && typeof token === 'string' ? store.sessions.userOf(token) : undefined;
  const user = name === undefined ? undefined : store.users.get(name);
  const topics = Array.isArray(subscribe) ? subscribe.filter((item) => typeof item === 'string') : [];
  return user && { user, topics, project: typeof project === 'string' ? project : undefined };
}

function isWanted({ topic, project }: StoredEvent, { user, topics, project: only }: Subscription): boolean {
  const isSubscribed = topics.some((prefix) => prefix === '*' || topic.startsWith(prefix));
  const isInScope = only === undefined || project === null || project === only;
  return isSubscribed && isInScope && (project === null || hasProjectAccess(user, project));
}

/** One client from its first message on. */
class Client {
  readonly #store: AyonStore;
  readonly #socket: WebSocket;
  readonly #times: WebsocketTimes;
  #subscription: Subscription | undefined;
  #timer: NodeJS.Timeout;
  #stop: () => void = () => undefined;

  constructor(store: AyonStore, socket: WebSocket, times: WebsocketTimes) {
    this.#store = store;
    this.#socket = socket;
    this.#times = times;
    this.#timer = setTimeout(() => socket.close(REFUSED), times.authMs);
    socket.on('message', (data: Buffer) => this.#receive(data.toString()));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => this.#end());
  }

  /** A later `auth` replaces the subscription. */
  #receive(text: string): void {
    const subscription = readAuth(this.#store, text);
    if (!subscription) {
      if (!this.#subscription) {
        this.#socket.close(REFUSED);
      }
      return;
    }
    this.#stop();
    this.#subscription = subscription;
    this.#stop = this.#store.events.listen((event, how) => {
      if (isWanted(event, subscription)) {
        const { sequence: _sequence, hash: _hash, payload: _payload, ...shown } = event;
        this.#send({ ...shown, ...how });
      }
    });
    this.#rest();
  }

  #send(message: JsonObject): void {
    if (this.#socket.readyState === this.#socket.OPEN) {
      this.#socket.send(JSON.stringify(message));
      this.#rest();
    }
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#send({ topic: 'heartbeat' }), this.#times.heartbeatMs);
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#stop();
  }
}

/** Serves `/ws`: events as they are stored, changed or only told. */
export function addWebsocket(
  server: SimulatorServer,
  store: AyonStore,
  times: Partial<WebsocketTimes> = {},
): void {
  const sockets = new WebSocketServer({ noServer: true });
  server.onUpgrade((request, socket, head) => {
    if (new URL(request.url ?? '/', 'http://simulator').pathname !== '/ws') {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      void new Client(store, client, { ...REAL_TIMES, ...times });
    });
  });
}
