import { operation, Session } from '@ftrack/api';
import type { FtrackSimulator } from '../../../simulators/ftrack/index';
import { startFtrackSimulator } from '../../../simulators/ftrack/index';
import { until } from '../../support/until';

interface Entity {
  [name: string]: unknown;
  __entity_type__: string;
  id: string;
}

interface UpdateEvent {
  topic: string;
  data: { entities: { entityId?: string; keys?: string[]; action: string }[]; clientToken: string | null };
}

describe('the official JavaScript client', () => {
  let simulator: FtrackSimulator;
  let session: Session;

  beforeAll(async () => {
    simulator = await startFtrackSimulator();
    session = new Session(simulator.url, simulator.user, simulator.key, {
      autoConnectEventHub: false,
      ensureSerializableResponse: true,
      decodeDatesAsIso: true,
      clientToken: 'interop-test',
    });
    await session.initializing;
  });

  afterAll(async () => {
    session.eventHub.disconnect();
    await simulator.close();
  });

  const find = async (expression: string): Promise<Entity[]> =>
    (await session.query(expression)).data as unknown as Entity[];

  test('reads schemas and server information on start', () => {
    expect(session.serverInformation?.['is_timezone_support_enabled']).toBe(true);
    expect(session.schemas?.map((schema) => schema.id)).toEqual(expect.arrayContaining(['Task', 'Event']));
  });

  test('queries nested projections, collections and paging metadata', async () => {
    const expression =
      'select name, status.state.short, parent.name, assignments.resource.username from Task ' +
      'where project.name is "nordlicht" and name is "compositing" order by id limit 2';
    const answer = await session.query(expression);
    const [task] = answer.data as unknown as Record<string, unknown>[];
    expect(task).toMatchObject({
      name: 'compositing',
      status: { state: { short: 'NOT_STARTED' } },
      assignments: [{ resource: { username: 'aicha' } }, { resource: { username: 'kenji' } }],
    });
    expect(answer.metadata.next.offset).toBe(2);
  });

  test('creates, updates and deletes a shot with a task', async () => {
    const [sequence] = await find(
      'select id from Sequence where name is "sq020" and project.name is "nordlicht"',
    );
    const shot = await session.create('Shot', { name: 'sh900', parent_id: sequence?.id });
    const shotId = (shot.data as unknown as Entity).id;
    const [task] = await session.call([
      operation.create('Task', {
        name: 'paint',
        parent_id: shotId,
        start_date: new Date('2026-05-04T08:00:00Z'),
      }),
    ]);
    expect(task).toMatchObject({ data: { name: 'paint', start_date: '2026-05-04T08:00:00.000Z' } });
    await session.update('Shot', [shotId], { description: 'Größer' });
    const [read] = await find(`select description, link from Shot where id is "${shotId}"`);
    expect(read).toMatchObject({ description: 'Größer' });
    await session.delete('Shot', [shotId]);
    await expect(find(`Task where parent_id is "${shotId}"`)).resolves.toEqual([]);
  });

  test('gets the error object of a refused batch, and nothing of the batch stays', async () => {
    const [sequence] = await find(
      'select id from Sequence where name is "sq020" and project.name is "nordlicht"',
    );
    const batch = [
      operation.create('Shot', { name: 'sh901', parent_id: sequence?.id }),
      operation.create('Shot', { name: 'SH010', parent_id: sequence?.id }),
    ];
    await expect(session.call(batch)).rejects.toMatchObject({
      message: expect.stringContaining('Duplicate entry'),
    });
    await expect(find('Shot where name is "sh901"')).resolves.toEqual([]);
  });

  test('is refused with a wrong key', async () => {
    const other = new Session(simulator.url, simulator.user, 'wrong', { autoConnectEventHub: false });
    await expect(other.initializing).rejects.toMatchObject({ errorCode: 'api_credentials_invalid' });
  });

  test('receives ftrack.update of its own and of other changes over the event hub', async () => {
    const received: UpdateEvent[] = [];
    session.eventHub.connect();
    session.eventHub.subscribe('topic=ftrack.update', (event) => {
      received.push(event as unknown as UpdateEvent);
    });
    await until(() => simulator.hub.connections()[0]?.subscribers.length === 2);
    const bob = simulator.as('bob');
    const shot = bob.findByPath('nordlicht/sq010/sh010');
    bob.setStatus(shot.id, 'Approved');
    await session.update('Shot', [shot.id], { description: 'from the client' });
    const own = (): UpdateEvent[] =>
      received.filter((event) => event.data.entities.some((entity) => entity.entityId === shot.id));
    await until(() => own().length === 2);
    expect(own().map((event) => event.data.entities[0]?.keys)).toEqual([['statusid'], ['description']]);
    expect(own().map((event) => event.data.clientToken)).toEqual([null, 'interop-test']);
  });

  test('publishes an event and gets the reply of another client', async () => {
    const other = new Session(simulator.url, 'kenji', simulator.keyOf('kenji'), {
      autoConnectEventHub: true,
    });
    await other.initializing;
    other.eventHub.subscribe('topic=studio.question', () => ({ answer: 42 }));
    const isListening = (): boolean =>
      simulator.hub.connections().some((one) => one.username === 'kenji' && one.subscribers.length === 2);
    await until(isListening);
    const { Event } = await import('@ftrack/api');
    const reply = await session.eventHub.publishAndWaitForReply(new Event('studio.question', {}), {
      timeout: 10,
    });
    expect(reply).toMatchObject({ data: { answer: 42 } });
    other.eventHub.disconnect();
  });
});
