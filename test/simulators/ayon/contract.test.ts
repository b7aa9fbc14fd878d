import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { buildSchema, getIntrospectionQuery, introspectionFromSchema } from 'graphql';
import { parse } from 'yaml';
import type { AyonSimulator } from '../../../simulators/ayon';
import { startAyonSimulator } from '../../../simulators/ayon';
import type { FaultEffect, FaultMatch } from '../../../simulators/faults';
import { pickText } from '../../../tools/contract/pattern';
import { WrongUse } from '../../../tools/contract/preflight';
import { exitCodeOf, lineOf, summaryOf } from '../../../tools/contract/report';
import type { Report, Result, RunOptions } from '../../../tools/contract/run';
import { runContract } from '../../../tools/contract/run';
import { recordedSchema } from '../../support/ayon-graphql';
import { listenOn } from '../../support/listen';
import { TestClient } from './client';

const ROOT = path.resolve(__dirname, '../../..');
const MAIN = path.join(ROOT, 'tools', 'contract', 'main.ts');
const description = (): Record<string, never> =>
  parse(readFileSync(path.join(ROOT, 'openapi', 'ayon.yaml'), 'utf8')) as Record<string, never>;

let simulator: AyonSimulator;

beforeEach(async () => {
  simulator = await startAyonSimulator();
});

afterEach(() => simulator.close());

const run = (options: Partial<RunOptions> = {}): Promise<Report> =>
  runContract({
    server: simulator.url,
    key: simulator.apiKey,
    signal: new AbortController().signal,
    patience: 300,
    pause: 100,
    ...options,
  });

const projects = (): string[] => [...simulator.store.projects.keys()];
const named = (results: readonly Result[], outcome: Result['outcome']): string[] =>
  results.filter((each) => each.outcome === outcome).map(({ name }) => name);

/** Something happens to the server when this is asked for the first time. */
const when = (asked: RegExp, happens: () => Promise<void> | void) =>
  simulator.faults.add({ match: { path: asked }, effect: { before: async () => happens() } });

/** The server answers this, whenever it is asked so. */
const answers = (match: FaultMatch, body: unknown, status = 200) =>
  simulator.faults.add({ match, times: Number.POSITIVE_INFINITY, effect: { status, body } });
const inQuery = (text: string): FaultMatch => ({
  path: '/graphql',
  body: (body) => pickText(body, 'query').includes(text),
});

/** The simulator has no OpenAPI document of its own. */
const describedBy = (document: unknown) => answers({ path: '/openapi.json' }, document);

test('the simulated AYON is as the product relies on in everything that is checked, and nothing is left behind', async () => {
  describedBy(description());
  const users = JSON.stringify([...simulator.store.users.values()]);

  const report = await run();

  expect(report.results.filter(({ outcome }) => outcome !== 'ok').map(lineOf)).toEqual([]);
  expect(report.results.length).toBeGreaterThan(100);
  expect(exitCodeOf(report)).toBe(0);
  expect(report.timings.map(({ p50 }) => p50 > 0)).not.toContain(false);
  expect(projects()).toEqual([]);
  expect(JSON.stringify([...simulator.store.users.values()])).toBe(users);
  expect(
    [...simulator.store.events.ascending()].filter(({ topic }) => topic.startsWith('contract.')),
  ).toEqual([]);
});

