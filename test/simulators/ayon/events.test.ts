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

  it.each(['failed', 'restarted'])('hands a %s job to whoever asks, also in order', async (status) => {
    await client.send('POST', '/api/events', { topic: 'test.source' });
    const enroll = (sender: string) =>
      client.send('POST', '/api/enroll', {
        sourceTopic: 'test.source',
        targetTopic: 'test.target',
        sequential: true,
        sender,
      });
    const first = await enroll('w1');
    const path = `/api/events/${String(first.body['id'])}`;
    await client.send('PATCH', path, { status });
    const taken = await enroll('w2');
    const job = await client.send('GET', path);

    expect(taken.body).toEqual({ ...first.body, status: 'pending' });
    expect(job.body).toMatchObject({ sender: 'w2', retries: 1, status: 'pending' });
    expect((await enroll('w1')).status).toBe(204);
  });

  const dispatch = async (topic: string, payload: unknown = {}, more: Record<string, unknown> = {}) =>
    String((await client.send('POST', '/api/events', { topic, payload, ...more })).body['id']);

  it('gives only sources that pass the filter, and nothing for a filter that it cannot understand', async () => {
    await dispatch('test.source', { entity: { type: 'task' }, tags: ['a', 'b'] }, { project: 'show' });
    const folder = await dispatch(
      'test.source',
      { entity: { type: 'folder' }, tags: ['b'], count: 3 },
      { sender: 'me' },
    );
    const condition = (key: string, operator: string, value?: unknown) => ({
      conditions: [{ key, operator, value }],
    });
    const either = {
      operator: 'or',
      conditions: [
        condition('summary/x', 'notnull'),
        condition('payload/entity/type', 'in', ['folder', 'list']),
      ],
    };
    const good = [
      condition('payload/entity/type', 'eq', 'folder'),
      condition('project', 'isnull'),
      condition('sender', 'like', 'm%'),
      condition('payload/count', 'gte', 3),
      condition('payload/tags', 'excludes', 'a'),
      either,
    ];
    const broken = [
      condition('nope', 'eq', 1),
      condition('payload', 'eq', 1),
      condition('topic', 'is', 'x'),
      'text',
    ];

    const sources = await Promise.all(
      good.map(async (filter, index) => {
        const enroll = {
          sourceTopic: 'test.source',
          targetTopic: `test.target${index}`,
          sender: 'w',
          filter,
        };
        return (await client.send('POST', '/api/enroll', enroll)).body['dependsOn'];
      }),
    );
    const nothing = await Promise.all(
      broken.map(async (filter) => {
        const enroll = { sourceTopic: 'test.source', targetTopic: 'test.broken', sender: 'w', filter };
        return (await client.send('POST', '/api/enroll', enroll)).status;
      }),
    );

    expect(sources).toEqual(good.map(() => folder));
    expect(nothing).toEqual([204, 204, 204, 204]);
  });

  it('does not see sources of more than three days ago unless told to', async () => {
    await dispatch('test.source');
    simulator.store.clock.advance(3 * 86_400_000 + 1000);
    const enroll = (ignoreOlderThan?: number) =>
      client.send('POST', '/api/enroll', {
        sourceTopic: 'test.*',
        targetTopic: 'job.a',
        sender: 'w',
        ignoreOlderThan,
      });

    expect([(await enroll()).status, (await enroll(4)).status, (await enroll(0)).status]).toEqual([
      204, 200, 200,
    ]);
  });

  it('lets a job of another sender block those who want order, an aborted one for ever', async () => {
    const first = await dispatch('test.source');
    const second = await dispatch('test.source');
    const enroll = (sender: string, sequential: boolean) =>
      client.send('POST', '/api/enroll', {
        sourceTopic: ['test.source'],
        targetTopic: 'job.a',
        sender,
        sequential,
      });

    const mine = await enroll('w1', true);
    const blocked = await enroll('w2', true);
    const next = await enroll('w2', false);
    await client.send('PATCH', `/api/events/${String(mine.body['id'])}`, { status: 'aborted' });
    const again = await enroll('w1', true);
    const never = await enroll('w3', true);
    const wildcard = await client.send('POST', '/api/enroll', {
      sourceTopic: 'test.%',
      targetTopic: 'job.b',
      sender: 'w',
    });

    expect([mine.body['dependsOn'], next.body['dependsOn']]).toEqual([first, second]);
    expect([blocked.status, never.status, wildcard.status]).toEqual([204, 204, 400]);
    expect(again.body).toMatchObject({ id: mine.body['id'], status: 'aborted' });
  });

  it('hands a source out again when its job was deleted, and takes the sender from the header', async () => {
    const source = await dispatch('test.source');
    const enroll = { sourceTopic: 'test.source', targetTopic: 'job.a' };
    const first = await client.send('POST', '/api/enroll', enroll);
    await client.send('PATCH', `/api/events/${String(first.body['id'])}`, { status: 'finished' });
    const nothing = await client.send('POST', '/api/enroll', enroll);
    await client.send('DELETE', `/api/events/${String(first.body['id'])}`);
    const again = await client.send('POST', '/api/enroll', {
      source_topic: 'test.source',
      target_topic: 'job.a',
    });
    const vague = await client.send('POST', '/api/enroll', { targetTopic: 'job.a' });

    expect([nothing.status, again.body['dependsOn'], vague.status]).toEqual([204, source, 400]);
    expect(simulator.store.events.get(String(again.body['id']))).toMatchObject({ sender: 'w1' });
    expect(vague.body['errors']).toMatchObject([{ loc: ['body', 'sourceTopic'] }]);
  });

  it('answers queries with rows in snake case, the newest first, and deletes many events at once', async () => {
    const ids = [await dispatch('test.n1'), await dispatch('test.n2'), await dispatch('other.n3')];
    const filter = { conditions: [{ key: 'topic', operator: 'like', value: 'test.%' }] };

    const rows = await client.send('POST', '/api/query', { entity: 'event', filter, limit: 1, offset: 1 });
    const all = await client.send('POST', '/api/query', { entity: 'event' });
    const broken = await client.send('POST', '/api/query', {
      entity: 'event',
      filter: { conditions: [{ key: 'x' }] },
    });
    await client.send('POST', '/api/eventops', { type: 'delete', filter });

    expect(rows.body).toMatchObject([{ id: ids[0], sender_type: 'ftrack', depends_on: null }]);
    expect((all.body as unknown as { id: string }[]).map(({ id }) => id)).toEqual([...ids].reverse());
    expect(broken.status).toBe(400);
    expect(stored().map((event) => event.topic)).toEqual(['other.n3']);
  });

  it('refuses a hash twice, drops dependsOn, and gives an event that is used again a new id in its old place', async () => {
    const first = await dispatch('test.one', {}, { hash: 'h', dependsOn: 'a'.repeat(32) });
    await dispatch('test.two');
    const twin = await client.send('POST', '/api/events', { topic: 'test.one', hash: 'h' });
    const reused = await dispatch('test.three', { a: 1 }, { hash: 'h', reuse: true });
    const enrolled = await client.send('POST', '/api/enroll', {
      sourceTopic: 'test.*',
      targetTopic: 'job.a',
      sender: 'w',
    });

    expect(twin.status).toBe(409);
    expect(reused).not.toBe(first);
    expect((await client.send('GET', `/api/events/${reused}`)).body).toMatchObject({
      hash: 'h',
      dependsOn: null,
    });
    expect(enrolled.body['dependsOn']).toBe(reused);
  });
});
