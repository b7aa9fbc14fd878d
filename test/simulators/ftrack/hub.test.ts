import { once } from 'node:events';
import { WebSocket } from 'ws';
import { compileExpression } from '../../../simulators/ftrack/hub/expression';
import { parseFrame } from '../../../simulators/ftrack/hub/frames';
import type { FtrackSimulator } from '../../../simulators/ftrack/index';
import { startFtrackSimulator } from '../../../simulators/ftrack/index';
import { until } from '../../support/until';
import type { RawClient } from './hub-client';
import { connectRaw, handshake } from './hub-client';

let simulator: FtrackSimulator;

beforeEach(async () => {
  simulator = await startFtrackSimulator({ heartbeatMs: 20 });
});

afterEach(() => simulator.close());

const connect = (): Promise<RawClient> => connectRaw(simulator);

const rename = (name: string): void => {
  simulator.as('bob').rename(simulator.as('bob').findByPath('nordlicht').id, name);
  simulator.as('bob').rename(simulator.as('bob').findByPath(name).id, 'nordlicht');
};

describe('connecting', () => {
  test.each([[true], [false]])(
    'takes credentials from the query (%s) or else from headers',
    async (query) => {
      expect(await (await handshake(simulator, query)).text()).toMatch(/^[0-9a-f]{32}:\d+:\d+:websocket$/);
    },
  );

  test('refuses wrong credentials and unknown sessions', async () => {
    const wrong = await fetch(`${simulator.url}/socket.io/1/?api_user=bob&api_key=wrong`);
    expect(wrong.status).toBe(401);
    const socket = new WebSocket(`${simulator.url.replace('http', 'ws')}/socket.io/1/websocket/abc`);
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain('401');
  });

  test('takes a session for one socket only', async () => {
    const [session] = (await (await handshake(simulator)).text()).split(':');
    const address = `${simulator.url.replace('http', 'ws')}/socket.io/1/websocket/${session}`;
    const first = new WebSocket(address);
    await once(first, 'open');
    const [error] = (await once(new WebSocket(address), 'error')) as [Error];
    expect(error.message).toContain('401');
    first.terminate();
  });

  test('sends heartbeats', async () => {
    const client = await connect();
    await until(() => client.frames.filter((frame) => frame === '2::').length >= 3);
    client.socket.send('2::');
    client.socket.send('2:::');
    await client.subscribe('a', 'topic=x');
    expect(client.closed).toBe(false);
  });
});

describe('subscriptions', () => {
  test('filter by the whole expression, on the server', async () => {
    const client = await connect();
    await client.subscribe('a', 'topic=ftrack.update and source.user.username="aicha"');
    const shot = simulator.as('bob').findByPath('nordlicht/sq010/sh010');
    simulator.as('bob').setStatus(shot.id, 'Approved');
    simulator.as('aicha').setStatus(shot.id, 'Revise');
    await until(() => client.events().length > 0);
    expect(client.events().map(({ source }) => source['user'])).toMatchObject([{ username: 'aicha' }]);
  });

  test('are idempotent, acknowledged when asked, and refused with a reason', async () => {
    const client = await connect();
    expect(await client.subscribe('a', 'topic=x')).toBe('6:::7+[{"success":true}]');
    await client.subscribe('a', 'topic=x');
    expect(await client.subscribe('b', 'topic x')).toContain(
      '"success":false,"message":"Expected an operator',
    );
    expect(simulator.hub.connections()[0]?.subscribers).toEqual(['a']);
  });

  test('end with unsubscribe and with the socket; nothing is replayed', async () => {
    const client = await connect();
    await client.subscribe('a', 'topic=ftrack.update');
    client.publish({ topic: 'ftrack.meta.unsubscribe', data: { subscriber: { id: 'a' } } });
    await until(() => simulator.hub.connections()[0]?.subscribers.length === 0);
    rename('x');
    simulator.hub.dropAll();
    await until(() => client.closed && simulator.hub.connections().length === 0);
    rename('y');
    const again = await connect();
    await again.subscribe('a', 'topic=ftrack.update');
    rename('z');
    await until(() => again.events().length === 2);
    expect(client.events()).toEqual([]);
  });
});

describe('publishing', () => {
  test('reaches the publisher too, with the id of its user, and no frame carries an id', async () => {
    const client = await connect();
    await client.subscribe('a', 'topic=studio.*');
    client.publish({
      id: 'e1',
      topic: 'studio.hello',
      data: {},
      source: { id: 'a', user: { username: 'x' } },
    });
    await until(() => client.events().length === 1);
    const serviceId = simulator.as('bob').idOf('User', simulator.user, 'username');
    expect(client.events()[0]?.source).toEqual({ id: 'a', user: { username: 'x', id: serviceId } });
    expect(client.frames.filter((frame) => /^5:\d/.test(frame))).toEqual([]);
  });

  test('replies reach only the subscriber that the target names', async () => {
    const [asker, other] = [await connect(), await connect()];
    await asker.subscribe('hub-1', 'topic=ftrack.meta.reply');
    await other.subscribe('hub-2', 'topic=ftrack.meta.reply');
    const reply = { topic: 'ftrack.meta.reply', data: {}, inReplyToEvent: 'e1', source: { id: 's' } };
    other.publish({ ...reply, id: 'r1', target: 'id=hub-1' });
    other.publish({ ...reply, id: 'r2', target: 'id="hub-2"' });
    await until(() => asker.events().length + other.events().length === 2);
    expect(asker.events().map(({ id }) => id)).toEqual(['r1']);
    expect(other.events().map(({ id }) => id)).toEqual(['r2']);
  });
});

