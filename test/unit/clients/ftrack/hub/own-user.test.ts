import { once } from 'node:events';
import type { IncomingHttpHeaders, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ownUserId } from '../../../../../src/clients/ftrack/hub/own-user';

const KEY = 'very-secret-key';

describe('the id of our own user', () => {
  let server: Server;
  let url: string;
  let answer: { status: number; body: string; location?: string };
  let asked: { path: string; headers: IncomingHttpHeaders; body: string }[];
  const never = new AbortController().signal;
  beforeEach(async () => {
    asked = [];
    answer = { status: 200, body: '[{"action":"query","data":[{"id":"user-1","__entity_type__":"User"}]}]' };
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        asked.push({ path: request.url ?? '', headers: request.headers, body });
        const { location } = answer;
        response.writeHead(answer.status, location === undefined ? {} : { location }).end(answer.body);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });
  const ask = (user = 'bot@studio', signal = never): Promise<string | undefined> =>
    ownUserId({ serverUrl: `${url}/`, user, apiKey: KEY }, signal);

  it('is found by one request that bears the key in a header only', async () => {
    expect(await ask('a "quoted" \\ name')).toBe('user-1');

    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ path: '/api', headers: { 'ftrack-api-key': KEY } });
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual([
      { action: 'query', expression: 'select id from User where username is "a \\"quoted\\" \\\\ name"' },
    ]);
  });

  it.each(['[{"action":"query","data":[]}]', '[{}]', '[null]', '[]'])(
    'is unknown after the answer %s',
    async (body) => {
      answer = { status: 200, body };
      expect(await ask()).toBeUndefined();
    },
  );

  it.each([
    { status: 200, body: '{"exception":"PermissionError","content":"very-secret-key"}' },
    { status: 502, body: '<html>Bad gateway</html>' },
    { status: 307, body: '', location: '/elsewhere' },
  ])('fails with a sentence without the key on $status', async (given) => {
    answer = given;
    const error: unknown = await ask().catch((reason: unknown) => reason);
    expect(String(error)).toMatch(
      /^Error: ftrack at http:\S+ did not tell the id of our user; it is asked again/,
    );
    expect(String(error)).not.toContain(KEY);
    expect(asked).toHaveLength(1);
  });

  it('is not asked for any more after a stop', async () => {
    await expect(ask('bot', AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
    expect(asked).toEqual([]);
  });
});
