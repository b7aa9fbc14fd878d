import type { Session } from '@ftrack/api';
import { Event } from '@ftrack/api';
import { until } from '../../support/until';
import type { Day } from './javascript-day';
import { sorted, startDay } from './javascript-day';

interface HubEvent {
  readonly id: string;
  readonly topic: string;
  readonly data: Record<string, unknown>;
  readonly source: { readonly clientToken: string | null; readonly user: { readonly id: string } };
}

interface Change {
  readonly entityId: string;
  readonly entityType: string;
  readonly action: string;
  readonly keys: string[];
  readonly changes: Record<string, unknown>;
  readonly parents: { readonly entityType: string }[];
}

interface Form {
  readonly items: { readonly type: string; readonly name?: string }[];
}

let day: Day;
let ada: Session;
let bob: Session;
let shot: string;

/** Waits as long as a busy machine may need. */
const soon = (condition: () => boolean, what: string): Promise<void> =>
  until(condition, { what, ms: 20_000 });

/** How many subscribers the server knows of this user, over all connections. */
const subscribers = (username: string): number =>
  day.simulator.hub
    .connections()
    .filter((one) => one.username === username)
    .reduce((count, one) => count + one.subscribers.length, 0);

beforeAll(async () => {
  day = await startDay({ clientToken: 'interop-test', autoConnectEventHub: true });
  ada = day.ada;
  bob = await day.open('bob', {
    autoConnectEventHub: true,
    eventHubOptions: { applicationId: 'studio.bob' },
  });
  shot = await day.idOf('Shot', 'sh010');
  await soon(() => subscribers('ada') === 1 && subscribers('bob') === 1, 'both connections');
});

afterAll(() => {
  ada.eventHub.disconnect();
  bob.eventHub.disconnect();
  return day.close();
});

/** Subscribes, and comes back when the server knows it. */
async function listen(
  session: Session,
  topic: string,
  answer: (event: HubEvent) => unknown,
): Promise<string> {
  const before = subscribers(session.apiUser);
  const id = session.eventHub.subscribe(`topic=${topic}`, (event) => answer(event as unknown as HubEvent));
  await soon(() => subscribers(session.apiUser) === before + 1, `the subscription to ${topic}`);
  return id;
}

const ask = async (
  topic: string,
  data: Record<string, unknown>,
  timeout = 10,
): Promise<Record<string, unknown>> => {
  const reply = await ada.eventHub.publishAndWaitForReply(new Event(topic, data), { timeout });
  return (reply as HubEvent).data;
};

const changesOf = (events: readonly HubEvent[], entityType = 'task'): Change[] =>
  events.flatMap(({ data }) => data['entities'] as Change[]).filter((one) => one.entityType === entityType);

