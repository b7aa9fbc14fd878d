import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { RouteAnswer } from '../../http';
import { addressOf } from '../../http';
import { newEventId } from '../events/update-event';
import { isRecord } from '../values';
import type { ConnectionUser } from './connection';
import { Connection } from './connection';
import { DeliveryFaults } from './delivery-faults';
import type { EventTest } from './expression';
import { compileExpression } from './expression';
import { connectFrame, eventFrame, heartbeatFrame } from './frames';
import type { RoutedEvent } from './subscriptions';
import { Subscriptions } from './subscriptions';

export interface HubOptions {
  /** Who the credentials belong to; undefined when they are wrong. */
  readonly authenticate: (username: string, key: string) => ConnectionUser | undefined;
  /** Milliseconds; clients drop the link after 15 s without a heartbeat. Default 5,000. */
  readonly heartbeatMs?: number;
}

/** One open socket as tests see it. */
export interface ConnectionInfo {
  readonly id: string;
  readonly username: string;
  readonly subscribers: readonly string[];
}

/** Somebody in this process who listens and speaks as a client would, without a socket. */
export interface HubMember {
  readonly subscriptions: Subscriptions;
  publish(event: RoutedEvent): void;
  leave(): void;
}

interface Session {
  readonly user: ConnectionUser;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** A session to which no socket came is forgotten; milliseconds. */
const sessionLife = 60_000;

function targetTest(event: RoutedEvent): EventTest | undefined {
  const target = event['target'];
  return typeof target === 'string' && target !== '' ? compileExpression(target) : undefined;
}

/**
 * The event hub: Socket.IO 0.9 over websocket. At most once, like the real one: no replay, nothing kept for clients
 * that are away. What is public besides `handshake` and `upgrade` are controls for tests.
 */
export class EventHub {
  private readonly options: HubOptions;
  private readonly sockets = new WebSocketServer({ noServer: true });
  private readonly sessions = new Map<string, Session>();
  private readonly open = new Set<Connection>();
  private readonly members = new Map<Subscriptions, (event: RoutedEvent) => void>();
  private readonly faults = new DeliveryFaults((event) => this.deliver(event));
  private readonly listeners = new Set<(event: RoutedEvent) => void>();
  private readonly timer: NodeJS.Timeout;
  private silent = false;
  private heartbeats = true;
  private refusals = 0;
  private upgradeDelay: number | undefined;
  /** Handshakes that were asked for. */
  handshakes = 0;

  constructor(options: HubOptions) {
    this.options = options;
    this.timer = setInterval(() => this.beat(), options.heartbeatMs ?? 5000);
    this.timer.unref();
  }

  /** GET /socket.io/1/: credentials in the query (JavaScript) or in headers (Python). */
  handshake(query: URLSearchParams, headers: IncomingHttpHeaders): RouteAnswer {
    this.handshakes += 1;
    if (this.refusals > 0) {
      this.refusals -= 1;
      return { status: 503, body: 'Service Unavailable' };
    }
    const username = query.get('api_user') ?? String(headers['ftrack-user'] ?? '');
    const key = query.get('api_key') ?? String(headers['ftrack-api-key'] ?? '');
    const user = this.options.authenticate(username, key);
    if (!user) {
      return { status: 401, body: 'The supplied API key is not valid.' };
    }
    const id = newEventId();
    this.forgetSessions();
    this.sessions.set(id, { user, since: Date.now() });
    const seconds = Math.max(1, Math.ceil((this.options.heartbeatMs ?? 5000) / 1000) * 3);
    return { body: `${id}:${seconds}:60:websocket` };
  }

