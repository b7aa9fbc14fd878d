import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Readiness {
  /** Whether the service does its work at this moment. */
  readonly ready: boolean;
  /** What it is waiting for, since when, and how much is queued: small plain JSON, never a credential. */
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface HealthOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly readiness: () => Readiness | Promise<Readiness>;
  /** Prometheus text. */
  readonly metrics: () => Promise<string>;
  /** Takes what is posted; undefined for a path that nobody listens on. */
  readonly post?: (path: string, body: string) => PostAnswer | undefined;
}

export interface PostAnswer {
  readonly status: number;
  readonly error?: string;
}

export interface HealthServer {
  /** Without a slash at the end. */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: 'application/json' | 'text/plain; version=0.0.4; charset=utf-8';
  readonly body: string;
}

const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Serves `/healthz` (200 while the process turns), `/readyz` (200 or 503, with JSON that says what is missing) and
 * `/metrics`.
 * @throws Error with one sentence when the port is taken.
 */
export async function startHealthServer(options: HealthOptions): Promise<HealthServer> {
  const server = createServer((request, response) => void respond(options, request, response));
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `http://${host}:${port}`,
    port,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function listen(server: Server, { host, port }: HealthOptions): Promise<void> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as { code?: string };
    const reason = code === 'EADDRINUSE' ? 'it is in use' : String(code);
    throw new Error(
      `The health server cannot listen on ${host}:${port} (${reason}); set HTTP_HOST and HTTP_PORT to a free address.`,
      { cause: error },
    );
  }
}

async function respond(
  options: HealthOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { status, type, body } = await answer(options, request);
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** A longer body than this is refused, bytes. */
const MAX_BODY = 1_000_000;

async function posted(options: HealthOptions, path: string, request: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > MAX_BODY) {
      return json(413, { error: `The body is longer than ${MAX_BODY} bytes.` });
    }
    chunks.push(chunk as Buffer);
  }
  const taken = options.post?.(path, Buffer.concat(chunks).toString('utf8'));
  return taken === undefined
    ? json(405, { error: 'Only GET and HEAD are answered here.' })
    : json(taken.status, taken.error === undefined ? {} : { error: taken.error });
}

async function answer(options: HealthOptions, request: IncomingMessage): Promise<Answer> {
  const path = (request.url ?? '').replace(/\?.*$/s, '');
  if (request.method === 'POST') {
    return posted(options, path, request);
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return json(405, { error: 'Only GET and HEAD are answered here.' });
  }
  try {
    switch (path) {
      case '/healthz':
        return json(200, { status: 'ok' });
      case '/readyz': {
        const { ready, detail } = await options.readiness();
        return json(ready ? 200 : 503, { ready, ...detail });
      }
      case '/metrics':
        return { status: 200, type: METRICS_TYPE, body: await options.metrics() };
      default:
        return json(404, { error: 'There are /healthz, /readyz and /metrics.' });
    }
  } catch (error) {
    return json(500, { error: error instanceof Error ? error.message : String(error) });
  }
}

const json = (status: number, body: object): Answer => ({
  status,
  type: 'application/json',
  body: `${JSON.stringify(body)}\n`,
});
