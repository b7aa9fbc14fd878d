import fc from 'fast-check';
import type { OperationsPlan } from '../../../src/domain/ayon-plan';
import { planOperations } from '../../../src/domain/ayon-plan';
import type { KnownAyon, Sibling } from '../../../src/domain/ayon-shapes';
import { keyOf, parentKeyOf } from '../../../src/domain/ayon-shapes';
import type { AyonOperation } from '../../../src/domain/model';

/** A readable id of 32 digits. */
const id = (number: number): string => number.toString(16).padStart(32, '0');

const folder = (
  number: number,
  name: string,
  more: { parent?: number; type?: AyonOperation['type']; data?: object } = {},
): AyonOperation => ({
  type: more.type ?? 'create',
  entityType: 'folder',
  entityId: id(number),
  data: { name, ...(more.parent === undefined ? {} : { parentId: id(more.parent) }), ...more.data },
  path: `p/${name}`,
});

const update = (number: number, data: object, path = `p/${number}`): AyonOperation => ({
  type: 'update',
  entityType: 'folder',
  entityId: id(number),
  data: { ...data },
  path,
});

const remove = (number: number, path = `p/${number}`): AyonOperation => ({
  type: 'delete',
  entityType: 'folder',
  entityId: id(number),
  data: {},
  path,
});

const other = (
  entityType: AyonOperation['entityType'],
  number: number,
  data: Record<string, unknown>,
): AyonOperation => ({ type: 'create', entityType, entityId: id(number), data, path: `p/${number}` });

const sibling = (number: number, name: string, more: Partial<Sibling> = {}): Sibling => ({
  entityType: 'folder',
  id: id(number),
  name,
  parentId: null,
  active: true,
  path: `p/${name}`,
  ...more,
});

const numbers = ({ operations }: OperationsPlan): number[] =>
  operations.map(({ entityId }) => Number.parseInt(entityId, 16));
const refusals = ({ outcomes }: OperationsPlan) => outcomes.filter((each) => typeof each !== 'number');
const sentences = (plan: OperationsPlan): string[] => refusals(plan).map(({ sentence }) => sentence);

describe('what AYON would refuse or drop is refused up front, by path', () => {
  const known: KnownAyon = {
    attributes: new Map([
      ['fps', { scope: ['project', 'folder', 'task'] }],
      ['frameStart', { scope: ['folder'] }],
    ]),
    project: {
      statuses: [{ name: 'Ready', scope: ['folder'] }, { name: 'Approved' }],
      folderTypes: [{ name: 'Shot' }],
      taskTypes: [{ name: 'Comp' }],
    },
  };
  const task = (data: object) =>
    other('task', 9, { name: 'comp', taskType: 'Comp', folderId: id(1), ...data });

  test.each<[string, AyonOperation, string]>([
    ['an unknown attribute', folder(2, 'a', { data: { attrib: { colour: 1 } } }), 'no attribute "colour"'],
    ['an attribute of another scope', task({ attrib: { frameStart: 1 } }), '"frameStart" is not for a task'],
    ['an unknown status', folder(2, 'a', { data: { status: 'Lost' } }), 'no status "Lost" for a folder'],
    ['a status of another scope', task({ status: 'Ready' }), 'no status "Ready" for a task'],
    ['an unknown type', folder(2, 'a', { data: { folderType: 'Reel' } }), 'no folder type "Reel"'],
    ['a name with a space', folder(2, 'a b'), 'takes no folder of the name "a b"'],
    ['a name that ends in a dot', folder(2, 'a.'), 'takes no folder of the name "a."'],
    ['an empty name', folder(2, ''), 'takes no folder of the name ""'],
    ['a task at the top', task({ folderId: null }), 'a task needs a folder to lie in (folderId)'],
    ['a version without number', other('version', 9, { productId: id(3) }), 'no version without version'],
    ['an id that is none', { ...folder(2, 'a'), entityId: 'ABC' }, '"ABC" is not 32 lower-case hex digits'],
  ])('%s', (_, bad, sentence) => {
    const plan = planOperations([bad, folder(100, 'fine')], known);

    expect(plan.outcomes).toEqual([
      { path: bad.path, code: 'ayon-rejected', sentence: expect.any(String) },
      0,
    ]);
    expect(sentences(plan)[0]).toContain(sentence);
    expect(sentences(plan)[0]).toContain(bad.path);
  });

  test('what fits passes, and what is not known is not checked', () => {
    const fine = [
      folder(1, 'sq010', { data: { folderType: 'Shot', status: 'Ready', attrib: { frameStart: 1 } } }),
      task({ status: 'Approved', attrib: { fps: 25 } }),
      update(7, { attrib: { fps: null } }),
    ];

    expect(refusals(planOperations(fine, known))).toEqual([]);
    expect(refusals(planOperations([folder(2, 'a', { data: { attrib: { colour: 1 } } })]))).toEqual([]);
  });

  test('what lies below a refused create is blocked by it, at any depth, and nothing else', () => {
    const plan = planOperations([
      other('task', 9, { name: 'comp', taskType: 'Comp', folderId: id(2) }),
      folder(2, 'b', { parent: 1 }),
      folder(1, 'not a name'),
      folder(4, 'd', { parent: 3 }),
      update(3, { name: 'not a name' }),
    ]);

    expect(plan.outcomes).toMatchObject([
      { code: 'blocked-by', blockedBy: id(2) },
      { code: 'blocked-by', blockedBy: id(1), sentence: expect.stringContaining('p/not a name') },
      { code: 'ayon-rejected' },
      0,
      { code: 'ayon-rejected' },
    ]);
  });
});