  /** Upgrade of /socket.io/1/websocket/<session id>. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const path = addressOf(request).pathname;
    const id = /^\/socket\.io\/1\/websocket\/([0-9a-f]+)$/.exec(path)?.[1] ?? '';
    const user = this.sessions.get(id)?.user;
    if (this.upgradeDelay !== undefined) {
      const timer = setTimeout(
        () => socket.end('HTTP/1.1 504 Gateway Timeout\r\ncontent-length: 0\r\n\r\n'),
        this.upgradeDelay,
      );
      socket.on('close', () => clearTimeout(timer));
      return;
    }
    if (!user) {
      socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    this.sessions.delete(id);
    this.sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const publish = (event: RoutedEvent): void => this.publish(withUserId(event, user));
      const connection = new Connection({ id, user, socket: webSocket, publish });
      this.open.add(connection);
      webSocket.on('close', () => this.open.delete(connection));
      connection.send(connectFrame);
    });
  }

  /** Lets somebody in this process take part as this user. */
  join(user: ConnectionUser, receive: (event: RoutedEvent) => void): HubMember {
    const subscriptions = new Subscriptions();
    this.members.set(subscriptions, receive);
    return {
      subscriptions,
      publish: (event) => this.publish(withUserId(event, user)),
      leave: () => void this.members.delete(subscriptions),
    };
  }

  /** Routes an event to everyone who subscribed to it, its publisher included. */
  publish(event: RoutedEvent): void {
    for (const listener of this.listeners) {
      listener(event);
    }
    this.faults.pass(event);
  }

  /** Sees every event that is published, also those that faults lose. @returns stops it */
  onEvent(listener: (event: RoutedEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  connections(): ConnectionInfo[] {
    return [...this.open].map((connection) => ({
      id: connection.id,
      username: connection.user.username,
      subscribers: connection.subscriberIds(),
    }));
  }

  /** Cuts every socket (of one user, if given) without a close frame. */
  dropAll(username?: string): void {
    for (const connection of this.open) {
      if (username === undefined || connection.user.username === username) {
        connection.drop();
      }
    }
  }

  /** Sockets stay open but neither heartbeats nor events are sent: a half-open link. */
  silence(on = true): void {
    this.silent = on;
  }

  /** Events go on, heartbeats do not. */
  stopHeartbeats(on = true): void {
    this.heartbeats = !on;
  }

  /** Sends text as it is to every socket. */
  sendRaw(frame: string): void {
    for (const connection of this.open) {
      connection.send(frame);
    }
  }

  dropEvents(count: number): void {
    this.faults.drop(count);
  }

  duplicateNext(count = 1): void {
    this.faults.duplicate(count);
  }

  /** The next `count` events are delivered in reverse order, once all of them are there. */
  reorderNext(count: number): void {
    this.faults.reorder(count);
  }

  /** The next `count` handshakes are answered with 503. */
  handshake503(count = 1): void {
    this.refusals = count;
  }

  /** Upgrades hang for this long and then fail with 504; undefined ends it. */
  upgradeHang(ms: number | undefined): void {
    this.upgradeDelay = ms;
  }

  close(): void {
    clearInterval(this.timer);
    this.dropAll();
    this.sockets.close();
  }

  private deliver(event: RoutedEvent): void {
    if (this.silent) {
      return;
    }
    let target: EventTest | undefined;
    try {
      target = targetTest(event);
    } catch {
      // Nobody can be meant by a target that cannot be read.
      return;
    }
    const frame = eventFrame(event);
    for (const connection of this.open) {
      if (connection.wants(event, target)) {
        connection.send(frame);
      }
    }
    for (const [subscriptions, receive] of this.members) {
      if (subscriptions.want(event, target)) {
        receive(event);
      }
    }
  }

  private forgetSessions(): void {
    for (const [id, { since }] of this.sessions) {
      if (Date.now() - since < sessionLife) {
        return;
      }
      this.sessions.delete(id);
    }
  }

  private beat(): void {
    if (this.heartbeats && !this.silent) {
      this.sendRaw(heartbeatFrame);
    }
  }
}

/** Clients send only the name of their user; the server adds the id. */
function withUserId(event: RoutedEvent, user: ConnectionUser): RoutedEvent {
  const source = isRecord(event['source']) ? event['source'] : {};
  const sent = isRecord(source['user']) ? source['user'] : { username: user.username };
  return { ...event, source: { ...source, user: { ...sent, id: user.userId } } };
}
