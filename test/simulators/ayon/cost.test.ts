import type { AyonSimulator } from '../../../simulators/ayon';
import { AyonStore, startAyonSimulator } from '../../../simulators/ayon';
import { costOf, interpolate } from '../../../simulators/ayon/cost';
import { editsAs } from '../../../simulators/ayon/edits';
import type { Json } from '../../../simulators/ayon/json';
import type { AyonRequest } from '../../../simulators/ayon/request';
import { createFolder, TestClient, testId, updateFolder } from './client';

/** Seconds that the model says for the operations of a kind in batches, and does them. */
function secondsOf(
  store: AyonStore,
  given: { count: number; batch: number; operation: (number: number) => object },
): number {
  const { count, batch, operation } = given;
  let ms = 0;
  for (let from = 0; from < count; from += batch) {
    const operations = Array.from({ length: batch }, (_, index) => operation(from + index)) as Json[];
    const json = { operations };
    const request = { params: { project: 'show' }, json, body: json } as unknown as AyonRequest;
    ms += costOf(store, { method: 'POST', pattern: '/api/projects/:project/operations' }, request);
    editsAs(store, 'admin').operations('show', json);
  }
  return ms / 1000;
}

describe('costs that were measured on a real server', () => {
  const folder = (number: number) => createFolder(number, { name: `f${number}` });
  const task = (at: number) => (number: number) => ({
    type: 'create',
    entityType: 'task',
    entityId: testId(at + number),
    data: { name: `t${at}x${number}`, taskType: 'Generic', folderId: testId(0) },
  });

  /** The model may be off by a third: the measurements themselves varied more with what else ran. */
  const OFF = Math.log(1.4);

  it.each([
    [1000, 1, 38.7],
    [1000, 10, 12.4],
    [1000, 50, 9.8],
    [1000, 250, 10.3],
    [1000, 500, 11.1],
    [5000, 50, 169],
    [5000, 500, 164],
  ])('%i folders in batches of %i took %f s', (count, batch, measured) => {
    const store = new AyonStore();
    store.addProject({ name: 'show', code: 'shw' });

    const seconds = secondsOf(store, { count, batch, operation: folder });

    expect(Math.abs(Math.log(seconds / measured))).toBeLessThan(OFF);
  });

  it.each([
    [1000, 10, 84],
    [1000, 100, 233],
    [1000, 400, 301],
    [5000, 10, 12],
    [5000, 100, 94],
    [5000, 400, 285],
  ])('in a project of %i folders batches of %i made %f tasks per second', (folders, batch, rate) => {
    const store = new AyonStore();
    store.addProject({ name: 'show', code: 'shw' });
    secondsOf(store, { count: folders, batch: 500, operation: folder });

    const seconds = secondsOf(store, { count: batch, batch, operation: task(50_000) });

    expect(Math.abs(Math.log((seconds * rate) / batch))).toBeLessThan(OFF);
  });
});

describe('cost model of the AYON simulator', () => {
  let simulator: AyonSimulator;
  let client: TestClient;

  beforeAll(async () => {
    simulator = await startAyonSimulator({ cost: 'real' });
    simulator.store.addProject({ name: 'large', code: 'lg' });
    simulator.store.addProject({ name: 'small', code: 'sm' });
    const operations = Array.from({ length: 5000 }, (_, number) =>
      createFolder(number, { name: `f${number}` }),
    );
    simulator.as('admin').operations('large', { operations: operations as never });
    simulator.as('admin').operations('small', { operations: [operations[0]] as never });
    client = new TestClient(simulator);
  });

  afterAll(async () => {
    await simulator.close();
  });

  async function timed(work: () => Promise<unknown>): Promise<number> {
    const started = performance.now();
    await work();
    return performance.now() - started;
  }

  /** The fastest of some tries: the machine that runs the tests may be busy. */
  async function fastest(work: () => Promise<unknown>): Promise<number> {
    let best = Number.POSITIVE_INFINITY;
    for (let attempt = 0; attempt < 5; attempt += 1) {
      best = Math.min(best, await timed(work));
    }
    return best;
  }

  it('reads measured points in straight lines and goes on with the last slope', () => {
    const points = [
      [100, 10],
      [200, 20],
      [400, 60],
    ] as const;

    expect([0, 100, 150, 300, 500].map((size) => interpolate(points, size))).toEqual([10, 10, 15, 40, 80]);
  });

  it('makes reads of one folder slow in a large project but not by GraphQL, and stays responsive', async () => {
    const get = (project: string) => client.send('GET', `/api/projects/${project}/folders/${testId(0)}`);

    const slow = timed(() => get('large'));
    const meanwhile = await fastest(() => client.send('GET', '/api/users/me'));
    const graphql = await fastest(() =>
      client.query('query($id: String!) { project(name: "large") { folder(id: $id) { name } } }', {
        id: testId(0),
      }),
    );

    expect(await slow).toBeGreaterThan(230);
    expect(await fastest(() => get('small'))).toBeLessThan(150);
    expect(Math.max(meanwhile, graphql)).toBeLessThan(150);
  }, 20_000);

  it('makes writes of one project wait for each other, and those of another go on', async () => {
    const update = (label: string) => client.operations('large', [updateFolder(0, { label })]);
    const small = client.operations('small', [updateFolder(0, { label: 'x' })]).then(() => 'small');
    const both = timed(() => Promise.all([update('a'), update('b')]));

    expect(await Promise.race([small, both])).toBe('small');
    expect(await both).toBeGreaterThan(2 * (770 + 250) - 50);
  }, 20_000);

  it('makes enroll slower as its history grows, and wrong keys slow', async () => {
    const enroll = (targetTopic: string) =>
      timed(() => client.send('POST', '/api/enroll', { sourceTopic: 'a.b', targetTopic, sender: 'w' }));
    for (let number = 0; number < 50_000; number += 1) {
      simulator.store.events.add({ topic: 'old.job' }, { user: 'service', sender: 'w', senderType: 'api' });
    }

    expect(await enroll('old.job')).toBeGreaterThan(140);
    expect(await fastest(() => enroll('new.job'))).toBeLessThan(100);
    expect(
      await timed(() => new TestClient(simulator, { 'x-api-key': 'x' }).send('GET', '/api/projects')),
    ).toBeGreaterThan(199);
  });
});
