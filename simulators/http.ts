import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { CallLog, summaryLength } from './call-log';
import type { Delivery, PlainAnswer } from './delivery';
import { deliver } from './delivery';
import type { FaultRequest, TakenFault } from './faults';
import { Faults } from './faults';
import { parseShallow } from './json';

/** One request as a route handler sees it. */
export interface RouteRequest extends FaultRequest {
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Values of the `:name` segments, decoded; `*` is the rest of the path under the key `rest`. */
  readonly params: Readonly<Record<string, string>>;
  /** The body as bytes. */
  readonly raw: Buffer;
  /** Why `body` is undefined although bytes came: the JSON parser's message. */
  readonly bodyError: string | undefined;
}

/** `json` wins over `body`; status default 200. */
export interface RouteAnswer {
  readonly status?: number;
  readonly json?: unknown;
  readonly body?: string | Buffer;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type RouteHandler = (request: RouteRequest) => RouteAnswer | Promise<RouteAnswer>;

/** A route that takes files: its body is only bytes. */
export interface FileRoute {
  readonly handle: RouteHandler;
  /** Largest body that is read, bytes; default: the server's. */
  readonly bodyLimit: number;
}

export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

export interface SimulatorServerOptions {
  /** Largest body that is read, bytes; default 64 MiB. A longer one is answered by `tooLong`. */
  readonly bodyLimit?: number;
  /** Default 413 with a JSON body. */
  readonly tooLong?: (limit: number) => RouteAnswer;
  /** Short text of a body for the call log; default: its first 2,000 characters. */
  readonly summarise?: (request: RouteRequest) => string;
  /** Called when no route matches; default 404 with a JSON body. */
  readonly notFound?: RouteHandler;
  /** Turns an exception of a handler into an answer; default 500 with its message. */
  readonly onError?: (error: unknown) => RouteAnswer;
  /**
   * Paths that start with this steer the simulator: they are neither logged nor hit by faults, and closed to web
   * pages of other origins, which could otherwise steer what runs on the machine of whoever looks at them.
   */
  readonly steeringPrefix?: string;
  /** Single paths that are as quiet. */
  readonly quietPaths?: readonly string[];
}

interface Route {
  readonly method: string;
  readonly segments: readonly string[];
  readonly handler: RouteHandler;
  /** Set for bodies that are only bytes: no JSON is looked for. */
  readonly bodyLimit?: number;
}

interface Found {
  readonly route: Route;
  readonly params: Record<string, string>;
}

function matchSegments(
  pattern: readonly string[],
  path: readonly string[],
): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, segment] of pattern.entries()) {
    const value = path[index];
    if (segment === '*') {
      params['rest'] = path.slice(index).join('/');
      return params;
    }
    if (value === undefined) {
      return undefined;
    }
    if (segment.startsWith(':')) {
      params[segment.slice(1)] = value;
    } else if (segment !== value) {
      return undefined;
    }
  }
  return pattern.length === path.length ? params : undefined;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** What a request asks for; the host is of no meaning. A target like `//` names no host but a path. */
export function addressOf(request: IncomingMessage): URL {
  const target = request.url ?? '/';
  const address = target.startsWith('/') ? `http://simulator${target}` : target;
  return new URL(URL.canParse(address) ? address : 'http://simulator/*');
}

function parseJson(raw: Buffer): { body: unknown; bodyError: string | undefined } {
  if (raw.length === 0) {
    return { body: undefined, bodyError: undefined };
  }
  try {
    return { body: parseShallow(raw.toString('utf8')), bodyError: undefined };
  } catch (error) {
    return { body: undefined, bodyError: error instanceof Error ? error.message : String(error) };
  }
}

/** @returns undefined when the body is longer than the limit (the rest is thrown away unread). */
async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size <= limit) {
      chunks.push(bytes);
    }
  }
  return size > limit ? undefined : Buffer.concat(chunks);
}

/**
 * A small HTTP server for simulators: routes, faults, a call log, and a socket that can start to refuse connections
 * and come back on the same port.
 */
export class SimulatorServer {
  readonly faults = new Faults();
  readonly calls = new CallLog();
  private readonly options: SimulatorServerOptions;
  private readonly routes: Route[] = [];
  private readonly upgrades: { readonly start: string; readonly handler: UpgradeHandler }[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  private host = '127.0.0.1';
  private port = 0;

  constructor(options: SimulatorServerOptions = {}) {
    this.options = options;
    this.server = createServer((request, response) => {
      // A cut socket rejects the read of the body: nobody is left to answer.
      this.answer(request, response).catch(() => request.socket.destroy());
    });
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  /** @param pattern path with `:name` segments; a last segment `*` takes the rest */
  route(method: string, pattern: string, handler: RouteHandler | FileRoute): void {
    const segments = pattern.split('/').slice(1);
    const own =
      typeof handler === 'function' ? { handler } : { handler: handler.handle, bodyLimit: handler.bodyLimit };
    this.routes.push({ method, segments, ...own });
  }

  /** Takes websocket upgrades whose address starts so, the longest start first; without any, node refuses them. */
  onUpgrade(handler: UpgradeHandler, start = ''): void {
    this.upgrades.push({ start, handler });
    this.upgrades.sort((left, right) => right.start.length - left.start.length);
    if (this.upgrades.length > 1) {
      return;
    }
    this.server.on('upgrade', (request, socket, head) => {
      // Who goes away before the answer has nobody left to be told; unheard, that would end the process.
      socket.on('error', () => socket.destroy());
      if (this.steers(addressOf(request).pathname) && isForeign(request.headers)) {
        socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
        return;
      }
      this.upgrades.find((taker) => request.url?.startsWith(taker.start))?.handler(request, socket, head);
    });
  }

  /** Port 0 takes a free one. */
  async start(options: { host?: string; port?: number } = {}): Promise<void> {
    this.host = options.host ?? this.host;
    this.port = options.port ?? 0;
    await this.listen();
  }

  /** Base address without a trailing slash. */
  get url(): string {
    const host = this.host.includes(':') ? `[${this.host}]` : this.host;
    return `http://${host}:${this.port}`;
  }

  /** From now on connections are refused; all sockets, websockets too, are destroyed. */
  async refuse(): Promise<void> {
    if (!this.server.listening) {
      return;
    }
    const closed = new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
    for (const socket of this.sockets) {
      socket.destroy();
    }
    await closed;
  }

  /** Accepts connections again, on the same port. */
  async listen(): Promise<void> {
    if (this.server.listening) {
      return;
    }
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.port, this.host, () => {
        this.server.off('error', reject);
        resolve();
      });
    });
    this.port = (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    await this.refuse();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = performance.now();
    const at = Date.now();
    const { routed, handler } = await this.receive(request);
    const quiet = this.options.quietPaths?.includes(routed.path) === true || this.steers(routed.path);
    const fault = quiet ? undefined : this.faults.take(routed);
    const result = await this.work({ routed, handler, fault });
    const status = result?.answer.status ?? (result ? 200 : 0);
    if (!quiet) {
      const body = this.summary(routed);
      const ms = performance.now() - started;
      this.calls.record({ at, method: routed.method, path: routed.path, body, status, ms });
    }
    if (result) {
      await deliver(response, plainAnswer(result.answer), result.delivery);
    } else {
      request.socket.destroy();
    }
  }

