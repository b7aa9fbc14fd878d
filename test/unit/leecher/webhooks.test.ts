import { setTimeout as pause } from 'node:timers/promises';
import type { Dispatcher } from '../../../src/leecher/dispatch';
import { Intake } from '../../../src/leecher/intake';
import type { Outgoing } from '../../../src/leecher/outgoing';
import { Counters } from '../../../src/leecher/telemetry';
import { Webhooks } from '../../../src/leecher/webhooks';
import { until } from '../../support/until';
import { silence } from './memory-temporal';

const SECRET = 'a-secret-of-some-length';
const SHOT = '0a0a0a0a-1111-4222-8333-444444444444';
const PROJECT = '0c0c0c0c-1111-4222-8333-444444444444';
const WAIT_MS = 30;

describe("ftrack's webhooks", () => {
  let taken: Outgoing[];
  let intake: Intake;
  let counters: Counters;
  let webhooks: Webhooks;
  let delivering: boolean;

  beforeEach(() => {
    taken = [];
    delivering = true;
    counters = new Counters(silence.metrics);
    intake = new Intake({ install: 'test', logger: silence.logger }, counters);
    intake.handTo({ offer: (items: readonly Outgoing[]) => void taken.push(...items) } as Dispatcher);
    webhooks = new Webhooks(
      {
        secret: SECRET,
        serverUrl: 'https://studio.ftrackapp.com/',
        isDelivering: () => delivering,
        logger: silence.logger,
        waitMs: WAIT_MS,
      },
      { intake, counters },
    );
  });
  afterEach(() => webhooks.stop());

  const body = (more: object = {}, server = 'https://studio.ftrackapp.com'): string =>
    JSON.stringify({
      id: 'hook-1',
      fez_id: 'ftrack_entity_event_v1',
      metadata: { date: '2026-01-01', resource_id: 'u1', server_url: server, configuration_hash: 'x' },
      entity: {
        id: [SHOT],
        entity_type: 'Shot',
        operation: 'update',
        new: { id: SHOT, status_id: 'b', name: 'sh010', object_type_id: 'o', project_id: PROJECT },
        old: { id: SHOT, status_id: 'a', name: 'sh010', object_type_id: 'o', project_id: PROJECT },
        ...more,
      },
    });
  const post = (text: string, secret = SECRET) => webhooks.take(`/webhooks/ftrack/${secret}`, text);
  const hub = (keys: string[]): void =>
    intake.accept({
      id: 'hub-1',
      topic: 'ftrack.update',
      data: {
        entities: [
          {
            entityId: SHOT,
            entityType: 'task',
            action: 'update',
            keys,
            parents: [{ entityId: PROJECT, entityType: 'show' }],
          },
        ],
      },
    });
  const ids = (): string[] => taken.map(({ id }) => id);
  const told = (): number => counters.totals()['leecher_skipped/webhook-told'] ?? 0;

  it('start an event of the changed attributes when the hub does not tell the same in time', async () => {
    expect(post(body())).toEqual({ status: 202 });
    expect(taken).toEqual([]);

    await until(() => taken.length > 0);

    expect(taken[0]).toMatchObject({
      id: 'ftrack-event/webhook-hook-1',
      input: {
        project: PROJECT,
        event: {
          user: { id: 'u1' },
          entities: [{ entityId: SHOT, entityType: 'task', action: 'update', keys: ['status_id'] }],
        },
      },
    });
  });

  it('start nothing when the hub told it before or after, in its own spelling', async () => {
    hub(['statusid']);
    post(body());
    await until(() => told() === 1);
    post(body());
    hub(['statusid']);
    await until(() => told() === 2);

    expect(ids().filter((id) => id.includes('webhook'))).toEqual([]);
  });

  it('start an event when the hub told of another attribute only', async () => {
    hub(['name']);
    post(body());

    await until(() => taken.length > 1);

    expect(ids()).toContain('ftrack-event/webhook-hook-1');
  });

  it('are not waited with while the hub is away', () => {
    delivering = false;
    post(body({ operation: 'create' }));

    expect(taken[0]?.input.event.entities[0]).toMatchObject({ action: 'add' });
  });

  it('that change nothing start nothing', async () => {
    delivering = false;
    post(body({ new: { id: SHOT }, old: { id: SHOT } }));
    await pause(0);

    expect(taken).toEqual([]);
  });

  test.each([
    ['a wrong secret', () => post(body(), `${SECRET}x`), 404],
    ['no JSON', () => post('{"half'), 400],
    ['another shape', () => post('{"id":"x"}'), 400],
    ['another workspace', () => post(body({}, 'https://other.ftrackapp.com')), 403],
  ])('are refused with a sentence: %s', (_, send, status) => {
    const answer = send();

    expect(answer).toMatchObject({ status, error: expect.stringMatching(/\.$/) });
    expect(JSON.stringify(answer)).not.toContain(SECRET);
  });

  it('leave other paths alone', () => {
    expect(webhooks.take('/elsewhere', body())).toBeUndefined();
  });
});
