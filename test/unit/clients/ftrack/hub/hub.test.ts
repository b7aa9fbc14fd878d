import { HubClock } from '../../../../../src/clients/ftrack/hub/clock';
import type { HubProof } from '../../../../../src/clients/ftrack/hub/hub';
import { backoff, HUB_TIMINGS } from '../../../../../src/clients/ftrack/hub/timings';
import type { HubRig } from '../../../../support/hub-rig';
import { FAST, startHubRig } from '../../../../support/hub-rig';
import { until } from '../../../../support/until';

describe('event hub client', () => {
  let rig: HubRig;
  beforeEach(async () => {
    rig = await startHubRig();
  });
  afterEach(() => rig.close());

  it('is only connected, not delivering, until its own event has come back', async () => {
    rig.server.script.echo = false;
    const hub = rig.start({ timings: { ...FAST, canaryAnswer: 60_000 } });
    await until(() => hub.status().state === 'connected');
    await until(() => rig.first().received.some((text) => text.includes('canary')));

    const canary = /"args":\[(\{"id":"[0-9a-f]{32}","topic":"ayon-ftrack\.canary\.[^]*\})\]/.exec(
      rig.first().received.find((text) => text.startsWith('5:::')) ?? '',
    )?.[1];
    rig
      .first()
      .send(`5:::{"name":"ftrack.event","args":[{"id":"stranger","topic":"ayon-ftrack.canary.${hub.id}"}]}`);
    rig.emit(rig.first(), 'real');
    await until(() => rig.ids().includes('real'));
    expect(hub.status().state).toBe('connected');
    rig.first().send(`5:::{"name":"ftrack.event","args":[${canary}]}`);

    await rig.delivering(hub);
    expect(rig.ids()).toEqual(['real']);
  });

  it('reads what lies in the socket before it calls the link dead, after this process stood still', async () => {
    const hub = rig.start();
    await rig.delivering(hub);
    rig.first().send('2::');
    rig.emit(rig.first(), 'buffered');

    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FAST.silence + 100);
    await until(() => rig.ids().includes('buffered'));

    expect(hub.status()).toMatchObject({ epoch: 1 });
  });

  it('loses nothing of a burst that it reads more slowly than heartbeats and canaries should come', async () => {
    const slow = 5;
    const hub = rig.start({
      onEvent: (event) => {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, slow);
        rig.events.push(event);
      },
    });
    await rig.delivering(hub);

    for (let index = 0; index < 200; index += 1) {
      rig.emit(rig.first(), `${index}-${'x'.repeat(5_000)}`);
    }
    await until(() => rig.events.length === 200, { ms: 10_000 });

    expect(hub.status()).toMatchObject({ epoch: 1 });
  });

  it('answers heartbeats with 2::', async () => {
    const hub = rig.start();
    await rig.delivering(hub);
    await expect(until(() => rig.first().received.includes('2::'))).resolves.toBeUndefined();
  });

  it('ends a connection whose subscription was refused', async () => {
    rig.server.script.subscribe = { success: false, message: 'no' };
    const hub = rig.start();
    await until(() => (rig.counts['subscription-refused'] ?? 0) > 0);
    rig.server.script.subscribe = { success: true };

    await rig.delivering(hub, 2);

    expect(rig.statuses.some(({ reason }) => reason?.includes('"topic=ftrack.update" was refused'))).toBe(
      true,
    );
  });

  it('shows refused credentials as their own state, tries on slowly, and recovers', async () => {
    const works = rig.server.script.handshake;
    rig.server.script.handshake = (_request, response) => response.writeHead(401).end();
    const hub = rig.start();
    await until(() => hub.status().state === 'refused' && rig.server.requests.length >= 3);

    expect(hub.status().reason).toMatch(/refused the user "bot" or its API key \(HTTP 401\); check both/);
    expect(JSON.stringify(rig.statuses)).not.toContain('very-secret-key');
    rig.server.script.handshake = works;
    await rig.delivering(hub);
  });

  it('pauses longer and longer with a hub that ends each session soon after it has delivered', async () => {
    const from = performance.now();
    const timings = { ...FAST, backoffFirst: 2, backoffMax: 60_000, steady: 60_000 };
    rig.start({
      timings,
      random: () => 0,
      onProof: () => rig.server.open().forEach(({ socket }) => socket.close()),
    });

    await until(() => rig.server.sockets.length === 11, { ms: 20_000 });

    // 2 + 4 + … + 1024
    expect(performance.now() - from).toBeGreaterThan(0.9 * 2046);
  });

  it("proves delivery by a time that passes evenly, and is ftrack's where the host's is wrong", async () => {
    const hour = 3_600_000;
    let ahead = hour;
    const clock = new HubClock({ wall: () => Date.now() + ahead, even: () => performance.now() });
    const proofs: HubProof[] = [];
    const hub = rig.start({ clock, onProof: (proof) => proofs.push(proof) });
    await rig.delivering(hub);

    ahead = -hour;
    const seen = proofs.length;
    await until(() => proofs.length > seen + 1);

    expect(hub.status().epoch).toBe(1);
    for (const { from, to } of proofs) {
      expect(to - from).toBeGreaterThanOrEqual(0);
      expect(Math.max(Math.abs(from - Date.now()), Math.abs(to - Date.now()))).toBeLessThan(hour / 2);
    }
  });

  it("asks for ftrack's time again while a connection lasts: a host's clock may drift", async () => {
    const hour = 3_600_000;
    rig.server.script.handshake = ({ method }, response) => {
      response.setHeader('date', new Date(Date.now() - (method === 'HEAD' ? 0 : hour)).toUTCString());
      response.end('sid:60:60:websocket');
    };
    const clock = new HubClock();
    const proofs: HubProof[] = [];
    const timings = { ...FAST, clockEvery: 150 };
    const hub = rig.start({ clock, timings, onProof: (proof) => proofs.push(proof) });

    await until(() => Math.abs(clock.now() - Date.now()) < hour / 2 && proofs.length > 0);

    expect(proofs[0]?.from).toBeLessThan(Date.now() - hour / 2);
    expect(hub.status().epoch).toBe(1);
  });

  it('publishes, and replies to whoever asked', async () => {
    const hub = rig.start();
    await rig.delivering(hub);

    expect(hub.publish({ topic: 'my.topic', data: { a: 1 }, target: 'id=x' })).toBe(true);
    expect(hub.reply({ id: 'question', source: { id: 'asker' } }, { items: [] })).toBe(true);
    expect(hub.reply({ id: 'question' }, {})).toBe(false);
    await until(() => rig.first().received.some((text) => text.includes('ftrack.meta.reply')));

    const sent = rig.first().received.map((text) => /^5:::(.*)$/s.exec(text)?.[1] ?? '{}');
    const envelopes = sent.map((text) => (JSON.parse(text) as { args?: unknown[] }).args?.[0]);
    const source = { id: hub.id, applicationId: 'ayon-ftrack', user: { username: 'bot' } };
    expect(envelopes).toContainEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      topic: 'my.topic',
      data: { a: 1 },
      source,
      target: 'id=x',
      inReplyToEvent: null,
      sent: null,
    });
    expect(envelopes).toContainEqual({
      id: expect.any(String),
      topic: 'ftrack.meta.reply',
      data: { items: [] },
      source,
      target: 'id=asker',
      inReplyToEvent: 'question',
      sent: null,
    });
  });

  it('sends no key over the socket', async () => {
    const hub = rig.start();
    await rig.delivering(hub);

    expect(JSON.stringify([rig.first().received, rig.first().headers])).not.toContain('very-secret-key');
    expect(rig.server.requests.map(({ line }) => line).join()).not.toContain('very-secret-key');
  });

  it('stops for good while a handshake, a retry or an upgrade is under way', async () => {
    rig.server.script.handshake = () => undefined;
    const shaking = rig.start();
    await until(() => rig.server.requests.length === 1);
    shaking.stop();
    rig.server.script.handshake = (_request, response) => response.writeHead(503).end();
    const waiting = rig.start({ timings: { ...FAST, backoffFirst: 60_000, backoffMax: 60_000 } });
    await until(() => rig.statuses.some(({ reason }) => reason?.includes('503')));
    waiting.stop();
    rig.server.script.handshake = (_request, response) => response.end('sid');
    rig.server.script.upgrade = () => true;
    const upgrading = rig.start();
    await until(() => rig.server.requests.some(({ line }) => line.startsWith('UPGRADE')));
    upgrading.stop();

    const asked = rig.server.requests.length;
    await new Promise(setImmediate);
    expect([shaking, waiting, upgrading].map((hub) => hub.status().state)).toEqual([
      'closed',
      'closed',
      'closed',
    ]);
    expect(rig.server.requests).toHaveLength(asked);
    expect(rig.server.sockets).toEqual([]);
  });
});

