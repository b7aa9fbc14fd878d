import { SimulatorServer } from '../../../simulators/http';

let server: SimulatorServer;
let done: number;

beforeEach(async () => {
  done = 0;
  server = new SimulatorServer({ bodyLimit: 1000 });
  server.route('POST', '/work/:name', (request) => {
    done += 1;
    return {
      json: { name: request.params['name'], body: request.body ?? null, error: request.bodyError ?? null },
    };
  });
  server.route('GET', '/files/*', (request) => ({ body: request.params['rest'] ?? '' }));
  await server.start();
});

afterEach(() => server.close());

const work = (body = '{"a":1}', name = 'x'): Promise<Response> =>
  fetch(`${server.url}/work/${name}`, { method: 'POST', body });

describe('the HTTP server of simulators', () => {
  test('routes by method and segments', async () => {
    await expect((await work('{"a":1}', 'Gr%C3%BCn')).json()).resolves.toMatchObject({
      name: 'Grün',
      body: { a: 1 },
    });
    await expect((await fetch(`${server.url}/files/a/b`)).text()).resolves.toBe('a/b');
    expect((await fetch(`${server.url}/work/x`)).status).toBe(404);
  });

  test('tells broken JSON and refuses long bodies', async () => {
    await expect((await work('{')).json()).resolves.toMatchObject({ body: null, error: expect.any(String) });
    expect((await work('x'.repeat(1001))).status).toBe(413);
  });

  test('logs calls', async () => {
    await work();
    await work();
    expect(server.calls.list()).toMatchObject([
      { method: 'POST', path: '/work/x', body: '{"a":1}', status: 200 },
      { status: 200 },
    ]);
    expect(server.calls.count(({ path }) => path === '/work/x')).toBe(2);
  });

  test('refuses connections and comes back on the same port', async () => {
    const { url } = server;
    await server.refuse();
    await expect(work()).rejects.toThrow('fetch failed');
    await server.listen();
    expect(server.url).toBe(url);
    expect((await work()).status).toBe(200);
  });
});

describe('scripted faults', () => {
  test('a status is answered instead of the work, as often as asked', async () => {
    const fault = server.faults.add({ times: 2, effect: { status: 503, body: { detail: 'busy' } } });
    const answers = [await work(), await work(), await work()];
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 200]);
    await expect(answers[0]?.json()).resolves.toEqual({ detail: 'busy' });
    expect([fault.hits, done]).toEqual([2, 1]);
  });

  test('match by method, path and body', async () => {
    const match = {
      method: 'POST',
      path: /^\/work/,
      body: (body: unknown) => JSON.stringify(body).includes('2'),
    };
    server.faults.add({ match, effect: { html502: true } });
    expect((await work()).status).toBe(200);
    const answer = await work('{"a":2}');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([502, 'text/html']);
  });

  test('reset cuts before the work, resetAfter after it', async () => {
    server.faults.add({ effect: { reset: true } });
    await expect(work()).rejects.toThrow('fetch failed');
    expect(done).toBe(0);
    server.faults.add({ effect: { resetAfter: true } });
    await expect(work()).rejects.toThrow('fetch failed');
    expect(done).toBe(1);
    expect(server.calls.list().map(({ status }) => status)).toEqual([0, 0]);
  });

  test('hold keeps the work back, holdAnswer only the answer', async () => {
    for (const [key, before] of [
      ['hold', 0],
      ['holdAnswer', 1],
    ] as const) {
      done = 0;
      let release = (): void => undefined;
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      const fault = server.faults.add({ effect: key === 'hold' ? { hold: held } : { holdAnswer: held } });
      const answer = work();
      await fault.waitForHit();
      await new Promise(setImmediate);
      expect(done).toBe(before);
      release();
      expect((await answer).status).toBe(200);
      expect(done).toBe(1);
    }
  });

  test('callbacks run around the work', async () => {
    const seen: number[] = [];
    server.faults.add({ effect: { before: () => void seen.push(done) } });
    await work();
    server.faults.add({ effect: { after: () => void seen.push(done) } });
    await work();
    expect(seen).toEqual([0, 2]);
  });

  test('faults that were never hit are told, removed ones do nothing', async () => {
    const fault = server.faults.add({ match: { path: '/work/y' }, effect: { reset: true } });
    await work();
    expect(server.faults.unused()).toHaveLength(1);
    fault.remove();
    expect((await work('{}', 'y')).status).toBe(200);
  });
});
