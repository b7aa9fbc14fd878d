import { planOperations } from '../../../src/domain/ayon-plan';
import type { KnownAyon } from '../../../src/domain/ayon-shapes';
import type { AyonOperation } from '../../../src/domain/model';
import { folder, id, numbers, other, refusals, sentences, sibling, update } from './ayon-wanted';

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

test('a version waits for the task that it names', () => {
  const task = other('task', 5, { name: 'comp', folderId: id(9) });
  const version = other('version', 6, { productId: id(7), version: 1, taskId: id(5) });

  expect(planOperations([version, task]).outcomes).toMatchObject([
    { code: 'blocked-by', blockedBy: id(5) },
    { code: 'ayon-rejected', sentence: expect.stringContaining('taskType') },
  ]);
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

  test('whoever only keeps its name is not refused for one that wants it', () => {
    const siblings = [sibling(1, 'a'), sibling(2, 'b')];
    const keeps = update(1, { name: 'a', parentId: null, status: 'x' });

    expect(planOperations([update(2, { name: 'A' }), keeps], { siblings }).outcomes).toMatchObject([
      { code: 'name-taken' },
      0,
    ]);
  });

  test('the number of a version that was switched off is not free', () => {
    const off = { entityType: 'version', parentId: id(9), active: false } as const;
    const again = other('version', 4, { version: 1, productId: id(9) });

    expect(refusals(planOperations([again], { siblings: [sibling(3, '1', off)] }))).toHaveLength(1);
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
