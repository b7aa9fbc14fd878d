import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { CallLog } from '../../../simulators/call-log';
import type { FtrackSimulator } from '../../../simulators/ftrack/index';
import { startFtrackSimulator } from '../../../simulators/ftrack/index';
import { until } from '../../support/until';
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

/** Bytes in use once everything that nobody holds is gone. */
function heapUsed(): number {
  setFlagsFromString('--expose_gc');
  (runInNewContext('gc') as () => void)();
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

describe('frames that no client sends', () => {
  test('an event nested beyond all measure is not taken', async () => {
    await withClient(async (client) => {
      await client.subscribe('one', 'topic=deep');
      client.socket.send(`5:3+::{"name":"ftrack.event","args":[{"topic":"deep","data":${nested(100_000)}}]}`);
      await until(() => client.frames.some((frame) => frame.startsWith('6:::3+')));
      expect(client.frames.find((frame) => frame.startsWith('6:::3+'))).toContain('"success":false');
    });
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
