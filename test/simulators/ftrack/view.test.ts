import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { FtrackSimulator } from '../../../simulators/ftrack';
import { startFtrackSimulator } from '../../../simulators/ftrack';
import { until } from '../../support/until';
import { connectRaw } from './hub-client';

let simulator: FtrackSimulator;

beforeAll(async () => {
  simulator = await startFtrackSimulator({ socialFeed: true });
});

afterAll(() => simulator.close());

interface Page {
  nodes: { id: string; name: string; status: { name: string } | null; hasChildren: boolean }[];
  next: number | null;
}

interface Entity {
  type: string;
  entityType: string;
  name: string;
  kind: string;
  path: { id: string; name: string }[];
  status: { id: string; name: string; color: string } | null;
  statuses: { id: string; name: string }[];
  description: string | null;
  assignees: { id: string; name: string }[] | null;
  customAttributes: { key: string }[];
  newChildren: { kinds: string[]; taskTypes: { name: string }[] } | null;
  versions: { id: string; name: string; thumbnail: string | null; status: { name: string } }[];
  notes: { author: string; content: string; replies: { content: string }[] }[];
  history: {
    user: string;
    action: string | null;
    changes: { key: string; from: string; to: string }[];
    status: { from: { name: string }; to: { name: string } } | null;
  }[];
}

const address = (path: string, user = 'bob'): string =>
  `${simulator.url}/_simulator/view/${path}${path.includes('?') ? '&' : '?'}user=${user}`;

async function get<Answer>(path: string, user?: string): Promise<Answer> {
  const answer = await fetch(address(path, user));
  return (await answer.json()) as Answer;
}

async function post<Answer>(path: string, body: object): Promise<Answer> {
  const answer = await fetch(address(path), { method: 'POST', body: JSON.stringify(body) });
  return (await answer.json()) as Answer;
}

const entity = (id: string, user?: string): Promise<Entity> => get<Entity>(`entity/${id}`, user);

interface Live {
  readonly entries: Record<string, unknown>[];
  readonly shown: Record<string, unknown>[];
}

/** What the live events tell, from the moment on at which the link is open. */
async function listen(path: string, origin?: string): Promise<Live> {
  const live: Live = { entries: [], shown: [] };
  const socket = new WebSocket(address(path).replace('http', 'ws'), origin === undefined ? {} : { origin });
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as Record<'entry' | 'shown', Record<string, unknown>>;
    live.entries.push(...(message.entry ? [message.entry] : []));
    live.shown.push(...(message.shown ? [message.shown] : []));
  });
  await once(socket, 'open');
  return live;
}

test('the page and its files are served from the simulator alone, with a policy against foreign code', async () => {
  const page = await fetch(`${simulator.url}/`);
  const html = await page.text();
  const files = [...html.matchAll(/(?:src|href)="(\/_simulator\/view\/page\/[^"]+)"/g)].map(
    ([, file]) => file,
  );

  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
  expect(files).toHaveLength(2);
  for (const file of files) {
    const answer = await fetch(`${simulator.url}${file}`);
    const text = await answer.text();
    const imports = [...text.matchAll(/from '\.\/([^']+)'/g)].map(([, name]) => name);
    const statuses = await Promise.all(
      imports.map(async (name) => (await fetch(address(`page/${name}`))).status),
    );

    expect(answer.status).toBe(200);
    expect(statuses).toEqual(imports.map(() => 200));
    expect(text).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write|eval\(/);
  }
  expect((await fetch(address('page/..%2Froutes.ts'))).status).toBe(404);
  expect((await fetch(address('page/constructor'))).status).toBe(404);
});

test('what the view asks for is in no call log and meets no fault', async () => {
  simulator.faults.add({ match: {}, effect: { status: 503 } });

  await fetch(`${simulator.url}/`);
  await get('projects');

  expect(simulator.calls.list()).toEqual([]);
  expect(simulator.faults.waiting()).toHaveLength(1);
  simulator.faults.clear();
});