describe('faults on command', () => {
  const statuses = async (client: RawClient, change: () => void): Promise<unknown[]> => {
    await client.subscribe('a', 'topic=ftrack.update');
    change();
    simulator
      .as('bob')
      .update(simulator.as('bob').findByPath('weisser_wal/ep101').id, { description: crypto.randomUUID() });
    const held = simulator.as('bob').findByPath('weisser_wal/ep101').id;
    await until(() => client.events().some(({ data }) => JSON.stringify(data).includes(held)));
    const entities = client.events().flatMap(({ data }) => data['entities'] as { changes: object }[]);
    return entities.slice(0, -1).map(({ changes }) => (changes as { name?: { new: string } }).name?.new);
  };
  const project = (name: string): void => {
    simulator.as('bob').rename(simulator.as('bob').idOf('Project', 'nordlicht'), name);
    simulator.as('bob').rename(simulator.as('bob').idOf('Project', name), 'nordlicht');
  };

  test('events are lost, doubled and reordered', async () => {
    simulator.hub.dropEvents(1);
    await expect(statuses(await connect(), () => project('a'))).resolves.toEqual(['nordlicht']);
    simulator.hub.duplicateNext(1);
    await expect(statuses(await connect(), () => project('b'))).resolves.toEqual(['b', 'b', 'nordlicht']);
    simulator.hub.reorderNext(2);
    await expect(statuses(await connect(), () => project('c'))).resolves.toEqual(['nordlicht', 'c']);
  });

  test('a silent peer sends nothing but stays open', async () => {
    const client = await connect();
    await client.subscribe('a', 'topic=ftrack.update');
    simulator.hub.silence();
    const before = client.frames.length;
    rename('x');
    expect(await client.subscribe('b', 'topic=y')).toContain('success');
    expect(client.frames.length).toBe(before + 1);
    simulator.hub.silence(false);
    rename('y');
    await until(() => client.events().length === 2);
    expect(client.closed).toBe(false);
  });

  test('stopped heartbeats leave events alone', async () => {
    const client = await connect();
    await client.subscribe('a', 'topic=ftrack.update');
    simulator.hub.stopHeartbeats();
    const before = client.frames.filter((frame) => frame === '2::').length;
    rename('x');
    await until(() => client.events().length === 2);
    expect(client.frames.filter((frame) => frame === '2::').length).toBeLessThanOrEqual(before + 1);
  });

  test('handshakes fail with 503 as often as asked, upgrades hang and end with 504', async () => {
    simulator.hub.handshake503(1);
    expect((await handshake(simulator)).status).toBe(503);
    const [session] = (await (await handshake(simulator)).text()).split(':');
    simulator.hub.upgradeHang(5);
    const socket = new WebSocket(`${simulator.url.replace('http', 'ws')}/socket.io/1/websocket/${session}`);
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain('504');
  });

  test('raw frames are sent as they are', async () => {
    const client = await connect();
    simulator.hub.sendRaw('5:1+::garbage');
    await until(() => client.frames.some((frame) => frame.startsWith('5:1+')));
    expect(client.frames).toContain('5:1+::garbage');
  });

  test('refused connections cut sockets, and the port comes back', async () => {
    const client = await connect();
    await simulator.refuse();
    await until(() => client.closed);
    await expect(handshake(simulator)).rejects.toThrow('fetch failed');
    await simulator.listen();
    expect((await handshake(simulator)).status).toBe(200);
  });

  test('revoked credentials cut the socket and refuse the next handshake', async () => {
    const client = await connect();
    simulator.revokeCredentials();
    await until(() => client.closed);
    expect((await handshake(simulator)).status).toBe(401);
  });
});

describe('expressions', () => {
  const event = { topic: 'ftrack.update', data: { count: 5, user: { name: 'Bob' } } };

  test.each([
    ['topic=ftrack.update', true],
    ['topic="ftrack.update"', true],
    ["topic='ftrack.*'", true],
    ['topic=ftrack.up', false],
    ['topic=update*', false],
    ['topic!=update*', true],
    ['topic=x or data.user.name=Bob', true],
    ['not topic=x and data.count>=5', true],
    ['data.count > 10', false],
    ['(topic=x or topic=ftrack.update) and data.count!=5', false],
    ['data.missing!=5', false],
    ['topic=*', true],
  ])('%s is %s', (expression, expected) => {
    expect(compileExpression(expression)(event)).toBe(expected);
  });

  test.each(['', 'topic=', 'topic', '(topic=x', 'topic=x y', 'topic="x'])('%j is refused', (expression) => {
    expect(() => compileExpression(expression)).toThrow(/Expected|Cannot read/);
  });
});

describe('frames', () => {
  test('are read with and without ids, and garbage is none', () => {
    expect(parseFrame('5:12+::{"name":"x:y"}')).toEqual({
      type: 5,
      id: '12',
      wantsAck: true,
      data: '{"name":"x:y"}',
    });
    expect(parseFrame('2:::')).toMatchObject({ type: 2, id: undefined, wantsAck: false });
    expect(parseFrame('hello')).toBeUndefined();
  });

  test.each(['5:::{', '5:::{"name":"ftrack.event","args":[]}', '5:::7', 'garbage', '9:::', ''])(
    '%j from a client does no harm',
    async (frame) => {
      const client = await connect();
      client.socket.send(frame);
      expect(await client.subscribe('a', 'topic=x')).toContain('true');
    },
  );
});
