import fc from 'fast-check';
import type { AyonSimulator } from '../../../../simulators/ayon';
import { startAyonSimulator } from '../../../../simulators/ayon';
import { writeEntities } from '../../../../src/activities/ayon-writes';
import { Pace } from '../../../../src/clients/ayon/batch';
import { createAyonClient } from '../../../../src/clients/ayon/client';
import { AyonHttp } from '../../../../src/clients/ayon/http';
import { applyOperations } from '../../../../src/clients/ayon/operations';
import type { AyonOperation, AyonOperationResult } from '../../../../src/domain/model';
import { codeOf } from '../../../../src/errors';

const { signal } = new AbortController();
const id = (number: number): string => number.toString(16).padStart(32, '0');

const create = (number: number, parent?: number, data: object = {}): AyonOperation => ({
  type: 'create',
  entityType: 'folder',
  entityId: id(number),
  data: {
    name: `f${number}`,
    folderType: 'Shot',
    parentId: parent === undefined ? null : id(parent),
    ...data,
  },
  path: `p/f${number}`,
});

const update = (number: number, data: object): AyonOperation => ({
  type: 'update',
  entityType: 'folder',
  entityId: id(number),
  data: { ...data },
  path: `p/f${number}`,
});

const codes = (results: readonly AyonOperationResult[]): (string | null)[] =>
  results.map(({ success, errorCode }) => (success ? 'done' : errorCode));

