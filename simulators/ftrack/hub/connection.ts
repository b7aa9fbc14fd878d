import type { WebSocket } from 'ws';
import { parseShallow } from '../../json';
import { isRecord } from '../values';
import type { EventTest } from './expression';
import type { Frame } from './frames';
import { ackFrame, parseFrame } from './frames';
import type { RoutedEvent } from './subscriptions';
import { Subscriptions, subscribe, unsubscribe } from './subscriptions';

export interface ConnectionUser {
  readonly username: string;
  readonly userId: string;
}

/** What may wait for a client that does not read, bytes; beyond it the client is gone. */
const maxBacklog = 64 * 1024 * 1024;

/** One client's socket with its subscriptions; they are forgotten when it closes. */
export class Connection {
  readonly id: string;
  readonly user: ConnectionUser;
  private readonly socket: WebSocket;
  private readonly subscriptions = new Subscriptions();
  private readonly publish: (event: RoutedEvent, from: Connection) => void;

  constructor(options: {
    id: string;
    user: ConnectionUser;
    socket: WebSocket;
    publish: (event: RoutedEvent, from: Connection) => void;
  }) {
    this.id = options.id;
    this.user = options.user;
    this.socket = options.socket;
    this.publish = options.publish;
    this.socket.on('message', (data: Buffer) => this.receive(data.toString('utf8')));
    // A peer that breaks the protocol is closed by ws; there is nobody to tell.
    this.socket.on('error', () => undefined);
  }

  /** Ids of the subscribers of this socket. */
  subscriberIds(): string[] {
    return this.subscriptions.ids();
  }

  send(frame: string): void {
    if (this.socket.bufferedAmount > maxBacklog) {
      this.drop();
    } else if (this.socket.readyState === this.socket.OPEN) {
      this.socket.send(frame);
    }
  }

  drop(): void {
    this.socket.terminate();
  }

  /** Whether a subscriber of this socket wants the event and the event's target lets it have it. */
  wants(event: RoutedEvent, target: EventTest | undefined): boolean {
    return this.subscriptions.want(event, target);
  }

  private receive(text: string): void {
    const frame = parseFrame(text);
    if (frame?.type === 0) {
      this.socket.close();
    } else if (frame?.type === 5) {
      this.handleEvent(frame);
    } else if (!frame) {
      this.send('7:::protocol error');
    }
  }

  private handleEvent(frame: Frame): void {
    const event = eventOf(frame.data);
    const problem = event ? this.handle(event) : 'The frame holds no ftrack.event with one argument.';
    if (frame.id !== undefined) {
      const answer = problem === undefined ? { success: true } : { success: false, message: problem };
      this.send(ackFrame(frame.id, frame.wantsAck ? answer : undefined));
    }
  }

  /** @returns what is wrong with the event, undefined when it was taken */
  private handle(event: RoutedEvent): string | undefined {
    if (event['topic'] === 'ftrack.meta.subscribe') {
      return subscribe(this.subscriptions, event['data']);
    }
    if (event['topic'] === 'ftrack.meta.unsubscribe') {
      unsubscribe(this.subscriptions, event['data']);
      return undefined;
    }
    this.publish(event, this);
    return undefined;
  }
}

function eventOf(data: string): RoutedEvent | undefined {
  try {
    const message = parseShallow(data);
    const args = isRecord(message) && message['name'] === 'ftrack.event' ? message['args'] : undefined;
    return Array.isArray(args) && args.length === 1 && isRecord(args[0]) ? args[0] : undefined;
  } catch {
    return undefined;
  }
}