test('each thing that is otherwise is told, and nothing else', async () => {
  const document = description();
  Reflect.deleteProperty(document['paths'] ?? {}, '/api/attributes');
  describedBy(document);
  const client = new TestClient(simulator);
  const { body: told } = await client.send('POST', '/graphql', { query: getIntrospectionQuery() });
  const without = JSON.parse(JSON.stringify(told), (_, value) =>
    Array.isArray(value) ? value.filter((each) => each?.name !== 'hasVersions') : value,
  ) as unknown;
  const isLong: FaultMatch['body'] = (body) => pickText(body, 'body').length > 2000;
  const missing = { message: "Cannot query field 'hasVersions' on type 'FolderNode'." };
  answers({ path: /activities$/, body: isLong }, { id: 'f'.repeat(32) }, 201);
  simulator.faults.add({
    match: { path: '/api/bundles' },
    effect: { status: 200, body: { bundles: [{ name: 'x' }] } },
  });
  answers(inQuery('__schema'), without);
  answers(inQuery('hasVersions'), { data: null, errors: [missing] });

  const report = await run({ only: ['client', 'comments', 'settings', 'documents'] });

  expect(named(report.results, 'could not run')).toEqual([]);
  expect(named(report.results, 'differs').toSorted()).toEqual(
    [
      ...[
        'folders by id',
        'folders by ftrackId',
        'folders below folders',
        'folders below folders by name',
        'top folders',
        'top folders by name',
        'whole subtrees',
        'all of these at once',
        'all folders',
      ].map((what) => `understands the question for ${what}`),
      'gives our client what it has written',
      'takes 2,000 characters and refuses 2,001 with 400',
      'lists bundles and names the one in production',
      'describes every endpoint, field and type of our OpenAPI description',
      'has every field and argument of our GraphQL queries, with types that our client takes',
    ].toSorted(),
  );
  const lines = report.results.map(lineOf).join('\n');
  expect(lines).toContain('status: expected 400, found 201');
  expect(lines).toContain('body.bundles[0].addons: expected an object, found nothing');
  expect(lines).toContain('GET /api/attributes: the server has no such endpoint.');
  expect(lines).toMatch(/expected an answer that our client understands, found .*hasVersions/);
  expect(lines).toMatch(/expected a schema that fits our queries, found .*hasVersions/);
  expect(summaryOf(report)).toMatch(/Differences\n +check +where +expected +found\n[^]*refuses 2,001/);
  expect(exitCodeOf(report)).toBe(1);
  expect(projects()).toEqual([]);
});

const schema = recordedSchema();
const recorded = path.resolve(ROOT, '../shared/data/ayon/openapi.json');

(schema === undefined ? describe.skip : describe)('the documents of a real server', () => {
  test('are as the product needs them', async () => {
    describedBy(JSON.parse(readFileSync(recorded, 'utf8')));
    const introspected = introspectionFromSchema(schema ?? buildSchema('type Query { none: Int }'));
    answers(inQuery('__schema'), { data: introspected });

    const report = await run({ only: ['documents'] });

    expect(report.results.map(lineOf)).toEqual([
      expect.stringMatching(/^ok .*OpenAPI description$/),
      expect.stringMatching(/^ok .*GraphQL queries/),
    ]);
  });
});

test('a check that stumbles over an answer could not run, and the others do', async () => {
  describedBy({ ...description(), paths: [] });
  answers(inQuery('__schema'), { data: { __schema: {} } });

  const report = await run({ only: ['documents', 'lists'] });

  expect(named(report.results, 'ok')).toHaveLength(4);
  expect(named(report.results, 'differs')).toHaveLength(1);
  expect(report.results.map(lineOf).join('\n')).toContain(
    'the answer is of a kind that the check did not expect',
  );
  expect(exitCodeOf(report)).toBe(1);
});

describe('nothing is done, and one sentence says why,', () => {
  const refusalOf = async (options: Partial<RunOptions>): Promise<string> => {
    const before = projects();
    const error: unknown = await run(options).catch((thrown: unknown) => thrown);
    expect(projects()).toEqual(before);
    expect(error).toBeInstanceOf(WrongUse);
    return (error as Error).message;
  };

  test('for a wrong key, which is not shown', async () => {
    const message = await refusalOf({ key: 'notthekey123' });

    expect(message).toMatch(/^GET \/api\/users\/me at AYON: the key was refused; check --key .*\.$/);
    expect(message).not.toContain('notthekey123');
  });

  test('for the key of a person', async () => {
    expect(await refusalOf({ key: simulator.store.adminKey })).toContain(
      'belongs to "admin", who is no service user',
    );
  });

  test('for a project that exists, and for one of its code', async () => {
    simulator.store.addProject({ name: 'contract_live', code: 'live' });
    simulator.store.addProject({ name: 'other', code: 'xtaken' });

    expect(await refusalOf({ project: 'contract_live' })).toContain('A project contract_live exists on');
    expect(await refusalOf({ project: 'contract_taken' })).toContain('or one of its code, exists on');
    expect(await refusalOf({ project: 'show' })).toContain('"show" cannot be the throw-away project');
  });

  test.each([
    ['no address', 'ftp://ayon', '"ftp://ayon" is no address'],
    ['nobody there', 'http://127.0.0.1:9', 'got no answer from http://127.0.0.1:9'],
  ])('for %s', async (_, server, words) => {
    expect(await refusalOf({ server })).toContain(words);
  });

  test('for a server that is no AYON, speaks no https, or sends us elsewhere', async () => {
    const https = simulator.url.replace('http:', 'https:');
    expect(await refusalOf({ server: `${simulator.url}/studio` })).toContain('is no AYON server');
    expect(await refusalOf({ server: https })).toContain('that port does not speak https');

    simulator.faults.add({
      match: { path: '/api/info' },
      effect: { status: 200, body: '<html>', contentType: 'text/html' },
    });
    expect(await refusalOf({})).toContain('--server');

    const elsewhere = await listenOn(
      createServer((_, response) =>
        response.writeHead(301, { location: 'https://ayon.example.com/x' }).end(),
      ),
    );
    const message = await refusalOf({ server: elsewhere.url });
    await elsewhere.close();
    expect(message).toContain('redirects to https://ayon.example.com; set --server to the address');
  });
});