test('projects and children are what the acting user may see', async () => {
  const people = await get<{ username: string; name: string }[]>('people');
  const projects = await get<{ id: string; name: string; fullName: string }[]>('projects');
  const { id } = simulator.as('bob').findByPath('nordlicht');
  simulator.store.hideProject(id, ['aicha']);
  const hidden = await get<{ name: string }[]>('projects', 'aicha');
  const secret = await get<Page>(`children/${id}`, 'aicha');
  const refused = await get<{ message: string }>(`entity/${id}`, 'aicha');
  simulator.store.showProject(id);
  const { nodes, next } = await get<Page>(`children/${id}`);

  expect(people[0]).toMatchObject({ username: 'bob', name: 'Bob Fischer' });
  expect(projects.map(({ name }) => name)).toEqual(['nordlicht', 'weisser_wal']);
  expect(hidden.map(({ name }) => name)).toEqual(['weisser_wal']);
  expect(secret.nodes).toEqual([]);
  expect(refused.message).toBe(`aicha sees no project, entity or version with the id ${id}.`);
  expect(nodes.map(({ name, hasChildren }) => [name, hasChildren])).toEqual([
    ['assets', true],
    ['sq010', true],
    ['sq020', true],
  ]);
  // Folders and sequences have no status of their own.
  expect(nodes.map(({ status }) => status)).toEqual([null, null, null]);
  expect(next).toBeNull();
  await expect(get('projects', 'nobody')).resolves.toEqual({
    message: 'The simulated ftrack has no active user "nobody".',
  });
});

test('many children come in pages, and a name is found by its words', async () => {
  const bob = simulator.as('bob');
  const folder = bob.createContext('Folder', { parent: bob.findByPath('nordlicht').id, name: 'crowd "A"' });
  const operations = Array.from({ length: 150 }, (_, index) => ({
    action: 'create',
    entity_type: 'AssetBuild',
    entity_data: {
      id: crypto.randomUUID(),
      parent_id: folder,
      name: `extra_${String(index).padStart(3, '0')}`,
    },
  }));
  bob.batch(operations);

  const first = await get<Page>(`children/${folder}`);
  const second = await get<Page>(`children/${folder}?offset=${first.next}`);
  const found = await get<{ name: string; path: { name: string }[] }[]>(
    `search?text=${encodeURIComponent('crowd EXTRA_12')}`,
  );
  const quoted = await get<{ name: string }[]>(`search?text=${encodeURIComponent('"A"')}`);

  expect([first.nodes.length, first.next, second.nodes.length, second.next]).toEqual([100, 100, 50, null]);
  expect(second.nodes[0]?.name).toBe('extra_100');
  expect(found.map(({ name }) => name).sort()).toEqual(
    Array.from({ length: 10 }, (_, index) => `extra_12${String(index)}`),
  );
  expect(found[0]?.path.map(({ name }) => name).slice(0, 2)).toEqual(['nordlicht', 'crowd "A"']);
  expect(quoted.map(({ name }) => name)).toEqual(['crowd "A"']);
  await expect(get('search?text=%20')).resolves.toEqual([]);
  bob.remove(folder);
});

