import { inspect } from 'node:util';
import { BEGINNING } from '../../../../src/clients/ayon/event-cursor';
import { freePort } from '../../../../src/clients/temporal/server';
import { completed, statusName } from '../../../../src/domain/project-lists';
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

describe('what is not AYON', () => {
  test.each<[string, Answer, string, string]>([
    [
      'a page with 200',
      send(200, '<html>login</html>', { 'content-type': 'text/html' }),
      'unreachable',
      'HTML page',
    ],
    ['a page that calls itself JSON', send(200, '<html>', JSON_TYPE), 'unreachable', 'HTML page'],
    ['a page with 502', send(502, '<html>'), 'unreachable', 'an HTML page'],
    ['a text', send(200, 'hello', { 'content-type': 'text/plain' }), 'unreachable', 'no JSON'],
    ['a text that calls itself JSON', send(200, 'hello', JSON_TYPE), 'unreachable', 'no JSON'],
    ['JSON that is cut off', send(200, '{"name": "serv', JSON_TYPE), 'unreachable', 'cut off'],
    ['nothing', send(200, '', JSON_TYPE), 'incompatible', 'the answer'],
    ['JSON of another kind', json({ user: 'x' }), 'incompatible', 'name'],
    ['an error in a success', json({ code: 409, detail: 'exists' }), 'conflict', 'exists'],
    [
      'a conflict in a 500',
      json({ code: 409, error: 'unique-violation' }, 500),
      'conflict',
      'unique-violation',
    ],
  ])('%s is told in words', async (...[, answer, code, words]) => {
    const { client } = await serve([answer]);

    expect(await failing(client.me(signal))).toMatchObject({
      code: `ayon-${code}`,
      message: expect.stringContaining(words),
    });
  });

  test('an answer that ends in the middle of the transfer is asked for again, then told', async () => {
    const cut: Answer = (response) => {
      response.writeHead(200, { ...JSON_TYPE, 'content-length': '100' });
      response.write('{"name":', () => response.destroy());
    };
    const { client, asked } = await serve([cut]);

    expect((await failing(client.me(signal))).code).toBe('ayon-unreachable');
    expect(asked).toHaveLength(3);
  });

  test('a redirect to https is not followed, so that the key goes nowhere else', async () => {
    const other = await serve([ME]);
    const { client } = await serve([send(301, '', { location: `${other.url}/api/users/me` })]);
    const secure = await serve([send(308, '', { location: 'https://ayon.example/api/users/me' })]);

    expect((await failing(client.me(signal))).message).toContain(
      `redirects to ${other.url}; set AYON_SERVER_URL`,
    );
    expect((await failing(secure.client.me(signal))).message).toContain('https://ayon.example');
    expect(other.asked).toEqual([]);
  });

  test('a status whose scope is null is for everything, and stays as it is', async () => {
    const statuses = [{ name: 'Any', scope: null }];
    const project = { name: 'p', active: true, attrib: {}, statuses, folderTypes: [], taskTypes: [] };
    const { client } = await serve([json(project)]);

    const read = await client.project('p', signal);
    const missing = {
      statuses: [{ id: 's', name: 'any', color: null, state: null }],
      folderTypes: [],
      taskTypes: [],
    };

    expect(read?.statuses).toEqual(statuses);
    expect(read && statusName(read, 'task', 'any')).toBe('Any');
    expect(read && completed(read, missing)).toEqual({});
  });

  test('an event whose summary and payload are null is one like others', async () => {
    const node = { id: 'e', topic: 'server.started', createdAt: '2026-01-01T00:00:00Z', summary: 'null' };
    const edges = [{ cursor: 'c', node: { ...node, payload: 'null' } }];
    const page = json({ data: { events: { pageInfo: { hasNextPage: false }, edges } } });
    const { client } = await serve([page, json({ ...node, summary: null, payload: null })]);

    const { value } = await client.events().read(BEGINNING, signal).next();

    expect(value).toMatchObject({ events: [{ id: 'e', summary: {}, payload: {} }] });
  });

  test('a project without its lists is refused: written back, they would be emptied', async () => {
    const project = { name: 'p', active: true, attrib: {}, folderTypes: [], taskTypes: [] };
    const { client } = await serve([json(project)]);

    expect(await failing(client.project('p', signal))).toMatchObject({
      code: 'ayon-incompatible',
      message: expect.stringContaining('statuses'),
    });
  });
});

describe('a wrong address', () => {
  test.each([
    ['a host that does not exist', 'http://ayon.invalid', /ENOTFOUND|EAI_AGAIN/, 'AYON_SERVER_URL'],
    [
      'a port where nobody listens',
      async () => `http://127.0.0.1:${await freePort()}`,
      /ECONNREFUSED/,
      'check the port',
    ],
    [
      'https where http is spoken',
      async () => (await serve([ME])).url.replace('http', 'https'),
      /SSL/,
      'does not speak https',
    ],
  ])('%s is told with what to correct', async (...[, where, reason, words]) => {
    const url = typeof where === 'string' ? where : await where();

    const { code, message } = await failing(clientOf(url).me(signal));

    expect(code).toBe('ayon-unreachable');
    expect(message).toMatch(reason);
    expect(message).toContain(words);
    expect(message).toContain(url);
  });
});

describe('the key', () => {
  const page = `<html>${KEY}</html>`;
  test.each<[string, Answer]>([
    ['in an error', json({ code: 400, detail: `no such key ${KEY}` }, 400)],
    ['in a failure', send(500, `Internal ${KEY}`)],
    ['in a refusal', json({ code: 401, detail: KEY }, 401)],
    ['in a page', send(502, page)],
    ['in a page with 200', send(200, page, { 'content-type': 'text/html' })],
    ['in a text', send(200, KEY, JSON_TYPE)],
    ['in a redirect', send(302, '', { location: `http://other.example/${KEY}?key=${KEY}` })],
    ['in a field', json({ [KEY]: KEY, name: [KEY] })],
    ['in GraphQL', json({ data: null, errors: [{ message: `who is ${KEY}` }] })],
    ['in GraphQL with a path', json({ data: null, errors: [{ message: KEY, path: ['users'] }] })],
    ['never, since nothing is answered', reset],
    ['never, since it is too late', silent],
  ])('is in no error, wherever the server repeats it: %s', async (_, answer) => {
    const { client } = await serve([answer], {
      timeouts: { read: 100, write: 100, operations: 100, probe: 100 },
    });
    const calls = [
      () => client.me(signal),
      () => client.users(signal),
      () => client.project('p', signal),
      () => client.patchProject('p', { label: 'x' }, signal),
      () => client.entities('p', { folderIds: ['a'] }, signal),
      () => client.ownAttributes('p', [{ id: 'a', kind: 'task' }], signal),
      () => client.comment('p', entity, signal),
      () => client.settings('p', signal),
    ];

    for (const call of calls) {
      const error: unknown = await call().catch((thrown: unknown) => thrown);
      const shown = inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true });
      // What the server says of its own data is an answer, no error.
      expect(error instanceof Error ? shown : '').not.toContain(KEY);
    }
    expect(inspect(client, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toContain(KEY);
  });
});
