import type { Parked } from '../../../../src/contracts/queue';
import type { QueueStanding, SelectedProject } from '../../../../src/leecher/actions/sync-status';
import { syncStatus } from '../../../../src/leecher/actions/sync-status';

let projects: () => Promise<readonly SelectedProject[]>;
let standing: () => Promise<QueueStanding>;
const action = syncStatus({
  types: ['show', 'task'],
  projectsOf: () => projects(),
  standingOf: () => standing(),
});

beforeEach(() => {
  projects = async () => [{ id: 'p', name: 'Wal <b>& Sohn' }];
  standing = async () => 'none';
});

const entity = (entityType: string) => ({ entityId: 'x', entityType });
const launch = () =>
  action.launch(
    { id: 'q', selection: [entity('task')], user: 'bob', values: undefined },
    new AbortController().signal,
  );
const parked = (number: number): Parked => ({
  id: `ftrack-event/${number}`,
  run: 'r',
  key: number,
  code: 'name-taken',
  reason: `Shot <sh0${number}> has a sibling of that name; rename one of the two.`,
});

test('it is offered where the selection tells a project', () => {
  expect(
    [[entity('show')], [entity('task'), entity('show')], [entity('task'), entity('user')], []].map((each) =>
      action.fits(each),
    ),
  ).toEqual([true, true, false, false]);
});

test.each([
  ['no queue', 'none' as const],
  ['an idle queue', { state: 'idle' as const, text: 'idle; 0 waiting', parked: [] }],
])('%s: nothing waits', async (_what, answer) => {
  standing = async () => answer;

  expect(await launch()).toEqual({
    success: true,
    message: '<b>Wal &lt;b&gt;&amp; Sohn</b>: nothing waits, AYON has all changes that we know of.',
  });
});

test('a queue at work: its own words', async () => {
  standing = async () => ({ state: 'working', text: 'ftrack-event/1 has its turn; 3 waiting', parked: [] });

  expect(await launch()).toMatchObject({
    success: true,
    message: expect.stringContaining('ftrack-event/1 has its turn; 3 waiting.'),
  });
});

test('parked events: a form that stays, with each reason, readable as nothing but text, and no endless list', async () => {
  const events = Array.from({ length: 12 }, (_each, at) => parked(at + 1));
  standing = async () => ({ state: 'idle', text: 'idle; 0 waiting, 12 parked', parked: events });

  const answer = await launch();

  expect(answer).toMatchObject({
    title: 'AYON sync status: Wal <b>& Sohn',
    submit_button_label: 'Look again',
  });
  const items = 'items' in answer ? answer.items : [];
  expect(items.map(({ type }) => type)).toEqual(Array(12).fill('label'));
  expect(items[0]?.value).toContain('12 parked');
  expect(items[1]?.value).toBe(
    '**name-taken** Shot &lt;sh01&gt; has a sibling of that name; rename one of the two. (ftrack-event/1)',
  );
  expect(items.at(-1)?.value).toBe('… and 2 more.');
});

test.each([
  ['no processor', async () => ({ unanswered: 4 }), /no processor answers.*4 changes wait and follow/],
  [
    'no Temporal',
    () => Promise.reject(new Error('14 UNAVAILABLE')),
    /Temporal does not answer.*follows by itself/,
  ],
])('%s: one sentence that says so', async (_what, answer, sentence) => {
  standing = answer;

  expect(await launch()).toEqual({ success: false, message: expect.stringMatching(sentence) });
});

test.each([
  ['ftrack does not tell', () => Promise.reject(new Error('503')), /ftrack did not tell/],
  ['our user sees no project', async () => [], /give our ftrack user access/],
  [
    'several projects',
    async () => ['p', 'q'].map((id) => ({ id, name: id })),
    /is of 2 projects; select in one project only/,
  ],
])('%s: one sentence with what to do', async (_what, answer, sentence) => {
  projects = answer;

  expect(await launch()).toEqual({ success: false, message: expect.stringMatching(sentence) });
});
