import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { freePort, startDevServer } from '../../src/clients/temporal/server';
import { sharedTemporal } from '../support/temporal';
import { until } from '../support/until';

const MAIN = path.resolve(__dirname, '../../src/cli/main.ts');
const NO_PROFILE = { TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml' };

interface Run {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  out(): string;
  err(): string;
}

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) {
    child.kill('SIGKILL');
  }
});

function run(args: readonly string[], env: Readonly<Record<string, string>>): Run {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...args], {
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nowhere', ...NO_PROFILE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  return { child, ended, out: () => out, err: () => err };
}

/** As much of AYON as a start asks for. */
async function ayonWith(settings: object): Promise<{ url: string; server: Server; asked: string[] }> {
  const asked: string[] = [];
  const answers: Readonly<Record<string, object>> = {
    '/api/settings': { addons: [{ name: 'ftrack', version: '1.2.3', settings: {} }] },
    '/api/addons/ftrack/1.2.3/settings': settings,
    '/api/secrets/ftrack_key': { name: 'ftrack_key', value: 'the-key' },
    '/api/secrets/ftrack_user': { name: 'ftrack_user', value: 'robot' },
  };
  const server = createServer((request, response) => {
    const [name = ''] = (request.url ?? '').split('?');
    asked.push(name);
    const answer = answers[name];
    response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer ?? {}));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, asked };
}

const SETTINGS = {
  ftrack_server: 'https://studio.ftrackapp.com',
  service_settings: { username: 'ftrack_user', api_key: 'ftrack_key' },
};
const FTRACK = { FTRACK_SERVER: 'http://127.0.0.1:9', FTRACK_API_USER: 'robot', FTRACK_API_KEY: 'hunter2' };

test('wrong settings: exit 2, one sentence per variable, no stack', async () => {
  const process_ = run(['process'], { HTTP_PORT: 'x' });

  expect(await process_.ended).toBe(2);
  expect(process_.err().trim().split('\n')).toEqual([
    'AYON_SERVER_URL is not set; it is needed to reach AYON.',
    'AYON_API_KEY is not set; it is needed to reach AYON.',
    'HTTP_PORT must be a whole number from 0 to 65535.',
  ]);
});

test('an unknown command is wrong use', async () => {
  expect(await run(['nonsense'], {}).ended).toBe(2);
});

test('no Temporal address, neither in the environment nor in the addon: exit 2 and one sentence', async () => {
  const ayon = await ayonWith(SETTINGS);
  const process_ = run(['process'], { AYON_SERVER_URL: ayon.url, AYON_API_KEY: 'k', HTTP_PORT: '0' });

  expect(await process_.ended).toBe(2);
  expect(process_.err().trim()).toBe(
    'Temporal\'s address is not known; set TEMPORAL_ADDRESS, or temporal.address in the settings of the AYON addon "ftrack".',
  );
  ayon.server.close();
});