describe('pauses between tries', () => {
  const range = { first: HUB_TIMINGS.backoffFirst, max: HUB_TIMINGS.backoffMax };

  it('double, are jittered and stay within their limit for ever', () => {
    expect([1, 2, 3].map((attempt) => backoff(attempt, range, 0))).toEqual([500, 1_000, 2_000]);
    expect(backoff(1_000_000, range, 0)).toBe(30_000);
    expect(backoff(1_000_000, range, 0.999)).toBe(15_015);
  });

  it('let a server that is down be asked 9 times in the first minute, and 4 times in each further one, at most', () => {
    let at = 0;
    const asked: number[] = [0];
    for (let attempt = 1; at < 600_000; attempt += 1) {
      at += backoff(attempt, range, 1);
      asked.push(at);
    }
    const perMinute = Array.from(
      { length: 10 },
      (_, minute) => asked.filter((each) => Math.floor(each / 60_000) === minute).length,
    );
    expect(perMinute).toEqual([9, ...Array.from({ length: 9 }, () => 4)]);
  });

  it('are sane in production', () => {
    expect(HUB_TIMINGS.silence).toBeGreaterThan(15_000);
    expect(HUB_TIMINGS.canaryEvery).toBeGreaterThan(HUB_TIMINGS.canaryAnswer);
    expect(HUB_TIMINGS.refusedMax).toBeLessThanOrEqual(60_000);
  });
});