describe('the throw-away project is deleted', () => {
  test('when the run is stopped', async () => {
    const controller = new AbortController();
    when(/folders$/, () => controller.abort());

    const report = await run({ only: ['entities'], signal: controller.signal });

    expect(report).toMatchObject({ broken: 'it was stopped', isLeftBehind: false });
    expect(exitCodeOf(report)).toBe(1);
    expect(projects()).toEqual([]);
  });

  test.each<[string, FaultEffect]>([
    ['is refused for the moment', { status: 503, body: { code: 503, detail: 'restarting' } }],
    ['is done, but its answer is lost', { resetAfter: true }],
  ])('when the first request to do so %s', async (_, effect) => {
    simulator.faults.add({ match: { method: 'DELETE', path: /^\/api\/projects\/\w+$/ }, effect });

    const report = await run({ only: ['names', 'projects'] });

    expect(report).toMatchObject({ broken: null, isLeftBehind: false });
    expect(exitCodeOf(report)).toBe(0);
    expect(projects()).toEqual([]);
  });

  test('or named, when the server does not come back', async () => {
    when(/enroll$/, () => simulator.refuse());

    const report = await run({ only: ['enroll'], pause: 10 });

    expect(report).toMatchObject({
      broken: expect.stringContaining('no longer answers'),
      isLeftBehind: true,
    });
    expect(summaryOf(report)).toContain(
      `The project ${report.project} may be left behind on ${simulator.url}`,
    );
    expect(exitCodeOf(report)).toBe(1);
    expect(projects()).toEqual([report.project]);
  });

  test('and a single broken connection costs a single check', async () => {
    simulator.faults.add({ match: { path: /thumbnail$/ }, effect: { reset: true } });

    const report = await run({ only: ['thumbnails'] });

    expect(named(report.results, 'could not run')).toEqual(['takes a picture and tells it has it']);
    expect(named(report.results, 'ok')).toHaveLength(2);
    expect(exitCodeOf(report)).toBe(1);
    expect(projects()).toEqual([]);
  });
});

describe('the command', () => {
  interface Ended {
    readonly code: number | null;
    readonly output: string;
  }

  async function command(
    args: readonly string[],
    onOutput?: (child: ChildProcess, output: string) => void,
  ): Promise<Ended> {
    const env = { ...process.env, AYON_API_KEY: simulator.apiKey };
    const child = spawn(process.execPath, ['--import', 'tsx', MAIN, '--server', simulator.url, ...args], {
      cwd: ROOT,
      env,
    });
    let output = '';
    const take = (chunk: Buffer): void => {
      output += chunk.toString();
      onOutput?.(child, output);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, output };
  }

  test('prints lines and counts, writes JSON, and never the key', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'contract-'));
    const file = path.join(folder, 'found.json');

    const { code, output } = await command(['--only', 'server', '--json', file]);
    const written = readFileSync(file, 'utf8');
    rmSync(folder, { recursive: true });

    expect(code).toBe(0);
    expect(output).toMatch(/^ok +server: refuses a wrong key with 401$/m);
    expect(output).toMatch(/AYON 1\.16\.0\S*: 6 as expected, 0 otherwise, 0 could not run\.\n$/);
    expect(JSON.parse(written)).toMatchObject({
      counts: { ok: 6, differs: 0, couldNotRun: 0 },
      isLeftBehind: false,
    });
    expect(`${output}${written}`).not.toContain(simulator.apiKey);
  });

  test('ends with 2 for wrong use, and deletes its project after Ctrl-C', async () => {
    const wrong = command(['--only', 'nope']);
    let isTold = false;
    const stopped = command([], (child, output) => {
      // Once checks have begun; a second signal would end it at once.
      isTold ||= /^ok /m.test(output) && child.kill('SIGINT');
    });

    expect(await wrong).toEqual({
      code: 2,
      output: 'There is no group "nope"; --list shows those that there are.\n',
    });
    expect(await stopped).toMatchObject({
      code: 1,
      output: expect.stringContaining('The run ended early: it was stopped.'),
    });
    expect(projects()).toEqual([]);
  });
});