describe('the event hub of the official JavaScript client', () => {
  test('tells of own changes and of those of others, in their order', async () => {
    const events: HubEvent[] = [];
    const id = await listen(ada, 'ftrack.update', (event) => void events.push(event));
    await bob.update('Shot', [shot], { description: 'von Bob' });
    await ada.update('Shot', [shot], { name: 'sh011' });
    const task = await ada.create('Task', { name: 'fx', parent_id: shot });
    await ada.delete('Task', [(task.data as { id: string }).id]);
    await ada.update('Shot', [shot], { name: 'sh010' });
    await soon(() => events.length === 5, 'five events');
    expect(changesOf(events).map(({ action }) => action)).toEqual([
      'update',
      'update',
      'add',
      'remove',
      'update',
    ]);
    expect(changesOf(events)[1]).toMatchObject({
      entityId: shot,
      keys: ['name'],
      changes: { name: { old: 'sh010', new: 'sh011' } },
    });
    expect(changesOf(events)[1]?.parents.map(({ entityType }) => entityType)).toEqual([
      'task',
      'task',
      'show',
    ]);
    expect(events.map(({ data }) => data['clientToken'])[1]).toBe('interop-test');
    expect(events[0]?.data['clientToken']).toMatch(/^ftrack-javascript-api--/);
    expect(events[0]?.data['user']).toMatchObject({ name: 'Bob Fischer' });
    expect(events[1]?.source.user.id).toBe((await day.one('User where username is "ada"')).id);

    expect(ada.eventHub.unsubscribe(id)).toBe(true);
    await soon(() => subscribers('ada') === 1, 'the end of the subscription');
    await bob.update('Shot', [shot], { description: '' });
    expect(await ask('studio.nobody', {}, 0.3).catch((error: Error) => error.name)).toBe(
      'EventServerReplyTimeoutError',
    );
    expect(events.length).toBe(5);
  });

  test('takes one condition only, and the server knows the others in targets', async () => {
    expect(() => ada.eventHub.subscribe('topic=a and data.b=c', () => undefined)).toThrow('topic=value');
    const heard: unknown[] = [];
    const hear = (event: HubEvent): void => void heard.push(event.data['word']);
    bob.eventHub.subscribe('topic=studio.talk*', hear as never, { id: 'bob-one', place: 'lighting' });
    await soon(() => subscribers('bob') === 2, 'the subscription');
    const say = (word: string, target?: string): Promise<string> =>
      ada.eventHub.publish(new Event('studio.talk.now', { word }, target === undefined ? {} : { target }));
    await say('to nobody', 'place=editing or not id=bob-one');
    await say('to lighting', 'place=light* and id != x');
    await say('to all');
    await soon(() => heard.length === 2, 'two events');
    expect(heard).toEqual(['to lighting', 'to all']);
    bob.eventHub.unsubscribe('bob-one');
    await soon(() => subscribers('bob') === 1, 'the end of the subscription');
  });

  test('finds an action, launches it, answers its form, and gets its widget', async () => {
    const identifier = 'studio.describe';
    const selection = [{ entityId: shot, entityType: 'task' }];
    await listen(bob, 'ftrack.action.discover', ({ data }) => {
      const chosen = data['selection'] as unknown[];
      return chosen.length === 1 ? { items: [{ label: 'Beschreiben', actionIdentifier: identifier }] } : null;
    });
    await listen(bob, 'ftrack.action.launch', async ({ data }) => {
      const values = data['values'] as { text: string } | undefined;
      if (data['actionIdentifier'] !== identifier || values === undefined) {
        return {
          items: [
            { type: 'label', value: '## Was?' },
            { type: 'textarea', name: 'text' },
          ],
          title: 'Text',
        };
      }
      await bob.update('Shot', [shot], { description: values.text });
      return { success: true, message: 'Fertig', type: 'widget', url: day.simulator.url, title: 'Shot' };
    });
    const found = await ask('ftrack.action.discover', { selection });
    const [item] = found['items'] as Record<string, unknown>[];
    const form = (await ask('ftrack.action.launch', { selection, ...item })) as unknown as Form;
    expect(form.items.map(({ type }) => type)).toEqual(['label', 'textarea']);
    const values = { [form.items[1]?.name ?? '']: 'Über den Wolken' };
    expect(await ask('ftrack.action.launch', { selection, ...item, values })).toMatchObject({
      success: true,
      type: 'widget',
    });
    expect(await day.one(`select description from Shot where id is ${shot}`)).toMatchObject({
      description: 'Über den Wolken',
    });
  });

  test('comes back when the server drops it, with all its subscriptions, and sends what waited', async () => {
    const { hub } = day.simulator;
    const events: HubEvent[] = [];
    await listen(bob, 'ftrack.update', (event) => void events.push(event));
    const before = subscribers('bob');
    hub.dropAll('bob');
    await ada.update('Shot', [shot], { description: 'nie gehört' });
    expect(bob.eventHub.isConnected()).toBe(false);
    const waiting = bob.eventHub.publish(new Event('studio.waiting', {}));
    await soon(() => subscribers('bob') === before, 'the new connection');
    await waiting;
    await ada.update('Shot', [shot], { description: 'wieder da' });
    await soon(() => events.length > 0, 'the update after the connection came back');
    expect(changesOf(events).map(({ changes }) => changes['description'])).toEqual([
      { old: 'nie gehört', new: 'wieder da' },
    ]);
    expect(sorted(hub.connections().map(({ username }) => username))).toEqual(['ada', 'bob']);
  }, 30_000);

  test('is gone after it disconnects, and a wrong key never connects', async () => {
    bob.eventHub.disconnect();
    await soon(() => subscribers('bob') === 0, 'the end of the connection');
    expect(bob.eventHub.isConnected()).toBe(false);
    expect(() => bob.eventHub.publish(new Event('studio.late', {}))).toThrow('not connected');
    const { url } = day.simulator;
    const answer = await fetch(`${url}/socket.io/1/?api_user=bob&api_key=wrong`);
    expect(answer.status).toBe(401);
  });
});