  private async receive(request: IncomingMessage): Promise<{ routed: RouteRequest; handler: RouteHandler }> {
    const url = addressOf(request);
    const found = this.find(request.method ?? 'GET', url.pathname.split('/').slice(1).map(decode));
    const limit = found?.route.bodyLimit ?? this.options.bodyLimit ?? 64 * 1024 * 1024;
    const raw = await readBody(request, limit);
    const { tooLong = refuseLong } = this.options;
    const asked = raw ? this.handlerOf(found) : () => tooLong(limit);
    const handler = this.steers(url.pathname) && isForeign(request.headers) ? foreign : asked;
    return { routed: routedRequest(request, { url, found, raw: raw ?? Buffer.alloc(0) }), handler };
  }

  private handlerOf(found: Found | undefined): RouteHandler {
    return found?.route.handler ?? this.options.notFound ?? notFound;
  }

  private steers(path: string): boolean {
    const { steeringPrefix } = this.options;
    return steeringPrefix !== undefined && path.startsWith(steeringPrefix);
  }

  private summary(request: RouteRequest): string {
    return this.options.summarise?.(request) ?? request.raw.subarray(0, summaryLength).toString('utf8');
  }

  /** @returns undefined when the socket must be cut instead of answered. */
  private async work(task: {
    routed: RouteRequest;
    handler: RouteHandler;
    fault: TakenFault | undefined;
  }): Promise<{ answer: RouteAnswer; delivery: Delivery } | undefined> {
    const before = (await task.fault?.beforeWork()) ?? { kind: 'go' };
    if (before.kind === 'reset') {
      return undefined;
    }
    if (before.kind === 'answer') {
      return { answer: before.answer, delivery: { kind: 'whole' } };
    }
    const answer = await this.run(task.handler, task.routed);
    const delivery: Delivery | undefined = task.fault ? await task.fault.afterWork() : { kind: 'whole' };
    return delivery && { answer, delivery };
  }

  private async run(handler: RouteHandler, request: RouteRequest): Promise<RouteAnswer> {
    try {
      return await handler(request);
    } catch (error) {
      if (this.options.onError) {
        return this.options.onError(error);
      }
      return { status: 500, json: { message: error instanceof Error ? error.message : String(error) } };
    }
  }

  private find(method: string, segments: readonly string[]): Found | undefined {
    for (const route of this.routes) {
      const params = route.method === method ? matchSegments(route.segments, segments) : undefined;
      if (params) {
        return { route, params };
      }
    }
    return undefined;
  }
}

function plainAnswer(answer: RouteAnswer): PlainAnswer {
  const isJson = answer.json !== undefined;
  const body = isJson ? JSON.stringify(answer.json) : (answer.body ?? '');
  const contentType = answer.contentType ?? (isJson ? 'application/json' : 'text/plain; charset=utf-8');
  const { status = 200 } = answer;
  // An answer without content has no type of it, unless it is named.
  const type = status === 204 && answer.contentType === undefined ? {} : { 'content-type': contentType };
  return {
    status,
    headers: { ...type, ...answer.headers },
    body: typeof body === 'string' ? Buffer.from(body) : body,
  };
}

function routedRequest(
  request: IncomingMessage,
  parts: { url: URL; found: Found | undefined; raw: Buffer },
): RouteRequest {
  const { url, found, raw } = parts;
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    params: found?.params ?? {},
    raw,
    ...(found?.route.bodyLimit === undefined ? parseJson(raw) : { body: undefined, bodyError: undefined }),
  };
}

/** Whether a web page of another origin asks; browsers say where a page comes from, other programs do not. */
function isForeign({ origin, host }: IncomingHttpHeaders): boolean {
  return origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host);
}

function foreign(): RouteAnswer {
  return { status: 403, json: { message: 'Web pages of other origins cannot steer the simulator.' } };
}

function refuseLong(limit: number): RouteAnswer {
  return { status: 413, json: { message: `The request body is longer than ${limit} bytes.` } };
}

function notFound(request: RouteRequest): RouteAnswer {
  return { status: 404, json: { message: `The simulator has no ${request.method} ${request.path}.` } };
}
