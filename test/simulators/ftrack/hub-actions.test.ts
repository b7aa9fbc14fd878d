import type { WebUser } from '../../../simulators/ftrack/hub/web-user';
import type { FtrackSimulator } from '../../../simulators/ftrack/index';
import { startFtrackSimulator } from '../../../simulators/ftrack/index';
import { until } from '../../support/until';
import type { HubMessage, RawClient } from './hub-client';
import { connectRaw } from './hub-client';

let simulator: FtrackSimulator;
let browser: WebUser;

beforeAll(async () => {
  simulator = await startFtrackSimulator({ socialFeed: false });
  browser = simulator.webUser('bob');
});

afterAll(async () => {
  browser.close();
  await simulator.close();
});

/** A service with one action; answers each event of its topics by what `answer` says. */
async function service(
  id: string,
  subscriptions: readonly string[],
  answer: (event: HubMessage) => unknown,
): Promise<RawClient> {
  const client = await connectRaw(simulator);
  for (const [index, subscription] of subscriptions.entries()) {
    await client.subscribe(`${id}-${String(index)}`, subscription);
  }
  let answered = 0;
  client.socket.on('message', () => {
    const events = client.events();
    for (const event of events.slice(answered)) {
      client.reply(event, answer(event), `${id}-0`);
    }
    answered = events.length;
  });
  return client;
}

const item = {
  label: 'Publish',
  variant: 'now',
  actionIdentifier: 'studio.publish',
  actionData: { fast: true },
};

const form = {
  title: 'Publish',
  submit_button_label: 'Go',
  items: [
    { type: 'label', value: '## What shall be published?' },
    {
      type: 'enumerator',
      name: 'format',
      label: 'Format',
      data: [{ label: 'EXR', value: 'exr' }],
      value: 'exr',
    },
    { type: 'boolean', name: 'notify', value: true },
    { type: 'hidden', name: 'step', value: 1 },
  ],
};

describe('actions', () => {
  test('menu, launch, form, values, message: as a user of the web page sees them', async () => {
    const shot = simulator.as('bob').findByPath('nordlicht/sq010/sh010');
    const selection = [{ entityId: shot.id, entityType: 'task' }];
    const seen: unknown[] = [];
    await service(
      'publisher',
      [
        'topic=ftrack.action.discover and source.user.username="bob"',
        'topic=ftrack.action.launch and data.actionIdentifier=studio.publish and source.user.username=bob',
      ],
      ({ topic, data, source }) => {
        if (topic === 'ftrack.action.discover') {
          return data['selection'] && { items: [item] };
        }
        seen.push({ values: data['values'], data: data['actionData'], user: source['user'] });
        return data['values'] === undefined ? form : { success: true, message: 'On its way.' };
      },
    );
    // Other services: one with a list of items, one with nothing to offer, one for somebody else.
    await service('lists', ['topic=ftrack.action.discover'], () => [
      { label: 'List', actionIdentifier: 'x' },
    ]);
    await service('silent', ['topic=ftrack.action.discover'], () => null);
    await service('foreign', ['topic=ftrack.action.discover and source.user.username=aicha'], () => ({
      items: [{ label: 'Not yours' }],
    }));
    const menu = await browser.discover(selection, 200);
    expect(new Set(menu.map(({ label }) => label))).toEqual(new Set(['Publish', 'List']));
    const chosen = menu.find(({ label }) => label === 'Publish') ?? {};
    expect(await browser.launch({ item: chosen, selection })).toEqual(form);
    const values = { format: 'exr', notify: false, step: 1 };
    expect(await browser.launch({ item: chosen, selection, values })).toEqual({
      success: true,
      message: 'On its way.',
    });
    const user = { username: 'bob', id: simulator.as('bob').idOf('User', 'bob', 'username') };
    expect(seen).toEqual([
      { values: undefined, data: { fast: true }, user },
      { values, data: { fast: true }, user },
    ]);
  });

  test('widgets come back as they are, and an action that nobody serves stays unanswered', async () => {
    const widget = {
      success: true,
      message: '',
      type: 'widget',
      url: 'https://studio.example/w',
      title: 'W',
    };
    await service('widget', ['topic=ftrack.action.launch and data.actionIdentifier=w'], () => widget);
    const launch = (actionIdentifier: string): Promise<unknown> =>
      browser.launch({ item: { actionIdentifier }, selection: [] }, 200);
    await expect(launch('w')).resolves.toEqual(widget);
    await expect(launch('nobody')).resolves.toBeUndefined();
  });

  test('a service shows a message or a form to exactly the user that its target names', async () => {
    const client = await connectRaw(simulator);
    const userId = simulator.as('bob').idOf('User', 'bob', 'username');
    const push = (id: string, message: string): void =>
      client.publish({
        id: message,
        topic: 'ftrack.action.trigger-user-interface',
        data: { type: 'message', success: true, message },
        target: `applicationId=ftrack.client.web and user.id="${id}"`,
        source: { id: 's' },
      });
    push('somebody-else', 'not for bob');
    push(userId, 'for bob');
    await until(() => browser.shown.length > 0);
    expect(browser.shown).toEqual([{ type: 'message', success: true, message: 'for bob' }]);
  });
});

