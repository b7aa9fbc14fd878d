import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AyonClient } from '../../../../src/clients/ayon/client';
import { createAyonClient } from '../../../../src/clients/ayon/client';
import { codeOf } from '../../../../src/errors';

const KEY = 'k'.repeat(32);
const { signal } = new AbortController();

/** A server of a few lines: the test says what it answers. */
async function serve(answer: (request: IncomingMessage, response: ServerResponse, body: string) => void) {
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => answer(request, response, body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client: AyonClient = createAyonClient({
    serverUrl: `http://127.0.0.1:${port}/`,
    apiKey: KEY,
    sender: 'install-1',
    addon: { name: 'ftrack', version: '1.0.0' },
    timeouts: { read: 200, write: 500, probe: 200 },
  });
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { client, close };
}

const json = (response: ServerResponse, value: unknown, status = 200): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
};

const operation = (entityId: string) =>
  ({ type: 'update', entityType: 'folder', entityId, data: { status: 'x' } }) as const;

describe('the AYON client', () => {
  let close: () => Promise<void> = async () => undefined;
  afterEach(() => close());

  test('every request bears the key and the mark by which its events are known as ours', async () => {
    const seen: IncomingMessage['headers'][] = [];
    const server = await serve((request, response) => {
      seen.push(request.headers);
      json(response, { name: 'service' });
    });
    close = server.close;

    expect(await server.client.me(signal)).toBe('service');
    expect(seen[0]).toMatchObject({ 'x-api-key': KEY, 'x-sender': 'install-1', 'x-sender-type': 'ftrack' });
  });

  test('a server that never answers is an outage after the time-out, and the key stays secret', async () => {
    const server = await serve(() => undefined);
    close = server.close;

    const error: unknown = await server.client.me(signal).catch((thrown: unknown) => thrown);

    expect(codeOf(error)).toBe('ayon-unreachable');
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(KEY);
  });

  test('a cancelled request is no outage', async () => {
    const server = await serve(() => undefined);
    close = server.close;
    const cancel = new AbortController();
    const asked = server.client.me(cancel.signal).catch((thrown: unknown) => thrown);

    cancel.abort(new Error('cancelled'));

    expect(codeOf(await asked)).toBeUndefined();
    expect(await asked).toMatchObject({ message: 'cancelled' });
  });

  test('a 5xx is the request’s fault while the server answers its probe, else an outage', async () => {
    let isUp = true;
    const server = await serve((request, response) => {
      const status = request.url === '/api/info' && isUp ? 200 : 500;
      json(response, { detail: 'boom' }, status);
    });
    close = server.close;

    expect(codeOf(await server.client.me(signal).catch((error: unknown) => error))).toBe('ayon-server-error');
    isUp = false;
    expect(codeOf(await server.client.me(signal).catch((error: unknown) => error))).toBe('ayon-unreachable');
  });

  test('a page in place of JSON is an outage, also with status 200', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>maintenance</html>');
    });
    close = server.close;

    expect(codeOf(await server.client.me(signal).catch((error: unknown) => error))).toBe('ayon-unreachable');
  });

  test('a batch that AYON refuses as a whole is halved until the bad operation is alone', async () => {
    const server = await serve((_, response, body) => {
      const { operations } = JSON.parse(body) as { operations: { id: string; entityId: string }[] };
      if (operations.some(({ entityId }) => entityId === 'bad')) {
        json(response, { code: 400, detail: 'cannot read the batch' }, 400);
        return;
      }
      const results = operations.map(({ id }) => ({
        id,
        type: 'update',
        entityType: 'folder',
        success: true,
        status: 204,
      }));
      json(response, { success: true, operations: results });
    });
    close = server.close;

    const results = await server.client.operations('p', ['a', 'b', 'bad', 'c', 'd'].map(operation), signal);

    expect(results.map(({ success }) => success)).toEqual([true, true, false, true, true]);
    expect(results[2]?.detail).toContain('cannot read the batch');
  });

  test('an operation that the answer leaves out counts as done only if the whole batch succeeded', async () => {
    const server = await serve((_, response) => json(response, { success: false, operations: [] }));
    close = server.close;

    const [result] = await server.client.operations('p', [operation('a')], signal);

    expect(result?.success).toBe(false);
  });

  test('a GraphQL error is a failure although its status is 200', async () => {
    const server = await serve((_, response) =>
      json(response, { data: null, errors: [{ message: 'no such field' }] }),
    );
    close = server.close;

    const error: unknown = await server.client.users(signal).catch((thrown: unknown) => thrown);

    expect(codeOf(error)).toBe('ayon-rejected');
    expect(error).toMatchObject({ message: expect.stringContaining('no such field') });
  });
});