describe('names of siblings', () => {
  test('two that differ by case only: the first gets the name', () => {
    const plan = planOperations([folder(1, 'sh010'), folder(2, 'SH010'), folder(3, 'sh010', { parent: 9 })]);

    expect(plan.outcomes).toMatchObject([0, { code: 'name-taken', path: 'p/SH010' }, 1]);
    expect(sentences(plan)[0]).toMatch(/"SH010".*p\/sh010.*"sh010"/);
  });

  test('kinds do not disturb each other, numbers of versions and names of representations do among themselves', () => {
    const plan = planOperations([
      folder(1, 'comp', { parent: 9 }),
      other('task', 2, { name: 'comp', taskType: 'Comp', folderId: id(9) }),
      other('version', 3, { version: 1, productId: id(9) }),
      other('version', 4, { version: 1, productId: id(9) }),
      other('representation', 5, { name: 'exr', versionId: id(9) }),
      other('representation', 6, { name: 'EXR', versionId: id(9) }),
    ]);

    expect(refusals(plan)).toMatchObject([{ path: 'p/4', code: 'name-taken' }]);
  });

  test('an existing sibling keeps its name unless it gives it up in the same go, which then comes first', () => {
    const siblings = [sibling(1, 'a'), sibling(2, 'b'), sibling(3, 'old', { active: false })];

    const taken = planOperations([folder(9, 'A'), folder(8, 'OLD')], { siblings });
    const freed = planOperations([folder(9, 'A'), update(1, { name: 'c' })], { siblings });

    expect(taken.outcomes).toMatchObject([
      { code: 'name-taken', sentence: expect.stringContaining('p/a') },
      0,
    ]);
    expect(numbers(freed)).toEqual([1, 9]);
    expect(freed.outcomes).toEqual([1, 0]);
  });

  test('a name that could not be given up is not free', () => {
    const siblings = [sibling(1, 'a'), sibling(2, 'b'), sibling(3, 'c')];

    const plan = planOperations(
      [folder(9, 'b'), update(2, { name: 'a' }), folder(8, 'B'), update(3, { name: 'd' })],
      {
        siblings,
      },
    );

    expect(plan.outcomes.map((each) => (typeof each === 'number' ? each : each.code))).toEqual([
      'name-taken',
      'name-taken',
      'name-taken',
      0,
    ]);
  });

  test('two that swap their names are told so', () => {
    const siblings = [sibling(1, 'a'), sibling(2, 'b')];

    const plan = planOperations(
      [update(1, { name: 'b' }), update(2, { name: 'a' }), update(3, { name: 'c' })],
      { siblings },
    );

    expect(plan.outcomes).toMatchObject([{ code: 'name-taken' }, { code: 'name-taken' }, 0]);
    expect(sentences(plan)[0]).toContain("wait for each other's names");
  });
});

describe('one operation per entity', () => {
  test('updates become one, the later value counts, attributes are merged by name', () => {
    const plan = planOperations([
      update(1, { status: 'a', attrib: { fps: 24, frameStart: 1 } }),
      update(2, { status: 'x' }),
      update(1, { status: 'b', attrib: { fps: null } }),
    ]);

    expect(plan.operations).toMatchObject([
      { data: { status: 'b', attrib: { fps: null, frameStart: 1 } } },
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
        outcomes.forEach((outcome, at) => {
          const { entityType, entityId } = list[at] ?? folder(0, '');
          if (typeof outcome === 'number') {
            expect(keys[outcome]).toBe(keyOf(entityType, entityId));
          } else {
            expect(outcome.sentence).toContain(`p/${Number.parseInt(entityId, 16)}`);
          }
        });
        const created = new Set(
          list.filter(({ type }) => type === 'create').map((each) => keyOf(each.entityType, each.entityId)),
        );
        operations.forEach((operation, at) => {
          const parent = operation.type === 'delete' ? undefined : parentKeyOf(operation);
          if (typeof parent === 'string' && created.has(parent)) {
            expect(keys.slice(0, at)).toContain(parent);
          }
        });
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

  test('a hierarchy may be thousands of levels deep', () => {
    const chain = Array.from({ length: 20_000 }, (_, at) => folder(at + 1, 'a', { parent: at + 2 }));

    const { operations } = planOperations(chain.toReversed().concat(folder(20_001, 'top')));

    expect(operations).toHaveLength(20_001);
    expect(operations[0]?.path).toBe('p/top');
  });
});
