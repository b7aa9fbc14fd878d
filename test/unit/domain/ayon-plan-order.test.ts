import fc from 'fast-check';
import { planOperations } from '../../../src/domain/ayon-plan';
import { keyOf, parentKeyOf } from '../../../src/domain/ayon-shapes';
import type { AyonOperation } from '../../../src/domain/model';
import { folder, id, numbers, other, refusals, remove, sentences, sibling, update } from './ayon-wanted';

describe('one operation per entity', () => {
  test('updates become one, the later value counts, attributes are merged by name', () => {
    const plan = planOperations([
      update(1, { status: 'a', attrib: { fps: 24, frameStart: 1 }, data: { one: 1, two: 2 } }),
      update(2, { status: 'x' }),
      update(1, { status: 'b', attrib: { fps: null }, data: { two: 3 } }),
    ]);

    expect(plan.operations).toMatchObject([
      { data: { status: 'b', attrib: { fps: null, frameStart: 1 }, data: { one: 1, two: 3 } } },
      { data: { status: 'x' } },
    ]);
    expect(plan.outcomes).toEqual([0, 1, 0]);
  });

  test('an update goes into its create, wherever it stands, and what is unset there is not set', () => {
    const plan = planOperations([
      update(1, { status: 'b', attrib: { fps: null } }),
      folder(1, 'a', { data: { status: 'a', attrib: { fps: 24, frameEnd: 2 } } }),
    ]);

    expect(plan.operations).toEqual([
      expect.objectContaining({ type: 'create', data: { name: 'a', status: 'b', attrib: { frameEnd: 2 } } }),
    ]);
  });

  test('what is deleted is only deleted', () => {
    const plan = planOperations([folder(1, 'a'), update(1, { status: 'b' }), { ...remove(1), force: true }]);

    expect(plan.operations).toEqual([{ ...remove(1), force: true }]);
    expect(plan.outcomes).toEqual([0, 0, 0]);
  });

  test('what is wanted of an entity after its removal is refused, not taken for done', () => {
    const plan = planOperations([update(1, { status: 'b' }), remove(1), folder(1, 'a')]);

    expect(plan.outcomes).toMatchObject([
      0,
      0,
      { code: 'ayon-rejected', sentence: expect.stringContaining('p/a is deleted in the same go') },
    ]);
  });

  test('two different entities that claim one id: the second is refused', () => {
    const plan = planOperations([folder(1, 'a'), folder(1, 'b'), folder(1, 'a')]);

    expect(plan.outcomes).toMatchObject([0, { code: 'ayon-rejected', path: 'p/b' }, 0]);
  });
});

