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
    timeouts: { read: 500, write: 5_000, probe: 500 },
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

  test('a GraphQL error is a failure although its status is 200', async () => {
    const server = await serve((_, response) =>
      json(response, { data: null, errors: [{ message: 'no such field' }] }),
    );
    close = server.close;

    const error: unknown = await server.client.users(signal).catch((thrown: unknown) => thrown);

    expect(codeOf(error)).toBe('ayon-incompatible');
    expect(error).toMatchObject({ message: expect.stringContaining('no such field') });
  });

  test.each([
    ['a resolver that failed', { message: 'too many connections', path: ['users'] }, 'ayon-server-error'],
    ['a status of its own', { message: 'boom', extensions: { status: 500 } }, 'ayon-server-error'],
    ['a server that asks to wait', { message: 'later', extensions: { status: 503 } }, 'ayon-overloaded'],
    ['a refused key', { message: 'who', extensions: { status: 401 } }, 'ayon-refused-key'],
  ])('a GraphQL error is classed like the status of an answer: %s', async (_, problem, code) => {
    const server = await serve((request, response) =>
      request.url === '/api/info' ? json(response, {}) : json(response, { data: null, errors: [problem] }),
    );
    close = server.close;

    expect(codeOf(await server.client.users(signal).catch((thrown: unknown) => thrown))).toBe(code);
  });

  test('an addon version that AYON does not have is waited for, and named', async () => {
    const server = await serve((_, response) => json(response, { code: 404, detail: 'no such addon' }, 404));
    close = server.close;

    const error: unknown = await server.client.settings('p', signal).catch((thrown: unknown) => thrown);

    expect(codeOf(error)).toBe('settings-invalid');
    expect(error).toMatchObject({ message: expect.stringContaining('ftrack 1.0.0') });
  });

  test('a GraphQL error while the probe fails is an outage', async () => {
    const server = await serve((request, response) =>
      request.url === '/api/info'
        ? json(response, {}, 502)
        : json(response, { data: null, errors: [{ message: 'no database', path: ['users'] }] }),
    );
    close = server.close;

    expect(codeOf(await server.client.users(signal).catch((thrown: unknown) => thrown))).toBe(
      'ayon-unreachable',
    );
  });

  test('an entity that is gone by now sets nothing itself, and single reads go out together', async () => {
    let [now, most] = [0, 0];
    const server = await serve((request, response) => {
      now += 1;
      most = Math.max(most, now);
      setImmediate(() => {
        now -= 1;
        json(
          response,
          request.url?.endsWith('/t1') ? { code: 404, detail: 'gone' } : { ownAttrib: ['fps'] },
          request.url?.endsWith('/t1') ? 404 : 200,
        );
      });
    });
    close = server.close;
    const nodes = Array.from({ length: 20 }, (_, index) => ({ id: `t${index}`, kind: 'task' as const }));

    const own = await server.client.ownAttributes('p', nodes, signal);

    expect(own.get('t1')).toEqual([]);
    expect(own.get('t2')).toEqual(['fps']);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(8);
  });
});
