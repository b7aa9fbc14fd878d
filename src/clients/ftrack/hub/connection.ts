import type { RawData } from 'ws';
import { WebSocket } from 'ws';
import type { Frame } from './frames';
import { ackFrame, HEARTBEAT, parseFrame } from './frames';

/** What is counted besides the events themselves. */
export type HubCount =
  | 'malformed'
  | 'binary'
  | 'unexpected'
  | 'late'
  | 'ack-requested'
  | 'subscription-refused'
  | 'canary-lost'
  | 'time-untold'
  | 'handler-failed';

export type EventFrame = Extract<Frame, { type: 'event' }>;
export type AckFrame = Extract<Frame, { type: 'ack' }>;

export interface ConnectionHandlers {
  onOpen(): void;
  onEvent(frame: EventFrame): void;
  onAck(frame: AckFrame): void;
  /** Called once, and nothing is called after it. */
  onEnd(reason: string): void;
  count(what: HubCount): void;
}

export interface ConnectionOptions {
  /** Origin of the hub, `https://host`. */
  readonly origin: string;
  readonly sid: string;
  readonly upgradeMs: number;
  readonly silenceMs: number;
  readonly lastLookMs: number;
}

/** A larger frame ends the connection: it would not fit into memory several times over. */
const MAX_FRAME_BYTES = 64 * 1024 * 1024;
/** Last looks at a link without heartbeats on which other frames still arrive. */
const LOOKS = 20;

/**
 * One socket with its own handlers and timers. It ends once: by the peer, by an error, by silence or by `end`; whatever
 * that socket still says afterwards reaches nobody. A connection is never opened again.
 */
export class Connection {
  readonly #socket: WebSocket;
  readonly #options: ConnectionOptions;
  readonly #handlers: ConnectionHandlers;
  #ended = false;
  /** Whether anything came since this was last reset. */
  #traffic = false;
  #timer: NodeJS.Timeout;

  constructor(options: ConnectionOptions, handlers: ConnectionHandlers) {
    this.#options = options;
    this.#handlers = handlers;
    // The session id is the credential here; the key is not sent again.
    const url = `${options.origin.replace(/^http/, 'ws')}/socket.io/1/websocket/${options.sid}`;
    this.#socket = new WebSocket(url, {
      origin: options.origin,
      perMessageDeflate: false,
      followRedirects: false,
      maxPayload: MAX_FRAME_BYTES,
    });
    this.#timer = setTimeout(
      () => this.end('the socket was not opened in time, as behind a proxy that lets no websockets through'),
      options.upgradeMs,
    );
    this.#listen();
  }

  /** @returns false when the socket is not open; the text is dropped then. */
  send(text: string): boolean {
    if (this.#ended || this.#socket.readyState !== WebSocket.OPEN) {
      return false;
    }
    this.#socket.send(text);
    return true;
  }

  /** Ends it, if it has not ended, with this reason. */
  end(reason: string): void {
    if (this.#ended) {
      return;
    }
    this.#ended = true;
    clearTimeout(this.#timer);
    // Not close(): a silent peer would keep the socket, and its late events, for another half minute.
    this.#socket.terminate();
    this.#handlers.onEnd(reason);
  }

  #listen(): void {
    this.#socket.on('open', () => {
      if (!this.#ended) {
        this.#heard();
        this.#handlers.onOpen();
      }
    });
    this.#socket.on('message', (data: RawData, isBinary: boolean) => {
      this.#traffic = true;
      if (this.#ended) {
        this.#handlers.count('late');
      } else if (isBinary) {
        this.#handlers.count('binary');
      } else {
        this.#receive(parseFrame(textOf(data)));
      }
    });
    // Stays attached: a terminated upgrade reports an error afterwards; one without a listener ends the process.
    this.#socket.on('error', (error) => this.end(`the socket failed (${describe(error)})`));
    this.#socket.on('close', (code) => this.end(`the socket was closed (${code})`));
  }

  #heard(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#lookOnceMore(LOOKS), this.#options.silenceMs);
  }

  /**
   * A process that stood still, or cannot keep up, runs its timers before it has read its sockets, where heartbeats
   * may lie behind many events; ending the link would lose those.
   */
  #lookOnceMore(left: number): void {
    this.#traffic = false;
    this.#timer = setTimeout(() => {
      if (this.#traffic && left > 1) {
        this.#lookOnceMore(left - 1);
      } else {
        this.end('no heartbeat came');
      }
    }, this.#options.lastLookMs);
  }

  #receive(frame: Frame): void {
    switch (frame.type) {
      case 'heartbeat':
        this.#heard();
        this.send(HEARTBEAT);
        break;
      case 'event':
        this.#acknowledge(frame);
        this.#handlers.onEvent(frame);
        break;
      case 'ack':
        this.#handlers.onAck(frame);
        break;
      case 'disconnect':
        this.end('the server ended the session');
        break;
      case 'error':
        this.end(`the server reported an error (${frame.reason.slice(0, 100)})`);
        break;
      case 'malformed':
        this.#handlers.count('malformed');
        break;
      case 'message':
      case 'json':
        this.#handlers.count('unexpected');
        break;
      case 'connect':
      case 'noop':
    }
  }

  #acknowledge(frame: EventFrame): void {
    if (frame.id !== undefined) {
      this.#handlers.count('ack-requested');
      this.send(ackFrame(frame.id));
    }
  }
}

const textOf = (data: RawData): string =>
  Array.isArray(data) ? Buffer.concat(data).toString('utf8') : Buffer.from(data as Buffer).toString('utf8');

/** The messages of `ws` name statuses and codes, never the session id. */
const describe = (error: Error & { code?: string }): string => (error.code ?? error.message).slice(0, 100);