test('the page of an entity says what it is, what can be done with it, and what happened to it', async () => {
  const bob = simulator.as('bob');
  const shot = bob.findByPath('nordlicht/sq010/sh010');
  const before = await entity(shot.id);
  bob.setStatus(shot.id, 'Approved');
  bob.update(shot.id, { description: 'Fog <b>' });
  bob.setCustomAttribute(shot.id, 'frameEnd', 1234);
  const note = bob.addNote(shot.id, 'Closer?');
  simulator.as('aicha').create('Note', { parent_id: shot.id, content: 'Yes', in_reply_to_id: note });
  const task = bob.createTask({ parent: shot.id, name: 'tracking', assignees: ['kenji'] });

  const after = await entity(shot.id);
  const { assignees, newChildren, path } = await entity(task);

  expect(before).toMatchObject({ type: 'Shot', entityType: 'task', kind: 'Shot', name: 'sh010' });
  expect(before.statuses.map(({ name }) => name)).toContain('Pending Review');
  expect(after.status).toMatchObject({ name: 'Approved', color: expect.stringMatching(/^#/) as string });
  expect(after.description).toBe('Fog <b>');
  expect(after.customAttributes.find(({ key }) => key === 'frameEnd')).toMatchObject({
    type: 'number',
    value: 1234,
    isSet: true,
  });
  expect(after.customAttributes.find(({ key }) => key === 'department')).toMatchObject({
    type: 'enumerator',
    isMultiSelect: true,
    choices: expect.arrayContaining([{ value: '3d', label: '3D' }]) as object[],
  });
  expect(after.notes).toMatchObject([
    { author: 'Bob Fischer', content: 'Closer?', replies: [{ content: 'Yes' }] },
  ]);
  expect(after.newChildren?.kinds).toContain('Task');
  expect(after.newChildren?.taskTypes.length).toBeGreaterThan(0);
  const told = after.history.map(({ action, status, changes }) =>
    status
      ? `${status.from.name} → ${status.to.name}`
      : `${String(action)} ${changes.map(({ key, to }) => `${key}=${to}`).join()}`,
  );
  expect(told).toContain(`${String(before.status?.name)} → Approved`);
  expect(told).toContain('change.status.task statusid=Approved');
  expect(told).toContain('update.task frameEnd=1234');
  expect(assignees).toMatchObject([{ name: 'Kenji Watanabe' }]);
  expect(newChildren).toBeNull();
  expect(path.map(({ name }) => name)).toEqual(['nordlicht', 'sq010', 'sh010', 'tracking']);
});

const assetType = (): string => [...simulator.store.tableOf('AssetType').all()][0]?.key ?? '';

test('a version has a page, and its thumbnail can be fetched from where the browser is', async () => {
  const bob = simulator.as('bob');
  const shot = bob.findByPath('nordlicht/sq010/sh020').id;
  const asset = bob.create('Asset', { name: 'plate', context_id: shot, type_id: assetType() });
  const version = bob.create('AssetVersion', { asset_id: asset, comment: 'First try' });
  const picture = bob.create('FileComponent', { name: 'thumb', file_type: '.png', version_id: version });
  const key = { action: 'update', entity_type: 'AssetVersion', entity_key: [version] };
  bob.batch([{ ...key, entity_data: { thumbnail_id: picture } }]);

  const page = await entity(version);
  const context = await entity(shot);
  const live = await listen('events');
  bob.update(shot, { description: 'after' });
  await until(() => JSON.stringify(live.entries).includes('after'));
  const lines = live.entries.flatMap(({ entities }) => entities as { type: string; name: string }[]);
  const [shown] = context.versions.filter(({ id }) => id === version);

  expect(page).toMatchObject({
    type: 'AssetVersion',
    entityType: 'assetversion',
    kind: 'Version',
    name: 'plate v1',
  });
  expect(page.statuses.length).toBeGreaterThan(0);
  // On the page of the shot the version shows too; an asset has no page of its own.
  expect(lines.filter(({ name }) => name.startsWith('plate'))).toMatchObject([
    { type: 'Asset', hasPage: false, name: 'plate', shownOn: [asset, shot, asset, shot, null] },
    {
      type: 'AssetVersion',
      hasPage: true,
      name: 'plate v1',
      shownOn: expect.arrayContaining([shot]) as string[],
    },
    { type: 'AssetVersion', action: 'update' },
  ]);
  expect(shown).toMatchObject({ name: 'plate v1', status: page.status });
  expect(shown?.thumbnail).toMatch(new RegExp(`^${simulator.url}/component/thumbnail`));
});

test('events are told as they happen; noise only to those who want it; who comes back gets what is new', async () => {
  const bob = simulator.as('bob');
  const shot = bob.findByPath('weisser_wal/ep101/ep101_sq010/sh010');
  const quiet = await listen('events');
  const loud = await listen('events?noise=1');
  const updates = ({ entries }: Live): Record<string, unknown>[] =>
    entries.filter(({ topic, isNoise }) => topic === 'ftrack.update' && isNoise !== true);
  const noise = ({ entries }: Live): unknown[] => entries.filter(({ isNoise }) => isNoise === true);

  bob.setStatus(shot.id, 'Revise');
  await until(() => JSON.stringify(updates(quiet)).includes('Revise') && noise(loud).length > 0);
  const last = updates(quiet).at(-1);
  bob.rename(shot.id, 'sh010_b');
  const back = await listen(`events?after=${String(last?.['number'])}`);
  const restarted = await listen('events?after=1000000');
  await until(() => updates(back).length > 0 && updates(restarted).length > 1);

  expect(last).toMatchObject({
    topic: 'ftrack.update',
    user: 'bob',
    entities: [{ id: shot.id, type: 'Shot', action: 'update', changes: [{ key: 'statusid', to: 'Revise' }] }],
  });
  expect(noise(quiet)).toEqual([]);
  expect(updates(back)).toMatchObject([{ entities: [{ name: 'sh010_b', changes: [{ key: 'name' }] }] }]);
});

test('live events are for the own page and for users who exist', async () => {
  await expect(listen('events', 'https://elsewhere.example')).rejects.toThrow('403');
  await expect(listen('events', 'null')).rejects.toThrow('403');
  await expect(listen('events?user=nobody')).rejects.toThrow('400');
});

test('actions: the menu of connected services, a launch, a form, and what a service pushes to the user', async () => {
  const client = await connectRaw(simulator);
  const form = { items: [{ type: 'text', name: 'why' }], title: 'Why?' };
  await client.subscribe('s1', 'topic=ftrack.action.discover and source.user.username=bob');
  await client.subscribe('s2', 'topic=ftrack.action.launch and data.actionIdentifier=studio.ask');
  let answered = 0;
  client.socket.on('message', () => {
    for (const event of client.events().slice(answered)) {
      answered += 1;
      const isMenu = event.topic === 'ftrack.action.discover';
      const launched = event.data['values'] ? { success: true, message: event.data['values'] } : form;
      client.reply(
        event,
        isMenu ? { items: [{ label: 'Ask', actionIdentifier: 'studio.ask' }] } : launched,
        's1',
      );
    }
  });
  const shown = await listen('events');
  const { id } = simulator.as('bob').findByPath('nordlicht/sq010/sh010');
  const selection = [{ entityId: id, entityType: 'task' }];

  const { items } = await post<{ items: object[] }>('actions', { selection });
  const asked = await post('launch', { item: items[0], selection });
  const told = await post('launch', { item: items[0], selection, values: { why: 'fog' } });
  const wrong = await post('launch', { item: 5, selection });
  client.publish({
    id: 'push',
    topic: 'ftrack.action.trigger-user-interface',
    data: { type: 'message', success: true, message: 'Rendered.' },
    target: `applicationId=ftrack.client.web and user.id="${simulator.as('bob').idOf('User', 'bob', 'username')}"`,
    source: { id: 's1' },
  });
  await until(() => shown.shown.length > 0);

  expect(items).toEqual([{ label: 'Ask', actionIdentifier: 'studio.ask' }]);
  expect(asked).toEqual({ answer: form });
  expect(told).toEqual({ answer: { success: true, message: { why: 'fog' } } });
  expect(wrong).toMatchObject({ message: expect.stringContaining('"item" must be') as string });
  expect(shown.shown).toMatchObject([{ message: 'Rendered.' }]);
});
