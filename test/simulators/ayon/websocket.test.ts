import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { AyonSimulator } from '../../../simulators/ayon';
import { startAyonSimulator } from '../../../simulators/ayon';
import { createFolder, TestClient, updateFolder } from './client';

describe('websocket of the AYON simulator', () => {
  let simulator: AyonSimulator;
  let client: TestClient;

  beforeAll(async () => {
    simulator = await startAyonSimulator({ websocket: { authMs: 200, heartbeatMs: 100 } });
    simulator.store.addProject({ name: 'show', code: 'shw' });
    simulator.store.addProject({ name: 'other', code: 'oth' });
    client = new TestClient(simulator);
  });

  afterAll(async () => {
    await simulator.close();
  });

  async function connect(): Promise<WebSocket> {
    const socket = new WebSocket(`${simulator.url.replace('http', 'ws')}/ws`);
    await once(socket, 'open');
    return socket;
  }

  /** Messages until one of a topic came. */
  async function until(socket: WebSocket, topic: string): Promise<Record<string, unknown>[]> {
    const messages: Record<string, unknown>[] = [];
    for (;;) {
      const [data] = (await once(socket, 'message')) as [Buffer];
      const message = JSON.parse(data.toString()) as Record<string, unknown>;
      messages.push(message);
      if (message['topic'] === topic) {
        return messages;
      }
    }
  }

  async function closeCode(socket: WebSocket): Promise<unknown> {
    const [code] = (await once(socket, 'close')) as [number];
    return code;
  }

  it('refuses who says nothing, and an API key without a session', async () => {
    const silent = await connect();
    const stranger = await connect();
    stranger.send(JSON.stringify({ topic: 'auth', token: simulator.apiKey, subscribe: ['*'] }));

    expect(await Promise.all([closeCode(silent), closeCode(stranger)])).toEqual([4401, 4401]);
  });

  it('sends what was subscribed, without payload and hash, and heartbeats in between', async () => {
    await client.send('GET', '/api/users/me');
    const socket = await connect();
    const auth = {
      topic: 'auth',
      token: simulator.apiKey,
      subscribe: ['entity.folder', 'test.'],
      project: 'show',
    };
    socket.send(JSON.stringify(auth));
    await until(socket, 'heartbeat');

    const received = until(socket, 'test.told');
    await client.operations('other', [createFolder(1, { name: 'a' })]);
    await client.operations('show', [createFolder(1, { name: 'a' })]);
    await client.operations('show', [updateFolder(1, { status: 'On hold' })]);
    await client.send('POST', '/api/events', { topic: 'ftrack.leech' });
    const told = await client.send('POST', '/api/events', {
      topic: 'test.told',
      store: false,
      payload: { a: 1 },
    });

    const messages = (await received).filter(({ topic }) => topic !== 'heartbeat');
    expect(messages.map(({ topic, project, store }) => [topic, project, store])).toEqual([
      ['entity.folder.created', 'show', true],
      ['entity.folder.status_changed', 'show', true],
      ['test.told', null, false],
    ]);
    expect(messages.at(-1)).toMatchObject({ id: told.body['id'], progress: null, senderType: 'api' });
    expect(Object.keys(messages.at(-1) ?? {})).not.toEqual(expect.arrayContaining(['payload']));
    expect((await client.send('GET', `/api/events/${String(told.body['id'])}`)).status).toBe(404);
    socket.close();
  });
});
