import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readStudio } from '../../../src/cli/studio';
import { readEnv } from '../../../src/config/env';

type Answer = { readonly status?: number; readonly location?: string; readonly body: unknown };

let server: Server;
let url: string;
let answers: Record<string, Answer>;
let asked: string[];

const SETTINGS = {
  ftrack_server: 'https://studio.ftrackapp.com/',
  service_settings: { username: 'user_secret', api_key: 'key_secret' },
  temporal: { address: 'temporal:7233' },
};

beforeEach(async () => {
  asked = [];
  answers = {
    '/api/settings?variant=production': { body: { addons: [{ name: 'ftrack', version: '2.0.0' }] } },
    '/api/addons/ftrack/2.0.0/settings?variant=production': { body: SETTINGS },
    '/api/secrets/user_secret': { body: { name: 'user_secret', value: 'robot' } },
    '/api/secrets/key_secret': { body: { name: 'key_secret', value: 'hunter2' } },
  };
  server = createServer((request, response) => {
    const { status = 200, location, body } = answers[request.url ?? ''] ?? { status: 404, body: {} };
    asked.push([request.url, request.headers['x-api-key']].join(' '));
    response
      .writeHead(status, location === undefined ? {} : { location })
      .end(typeof body === 'string' ? body : JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const envWith = (more: NodeJS.ProcessEnv = {}): ReturnType<typeof readEnv> =>
  readEnv({ AYON_SERVER_URL: url, AYON_API_KEY: 'ayon-key', ...more });
const quiet = { signal: new AbortController().signal, onRetry: () => undefined };

/** The sentence of the first failed try; `repair` then lets the next one succeed. */
async function firstProblem(env: ReturnType<typeof readEnv>, repair: () => void): Promise<string> {
  const heard: string[] = [];
  await readStudio(env, {
    signal: quiet.signal,
    onRetry: (message) => {
      heard.push(message);
      repair();
    },
  });
  return heard[0] ?? 'no retry';
}

test('version, credentials and the address of Temporal come from AYON; the settings hold names of secrets', async () => {
  expect(await readStudio(envWith(), quiet)).toEqual({
    addonVersion: '2.0.0',
    ftrack: { server: 'https://studio.ftrackapp.com', apiUser: 'robot', apiKey: 'hunter2' },
    temporalAddress: 'temporal:7233',
  });
  expect(asked).toHaveLength(4);
  expect(asked.every((each) => each.endsWith(' ayon-key'))).toBe(true);
});

test('the environment wins, each variable on its own, and what it says is not asked for', async () => {
  const env = envWith({ AYON_ADDON_VERSION: '2.0.0', FTRACK_API_USER: 'me', FTRACK_API_KEY: 'mine' });

  const { ftrack } = await readStudio(env, quiet);

  expect(ftrack).toEqual({ server: 'https://studio.ftrackapp.com', apiUser: 'me', apiKey: 'mine' });
  expect(asked).toEqual(['/api/addons/ftrack/2.0.0/settings?variant=production ayon-key']);
});

test('with everything in the environment AYON is not asked at all', async () => {
  const ftrack = { FTRACK_SERVER: 'https://x.ftrackapp.com', FTRACK_API_USER: 'me', FTRACK_API_KEY: 'mine' };

  await readStudio(
    envWith({ AYON_ADDON_VERSION: '2.0.0', TEMPORAL_ADDRESS: 'temporal:7233', ...ftrack }),
    quiet,
  );

  expect(asked).toEqual([]);
});

test.each([
  ['a refused key', { status: 401, body: {} }, /refused AYON_API_KEY; give it the key of a service user/],
  ['a page instead of JSON', { body: '<html>' }, /has not the expected form; check that AYON_SERVER_URL/],
  ['a bundle without the addon', { body: { addons: [] } }, /has no addon "ftrack"; add it to the bundle/],
  ['a failing server', { status: 500, body: {} }, /GET \/api\/settings is 500/],
  [
    'a redirect, which would carry the key elsewhere,',
    { status: 308, location: 'https://ayon.example/login', body: {} },
    /redirects to https:\/\/ayon\.example; set AYON_SERVER_URL to that/,
  ],
])('%s is told in a sentence and tried again until it works', async (_, broken, sentence) => {
  const good = answers['/api/settings?variant=production'] ?? { body: {} };
  answers['/api/settings?variant=production'] = broken;

  const problem = await firstProblem(envWith(), () => {
    answers['/api/settings?variant=production'] = good;
  });

  expect(problem).toMatch(sentence);
  expect(problem).not.toContain('ayon-key');
});

test('missing credentials end the start: trying again would not help', async () => {
  answers['/api/addons/ftrack/2.0.0/settings?variant=production'] = { body: { ftrack_server: '' } };

  await expect(readStudio(envWith(), quiet)).rejects.toThrow(
    /without FTRACK_SERVER \(setting ftrack_server\), FTRACK_API_USER .*, FTRACK_API_KEY .*; set it/,
  );
});

test('a secret that AYON lacks is named', async () => {
  const good = answers['/api/secrets/key_secret'] ?? { body: {} };
  answers['/api/secrets/key_secret'] = { status: 404, body: {} };

  const problem = await firstProblem(envWith(), () => {
    answers['/api/secrets/key_secret'] = good;
  });

  expect(problem).toBe(
    "AYON's answer to GET /api/secrets/key_secret is 404; create that secret in AYON, or correct service_settings of the addon.",
  );
});

test('blanks around credentials do no harm; characters that no request can carry end the start, untold', async () => {
  answers['/api/secrets/key_secret'] = { body: { name: 'key_secret', value: ' hunter2\n' } };
  expect((await readStudio(envWith(), quiet)).ftrack.apiKey).toBe('hunter2');

  answers['/api/secrets/key_secret'] = { body: { name: 'key_secret', value: 'hunter2\nhunter3' } };
  const problem: unknown = await readStudio(envWith(), quiet).catch((error: unknown) => error);

  expect(String(problem)).toMatch(
    /^StudioError: The ftrack API key .* characters that no request can carry.*; /,
  );
  expect(String(problem)).not.toContain('hunter');
});
