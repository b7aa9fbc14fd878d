import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AyonClient } from '../../../../src/clients/ayon/client';
import { createAyonClient } from '../../../../src/clients/ayon/client';
import type { AyonHttpOptions } from '../../../../src/clients/ayon/http';
import { codeOf } from '../../../../src/errors';
import { listenOn } from '../../../support/listen';

export const KEY = 'a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6';
const QUICK = { pauseMs: 1, maxPauseMs: 50 };
export const { signal } = new AbortController();
/** A comment to write. */
export const entity = { entityType: 'task', entityId: 'a'.repeat(32), body: 'hello' } as const;

export type Answer = (response: ServerResponse, request: IncomingMessage) => unknown;

interface Rig {
  readonly client: AyonClient;
  readonly url: string;
  /** Method and path of each request, the probe left out. */
  readonly asked: readonly string[];
  readonly connections: () => number;
}

const open: (() => Promise<void>)[] = [];
/** Ends the servers of a test. */
export async function closeAll(): Promise<void> {
  await Promise.all(open.splice(0).map((close) => close()));
}

export const clientOf = (serverUrl: string, options: Partial<AyonHttpOptions> = {}): AyonClient =>
  createAyonClient({
    serverUrl,
    apiKey: KEY,
    sender: 'main',
    addon: { name: 'ftrack', version: '1.0.0' },
    retry: QUICK,
    ...options,
  });

/** A server that gives the answers in turn, the last one for ever; its probe succeeds. */
export async function serve(
  answers: readonly Answer[],
  options: Partial<AyonHttpOptions> = {},
): Promise<Rig> {
  const asked: string[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      if (request.url === '/api/info') {
        json({ version: '1.16.0' })(response, request);
        return;
      }
      const answer = answers[Math.min(asked.length, answers.length - 1)];
      asked.push(`${request.method} ${request.url}`);
      answer?.(response, request);
    });
  });
  server.on('connection', () => {
    connections += 1;
  });
  // As AYON's: no hint of how long a connection may idle.
  server.keepAliveTimeout = 0;
  const { url, close } = await listenOn(server);
  open.push(close);
  return { client: clientOf(url, options), url, asked, connections: () => connections };
}

export const send =
  (status: number, body: string, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, headers).end(body);
export const json = (value: unknown, status = 200): Answer =>
  send(status, JSON.stringify(value), { 'content-type': 'application/json' });
export const JSON_TYPE = { 'content-type': 'application/json' };
export const ME = json({ name: 'service' });
export const reset: Answer = (response) => response.destroy();
export const silent: Answer = () => undefined;

interface Failed {
  readonly code: string | undefined;
  readonly message: string;
  readonly details: unknown;
}

export async function failing(work: Promise<unknown>): Promise<Failed> {
  const error: unknown = await work.then(
    () => new Error('did not fail'),
    (thrown: unknown) => thrown,
  );
  const { message, details } = error as Error & { details?: readonly unknown[] };
  return { code: codeOf(error), message, details: details?.[0] };
}