describe('operations against the AYON simulator', () => {
  let simulator: AyonSimulator;
  let http: AyonHttp;
  let projects = 0;
  let project = '';

  beforeAll(async () => {
    simulator = await startAyonSimulator();
    const options = { serverUrl: simulator.url, apiKey: simulator.apiKey, sender: 'test' };
    http = new AyonHttp({ ...options, timeouts: { operations: 400, probe: 400 } });
  });
  beforeEach(() => {
    fresh();
    sizes = [];
    simulator.faults.add({ match: { path: /operations$/, body: noteSize }, effect: { delayMs: 0 } });
  });
  afterEach(() => simulator.faults.clear());
  afterAll(() => simulator.close());

  function fresh(): void {
    projects += 1;
    project = `p${projects}`;
    simulator.store.addProject({ name: project, code: project });
  }

  const paces: Pace[] = [];
  const newPace = (): Pace => paces[paces.push(new Pace()) - 1] ?? new Pace();
  const client = {
    operations: (name: string, operations: readonly AyonOperation[], stop: AbortSignal) =>
      applyOperations(http, { project: name, operations, pace: newPace() }, stop),
  };
  const write = (wanted: readonly AyonOperation[], stop = signal): Promise<AyonOperationResult[]> =>
    writeEntities(client, { project, wanted, known: {} }, stop);
  const has = (number: number): boolean =>
    simulator.store.project(project).entities.get('folder', id(number)) !== undefined;
  /** Sizes of the batches that came. */
  let sizes: number[] = [];
  const noteSize = (body: unknown): boolean => {
    sizes.push((body as { operations: unknown[] }).operations.length);
    return false;
  };
  const holds = (number: number) => (body: unknown) =>
    JSON.stringify(body).includes(`"entityId":"${id(number)}"`);
  const refuseWhole = (number: number, status: number): void => {
    simulator.faults.add({
      match: { path: /operations$/, body: holds(number) },
      times: Number.POSITIVE_INFINITY,
      effect: { status, body: { code: status, detail: `cannot stand ${number}` } },
    });
  };

  test('done twice: creates are told to exist, everything else does no harm', async () => {
    const wanted = [create(1), create(2, 1), update(2, { label: 'two' })];
    const removal: AyonOperation = { ...create(3), type: 'delete', data: {} };

    expect(codes(await write([...wanted, create(3)]))).toEqual(['done', 'done', 'done', 'done']);
    expect(codes(await write([...wanted, removal]))).toEqual(['exists', 'exists', 'exists', 'done']);
    expect(codes(await write([update(2, { label: 'two' }), removal]))).toEqual(['done', 'done']);
    expect(has(2)).toBe(true);
    expect(has(3)).toBe(false);
  });

  test('a child of what AYON refuses waits for it by name, instead of missing a key', async () => {
    const results = await write([
      create(1, undefined, { folderType: 'Nonsense' }),
      create(2, 1),
      create(3, 2),
      create(4),
    ]);

    expect(codes(results)).toEqual(['foreign-key-violation', 'blocked-by', 'blocked-by', 'done']);
    expect(results[1]).toMatchObject({
      blockedBy: id(1),
      detail: expect.stringContaining('waits for p/f1: '),
    });
    expect(results[2]).toMatchObject({ blockedBy: id(2) });
  });

  test.each([400, 409, 500])(
    'a batch that fails as a whole with %d is halved around the bad one',
    async (status) => {
      refuseWhole(3, status);

      const results = await write([create(1), create(2), create(3), create(4), create(5, 3)]);

      expect(codes(results).filter((code) => code === 'done')).toHaveLength(3);
      expect(results[2]).toMatchObject({ status, detail: expect.stringContaining('cannot stand 3') });
      expect(results[4]).toMatchObject({ errorCode: 'blocked-by', blockedBy: id(3) });
      expect([1, 2, 3, 4, 5].map(has)).toEqual([true, true, false, true, false]);
    },
  );

  test('a server that lives but does not answer in time is asked for less', async () => {
    simulator.faults.add({
      match: { path: /operations$/, body: holds(3) },
      times: 4,
      effect: { delayMs: 2_000 },
    });

    const results = await write([create(1), create(2), create(3), create(4)]);

    expect(codes(results)).toEqual(['done', 'done', 'ayon-unreachable', 'done']);
    expect(sizes).toEqual([4, 2, 2, 1, 1]);
    expect(
      paces.at(-1)?.take(
        Array.from({ length: 50 }, (_, at) => create(at + 1)),
        0,
      ),
    ).toBeLessThan(50);
  });

  test('entities that AYON never answers for, far apart, keep no other back', async () => {
    const poison = [2, 5, 8];
    const isPoison = (body: unknown): boolean => poison.some((number) => holds(number)(body));
    simulator.faults.add({
      match: { path: /operations$/, body: isPoison },
      times: Number.POSITIVE_INFINITY,
      effect: { reset: true },
    });

    const results = await write([1, 2, 3, 4, 5, 6, 7, 8, 9].map((each) => create(each)));

    const silent = results.flatMap(({ errorCode }, at) => (errorCode === 'ayon-unreachable' ? at + 1 : []));
    expect(silent).toEqual(poison);
    expect(codes(results).filter((code) => code === 'done')).toHaveLength(6);
  });

  test('force is sent, and only where it is wanted', async () => {
    const sent: unknown[] = [];
    const note = (body: unknown): boolean => {
      sent.push(...(body as { operations: { force?: boolean }[] }).operations.map(({ force }) => force));
      return false;
    };
    simulator.faults.add({ match: { path: /operations$/, body: note }, effect: { delayMs: 0 } });

    await write([create(1), { ...create(2), force: true }]);

    expect(sent).toEqual([undefined, true]);
  });

  test('what AYON leaves out of its answer is done only if the whole batch is', async () => {
    const answer = (success: boolean) =>
      simulator.faults.add({
        match: { path: /operations$/ },
        effect: { status: 200, body: { success, operations: [] } },
      });
    answer(true);
    expect((await write([create(1)]))[0]).toMatchObject({ success: true });
    answer(false);
    expect((await write([create(1)]))[0]).toMatchObject({
      success: false,
      detail: expect.stringContaining('left it out'),
    });
  });

  test('a server that answers nothing at all is not the fault of the entities', async () => {
    simulator.faults.add({ match: { path: /operations$/ }, times: 99, effect: { reset: true } });

    const error: unknown = await write([1, 2, 3, 4, 5, 6].map((each) => create(each))).catch(
      (thrown: unknown) => thrown,
    );

    expect(codeOf(error)).toBe('ayon-unreachable');
    expect(sizes.length).toBeLessThan(8);
  });

  test('a server that refuses whatever it is sent is not asked about each entity', async () => {
    simulator.faults.add({ match: { path: /operations$/ }, times: 999, effect: { status: 500 } });
    const many = Array.from({ length: 40 }, (_, at) => create(at + 1));

    const error: unknown = await write(many).catch((thrown: unknown) => thrown);

    expect(codeOf(error)).toBe('ayon-server-error');
    expect(sizes.length).toBeLessThan(25);
  });

  test('a lost answer is no second entity', async () => {
    simulator.faults.add({ match: { path: /operations$/ }, effect: { resetAfter: true } });

    expect(codes(await write([create(1), create(2)]))).toEqual(['exists', 'exists']);
  });

  test('an unknown project and an overloaded server fail the whole, at once', async () => {
    project = 'nowhere';
    const missing: unknown = await write([create(1), create(2)]).catch((thrown: unknown) => thrown);
    simulator.faults.add({ match: { path: /operations$/ }, effect: { status: 503 } });
    const busy: unknown = await write([create(1), create(2)]).catch((thrown: unknown) => thrown);

    expect([codeOf(missing), codeOf(busy)]).toEqual(['ayon-rejected', 'ayon-overloaded']);
    expect(sizes).toEqual([2, 2]);
  });

  test('a stop is heeded between two batches; what is under way is not cut off', async () => {
    const stop = new AbortController();
    simulator.faults.add({
      match: { path: /operations$/ },
      effect: { before: () => stop.abort(new Error('stopped')) },
    });
    const many = Array.from({ length: 120 }, (_, at) => create(at + 1));

    const results = codes(await write(many, stop.signal));

    expect(sizes).toHaveLength(1);
    expect(results.map((code, at) => (at < (sizes[0] ?? 0) ? code === 'done' : code === 'not-sent'))).toEqual(
      many.map(() => true),
    );
    expect(simulator.store.project(project).entities.count('folder')).toBe(sizes[0]);
    await expect(write(many, stop.signal)).rejects.toThrow('stopped');
  });

  test('progress is told after each batch', async () => {
    const told: number[] = [];
    const operations = Array.from({ length: 120 }, (_, at) => create(at + 1));

    await applyOperations(
      http,
      { project, operations, pace: new Pace(), onProgress: (done) => told.push(done) },
      signal,
    );

    expect(told).toEqual([50, 120]);
  });

  test('whatever is wrong with single entities: exactly those are reported, all others are written', async () => {
    /** How an entity is bad: refused alone by AYON, or with the whole request that holds it. */
    const tree = fc.array(
      fc.record({ parent: fc.nat(), bad: fc.constantFrom('', '', '', '', '', 'alone', '400', '500') }),
      { minLength: 1, maxLength: 70 },
    );
    await fc.assert(
      fc.asyncProperty(tree, async (nodes) => {
        fresh();
        simulator.faults.clear();
        const wanted = nodes.map(({ parent, bad }, at) => {
          if (bad === '400' || bad === '500') {
            refuseWhole(at + 1, Number(bad));
          }
          const data = bad === 'alone' ? { folderType: 'Nonsense' } : {};
          return create(at + 1, parent % (at + 1) || undefined, data);
        });
        const isBlocked = (at: number): boolean => {
          const above = (nodes[at]?.parent ?? 0) % (at + 1);
          return above > 0 && (nodes[above - 1]?.bad !== '' || isBlocked(above - 1));
        };

        const results = await write(wanted.toReversed());

        const found = results.toReversed().map(({ success, errorCode }) => (success ? '' : errorCode));
        const expected = nodes.map(({ bad }, at) =>
          isBlocked(at)
            ? 'blocked-by'
            : { '': '', alone: 'foreign-key-violation', '400': 'ayon-rejected', '500': 'ayon-server-error' }[
                bad
              ],
        );
        expect(found).toEqual(expected);
        expect(nodes.map((_, at) => has(at + 1))).toEqual(expected.map((each) => each === ''));
      }),
      { numRuns: 25 },
    );
  });

  test('the client keeps a pace per project', async () => {
    const ayon = createAyonClient({
      serverUrl: simulator.url,
      apiKey: simulator.apiKey,
      sender: 'test',
      addon: { name: 'ftrack', version: '1.0.0' },
    });
    const many = (from: number): AyonOperation[] => Array.from({ length: 100 }, (_, at) => create(from + at));

    await ayon.operations(project, many(1), signal);
    await ayon.operations(project, many(1001), signal);
    fresh();
    await ayon.operations(project, many(1), signal);

    expect(sizes).toEqual([50, 50, 100, 50, 50]);
  });
});

