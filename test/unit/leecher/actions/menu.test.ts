import type { ActionAnswer } from '../../../../src/contracts/actions';
import type { Action } from '../../../../src/leecher/actions/action';
import { Menu } from '../../../../src/leecher/actions/menu';
import { until } from '../../../support/until';
import { silence } from '../memory-temporal';

const SHOT = { entityId: 's', entityType: 'task' };
let launches: unknown[];
let outcomes: string[];
let replies: object[];
let isHeld: boolean;
let launch: (signal: AbortSignal) => Promise<ActionAnswer>;

const reply = (data: object): boolean => {
  replies.push(data);
  return true;
};
const action: Action = {
  identifier: 'test.greet',
  label: 'Greet',
  variant: '- politely',
  description: 'Says hello.',
  icon: 'Hello',
  fits: (selection) => selection.length > 0,
  launch: (launched, signal) => {
    launches.push(launched);
    return launch(signal);
  },
};
let menu: Menu;

beforeEach(() => {
  launches = [];
  outcomes = [];
  replies = [];
  isHeld = true;
  launch = async () => ({ success: true, message: 'Hello.' });
  menu = new Menu({
    actions: [action, { ...action, identifier: 'test.never', fits: () => false }],
    lease: { isHeld: () => isHeld },
    icons: 'https://ayon/icons',
    logger: silence.logger,
    metrics: { gauge: () => undefined, count: (_name, { outcome = '' }) => void outcomes.push(outcome) },
    answerMs: 50,
  });
});

const asked = (topic: string, data: object, id = 'q1') => ({
  id,
  topic: `ftrack.action.${topic}`,
  source: { id: 'page', user: { username: 'bob' } },
  data,
});
const discover = (selection: unknown, id?: string) => asked('discover', { selection }, id);
const launched = (more: object = {}) =>
  asked('launch', { actionIdentifier: 'test.greet', selection: [SHOT], ...more });
const settled = () => until(() => replies.length > 0, { what: 'an answer' });

test('it listens to every menu, and to launches of its own actions only', () => {
  expect(menu.subscriptions).toEqual([
    'topic=ftrack.action.discover',
    'topic=ftrack.action.launch and data.actionIdentifier=test.greet',
    'topic=ftrack.action.launch and data.actionIdentifier=test.never',
  ]);
});

test('what is no question of a menu is left to others', () => {
  expect(
    [{ id: 'e', topic: 'ftrack.update', data: {} }, 'nonsense', null].map((raw) => menu.take(raw, reply)),
  ).toEqual([false, false, false]);
});

test.each([
  ['flat', { selection: [SHOT] }],
  ['within a context, as documented', { context: { selection: [SHOT] } }],
])('a menu is answered at once with what fits, its selection %s', (_how, data) => {
  expect(menu.take(asked('discover', data), reply)).toBe(true);

  expect(replies).toEqual([
    {
      items: [
        {
          label: 'Greet',
          variant: '- politely',
          description: 'Says hello.',
          actionIdentifier: 'test.greet',
          icon: 'https://ayon/icons/Hello.svg',
        },
      ],
    },
  ]);
});

test('where nothing fits there is no answer: entities without an id count for nothing', () => {
  menu.take(discover([{ entityType: 'socialfeed' }, 'nonsense']), reply);
  menu.take(asked('discover', {}, 'q2'), reply);

  expect(replies).toEqual([]);
});

test('only the holder of the lease answers, and each question once, however often the hub brings it', async () => {
  isHeld = false;
  menu.take(discover([SHOT]), reply);
  menu.take(launched(), reply);
  expect(outcomes).toEqual(['elsewhere', 'elsewhere']);

  isHeld = true;
  menu.take(launched(), reply);
  menu.take(launched(), reply);
  await settled();

  expect([launches.length, replies.length]).toEqual([1, 1]);
  expect(outcomes.slice(2)).toEqual(['repeated', 'launched']);
});

test('a launch hands on who did it, on what, and what was filled in, and is answered though the lease is gone meanwhile', async () => {
  menu.take(launched({ values: { name: 'x' } }), reply);
  isHeld = false;
  await settled();

  expect(launches).toEqual([{ id: 'q1', selection: [SHOT], user: 'bob', values: { name: 'x' } }]);
  expect(replies).toEqual([{ success: true, message: 'Hello.' }]);
});

test('an action that fails, or takes too long, is answered with a sentence and no internals', async () => {
  launch = async () => {
    throw new Error('connect ECONNREFUSED 10.0.0.1:80');
  };
  menu.take(launched(), reply);
  await settled();
  launch = () => new Promise(() => undefined);
  menu.take({ ...launched(), id: 'q2' }, reply);
  await until(() => replies.length > 1, { what: 'the second answer' });

  expect(replies).toEqual([
    { success: false, message: 'Greet failed: the log of the leecher tells why.' },
    { success: false, message: 'Greet failed: no answer came in time; try again.' },
  ]);
});

test('questions that cannot be read, and answers that cannot be sent, are counted', async () => {
  menu.take({ topic: 'ftrack.action.discover', id: 7 }, reply);
  menu.take(discover([SHOT]), () => false);
  menu.take({ ...launched(), id: 'q2' }, () => false);
  await until(() => outcomes.length === 3, { what: 'three outcomes' });

  expect(outcomes).toEqual(['unreadable', 'unsent', 'unsent']);
});
