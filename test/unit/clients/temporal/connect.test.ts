import { once } from 'node:events';
import net from 'node:net';
import {
  checkedAddress,
  connectFailure,
  connectTemporal,
  TemporalConfigError,
  temporalConfig,
  untilReachable,
} from '../../../../src/clients/temporal/connect';
import { freePort } from '../../../../src/clients/temporal/server';

const NO_FILE = { TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml' };
const CONFIG = { address: 'temporal.studio:7233', namespace: 'studio', connection: {} };

test('no address anywhere is told apart from a wrong one', () => {
  expect(temporalConfig(NO_FILE)).toBeUndefined();
  expect(temporalConfig(NO_FILE, 'from.settings:7233')).toMatchObject({ address: 'from.settings:7233' });
  expect(temporalConfig({ ...NO_FILE, TEMPORAL_ADDRESS: 'env:1' }, 'from.settings:7233')).toMatchObject({
    address: 'env:1',
  });
});

test('an empty variable counts as not set', () => {
  expect(temporalConfig({ ...NO_FILE, TEMPORAL_ADDRESS: '', TEMPORAL_NAMESPACE: '' }, 'host')).toMatchObject({
    address: 'host:7233',
    namespace: 'default',
  });
});

test('an API key turns TLS on and stays out of the address', () => {
  const config = temporalConfig({
    ...NO_FILE,
    TEMPORAL_ADDRESS: 'eu.api.temporal.io:7233',
    TEMPORAL_NAMESPACE: 'studio.acct',
    TEMPORAL_API_KEY: 'secret',
  });

  expect(config).toMatchObject({ namespace: 'studio.acct', connection: { apiKey: 'secret', tls: true } });
});

test('an unreadable certificate file is one sentence', () => {
  const env = { ...NO_FILE, TEMPORAL_ADDRESS: 'a:1', TEMPORAL_TLS_CLIENT_CERT_PATH: '/nowhere/client.pem' };

  expect(() => temporalConfig(env)).toThrow(
    /^The TEMPORAL_\* settings cannot be used: .*\/nowhere\/client\.pem/,
  );
});

test.each(['http://temporal:7233', 'temporal:seven', 'temporal:70000', 'a b:1', ':7233', 'host:1:2'])(
  'the address %p is refused with a sentence that shows the form',
  (address) => {
    expect(() => checkedAddress(address)).toThrow(TemporalConfigError);
    expect(() => checkedAddress(address)).toThrow(/is not host:port; write it like/);
  },
);

test.each([
  ['temporal', 'temporal:7233'],
  ['127.0.0.1:17233', '127.0.0.1:17233'],
  ['[::1]:7233', '[::1]:7233'],
])('the address %p is accepted', (address, full) => {
  expect(checkedAddress(address)).toBe(full);
});

test('a refused connection is one sentence with the address and the variable', async () => {
  const address = `127.0.0.1:${await freePort()}`;

  await expect(connectTemporal({ ...CONFIG, address }, 500)).rejects.toThrow(
    `Temporal does not answer at ${address}; check TEMPORAL_ADDRESS and that the server runs.`,
  );
}, 20_000);

test('a server that is no gRPC server is one sentence', async () => {
  const server = net
    .createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    .listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;

  await expect(connectTemporal({ ...CONFIG, address: `127.0.0.1:${port}` }, 500)).rejects.toThrow(
    /^Temporal (does not answer|at) [^.]*127\.0\.0\.1/,
  );

  server.close();
}, 20_000);

test.each([
  [Object.assign(new Error('7 PERMISSION_DENIED'), { code: 7 }), /refused our credentials.*TEMPORAL_API_KEY/],
  [
    Object.assign(new Error('5 NOT_FOUND'), { code: 5 }),
    /has no namespace "studio"; check TEMPORAL_NAMESPACE/,
  ],
  [new Error('getaddrinfo ENOTFOUND temporal.studio'), /host name .* is unknown; check TEMPORAL_ADDRESS/],
  [new Error('wrapped', { cause: new Error('wrong version number') }), /TEMPORAL_TLS/],
])('%s becomes a sentence that names what to check', (error, sentence) => {
  expect(connectFailure(CONFIG, error)).toMatch(sentence);
});

test('a service keeps trying, says why each time, and goes on when Temporal is there', async () => {
  const heard: string[] = [];
  let tries = 0;

  const result = await untilReachable(
    CONFIG,
    () => {
      tries += 1;
      return tries < 3 ? Promise.reject(new Error('connect ECONNREFUSED')) : Promise.resolve('connected');
    },
    { onRetry: (message) => heard.push(message) },
  );

  expect(result).toBe('connected');
  expect(heard).toEqual([
    expect.stringContaining('does not answer at temporal.studio:7233'),
    expect.stringContaining('does not answer at temporal.studio:7233'),
  ]);
});

test('a stop ends the attempts', async () => {
  const controller = new AbortController();
  const attempt = untilReachable(CONFIG, () => Promise.reject(new Error('down')), {
    signal: controller.signal,
    onRetry: () => controller.abort(),
  });

  await expect(attempt).rejects.toThrow(/abort/i);
});

test('a malformed address names the setting that it came from', () => {
  expect(() => temporalConfig(NO_FILE, 'http://from.settings')).toThrow(
    'The addon setting temporal.address is "http://from.settings", which is not host:port',
  );
});