describe('the pace', () => {
  const task: AyonOperation = { ...update(1, {}), entityType: 'task' };
  const times = (count: number, operation: AyonOperation): AyonOperation[] =>
    Array.from({ length: count }, () => operation);
  const batchOf = (pace: Pace, operation: AyonOperation): AyonOperation[] =>
    times(pace.take(times(1000, operation), 0), operation);

  /** Sizes of consecutive full batches when each operation costs so many milliseconds. */
  const run = (pace: Pace, operation: AyonOperation, cost: number): number[] =>
    Array.from({ length: 8 }, () => {
      const batch = batchOf(pace, operation);
      pace.answered(batch, batch.length * cost);
      return batch.length;
    });

  test('batches settle at about three seconds, within the limits of their kind', () => {
    expect(run(new Pace(), create(1), 10).at(-1)).toBe(100);
    expect(run(new Pace(), create(1), 60).at(-1)).toBe(50);
    expect(run(new Pace(), create(1), 9_000).at(-1)).toBe(10);
    expect(run(new Pace(), update(1, {}), 600).at(-1)).toBe(5);
    expect(run(new Pace(), task, 1).at(-1)).toBe(400);
  });

  test('a batch of several kinds is as large as all of them allow together', () => {
    const pace = new Pace();
    const mixed = [...times(100, task), ...times(60, update(1, {}))];

    expect(pace.take(mixed, 0)).toBe(105);
    expect(pace.take(mixed, 105)).toBe(10);
  });

  test('an answer that failed to come halves the size, a small quick batch proves nothing', () => {
    const pace = new Pace();
    pace.tooLong(batchOf(pace, create(1)));
    pace.answered([create(1)], 1);

    expect(batchOf(pace, create(1))).toHaveLength(25);
  });
});
