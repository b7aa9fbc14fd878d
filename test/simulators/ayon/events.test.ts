import type { AyonSimulator } from '../../../simulators/ayon';
import { startAyonSimulator } from '../../../simulators/ayon';
import { createFolder, TestClient, testId, updateFolder } from './client';

interface EventPage {
  events: {
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
    edges: { node: { topic: string } }[];
  };
}

const READ = `query E($after: String, $topics: [String!]) {
  events(topics: $topics, first: 2, after: $after) { pageInfo { hasNextPage endCursor } edges { node { topic } } }
}`;

describe('events of the AYON simulator', () => {
  let simulator: AyonSimulator;
  let client: TestClient;

  beforeEach(async () => {
    simulator = await startAyonSimulator();
    simulator.store.addProject({ name: 'show', code: 'shw' });
    client = new TestClient(simulator, { 'x-sender': 'w1', 'x-sender-type': 'ftrack' });
  });

  afterEach(async () => {
    await simulator.close();
  });

  function stored(): { topic: string; senderType: string; summary: unknown; payload: unknown }[] {
    return [...simulator.store.events.ascending()];
  }

  it('records who sent a request on every event it causes', async () => {
    await client.operations('show', [createFolder(1, { name: 'a' })]);

    expect(stored()).toMatchObject([{ sender: 'w1', senderType: 'ftrack', user: 'service' }]);
  });

  it('gives all events of one update the value of its last field, and tags twice', async () => {
    await client.operations('show', [createFolder(1, { name: 'a' })]);
    await client.operations('show', [updateFolder(1, { status: 'On hold', tags: ['x'] })]);

    const [, status, ...tags] = stored();

    expect(status).toMatchObject({
      topic: 'entity.folder.status_changed',
      summary: { value: ['x'] },
      payload: { oldValue: 'Not ready', newValue: 'On hold' },
    });
    expect(tags.map(({ topic }) => topic)).toEqual([
      'entity.folder.tags_changed',
      'entity.folder.tags_changed',
    ]);
  });

  it('stores one event for a deleted tree, with the last state of the top folder', async () => {
    await client.operations('show', [
      createFolder(1, { name: 'a' }),
      createFolder(2, { name: 'b', parentId: testId(1) }),
    ]);

    await client.operations('show', [{ type: 'delete', entityType: 'folder', entityId: testId(1) }]);

    expect(stored().slice(2)).toMatchObject([
      { topic: 'entity.folder.deleted', payload: { entityData: { name: 'a', path: '/a' } } },
    ]);
  });

  it('is read to the end by cursor, in the order of insertion', async () => {
    for (let number = 1; number <= 5; number += 1) {
      await client.send('POST', '/api/events', { topic: `test.n${number}` });
    }

    const read: string[] = [];
    let after: string | null = null;
    for (let hasMore = true; hasMore; ) {
      const { events }: EventPage = await client.query<EventPage>(READ, { after, topics: ['test.*'] });
      read.push(...events.edges.map(({ node }) => node.topic));
      after = events.pageInfo.endCursor;
      hasMore = events.pageInfo.hasNextPage;
    }

    expect(read).toEqual(['test.n1', 'test.n2', 'test.n3', 'test.n4', 'test.n5']);
  });

  it('gives the newest first with `last`, and leaves logs out unless asked', async () => {
    await client.send('POST', '/api/events', { topic: 'test.old' });
    await client.send('POST', '/api/events', { topic: 'log.info' });
    await client.send('POST', '/api/events', { topic: 'test.new' });

    const { events } = await client.query<EventPage>('{ events(last: 10) { edges { node { topic } } } }');

    expect(events.edges.map(({ node }) => node.topic)).toEqual(['test.new', 'test.old']);
  });

  it('makes edits of a person look like those over REST', async () => {
    simulator.store.addUser({ name: 'anna' });
    const anna = simulator.as('anna');

    const id = anna.create({ project: 'show', kind: 'folder' }, { name: 'a', folderType: 'Shot' });
    anna.patch({ project: 'show', kind: 'folder', id }, { label: 'A' });

    expect(stored()).toMatchObject([
      { topic: 'entity.folder.created', user: 'anna', sender: null, senderType: 'api' },
      { topic: 'entity.folder.label_changed', payload: { oldValue: null, newValue: 'A' } },
    ]);
  });

  it('hands a failed job out until its retries are used up', async () => {
    await client.send('POST', '/api/events', { topic: 'test.source' });
    const enroll = { sourceTopic: 'test.source', targetTopic: 'test.target', sender: 'w1', maxRetries: 2 };

    let runs = 0;
    for (let job = await client.send('POST', '/api/enroll', enroll); job.status === 200; runs += 1) {
      await client.send('PATCH', `/api/events/${String(job.body['id'])}`, { status: 'failed' });
      job = await client.send('POST', '/api/enroll', enroll);
    }

    expect(runs).toBe(4);
  });
});
