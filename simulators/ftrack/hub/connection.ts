import type { WebSocket } from 'ws';
import { isRecord } from '../values';
import type { EventTest } from './expression';
import { compileExpression } from './expression';
import type { Frame } from './frames';
import { ackFrame, parseFrame } from './frames';

interface Subscriber {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly test: EventTest;
}

/** An event as far as the hub looks into it. */
export type RoutedEvent = Readonly<Record<string, unknown>>;

export interface ConnectionUser {
  readonly username: string;
  readonly userId: string;
}

/** One client's socket with its subscriptions; they are forgotten when it closes. */
export class Connection {
  readonly id: string;
  readonly user: ConnectionUser;
  private readonly socket: WebSocket;
  private readonly subscribers = new Map<string, Subscriber>();
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
    return [...this.subscribers.keys()];
  }

  send(frame: string): void {
    if (this.socket.readyState === this.socket.OPEN) {
      this.socket.send(frame);
    }
  }

  drop(): void {
    this.socket.terminate();
  }

  /** Whether a subscriber of this socket wants the event and the event's target lets it have it. */
  wants(event: RoutedEvent, target: EventTest | undefined): boolean {
    for (const { metadata, test } of this.subscribers.values()) {
      if ((!target || target(metadata)) && test(event)) {
        return true;
      }
    }
    return false;
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
      this.send(
        ackFrame(frame.id, problem === undefined ? { success: true } : { success: false, message: problem }),
      );
    }
  }

  /** @returns what is wrong with the event, undefined when it was taken */
  private handle(event: RoutedEvent): string | undefined {
    if (event['topic'] === 'ftrack.meta.subscribe') {
      return this.subscribe(event['data']);
    }
    if (event['topic'] === 'ftrack.meta.unsubscribe') {
      const data = event['data'];
      const subscriber = isRecord(data) && isRecord(data['subscriber']) ? data['subscriber'] : {};
      this.subscribers.delete(String(subscriber['id']));
      return undefined;
    }
    this.publish(event, this);
    return undefined;
  }

  /** The same subscriber id again replaces: clients send their subscriptions more than once. */
  private subscribe(data: unknown): string | undefined {
    const subscriber = isRecord(data) && isRecord(data['subscriber']) ? data['subscriber'] : undefined;
    const expression = isRecord(data) ? data['subscription'] : undefined;
    if (typeof subscriber?.['id'] !== 'string' || typeof expression !== 'string') {
      return 'A subscription needs subscriber.id and subscription.';
    }
    try {
      this.subscribers.set(subscriber['id'], { metadata: subscriber, test: compileExpression(expression) });
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}

function eventOf(data: string): RoutedEvent | undefined {
  try {
    const message = JSON.parse(data) as unknown;
    const args = isRecord(message) && message['name'] === 'ftrack.event' ? message['args'] : undefined;
    return Array.isArray(args) && args.length === 1 && isRecord(args[0]) ? args[0] : undefined;
  } catch {
    return undefined;
  }
}
