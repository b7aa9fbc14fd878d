import { inspect } from 'node:util';
import type { AyonClient } from '../../../../src/clients/ayon/client';
import { until } from '../../../support/until';
import type { Answer } from './rig';
import {
  clientOf,
  closeAll,
  entity,
  failing,
  JSON_TYPE,
  json,
  KEY,
  ME,
  reset,
  send,
  serve,
  signal,
  silent,
} from './rig';

afterEach(closeAll);

describe('connections', () => {
  test('one or two serve many calls', async () => {
    const { client, connections } = await serve([ME]);

    for (let count = 0; count < 30; count += 1) {
      await client.me(signal);
    }

    // The next call may start a moment before the former's connection counts as free.
    expect(connections()).toBeLessThanOrEqual(2);
  });

  test('an idle one is given up by us before AYON closes it after 5 s', async () => {
    let closedAt = 0;
    const { client } = await serve([
      (response, request) => {
        request.socket.once('close', () => {
          closedAt = Date.now();
        });
        ME(response, request);
      },
    ]);

    await client.me(signal);
    const from = Date.now();
    await until(() => closedAt > 0, { what: 'the idle connection to be closed', ms: 8_000 });

    expect(closedAt - from).toBeLessThan(5_000);
  });

  test('one that broke is replaced: for a read, and for a write that does no harm twice', async () => {
    const read = await serve([reset, ME]);
    const write = await serve([reset, send(204, '')]);

    expect(await read.client.me(signal)).toBe('service');
    await write.client.patchProject('p', { label: 'P' }, signal);

    expect(write.asked).toEqual(['PATCH /api/projects/p', 'PATCH /api/projects/p']);
  });

  test('a comment whose fate is not known is not written again', async () => {
    const { client, asked } = await serve([reset, json({ id: 'c' }, 201)]);

    const { code } = await failing(client.comment('p', entity, signal));

    expect(code).toBe('ayon-unreachable');
    expect(asked).toHaveLength(1);
  });
});

describe('repeating', () => {
  test.each([
    ['a proxy’s page', send(502, '<html>bad gateway</html>'), 'ayon-unreachable'],
    ['a server that is busy', json({ detail: 'busy' }, 503), 'ayon-overloaded'],
    ['too many requests', json({ detail: 'slow down' }, 429), 'ayon-overloaded'],
  ])('%s is asked three times, which may suffice', async (_, answer, code) => {
    const lasting = await serve([answer]);
    const passing = await serve([answer, answer, ME]);

    expect((await failing(lasting.client.me(signal))).code).toBe(code);
    expect(lasting.asked).toHaveLength(3);
    expect(await passing.client.me(signal)).toBe('service');
  });

  test.each([
    ['a failure of the server', json({ detail: 'boom' }, 500), 'ayon-server-error'],
    ['a refusal', json({ detail: 'no' }, 400), 'ayon-rejected'],
  ])('%s is not asked again', async (_, answer, code) => {
    const { client, asked } = await serve([answer]);

    expect((await failing(client.me(signal))).code).toBe(code);
    expect(asked).toHaveLength(1);
  });

  test('a write that is not the same twice is not repeated, whatever the server says', async () => {
    const { client, asked } = await serve([json({ detail: 'busy' }, 503)]);

    expect((await failing(client.comment('p', entity, signal))).code).toBe('ayon-overloaded');
    expect(asked).toHaveLength(1);
  });

  test('a long wait that the server asks for is left to Temporal, with its length', async () => {
    const { client, asked } = await serve([send(503, '{}', { ...JSON_TYPE, 'retry-after': '7' })]);

    const { code, details } = await failing(client.me(signal));

    expect([code, details]).toEqual(['ayon-overloaded', { retryAfterMs: 7_000 }]);
    expect(asked).toHaveLength(1);
  });

  test('a date to wait for is compared with the server’s clock, not with ours', async () => {
    const { client } = await serve([
      send(503, '{}', {
        ...JSON_TYPE,
        date: 'Mon, 01 Jan 2001 00:00:00 GMT',
        'retry-after': 'Mon, 01 Jan 2001 00:00:20 GMT',
      }),
    ]);

    expect((await failing(client.me(signal))).details).toEqual({ retryAfterMs: 20_000 });
  });

  const LONG = { read: 60_000, write: 60_000, operations: 60_000, probe: 60_000 };
  const write = { type: 'update', entityType: 'task', entityId: 'a', data: {}, path: '/a' } as const;
  test.each<[keyof typeof LONG, (client: AyonClient) => Promise<unknown>]>([
    ['read', (client) => client.me(signal)],
    ['write', (client) => client.patchProject('p', {}, signal)],
    ['operations', (client) => client.operations('p', [write], signal)],
  ])('each class of call has its own time-out, which covers all tries: %s', async (kind, call) => {
    const { client } = await serve([silent], { timeouts: { ...LONG, [kind]: 20 } });

    const outcome: unknown = await call(client).catch((error: unknown) => error);

    expect(inspect(outcome)).toContain('no answer in time');
  });
});

test('the sender of our writes is one that a header can carry, whatever the service is called', async () => {
  const senders: unknown[] = [];
  const me: Answer = (response, request) => {
    senders.push(request.headers['x-sender'], request.headers['x-sender-type']);
    ME(response, request);
  };
  const { client } = await serve([me], { sender: 'größe Ω' });

  await client.me(signal);

  expect(senders).toEqual(['gr__e _', 'ftrack']);
});

describe('a refused key', () => {
  test('is not sent again for a while, since AYON would only make it wait', async () => {
    const { client, asked } = await serve([json({ code: 401, detail: 'Invalid API key' }, 401)]);

    const first = await failing(client.me(signal));
    const second = await failing(client.users(signal));

    expect([first.code, second.code]).toEqual(['ayon-refused-key', 'ayon-refused-key']);
    expect(first.message).toContain('up to a minute');
    expect(second.message).toContain('up to a minute');
    expect(second.details).toEqual({ retryAfterMs: expect.any(Number) });
    expect(asked).toHaveLength(1);
  });

  test('is not what a right was missing for: the next call is sent', async () => {
    const { client } = await serve([json({ code: 403, detail: 'not yours' }, 403), ME]);

    expect((await failing(client.settings('p', signal))).message).toContain('not yours');
    expect(await client.me(signal)).toBe('service');
  });

  test('is tried again later, and then works', async () => {
    const refusedKeyPause = 20;
    const { client } = await serve([json({ detail: 'no' }, 401), ME], { refusedKeyPause });
    await failing(client.me(signal));

    await until(async () => (await client.me(signal).catch(() => '')) === 'service', {
      what: 'the key',
      ms: 5_000,
    });

    expect(await client.me(signal)).toBe('service');
  });

  test('with a line break is told before it is sent, without being shown', () => {
    const create = (): unknown => clientOf('http://127.0.0.1:1', { apiKey: `${KEY}\n` });

    expect(create).toThrow('AYON_API_KEY has characters that no request can carry');
    expect(create).not.toThrow(KEY);
  });
});
