import type { HubSession } from '../../../../../src/clients/ftrack/hub/handshake';
import { askTime, handshake, hubOrigin } from '../../../../../src/clients/ftrack/hub/handshake';
import type { RawHub } from '../../../../support/raw-hub';
import { startRawHub } from '../../../../support/raw-hub';

const KEY = 'very-secret-key';

describe('address of the hub', () => {
  it.each([
    ['https://studio.ftrackapp.com', 'https://studio.ftrackapp.com'],
    ['https://studio.ftrackapp.com/', 'https://studio.ftrackapp.com'],
    ['https://studio.ftrackapp.com/some/path?x=1#y', 'https://studio.ftrackapp.com'],
    ['http://ftrack.local:8080/', 'http://ftrack.local:8080'],
    ['https://ftrack.local:443', 'https://ftrack.local'],
    ['studio.ftrackapp.com', 'https://studio.ftrackapp.com'],
    [' https://me:pw@studio.ftrackapp.com/ ', 'https://studio.ftrackapp.com'],
  ])('%s -> %s', (given, origin) => {
    expect(hubOrigin(given)).toBe(origin);
  });

  it.each(['', 'ftp://x', 'https://', 'a b'])('refuses %j with a sentence', (given) => {
    expect(() => hubOrigin(given)).toThrow(/not a web address; set it to/);
  });
});

describe('handshake', () => {
  let hub: RawHub;
  beforeEach(async () => {
    hub = await startRawHub();
  });
  afterEach(() => hub.close());
  const shake = (serverUrl = hub.url): Promise<HubSession> =>
    handshake({ serverUrl, user: 'bot', apiKey: KEY }, AbortSignal.timeout(2_000));

  it('sends the credentials in headers and never in the address', async () => {
    const { sid } = await shake(`${hub.url}/a/path/`);

    expect(sid).toBe('sid1');
    expect(hub.requests).toHaveLength(1);
    expect(hub.requests[0]).toMatchObject({
      line: 'GET /socket.io/1/',
      // A connection kept from before may lead to a peer that is gone.
      headers: { 'ftrack-user': 'bot', 'ftrack-api-key': KEY, connection: 'close' },
    });
  });

  it.each(['abc', 'abc:60:60:websocket', 'abc:::websocket,xhr-polling', 'abc:60:60'])(
    'takes the session out of %j',
    async (body) => {
      hub.script.handshake = (_request, response) => response.end(body);
      await expect(shake()).resolves.toMatchObject({ sid: 'abc' });
    },
  );

  it('tells the time that the answer bears, and nothing where it bears none', async () => {
    hub.script.handshake = (_request, response) => {
      response.setHeader('date', 'Sat, 01 Aug 2026 10:20:30 GMT');
      response.end('abc');
    };
    await expect(shake()).resolves.toMatchObject({
      sid: 'abc',
      time: { at: Date.UTC(2026, 7, 1, 10, 20, 30) },
    });

    hub.script.handshake = (_request, response) => {
      response.sendDate = false;
      response.end('abc');
    };
    await expect(shake()).resolves.toMatchObject({ sid: 'abc', time: { at: undefined } });
  });

  it.each([
    ['of a cache', { age: '3600' }, 200],
    ['of a proxy that does not reach ftrack', {}, 502],
  ])('takes no time from an answer %s', async (_, headers, status) => {
    hub.script.handshake = (_request, response) => response.writeHead(status, headers).end();

    await expect(askTime(hub.url, new AbortController().signal)).resolves.toMatchObject({ at: undefined });
  });

  it.each([401, 403])('tells refused credentials (%d) from trouble that passes', async (status) => {
    hub.script.handshake = (_request, response) => response.writeHead(status).end('handshake unauthorized');
    await expect(shake()).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('refused the user "bot" or its API key'),
    });
  });

  it.each([
    [502, '<html>Bad gateway</html>', /answered HTTP 502/],
    [200, '<html>Welcome</html>', /something other than an event hub session/],
    [200, '', /something other than an event hub session/],
    [200, 'abc:60:60:xhr-polling', /offers no websocket/],
  ])('calls HTTP %d with %j unavailable', async (status, body, message) => {
    hub.script.handshake = (_request, response) => response.writeHead(status).end(body);
    await expect(shake()).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(message),
    });
  });

  it('does not carry the key along a redirect, and names its target', async () => {
    const elsewhere = await startRawHub();
    hub.script.handshake = (_request, response) =>
      response.writeHead(302, { location: `${elsewhere.url}/socket.io/1/` }).end();

    await expect(shake()).rejects.toMatchObject({
      message: expect.stringContaining(`redirects to ${elsewhere.url}`),
    });

    expect(elsewhere.requests).toEqual([]);
    await elsewhere.close();
  });

  it('says that nobody listens', async () => {
    const gone = await startRawHub();
    await gone.close();
    await expect(shake(gone.url)).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('does not repeat a key that cannot be sent', async () => {
    const attempt = handshake(
      { serverUrl: hub.url, user: 'bot', apiKey: `${KEY}\n` },
      AbortSignal.timeout(2_000),
    );
    await expect(attempt).resolves.toMatchObject({ sid: 'sid1' });
    const bad = handshake(
      { serverUrl: hub.url, user: 'bot', apiKey: `${KEY}\n\u0000x` },
      AbortSignal.timeout(2_000),
    );
    await expect(bad).rejects.toMatchObject({
      kind: 'refused',
      message: expect.not.stringContaining(KEY),
    });
  });
});