describe('targets', () => {
  test.each([
    ['', ['plain', 'web', 'render']],
    ['id=web', ['web']],
    ['applicationId=ftrack.client.*', ['web']],
    ['user.username=bob and not applicationId=ftrack.client.web', ['render']],
    ['applicationId!=ftrack.client.web', ['render']],
    ['(id=plain or user.username="bob") and cores>=8', ['render']],
    ['cores<8', []],
    ['id = = x', []],
  ])('%j reaches %j: every operator, on what the subscriber said of itself', async (target, expected) => {
    const client = await connectRaw(simulator);
    const topic = `studio.${crypto.randomUUID()}`;
    const all = {
      plain: {},
      web: { applicationId: 'ftrack.client.web', user: { username: 'bob' } },
      render: { applicationId: 'farm', cores: 16, user: { username: 'bob' } },
    };
    const receivers = await Promise.all(
      Object.entries(all).map(async ([id, metadata]) => {
        const receiver = await connectRaw(simulator);
        await receiver.subscribe(id, `topic=${topic}`, metadata);
        return { id, receiver };
      }),
    );
    client.publish({ id: 'one', topic, data: {}, target, source: { id: 'x' } });
    client.publish({ id: 'last', topic, data: {}, target: '', source: { id: 'x' } });
    await until(() => receivers.every(({ receiver }) => receiver.events().some(({ id }) => id === 'last')));
    const reached = receivers.filter(({ receiver }) => receiver.events().some(({ id }) => id === 'one'));
    expect(reached.map(({ id }) => id)).toEqual(expected);
  });
});

describe('acknowledgements', () => {
  test('come only when asked, with data only when asked for data', async () => {
    const client = await connectRaw(simulator);
    const event = { id: 'e', topic: 'studio.nothing', data: {}, source: { id: 'x' } };
    client.publish(event);
    client.publish(event, '3');
    client.publish(event, '4+');
    client.socket.send('5:5+::{"name":"ftrack.event","args":[]}');
    await until(() => client.frames.some((frame) => frame.startsWith('6:::5')));
    expect(client.frames.filter((frame) => frame.startsWith('6'))).toEqual([
      '6:::3',
      '6:::4+[{"success":true}]',
      '6:::5+[{"success":false,"message":"The frame holds no ftrack.event with one argument."}]',
    ]);
  });

  test('subscriptions end with the socket, and nothing is replayed to the next one', async () => {
    const client = await connectRaw(simulator);
    await client.subscribe('mine', 'topic=studio.once');
    client.socket.close();
    await until(() => simulator.hub.connections().every(({ subscribers }) => !subscribers.includes('mine')));
    const sender = await connectRaw(simulator);
    sender.publish({ id: 'lost', topic: 'studio.once', data: {}, source: { id: 'x' } });
    const again = await connectRaw(simulator);
    await again.subscribe('mine', 'topic=studio.once');
    // The publisher gets its own events too.
    await sender.subscribe('own', 'topic=studio.once');
    sender.publish({ id: 'seen', topic: 'studio.once', data: {}, source: { id: 'x' } });
    await until(() => [again, sender].every((one) => one.events().length > 0));
    expect([again, sender].map((one) => one.events().map(({ id }) => id))).toEqual([['seen'], ['seen']]);
  });
});
