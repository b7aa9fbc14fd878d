import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import type { Document } from '../../../../tools/openapi/compare';
import { compareDocuments, partOf } from '../../../../tools/openapi/compare';

const ROOT = path.resolve(__dirname, '../../../..');
const inRoot = (...parts: string[]): string => path.join(ROOT, ...parts);
const text = readFileSync(inRoot('openapi', 'ayon.yaml'), 'utf8');
const types = inRoot('src', 'clients', 'ayon', 'openapi.d.ts');
const recorded = inRoot('..', 'shared', 'data', 'ayon', 'openapi.json');
const generator = inRoot('tools', 'openapi', 'node_modules', 'openapi-typescript');

const ours = (): Document => parse(text) as Document;
const theirs = (): Document => JSON.parse(readFileSync(recorded, 'utf8')) as Document;

const here = (file: string, what: string): jest.Describe => {
  if (existsSync(file)) {
    return describe;
  }
  process.stderr.write(`Skipped: ${what} is not there (${path.relative(ROOT, file)}).\n`);
  return describe.skip;
};

interface Ended {
  readonly code: number;
  readonly output: string;
}

function generate(...args: string[]): Promise<Ended> {
  const command = [inRoot('node_modules', 'tsx', 'dist', 'cli.mjs'), inRoot('tools', 'generate-ayon.mjs')];
  return new Promise((resolve) => {
    execFile(process.execPath, [...command, ...args], { cwd: ROOT }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), output: `${stdout}${stderr}` }),
    );
  });
}

/** Our description with one thing changed, found by its keys. */
function planted(keys: readonly string[], value: unknown): Document {
  const document = ours();
  const at = keys
    .slice(0, -1)
    .reduce<Record<string, never>>((each, key) => each[key] ?? {}, document as never);
  Reflect.set(at, keys.at(-1) ?? '', value);
  return document;
}

const PROJECT = ['paths', '/api/projects/{project_name}'];
const RESULT = ['components', 'schemas', 'OperationResult', 'properties'];
const OPERATION = ['components', 'schemas', 'Operation', 'properties'];

here(recorded, 'AYON’s own OpenAPI document')('the server’s own document', () => {
  test('has everything that ours describes, to the last field', () => {
    expect(compareDocuments(ours(), theirs())).toEqual([]);
  });
});

describe('our description of AYON', () => {
  test.each([
    ['a path', ['paths', '/api/nope'], { get: {} }, 'GET /api/nope: the server has no such endpoint.'],
    [
      'a method',
      [...PROJECT, 'put'],
      {},
      'PUT /api/projects/{project_name}: the server has no such endpoint.',
    ],
    [
      'a parameter',
      [...PROJECT, 'get', 'parameters'],
      [{ name: 'x', in: 'query' }],
      'query parameter x: the server has no such parameter.',
    ],
    [
      'a parameter left out',
      [...PROJECT, 'get', 'parameters'],
      [],
      'path parameter project_name: the server requires it.',
    ],
    ['an answer', [...PROJECT, 'get', 'responses', '201'], {}, 'the server does not answer 201.'],
    ['a field of an answer', [...RESULT, 'nope'], { type: 'string' }, 'operations[].nope: the server has no'],
    [
      'a type of an answer',
      [...RESULT, 'status'],
      { type: 'string' },
      'integer is given where we expect string',
    ],
    ['a field of a body', [...OPERATION, 'nope'], { type: 'string' }, 'operations[].nope: the server has no'],
    [
      'a value of a body',
      [...OPERATION, 'type'],
      { type: 'string', enum: ['create', 'move'] },
      'string (create, move) is given where the server takes string (create, update, delete)',
    ],
    [
      'a required field left out',
      ['components', 'schemas', 'NewActivity', 'required'],
      ['body'],
      'body.activityType: the server requires this field.',
    ],
  ])('the comparison sees a difference: %s', (...[, keys, value, sentence]) => {
    expect(compareDocuments(ours(), ours())).toEqual([]);
    expect(compareDocuments(planted(keys, value), ours()).join('\n')).toContain(sentence);
  });

  test('the comparison follows references, nullable types and both spellings of what is sent', () => {
    const sent = (schema: unknown, schemas = {}): Document =>
      ({
        paths: { '/x': { post: { requestBody: { content: { 'application/json': { schema } } } } } },
        components: { schemas },
      }) as never;
    const entry = { type: 'object', properties: { folderType: { type: ['string', 'null'] } } };
    const snake = { properties: { folder_type: { anyOf: [{ type: 'string' }, { type: 'null' }] } } };

    expect(
      compareDocuments(
        sent(entry),
        sent({ $ref: '#/components/schemas/A' }, { A: { type: 'object', ...snake } }),
      ),
    ).toEqual([]);
    expect(
      compareDocuments(
        sent(entry),
        sent({ allOf: [{ type: 'object', properties: { folderType: { type: 'integer' } } }] }),
      ),
    ).toEqual(['POST /x body.folderType: string is given where the server takes integer.']);
  });

  test('the part of a server’s document for our endpoints holds what they need, and no more', () => {
    const more = planted(['components', 'schemas', 'Unused'], { type: 'string' });

    const part = partOf(more, ours());

    expect(Object.keys(part.paths)).toEqual(Object.keys(ours().paths));
    expect(Object.keys(part.components?.schemas ?? {})).toEqual(
      Object.keys(ours().components?.schemas ?? {}),
    );
  });
});

describe('the types', () => {
  test('are those of the description beside them', () => {
    const hash = createHash('sha256').update(text).digest('hex');

    expect(readFileSync(types, 'utf8').split('\n')[0]).toBe(
      `// Generated from openapi/ayon.yaml by npm run generate:ayon; sha256 ${hash}`,
    );
  });

  test('are not made from a server that lacks something; each thing is named', async () => {
    const document = planted([...RESULT, 'errorCode'], undefined);
    Reflect.deleteProperty(document.paths, '/api/attributes');
    const server = createServer((_, response) => response.end(JSON.stringify(document))).listen(
      0,
      '127.0.0.1',
    );
    await once(server, 'listening');

    const { code, output } = await generate(
      '--from',
      `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    );
    server.close();

    expect(code).toBe(1);
    expect(output).toContain('GET /api/attributes: the server has no such endpoint.');
    expect(output).toContain('operations[].errorCode: the server has no such field.');
  });
});

here(generator, 'the generator of the types')('the types, made anew,', () => {
  test('are the ones that are kept', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'ayon-types-'));
    const output = path.join(folder, 'types.d.ts');

    const { code } = await generate('--output', output);

    expect(code).toBe(0);
    expect(readFileSync(output, 'utf8')).toBe(readFileSync(types, 'utf8'));
    rmSync(folder, { recursive: true });
  });
});
