import { pairById, siblingNamed } from '../../../src/domain/identity';
import { derivedId } from '../../../src/domain/ids';
import type { AyonNode } from '../../../src/domain/model';
import { completed, statusName, typeName } from '../../../src/domain/project-lists';
import { assign, pairUsers } from '../../../src/domain/users';

const FTRACK = '6ca85da1-76a9-5465-8b08-becb5176d5dc';
const OTHER = '7db96eb2-87ba-4576-9c19-cfdc6287e6ed';

const node = (more: Partial<AyonNode> = {}): AyonNode => ({
  kind: 'folder',
  id: 'aa'.repeat(16),
  name: 'sh010',
  label: null,
  type: 'Shot',
  parentId: null,
  path: '/sh010',
  active: true,
  status: 'Not ready',
  assignees: [],
  attrib: {},
  ownAttrib: [],
  hasVersions: false,
  updatedBy: null,
  updatedAt: '2026-05-01T00:00:00+00:00',
  ...more,
});

const paired = (nodes: AyonNode[], ayonId?: string): string | undefined =>
  pairById({ ftrackId: FTRACK, ayonId, nodes })?.node.id;

describe('pairs by id', () => {
  test('the one that points back is the partner, whatever ftrack says', () => {
    const partner = node({ id: 'bb'.repeat(16), attrib: { ftrackId: FTRACK } });
    const named = node({ id: 'cc'.repeat(16), attrib: { ftrackId: OTHER } });

    expect(paired([named, partner], named.id)).toBe(partner.id);
  });

  test('a copied ayon_id names an entity that points elsewhere, and pairs with nobody', () => {
    const original = node({ attrib: { ftrackId: OTHER } });

    expect(paired([original], original.id)).toBeUndefined();
  });

  test('an ayon_id whose entity points nowhere is a pair that was written by half', () => {
    expect(paired([node()], node().id)).toBe(node().id);
  });

  test('a derived id alone proves nothing', () => {
    expect(paired([node({ id: derivedId(FTRACK) })])).toBeUndefined();
    expect(paired([node({ id: derivedId(FTRACK), attrib: { ftrackId: OTHER } })])).toBeUndefined();
  });

  test('what was marked as removed comes back under its derived id only', () => {
    const removed = { attrib: { ftrackId: 'removed' } };

    expect(paired([node({ id: derivedId(FTRACK), ...removed })])).toBe(derivedId(FTRACK));
    expect(paired([node(removed)], node().id)).toBeUndefined();
  });

  test('of twins the one that ftrack names is the partner, and the other is told', () => {
    const [first, second] = ['bb', 'cc'].map((id) =>
      node({ id: id.repeat(16), attrib: { ftrackId: FTRACK } }),
    );

    const pair = pairById({ ftrackId: FTRACK, ayonId: second?.id, nodes: [first, second] as AyonNode[] });

    expect(pair).toEqual({ node: second, twins: [first] });
  });
});

describe('siblings', () => {
  const dead = (id: string): boolean => id === OTHER;

  test('free is who is active and belongs to nobody alive', () => {
    expect(siblingNamed([node()], 'sh010', dead).free).toBeDefined();
    expect(siblingNamed([node({ attrib: { ftrackId: OTHER } })], 'sh010', dead).free).toBeDefined();
    expect(siblingNamed([node({ attrib: { ftrackId: FTRACK } })], 'sh010', dead).taken).toBeDefined();
    expect(siblingNamed([node({ active: false })], 'sh010', dead)).toEqual({});
  });

  test('the exact name is preferred to one that differs in case', () => {
    const exact = node({ id: 'bb'.repeat(16), name: 'Sh010' });

    expect(siblingNamed([node(), exact], 'Sh010', dead).free).toBe(exact);
  });
});

describe('users', () => {
  const people = [
    { id: '1', username: 'John@studio.example', email: null },
    { id: '2', username: 'kim', email: 'Kim.Lee@Studio.example' },
    { id: '3', username: 'ghost', email: null },
  ];
  const ayon = [
    { name: 'john', email: null },
    { name: 'kim.lee', email: 'kim.lee@studio.example' },
    { name: 'robot', email: null },
  ];

  test('e-mail first, then the name before the @, regardless of case on both sides', () => {
    expect([...pairUsers(people, ayon)]).toEqual([
      ['1', 'john'],
      ['2', 'kim.lee'],
    ]);
  });

  test('two AYON users with one e-mail pair with nobody by it', () => {
    const twins = [
      { name: 'a', email: 'kim.lee@studio.example' },
      { name: 'b', email: 'kim.lee@studio.example' },
    ];

    expect(pairUsers(people, twins).get('2')).toBeUndefined();
  });

  test('ftrack decides about those it knows, AYON about the others', () => {
    const pairs = pairUsers(people, ayon);

    expect(assign(['robot', 'john'], ['2', '3'], pairs)).toEqual({
      assignees: ['robot', 'kim.lee'],
      unknown: ['3'],
    });
  });
});

describe('lists of an AYON project', () => {
  const project = {
    name: 'p',
    label: null,
    active: true,
    attrib: {},
    statuses: [{ name: 'In Progress', scope: ['version'], color: '#111111' }],
    folderTypes: [{ name: 'Shot', icon: 'movie' }],
    taskTypes: [],
  };
  const none = { statuses: [], folderTypes: [], taskTypes: [] };
  const status = { id: '1', name: 'in progress', color: '#ff0000', state: 'IN_PROGRESS' };

  test('names equal but for case are one', () => {
    expect(typeName(project, 'folder', 'SHOT')).toBe('Shot');
    expect(completed(project, { ...none, folderTypes: ['sHoT'] })).toEqual({});
  });

  test('a status without the right scope is opened, not doubled, and keeps the rest', () => {
    expect(statusName(project, 'task', 'in progress')).toBeUndefined();
    expect(completed(project, { ...none, statuses: [status] }).statuses).toEqual([
      { name: 'In Progress', scope: ['version', 'folder', 'task'], color: '#111111' },
    ]);
  });

  test('what is missing is appended once', () => {
    const lists = completed(project, {
      statuses: [],
      folderTypes: ['Episode', 'episode'],
      taskTypes: ['FX'],
    });

    expect(lists.folderTypes?.map(({ name }) => name)).toEqual(['Shot', 'Episode']);
    expect(lists.taskTypes?.map(({ name }) => name)).toEqual(['FX']);
    expect(lists.statuses).toBeUndefined();
  });
});
