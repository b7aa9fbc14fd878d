import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';

/** One socket that a client has opened: what it sent, and the means to answer it frame by frame. */
export interface RawSocket {
  readonly sid: string;
  /** Texts in the order they came. */
  readonly received: string[];
  readonly headers: IncomingMessage['headers'];
  readonly socket: WebSocket;
  send(text: string | Buffer): void;
  /** Stops answering by itself: no heartbeats, no canaries. */
  mute(): void;
  /** Stops reading and closing as well: a link whose other end is gone. */
  freeze(): void;
}

/** What the next handshake or upgrade does; the last one given stays. */
export interface RawScript {
  handshake: (request: IncomingMessage, response: ServerResponse) => void;
  /** Return true when handled (refused, delayed); false lets the socket open. */
  upgrade: (request: IncomingMessage, socket: Duplex) => boolean;
  /** Whether published events come back to their sender, as a hub's do for a subscriber. */
  echo: boolean;
  /** Answer to a subscription that asks for one. */
  subscribe: { success: boolean; message?: string };
  heartbeatMs: number;
}

export interface RawHub {
  readonly url: string;
  readonly script: RawScript;
  /** Requests as `METHOD path`, handshakes and upgrades. */
  readonly requests: { line: string; headers: IncomingMessage['headers'] }[];
  /** All sockets ever opened, oldest first. */
  readonly sockets: RawSocket[];
  open(): RawSocket[];
  close(): Promise<void>;
}

/** A hub that does exactly what a test scripts, on raw frames; shares no code with client or simulator. */
export async function startRawHub(script: Partial<RawScript> = {}): Promise<RawHub> {
  const requests: RawHub['requests'] = [];
  const sockets: RawSocket[] = [];
  const links = new Set<Duplex>();
  let sessions = 0;
  const full: RawScript = {
    handshake: (_request, response) => {
      sessions += 1;
      response.end(`sid${sessions}:60:60:websocket,xhr-polling`);
    },
    upgrade: () => false,
    echo: true,
    subscribe: { success: true },
    heartbeatMs: 30,
    ...script,
  };
  const server = createServer((request, response) => {
    requests.push({ line: `${request.method} ${request.url}`, headers: request.headers });
    full.handshake(request, response);
  });
  const wss = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    requests.push({ line: `UPGRADE ${request.url}`, headers: request.headers });
    socket.on('error', () => undefined);
    links.add(socket);
    if (!full.upgrade(request, socket)) {
      wss.handleUpgrade(request, socket, head, (ws) => sockets.push(serve(ws, request, full)));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    script: full,
    requests,
    sockets,
    open: () => sockets.filter(({ socket }) => socket.readyState === WebSocket.OPEN),
    close: () => closeAll(server, links),
  };
}

function serve(ws: WebSocket, request: IncomingMessage, script: RawScript): RawSocket {
  const received: string[] = [];
  let muted = false;
  const beat = setInterval(() => {
    if (!muted && ws.readyState === WebSocket.OPEN) {
      ws.send('2::');
    }
  }, script.heartbeatMs);
  ws.on('error', () => undefined);
  ws.on('close', () => clearInterval(beat));
  ws.on('message', (data: Buffer) => {
    const text = data.toString();
    received.push(text);
    if (!muted) {
      react(ws, text, script);
    }
  });
  ws.send('1::');
  return {
    sid: request.url?.split('/').pop() ?? '',
    received,
    headers: request.headers,
    socket: ws,
    send: (text) => ws.send(text),
    mute: () => {
      muted = true;
    },
    freeze: () => {
      muted = true;
      ws.pause();
    },
  };
}

function react(ws: WebSocket, text: string, script: RawScript): void {
  const [, id = '', body = '{}'] = /^5:(\d*)\+?::(.*)$/s.exec(text) ?? [];
  const [event] = (JSON.parse(body) as { args?: { topic: string }[] }).args ?? [];
  if (event === undefined) {
    return;
  }
  if (id !== '') {
    ws.send(`6:::${id}+${JSON.stringify([script.subscribe])}`);
  }
  if (script.echo && !event.topic.startsWith('ftrack.meta.')) {
    ws.send(`5:::${JSON.stringify({ name: 'ftrack.event', args: [event] })}`);
  }
}

async function closeAll(server: Server, links: Set<Duplex>): Promise<void> {
  for (const link of links) {
    link.destroy();
  }
  server.closeAllConnections();
  const closed = once(server, 'close');
  server.close();
  await closed;
}
