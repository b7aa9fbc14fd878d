import { once } from 'node:events';
import WebSocket from 'ws';
import type { AyonSimulator } from '../../../simulators/ayon';
import { startAyonSimulator } from '../../../simulators/ayon';
import type { FtrackSimulator } from '../../../simulators/ftrack';
import { startFtrackSimulator } from '../../../simulators/ftrack';
import { sampleStudio } from '../../../simulators/studio';
import { until } from '../../support/until';

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

let ftrack: FtrackSimulator;
let ayon: AyonSimulator;

async function send(url: string, method = 'GET', body?: unknown): Promise<Answer> {
  const answer = await fetch(url, {
    method,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
}

const control = (simulator: { url: string }, path: string, body?: unknown): Promise<Answer> =>
  send(`${simulator.url}/_simulator/${path}`, 'POST', body);

const query = (): Promise<Response> =>
  fetch(`${ftrack.url}/api`, {
    method: 'POST',
    headers: { 'ftrack-user': 'bob', 'ftrack-api-key': ftrack.keyOf('bob') },
    body: JSON.stringify([{ action: 'query', expression: 'select name from Project' }]),
  });

async function connect(): Promise<{ socket: WebSocket; frames: string[] }> {
  const address = `${ftrack.url}/socket.io/1/?api_user=bob&api_key=${ftrack.keyOf('bob')}`;
  const session = (await (await fetch(address)).text()).split(':')[0];
  const socket = new WebSocket(`${ftrack.url.replace('http', 'ws')}/socket.io/1/websocket/${session}`);
  const frames: string[] = [];
  socket.on('message', (data: Buffer) => frames.push(data.toString()));
  socket.on('error', () => undefined);
  await once(socket, 'message');
  return { socket, frames };
}

beforeAll(async () => {
  ftrack = await startFtrackSimulator({ socialFeed: false });
  ayon = await startAyonSimulator({ studio: sampleStudio() });
});
afterAll(() => Promise.all([ftrack.close(), ayon.close()]));

describe('both simulators', () => {
  test('tell what can be done to them', async () => {
    for (const [simulator, name] of [
      [ftrack, 'ftrack'],
      [ayon, 'ayon'],
    ] as const) {
      const { body } = await send(`${simulator.url}/_simulator`);
      expect(body).toMatchObject({ simulator: name });
      const { controls } = body as { controls: { request: string }[] };
      const requests = controls.map(({ request }) => request);
      expect(requests).toEqual(
        expect.arrayContaining([
          'GET /_simulator/calls',
          'POST /_simulator/faults',
          'DELETE /_simulator/faults',
          'POST /_simulator/refuse',
          'POST /_simulator/credentials/revoke',
        ]),
      );
    }
  });

  test('answer with a status, an error object, a proxy page, late, or not at all', async () => {
    const error = { exception: 'ServerError', content: 'Deadlock found', error_code: null };
    for (const effect of [
      { status: 503, body: 'Busy' },
      { status: 200, body: error },
      { html502: true },
      { delayMs: 60 },
      { reset: true },
      { resetAfter: true },
    ]) {
      expect(await control(ftrack, 'faults', { match: { path: '^/api$' }, effect })).toMatchObject({
        status: 204,
      });
    }
    const waiting = await send(`${ftrack.url}/_simulator/faults`);
    expect(waiting.body).toMatchObject([{ match: { path: '/^\\/api$/' }, left: 1 }, {}, {}, {}, {}, {}]);
    expect((await query()).status).toBe(503);
    expect(await (await query()).json()).toEqual(error);
    const page = await query();
    expect([page.status, page.headers.get('content-type')]).toEqual([502, 'text/html']);
    const started = Date.now();
    expect((await query()).status).toBe(200);
    expect(Date.now() - started).toBeGreaterThanOrEqual(55);
    await expect(query()).rejects.toThrow('fetch failed');
    await expect(query()).rejects.toThrow('fetch failed');
    expect((await query()).status).toBe(200);
  });

  test('dribble an answer, cut it in its middle, or send half of its JSON', async () => {
    const add = (effect: object): Promise<Answer> => control(ayon, 'faults', { effect });
    const info = (): Promise<Response> => fetch(`${ayon.url}/api/info`);
    const keys = (text: string): string[] => Object.keys(JSON.parse(text) as object);
    const whole = await (await info()).text();
    await add({ slowMs: 120 });
    const started = Date.now();
    const slow = await info();
    expect(keys(await slow.text())).toEqual(keys(whole));
    expect(Date.now() - started).toBeGreaterThanOrEqual(90);
    await add({ resetMidAnswer: true });
    const cut = await info();
    expect(cut.status).toBe(200);
    await expect(cut.text()).rejects.toThrow('terminated');
    await add({ truncate: true });
    const half = await (await info()).text();
    expect(Math.abs(half.length - whole.length / 2)).toBeLessThan(5);
    expect(() => keys(half)).toThrow(SyntaxError);
  });

  test('are away for a while and come back on the same port', async () => {
    expect(await control(ayon, 'refuse', { ms: 100 })).toMatchObject({ status: 204 });
    await until(() =>
      fetch(`${ayon.url}/api/info`).then(
        () => false,
        () => true,
      ),
    );
    await until(() =>
      fetch(`${ayon.url}/api/info`).then(
        (answer) => answer.ok,
        () => false,
      ),
    );
  });

  test.each([
    ['{', 'The body is no JSON'],
    ['{}', 'The request is wrong: "effect" must be an object; give for example'],
    [
      { effect: {} },
      'needs exactly one of status, html502, delayMs, slowMs, reset, resetAfter, resetMidAnswer, truncate',
    ],
    [{ effect: { status: 503, delayMs: 1 } }, 'needs exactly one of'],
    [{ effect: { delayMs: 'long' } }, '"effect.delayMs" must be a number'],
    [{ effect: { delayMs: 5, body: 'x' } }, 'only go with status'],
    [{ effect: { reset: true }, match: { path: '(' } }, '"match.path" is no regular expression'],
    [{ effect: { reset: true }, time: 2 }, 'the body has no key "time"'],
    [{ effect: { reset: true }, times: 0 }, '"times" must be at least 1'],
  ])('refuse the fault %j in a sentence', async (body, message) => {
    const answer = await control(ftrack, 'faults', body);
    expect(answer.status).toBe(400);
    expect((answer.body as { message: string }).message).toContain(message);
    expect((await send(`${ftrack.url}/_simulator/faults`)).body).toEqual([]);
  });

  test('refuse keys until they are restored', async () => {
    const me = (): Promise<Response> =>
      fetch(`${ayon.url}/api/users/me`, { headers: { 'x-api-key': ayon.apiKey } });
    await control(ayon, 'credentials/revoke', { user: 'service' });
    await control(ftrack, 'credentials/revoke', { user: 'bob' });
    expect([(await me()).status, (await query()).status]).toEqual([401, 401]);
    await control(ayon, 'credentials/restore');
    await control(ftrack, 'credentials/restore');
    expect([(await me()).status, (await query()).status]).toEqual([200, 200]);
    expect(await control(ftrack, 'credentials/revoke', { user: 'nobody' })).toEqual({
      status: 400,
      body: { message: 'The simulated ftrack has no active user "nobody".' },
    });
  });
});

describe('the simulated ftrack', () => {
  const projects = async (): Promise<string[]> => {
    const [{ data }] = (await (await query()).json()) as [{ data: { name: string }[] }];
    return data.map(({ name }) => name);
  };

  test('hides a project from a user and shows it again', async () => {
    await control(ftrack, 'projects/hide', { project: 'nordlicht', users: ['bob'] });
    expect(await projects()).toEqual(['weisser_wal']);
    await control(ftrack, 'projects/show', { project: 'nordlicht' });
    expect(await projects()).toEqual(['weisser_wal', 'nordlicht']);
    expect((await control(ftrack, 'projects/hide', { project: 'none' })).body).toEqual({
      message: 'The simulated ftrack has no project "none".',
    });
  });

  test('refuses and hangs handshakes', async () => {
    const handshake = (): Promise<Response> =>
      fetch(`${ftrack.url}/socket.io/1/?api_user=bob&api_key=${ftrack.keyOf('bob')}`);
    await control(ftrack, 'hub', { handshake503: 1 });
    expect([(await handshake()).status, (await handshake()).status]).toEqual([503, 200]);
    await control(ftrack, 'hub', { upgradeHangMs: 30 });
    const session = (await (await handshake()).text()).split(':')[0];
    const socket = new WebSocket(`${ftrack.url.replace('http', 'ws')}/socket.io/1/websocket/${session}`);
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain('504');
    await control(ftrack, 'hub', { upgradeHangMs: null });
    const { socket: open } = await connect();
    open.terminate();
  });

  test('sends malformed frames, loses, doubles, withholds and reorders events, and cuts sockets', async () => {
    const { socket, frames } = await connect();
    socket.send(
      '5:1::{"name":"ftrack.event","args":[{"topic":"ftrack.meta.subscribe","data":{"subscriber":{"id":"s"},"subscription":"topic=ftrack.update"}}]}',
    );
    await until(() => frames.some((frame) => frame.startsWith('6:::1')));
    await control(ftrack, 'hub', { sendRaw: '5:::{' });
    await until(() => frames.includes('5:::{'));
    const rename = (name: string): void => {
      const shot = ftrack.as('bob').findByPath('nordlicht').id;
      ftrack.as('bob').update(shot, { full_name: name });
    };
    const updates = (): number => frames.filter((frame) => frame.includes('"topic":"ftrack.update"')).length;
    await control(ftrack, 'hub', { dropEvents: 1, duplicateEvents: 1 });
    rename('One');
    rename('Two');
    await until(() => updates() === 2);
    await control(ftrack, 'hub', { silence: true });
    rename('Unheard');
    await control(ftrack, 'hub', { silence: false, reorderEvents: 2 });
    rename('Three');
    rename('Four');
    await until(() => updates() === 4);
    const told = frames.flatMap((frame) => /"new":"(\w+)"/.exec(frame)?.[1] ?? []);
    expect(told).toEqual(['Two', 'Two', 'Four', 'Three']);
    expect((await send(`${ftrack.url}/_simulator/hub`)).body).toMatchObject([
      { username: 'bob', subscribers: ['s'] },
    ]);
    const closed = once(socket, 'close');
    await control(ftrack, 'hub', { drop: 'bob' });
    await closed;
    expect((await control(ftrack, 'hub', {})).body).toMatchObject({
      message: expect.stringContaining('must name something to do') as string,
    });
  });
});
