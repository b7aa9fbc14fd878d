import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HealthServer, Readiness } from '../../../src/observability/http';
import { startHealthServer } from '../../../src/observability/http';
import { createMetrics } from '../../../src/observability/metrics';

let readiness: Readiness = { ready: true, detail: {} };
let server: HealthServer;
const metrics = createMetrics({ service: 'leecher' });
beforeEach(async () => {
  server = await startHealthServer({
    host: '127.0.0.1',
    port: 0,
    readiness: () => readiness,
    metrics: () => metrics.text(),
  });
});
afterEach(() => server.close());

const get = (path: string, init?: RequestInit): Promise<Response> => fetch(`${server.url}${path}`, init);

test('/healthz answers while the process turns', async () => {
  const response = await get('/healthz');

  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ status: 'ok' });
});

test.each([
  [true, 200],
  [false, 503],
])('/readyz with ready %p is %d and tells the details', async (ready, status) => {
  readiness = { ready, detail: { waitingFor: 'Temporal', spooled: 3 } };

  const response = await get('/readyz?verbose');

  expect(response.status).toBe(status);
  expect(await response.json()).toEqual({ ready, waitingFor: 'Temporal', spooled: 3 });
});

test('/metrics has our numbers with the service and those of Node', async () => {
  metrics.count('leecher_skipped', { reason: 'echo' }, 2);
  metrics.gauge('leecher_spool_events', 7);

  const text = await (await get('/metrics')).text();

  expect(text).toContain('ayon_ftrack_leecher_skipped_total{reason="echo",service="leecher"} 2');
  expect(text).toContain('ayon_ftrack_leecher_spool_events{service="leecher"} 7');
  expect(text).toContain('process_resident_memory_bytes');
});

test('other paths and methods are refused', async () => {
  expect((await get('/')).status).toBe(404);
  expect((await get('/healthz', { method: 'POST' })).status).toBe(405);
});

test('a readiness that throws is a 500 with its message, not a crash', async () => {
  const failing = await startHealthServer({
    host: '127.0.0.1',
    port: 0,
    readiness: () => Promise.reject(new Error('no state yet')),
    metrics: () => Promise.resolve(''),
  });

  const response = await fetch(`${failing.url}/readyz`);

  expect(response.status).toBe(500);
  expect(await response.json()).toEqual({ error: 'no state yet' });
  await failing.close();
});

test('a port in use is one sentence that names the variables', async () => {
  const options = {
    host: '127.0.0.1',
    port: server.port,
    readiness: () => readiness,
    metrics: () => metrics.text(),
  };

  await expect(startHealthServer(options)).rejects.toThrow(/\(it is in use\); set HTTP_HOST and HTTP_PORT/);
});

test("the numbers of Temporal's runtime are appended, its silence is a comment", async () => {
  const runtime = createServer((_, response) => response.end('temporal_worker_start{} 1\n')).listen(
    0,
    '127.0.0.1',
  );
  await once(runtime, 'listening');
  const { port } = runtime.address() as AddressInfo;
  const both = createMetrics({ service: 'processor', temporalAddress: `127.0.0.1:${port}` });

  const whole = await both.text();
  runtime.closeAllConnections();
  runtime.close();
  await once(runtime, 'close');

  expect(whole).toContain('temporal_worker_start{} 1');
  expect(whole).toContain('process_resident_memory_bytes');
  expect(await both.text()).toContain("# Temporal's runtime did not answer.");
});
