import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { CallLog } from '../../../simulators/call-log';
import type { FtrackSimulator } from '../../../simulators/ftrack/index';
import { startFtrackSimulator } from '../../../simulators/ftrack/index';
import { collectGarbage } from '../../support/garbage';
import { until } from '../../support/until';
import { change } from './batches';
import type { RawClient } from './hub-client';
import { connectRaw } from './hub-client';

let simulator: FtrackSimulator;

beforeAll(async () => {
  simulator = await startFtrackSimulator();
});

afterAll(() => simulator.close());

function openSocket(): Promise<Socket> {
  const { hostname, port } = new URL(simulator.url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => resolve(socket));
    socket.on('error', () => undefined);
  });
}

const upgradeOf = (target: string): string =>
  `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;

/** What the server says to a request that no client would send. */
async function rawAnswer(text: string): Promise<string> {
  const socket = await openSocket();
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.write(text);
  await new Promise((resolve) => socket.once('close', resolve));
  return Buffer.concat(chunks).toString('utf8');
}

async function withClient(work: (client: RawClient) => Promise<void>): Promise<void> {
  const client = await connectRaw(simulator);
  await work(client);
  client.socket.terminate();
  await until(() => simulator.hub.connections().length === 0);
}

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

async function post(body: string): Promise<{ exception?: string; content?: string }> {
  const headers = { 'ftrack-user': simulator.user, 'ftrack-api-key': simulator.key };
  const answer = await fetch(`${simulator.url}/api`, { method: 'POST', headers, body });
  return (await answer.json()) as { exception?: string; content?: string };
}

describe('requests that no client sends', () => {
  test('an upgrade of an address that is none is refused', async () => {
    expect(await rawAnswer(upgradeOf('//'))).toMatch(/^HTTP\/1.1 401 /);
    expect(await rawAnswer('GET // HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1.1 404 /,
    );
  });

  test('clients may go away while their upgrade is refused', async () => {
    for (let count = 0; count < 20; count += 1) {
      const socket = await openSocket();
      await new Promise<void>((resolve) => {
        socket.write(upgradeOf('/socket.io/1/websocket/0'), () => resolve());
      });
      socket.resetAndDestroy();
    }
    expect(await rawAnswer(upgradeOf('/socket.io/1/websocket/0'))).toMatch(/^HTTP\/1.1 401 /);
  });

  test('bodies nested beyond all measure are refused before anything of them is kept', async () => {
    const configuration = `[{"action":"create","entity_type":"CustomAttributeConfiguration","entity_data":{"key":"deep",
      "label":"deep","entity_type":"user","config":"{}","type_id":"6268aef0-381c-11e0-acff-0019bb49847a",
      "default":${nested(100_000)}}}]`;
    expect(await post(configuration)).toMatchObject({
      exception: 'ValidationError',
      content: 'The request body is not JSON: lists and objects are nested deeper than 500',
    });
    expect(simulator.as('bob').query('CustomAttributeConfiguration where key is deep')).toEqual([]);
  });
});

describe('values that no calendar or list has', () => {
  test.each(['2022-02-31', '2022-02-29', '2026-04-31T00:00:00Z', '9999-12-31T23:30:00-05:00', '2026-13-01'])(
    '%s is no datetime',
    (text) => {
      const bob = simulator.as('bob');
      expect(() => bob.query(`Task where start_date > "${text}"`)).toThrow('is not a datetime');
      expect(() => bob.create('Timelog', { start: text, duration: 1 })).toThrow('is not a datetime');
    },
  );

  test('the 29th of February of a leap year is one, and so is the last second of all', () => {
    const bob = simulator.as('bob');
    expect(bob.query('Task where start_date < "2024-02-29"')).toEqual([]);
    expect(bob.query('Task where start_date > "9999-12-31T23:59:59Z"')).toEqual([]);
  });

  test('a search below something that is no id is refused', () => {
    const search = { action: 'search', expression: 'Task', entity_type: 'Task', terms: [], context_id: {} };
    expect(() => simulator.as('bob').batch([search] as never)).toThrow(
      '"context_id" of a search must be a text',
    );
  });
});

describe('web pages of other origins', () => {
  const origin = 'http://page.example';

  test.each(['http://page.example', 'null'])('cannot steer the simulator (%s)', async (from) => {
    const control = `${simulator.url}/_simulator/batch`;
    const operations = [{ action: 'query', expression: 'select name from Project' }];
    const send = (headers: Record<string, string>): Promise<Response> =>
      fetch(control, { method: 'POST', headers, body: JSON.stringify({ user: 'bob', operations }) });
    expect((await send({ origin: from, 'content-type': 'text/plain' })).status).toBe(403);
    expect((await send({ origin: simulator.url })).status).toBe(200);
    expect((await send({})).status).toBe(200);
    const upgrade = upgradeOf(`/_simulator/view/events`).replace('Host', `Origin: ${from}\r\nHost`);
    expect(await rawAnswer(upgrade)).toMatch(/^HTTP\/1.1 403 /);
  });

  test('may call the API with a key, as the JavaScript client does in a widget', async () => {
    for (const path of ['/api', '/socket.io/1/']) {
      const asked = await fetch(simulator.url + path, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-headers': 'content-type,ftrack-user,ftrack-api-key' },
      });
      expect([asked.status, asked.headers.get('access-control-allow-headers')]).toEqual([
        204,
        'content-type,ftrack-user,ftrack-api-key',
      ]);
    }
    const answer = await fetch(`${simulator.url}/api`, { method: 'POST', headers: { origin }, body: '[]' });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    expect(answer.headers.get('access-control-allow-credentials')).toBe('true');
  });

  test('that somebody uploaded run nothing', async () => {
    const id = simulator.as('bob').create('FileComponent', { name: 'page', file_type: '.html', size: 8 });
    simulator.files.put(id, Buffer.from('<script>'), 'text/html');
    const { user, key } = simulator;
    const answer = await fetch(`${simulator.url}/component/get?id=${id}&username=${user}&apiKey=${key}`);
    expect(await answer.text()).toBe('<script>');
    expect(answer.headers.get('content-security-policy')).toBe('sandbox');
  });
});

describe('who is sent away', () => {
  const me = (username: string): Promise<{ exception?: string }> =>
    fetch(`${simulator.url}/api`, {
      method: 'POST',
      headers: { 'ftrack-user': username, 'ftrack-api-key': `key-of-${username}` },
      body: '[]',
    }).then((answer) => answer.json() as Promise<{ exception?: string }>);

  test('users who are no longer active are refused like wrong keys', async () => {
    const bob = simulator.as('bob');
    expect(await me('kenji')).toEqual([]);
    bob.batch([change('User', bob.idOf('User', 'kenji', 'username'), { is_active: false })]);
    expect(await me('kenji')).toMatchObject({ exception: 'InvalidCredentialsError' });
  });

  test('revoked credentials cut the sockets that they opened', async () => {
    const client = await connectRaw(simulator);
    const body = JSON.stringify({ user: simulator.user });
    await fetch(`${simulator.url}/_simulator/credentials/revoke`, { method: 'POST', body });
    await until(() => client.closed);
    expect(simulator.hub.connections()).toEqual([]);
    await fetch(`${simulator.url}/_simulator/credentials/restore`, { method: 'POST' });
  });

  test('a project that is hidden without names is hidden from everyone', () => {
    const projects = (): number => simulator.as('bob').query('Project').length;
    const before = projects();
    const { id } = simulator.as('bob').findByPath('nordlicht');
    simulator.store.hideProject(id);
    expect(projects()).toBe(before - 1);
    simulator.store.showProject(id);
    expect(projects()).toBe(before);
  });
});

test('rows of the log that were held back hold nothing back once they are released', () => {
  const bob = simulator.as('bob');
  const { id } = bob.findByPath('nordlicht/sq010/sh020');
  const held = simulator.eventLog.holdNext(5);
  bob.update(id, { description: 'held' });
  held.release();
  bob.update(id, { description: 'free' });
  const rows = bob.query(`select id from Event where parent_id is "${id}" order by id desc limit 1`);
  expect(rows).toMatchObject([{ id: simulator.eventLog.highestId }]);
});

test('what has no value differs from every value', () => {
  const bob = simulator.as('bob');
  const all = bob.query('select id from Task').length;
  expect(bob.query('Task where start_date is None').length).toBeGreaterThan(0);
  expect(bob.query('Task where start_date != "1999-01-01"')).toHaveLength(all);
});

test('players get the end of a file when they ask for its last bytes', async () => {
  const id = simulator.as('bob').create('FileComponent', { name: 'tail', file_type: '.txt', size: 10 });
  simulator.files.put(id, Buffer.from('0123456789'), 'text/plain');
  const { user, key } = simulator;
  const address = `${simulator.url}/component/get?id=${id}&username=${user}&apiKey=${key}`;
  const answer = await fetch(address, { headers: { range: 'bytes=-3' } });
  expect([answer.status, answer.headers.get('content-range'), await answer.text()]).toEqual([
    206,
    'bytes 7-9/10',
    '789',
  ]);
});

test('an address for uploading is none for reading', async () => {
  const id = simulator.as('bob').create('FileComponent', { name: 'one', file_type: '.txt', size: 3 });
  simulator.files.put(id, Buffer.from('one'), 'text/plain');
  const wanted = { action: 'get_upload_metadata', component_id: id, file_name: 'one.txt', file_size: 3 };
  const [upload] = simulator.as('bob').batch([wanted] as never) as [{ url: string }];
  const address = new URL(upload.url);
  address.pathname = '/component/get';
  expect((await fetch(address)).status).toBe(403);
});

/** Bytes in use once everything that nobody holds is gone. */
function heapUsed(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

describe('the log of calls', () => {
  test('keeps nothing of a long request but its beginning', () => {
    const log = new CallLog();
    const before = heapUsed();
    for (let count = 0; count < 100; count += 1) {
      const body = Buffer.alloc(1_000_000, 'x').toString('latin1');
      log.record({ at: 0, method: 'POST', path: '/api', body, status: 200, ms: 1 });
    }
    expect(log.list()[0]?.body).toHaveLength(2000);
    expect(heapUsed() - before).toBeLessThan(20_000_000);
  });
});

describe('bodies', () => {
  test('longer than the server reads are an error that official clients understand', async () => {
    const headers = { 'ftrack-user': simulator.user, 'ftrack-api-key': simulator.key };
    const body = Buffer.alloc(64 * 1024 * 1024 + 1, ' ');
    const answer = await fetch(`${simulator.url}/api`, { method: 'POST', headers, body });
    expect(answer.status).toBe(413);
    expect(await answer.json()).toEqual({
      exception: 'RequestTooLargeError',
      content: 'The request body is longer than 67108864 bytes; send it in several parts.',
      error_code: null,
    });
  });
});

describe('frames that no client sends', () => {
  test('an event nested beyond all measure is not taken', async () => {
    await withClient(async (client) => {
      await client.subscribe('one', 'topic=deep');
      client.socket.send(`5:3+::{"name":"ftrack.event","args":[{"topic":"deep","data":${nested(100_000)}}]}`);
      await until(() => client.frames.some((frame) => frame.startsWith('6:::3+')));
      expect(client.frames.find((frame) => frame.startsWith('6:::3+'))).toContain('"success":false');
    });
  });

  test('who subscribes and stops reading is cut off before the memory is full of what waits', async () => {
    const client = await connectRaw(simulator);
    await client.subscribe('all', 'topic=big');
    client.socket.pause();
    const data = { text: 'x'.repeat(1_000_000) };
    let sent = 0;
    while (simulator.hub.connections().length > 0 && sent < 200) {
      simulator.hub.publish({ id: `big${sent}`, topic: 'big', data, source: {}, target: '' });
      sent += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(sent).toBeGreaterThan(60);
    expect(sent).toBeLessThan(150);
    client.socket.terminate();
  });

  test('subscriptions can be long but not deep, and hurt nobody else', async () => {
    await withClient(async (client) => {
      const long = Array.from({ length: 30_000 }, (_, number) => `topic=topic${number}`).join(' or ');
      expect(await client.subscribe('long', long)).toContain('"success":true');
      const deep = `${'('.repeat(300)}topic=a${')'.repeat(300)}`;
      expect(await client.subscribe('deep', deep)).toContain('nested deeper than 200');
      expect(await client.subscribe('not', `${'not '.repeat(30_001)}topic=topic7`)).toContain(
        '"success":true',
      );
      client.publish({ id: 'e1', topic: 'topic29999', data: {}, target: '' });
      await until(() => client.events().length === 1);
      const bob = simulator.as('bob');
      bob.setStatus(bob.findByPath('nordlicht/sq010/sh020').id, 'Approved');
      await until(() => client.events().some(({ topic }) => topic === 'ftrack.update'));
    });
  });
});