describe('the order', () => {
  test('folders that lie below each other are refused by path, what they hold is not', () => {
    const plan = planOperations([
      update(1, { parentId: id(2) }, 'p/one'),
      update(2, { parentId: id(1) }, 'p/two'),
      folder(3, 'c', { parent: 3 }),
      folder(4, 'd', { parent: 1 }),
    ]);

    expect(refusals(plan).map(({ path }) => path)).toEqual(['p/one', 'p/two', 'p/c']);
    expect(sentences(plan)[0]).toContain('would lie below itself (p/one, p/two)');
    expect(plan.outcomes[3]).toBe(0);
  });

  test('a circle over a folder that stays where it is', () => {
    const siblings = [sibling(2, 'b', { parentId: id(1) })];

    expect(refusals(planOperations([update(1, { parentId: id(2) })], { siblings }))).toHaveLength(1);
  });

  test('deletes come last, the deepest first, after what has to leave before', () => {
    const siblings = [sibling(5, 'keep', { parentId: id(1) })];
    const plan = planOperations(
      [
        remove(1, 'p/a'),
        remove(2, 'p/a/b'),
        update(5, { parentId: id(7) }),
        folder(7, 'n'),
        { ...remove(8), entityType: 'version' },
      ],
      { siblings },
    );

    expect(numbers(plan)).toEqual([7, 5, 8, 2, 1]);
    expect(plan.operations.at(-1)?.needs).toEqual([1]);
  });

  test('what cannot leave keeps its folder from being deleted', () => {
    const siblings = [sibling(5, 'keep', { parentId: id(1) })];
    const plan = planOperations([remove(1), update(5, { parentId: id(7), name: 'a b' })], { siblings });

    expect(plan.outcomes).toMatchObject([
      { code: 'blocked-by', blockedBy: id(5) },
      { code: 'ayon-rejected' },
    ]);
  });

  test('nothing is put below what is deleted', () => {
    expect(planOperations([remove(1), folder(2, 'b', { parent: 1 })]).outcomes).toMatchObject([
      0,
      { code: 'ayon-rejected', sentence: expect.stringContaining('below p/1') },
    ]);
  });

  describe('of a folder that is deleted, with what lies deeper in it', () => {
    const siblings = [
      sibling(1, 'a'),
      sibling(2, 'b', { parentId: id(1) }),
      sibling(3, 'c', { parentId: id(2) }),
    ];

    test('what leaves it from any depth leaves first, and keeps it when it cannot', () => {
      const leaves = planOperations([remove(1), update(3, { parentId: null })], { siblings });
      const stays = planOperations([remove(1), update(3, { parentId: null, name: 'a b' })], { siblings });

      expect(leaves.operations.at(-1)).toMatchObject({ type: 'delete', needs: [0] });
      expect(stays.outcomes).toMatchObject([{ code: 'blocked-by', blockedBy: id(3) }, {}]);
    });

    test('nothing is put into it at any depth, but into what leaves it', () => {
      const wanted = [remove(1), folder(9, 'n', { parent: 2 }), folder(8, 'm', { parent: 3 })];

      expect(planOperations(wanted, { siblings }).outcomes).toMatchObject([
        0,
        { code: 'ayon-rejected', sentence: expect.stringContaining('below p/1') },
        { code: 'ayon-rejected', sentence: expect.stringContaining('below p/1') },
      ]);
      const moved = planOperations([...wanted, update(3, { parentId: null })], { siblings });
      expect(moved.outcomes).toMatchObject([2, { code: 'ayon-rejected' }, 1, 0]);
    });

    test('a version is made before the task that it names goes', () => {
      const version = other('version', 6, { productId: id(7), version: 1, taskId: id(5) });

      expect(numbers(planOperations([{ ...remove(5), entityType: 'task' }, version]))).toEqual([6, 5]);
    });
  });

  /** Trees of creates and updates, in any order, several operations per entity, some names illegal. */
  const wanted = fc
    .array(
      fc.record({
        entity: fc.nat(30),
        below: fc.option(fc.nat(30), { nil: undefined }),
        type: fc.constantFrom('create', 'create', 'update', 'delete'),
        kind: fc.constantFrom('folder', 'folder', 'task'),
        name: fc.constantFrom('a', 'A', 'b', 'c', 'd', 'e', 'bad name'),
      }),
      { maxLength: 60 },
    )
    .map((list) =>
      list.map(({ entity, below, type, kind, name }): AyonOperation => {
        const parent = below === undefined ? null : id(below);
        const place = kind === 'task' ? { folderId: parent, taskType: 'Comp' } : { parentId: parent };
        const data = type === 'delete' ? {} : { name, ...place };
        return { type, entityType: kind, entityId: id(entity), data, path: `p/${entity}` };
      }),
    );

  test('whatever is wanted: one operation per entity, parents before children, an outcome for each', () => {
    fc.assert(
      fc.property(wanted, (list) => {
        const { operations, outcomes } = planOperations(list);
        const keys = operations.map(({ entityType, entityId }) => keyOf(entityType, entityId));
        expect(new Set(keys).size).toBe(keys.length);
        expect(outcomes).toHaveLength(list.length);
        const told = outcomes.map((outcome) =>
          typeof outcome === 'number' ? operations[outcome]?.path : outcome.path,
        );
        expect(told).toEqual(list.map(({ path }) => path));
        expect(
          refusals({ operations, outcomes }).filter((each) => !each.sentence.includes(each.path)),
        ).toEqual([]);
        const created = new Set(
          list.filter(({ type }) => type === 'create').map((each) => keyOf(each.entityType, each.entityId)),
        );
        const early = operations.filter((operation, at) => {
          const parent = operation.type === 'delete' ? undefined : parentKeyOf(operation);
          const isMade = typeof parent === 'string' && created.has(parent);
          return isMade && !keys.slice(0, at).includes(parent);
        });
        expect(early).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('whatever is wanted: no two siblings end with one name', () => {
    fc.assert(
      fc.property(wanted, (list) => {
        const { operations } = planOperations(list);
        const places = operations
          .filter(({ type }) => type !== 'delete')
          .map(
            (each) => `${each.entityType} ${parentKeyOf(each)} ${String(each.data['name']).toLowerCase()}`,
          );
        expect(new Set(places).size).toBe(places.length);
      }),
      { numRuns: 300 },
    );
  });

  test('folders come before tasks, whatever the order in which they are wanted', () => {
    const task = other('task', 1, { name: 't', taskType: 'Comp', folderId: id(9) });

    expect(numbers(planOperations([task, folder(2, 'a'), folder(3, 'b')]))).toEqual([2, 3, 1]);
  });

  test('a hierarchy may be thousands of levels deep', () => {
    const chain = Array.from({ length: 20_000 }, (_, at) => folder(at + 1, 'a', { parent: at + 2 }));

    const { operations } = planOperations(chain.toReversed().concat(folder(20_001, 'top')));

    expect(operations).toHaveLength(20_001);
    expect(operations[0]?.path).toBe('p/top');
  });
});
