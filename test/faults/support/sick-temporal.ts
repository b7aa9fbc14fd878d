import { once } from 'node:events';
import { createServer } from 'node:http2';
import path from 'node:path';

/** A server on Temporal's port that takes every request and refuses it as a broken one does. */
export interface SickTemporal {
  /** Requests so far, by method, such as `StartWorkflowExecution`. */
  readonly requests: Readonly<Record<string, number>>;
  /** Most requests to start a workflow that it had at once since the last `reset`. */
  readonly busiest: number;
  reset(): void;
  close(): Promise<void>;
}

/** gRPC's UNAVAILABLE: what a client is to try again, later. */
const UNAVAILABLE = '14';
const START = 'StartWorkflowExecution';
/** What it takes to refuse one, ms. */
const ANSWER_MS = 100;

export async function startSickTemporal(port: number): Promise<SickTemporal> {
  const requests: Record<string, number> = {};
  let busy = 0;
  let busiest = 0;
  const sessions = new Set<{ destroy(): void }>();
  const server = createServer();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => session.destroy()).on('close', () => sessions.delete(session));
  });
  server.on('stream', (stream, headers) => {
    const method = path.posix.basename(String(headers[':path']));
    requests[method] = (requests[method] ?? 0) + 1;
    stream.on('error', () => stream.destroy());
    if (method === START) {
      busy += 1;
      busiest = Math.max(busiest, busy);
      stream.on('close', () => {
        busy -= 1;
      });
    }
    const status = { 'grpc-status': UNAVAILABLE, 'grpc-message': 'its database is away' };
    const answer = { ':status': 200, 'content-type': 'application/grpc', ...status };
    setTimeout(() => {
      if (!stream.destroyed) {
        stream.respond(answer, { endStream: true });
      }
    }, ANSWER_MS);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    requests,
    get busiest() {
      return busiest;
    },
    reset: () => {
      busiest = busy;
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      sessions.forEach((session) => session.destroy());
      await closed;
    },
  };
}
