import { readFileSync } from 'node:fs';
import path from 'node:path';
import { EnvError, readEnv, VARIABLES } from '../../src/config/env';

const NEEDED = { AYON_SERVER_URL: 'https://ayon.studio.example/', AYON_API_KEY: 'key' };
const fileOf = (name: string): string => readFileSync(path.resolve(__dirname, '../..', name), 'utf8');

function problemsOf(source: NodeJS.ProcessEnv): readonly string[] {
  try {
    readEnv(source);
  } catch (error) {
    return error instanceof EnvError ? error.problems : [String(error)];
  }
  return [];
}

test('with only what is needed the defaults hold', () => {
  expect(readEnv(NEEDED)).toEqual({
    ayon: {
      url: 'https://ayon.studio.example',
      apiKey: 'key',
      addonName: 'ftrack',
      addonVersion: undefined,
      serviceName: undefined,
      variant: 'production',
    },
    ftrack: { server: undefined, apiUser: undefined, apiKey: undefined },
    temporal: {},
    spoolDir: undefined,
    webhookSecret: undefined,
    spoolMax: 2_048_000_000,
    spoolMemory: 10_000,
    http: { host: '127.0.0.1', port: undefined },
    logLevel: 'info',
    install: 'main',
    timeScale: 1,
    hubTimeScale: 1,
  });
});

test('all faults are told at once, each in a sentence that names its variable', () => {
  const source = {
    AYON_SERVER_URL: 'ayon.studio',
    HTTP_PORT: '70000',
    LOG_LEVEL: 'loud',
    AYON_FTRACK_INSTALL: 'a b',
    FTRACK_SERVER: 'ftp://studio',
    AYON_FTRACK_TIME_SCALE: 'fast',
  };

  expect(problemsOf(source)).toEqual([
    'AYON_SERVER_URL must be an address such as https://ayon.studio.example.',
    'AYON_API_KEY is not set; it is needed to reach AYON.',
    'FTRACK_SERVER must be an address such as https://studio.ftrackapp.com.',
    'HTTP_PORT must be at most 65535.',
    'LOG_LEVEL must be trace, debug, info, warn or error.',
    'AYON_FTRACK_INSTALL may have letters, digits, ".", "_" and "-" only (at most 64).',
    'AYON_FTRACK_TIME_SCALE must be a number from 1 to 1000.',
  ]);
});

test('an address with a password in it is refused: messages name addresses', () => {
  expect(problemsOf({ ...NEEDED, AYON_SERVER_URL: 'https://me:pass@ayon.example' })).toEqual([
    'AYON_SERVER_URL must not hold a user or password; the key has a variable of its own.',
  ]);
  expect(problemsOf({ ...NEEDED, FTRACK_SERVER: 'https://ftrack.example/a@b' })).toEqual([]);
});

test('a fault never repeats the value: it may be a secret in the wrong place', () => {
  expect(problemsOf({ ...NEEDED, AYON_SERVER_URL: 'sup3rsecret' }).join()).not.toContain('sup3rsecret');
});

test('keys lose blanks around them, as files bring along, and must be one word', () => {
  const env = readEnv({
    ...NEEDED,
    AYON_API_KEY: ' key\n',
    FTRACK_API_KEY: 'other\r\n',
    FTRACK_API_USER: 'bot ',
  });
  expect([env.ayon.apiKey, env.ftrack.apiKey, env.ftrack.apiUser]).toEqual(['key', 'other', 'bot']);

  expect(problemsOf({ ...NEEDED, AYON_API_KEY: 'two\nlines', FTRACK_API_KEY: 'kéy' })).toEqual([
    'AYON_API_KEY must be one word of plain letters, digits and signs.',
    'FTRACK_API_KEY must be one word of plain letters, digits and signs.',
  ]);
});

test('an empty variable counts as not set', () => {
  expect(readEnv({ ...NEEDED, FTRACK_API_KEY: '', LOG_LEVEL: '' })).toMatchObject({
    ftrack: { apiKey: undefined },
    logLevel: 'info',
  });
});

test("Temporal's variables are handed on untouched, others are not", () => {
  const source = { ...NEEDED, TEMPORAL_ADDRESS: 'temporal:7233', TEMPORAL_GRPC_META_TEAM: 'x', OTHER: 'y' };

  expect(readEnv(source).temporal).toEqual({
    TEMPORAL_ADDRESS: 'temporal:7233',
    TEMPORAL_GRPC_META_TEAM: 'x',
  });
});

test.each(['.env.example', 'docs/configuration.md'])('%s names every variable', (name) => {
  const text = fileOf(name);

  expect(VARIABLES.filter((variable) => !new RegExp(`\\b${variable}\\b`).test(text))).toEqual([]);
});

test('.env.example names nothing that neither a service nor docker-compose reads', () => {
  const named = [...fileOf('.env.example').matchAll(/^#? ?([A-Z][A-Z0-9_]+)=/gm)].map(
    ([, name]) => name ?? '',
  );
  const compose = fileOf('docker-compose.yml');

  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name) => !VARIABLES.includes(name) && !compose.includes(`\${${name}`))).toEqual([]);
});