test('ftrack credentials nowhere: exit 2 and one sentence that names variables and settings', async () => {
  const ayon = await ayonWith({ ...SETTINGS, service_settings: { username: 'ftrack_user' } });
  const process_ = run(['process'], { AYON_SERVER_URL: ayon.url, AYON_API_KEY: 'k', HTTP_PORT: '0' });

  expect(await process_.ended).toBe(2);
  expect(process_.err().trim()).toMatch(/^ftrack cannot be reached without FTRACK_API_KEY \(setting [^\n]*$/);
  ayon.server.close();
});

test('a malformed Temporal address: exit 2 and one sentence, before anything is asked', async () => {
  const process_ = run(['process'], {
    AYON_SERVER_URL: 'http://127.0.0.1:9',
    AYON_API_KEY: 'k',
    HTTP_PORT: '0',
    TEMPORAL_ADDRESS: 'http://temporal',
  });

  expect(await process_.ended).toBe(2);
  expect(process_.err().trim()).toMatch(
    /^TEMPORAL_ADDRESS is "http:\/\/temporal", which is not host:port[^\n]*$/,
  );
});

test('the processor takes its Temporal address from the addon, works, and ends with 0 on SIGTERM', async () => {
  const ayon = await ayonWith({ ...SETTINGS, temporal: { address: sharedTemporal().address } });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = { AYON_SERVER_URL: ayon.url, AYON_API_KEY: 'hunter2', HTTP_PORT: String(port) };
  const process_ = run(['process'], env);
  const isReady = async (): Promise<boolean> =>
    (await fetch(`${url}/readyz`).catch(() => undefined))?.status === 200;
  await until(isReady, { what: 'ready', ms: 30_000 });

  const metrics = await (await fetch(`${url}/metrics`)).text();
  const stoppedAt = Date.now();
  process_.child.kill('SIGTERM');

  expect(await process_.ended).toBe(0);
  expect(Date.now() - stoppedAt).toBeLessThan(8_000);
  expect(metrics).toMatch(/ayon_ftrack_ready\{service="processor"\} 1/);
  expect(metrics).toMatch(/temporal_num_pollers/);
  expect(process_.out()).not.toContain('hunter2');
  expect(process_.out()).toContain('"msg":"stopped"');
  ayon.server.close();
}, 60_000);

test('while Temporal is away the processor waits, says so in /readyz and its log, and ends with 0', async () => {
  const port = await freePort();
  const away = await freePort();
  const process_ = run(['process'], {
    ...FTRACK,
    AYON_SERVER_URL: 'http://127.0.0.1:9',
    AYON_API_KEY: 'k',
    AYON_ADDON_VERSION: '1.2.3',
    TEMPORAL_ADDRESS: `127.0.0.1:${away}`,
    HTTP_PORT: String(port),
  });
  await until(() => process_.out().includes('Waiting for Temporal'), { what: 'the warning', ms: 30_000 });

  const response = await fetch(`http://127.0.0.1:${port}/readyz`);
  const body: unknown = await response.json();
  process_.child.kill('SIGTERM');

  expect(await process_.ended).toBe(0);
  expect(response.status).toBe(503);
  expect(body).toMatchObject({
    ready: false,
    waitingFor: 'Temporal',
    reason: `Temporal does not answer at 127.0.0.1:${away}; check TEMPORAL_ADDRESS and that the server runs.`,
  });
  expect(process_.out()).toContain(`Temporal does not answer at 127.0.0.1:${away}; check TEMPORAL_ADDRESS`);
  expect(process_.out()).not.toContain('hunter2');
}, 60_000);

test('the leecher listens and spools while Temporal is away, says so, and ends with 0', async () => {
  const port = await freePort();
  const away = await freePort();
  const spool = mkdtempSync(path.join(os.tmpdir(), 'spool-'));
  const leecher = run(['leech'], {
    ...FTRACK,
    AYON_SERVER_URL: 'http://127.0.0.1:9',
    AYON_API_KEY: 'k',
    AYON_ADDON_VERSION: '1.2.3',
    TEMPORAL_ADDRESS: `127.0.0.1:${away}`,
    HTTP_PORT: String(port),
    SPOOL_DIR: spool,
  });
  await until(() => leecher.out().includes('Waiting for Temporal'), { what: 'the warning', ms: 30_000 });

  const response = await fetch(`http://127.0.0.1:${port}/readyz`);
  const body = (await response.json()) as { problems: string[] };
  const stoppedAt = Date.now();
  leecher.child.kill('SIGTERM');

  expect(await leecher.ended).toBe(0);
  expect(Date.now() - stoppedAt).toBeLessThan(8_000);
  expect(response.status).toBe(503);
  expect(body.problems.join(' ')).toMatch(/ftrack/);
  expect(leecher.out()).not.toContain('hunter2');
  rmSync(spool, { recursive: true, force: true });
}, 60_000);

test('idle services say in /readyz that Temporal went away, and that it is back', async () => {
  const server = await startDevServer({ file: sharedTemporal().binary });
  const spool = mkdtempSync(path.join(os.tmpdir(), 'spool-'));
  const ports = [await freePort(), await freePort()] as const;
  const env = {
    ...FTRACK,
    AYON_SERVER_URL: 'http://127.0.0.1:9',
    AYON_API_KEY: 'k',
    AYON_ADDON_VERSION: '1.2.3',
    AYON_FTRACK_TIME_SCALE: '50',
    TEMPORAL_ADDRESS: server.address,
    SPOOL_DIR: spool,
  };
  run(['process'], { ...env, HTTP_PORT: String(ports[0]) });
  run(['leech'], { ...env, HTTP_PORT: String(ports[1]) });
  const told = async (port: number): Promise<string> =>
    (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined))?.text() ?? 'not there';
  const about = async (): Promise<string> => (await Promise.all(ports.map(told))).join('');
  const count = (text: string): number =>
    text.split(`Temporal does not answer at ${server.address}`).length - 1;
  const up = async (): Promise<boolean> => {
    const text = await about();
    return text.includes('"ready":true') && text.includes('problems') && !/Temporal (at|does)/.test(text);
  };
  await until(up, { what: 'the start', ms: 30_000 });

  await server.kill();
  await until(async () => count(await about()) === 2, { what: 'both to notice', ms: 20_000 });
  const again = await startDevServer({ file: sharedTemporal().binary, port: server.port });
  await until(up, { what: 'both to be back', ms: 30_000 });
  expect(count(await about())).toBe(0);

  await again.kill();
  rmSync(spool, { recursive: true, force: true });
}, 120_000);
