import type { FtrackEntity, FtrackEvent } from '../../../src/contracts/messages';
import { covers, mergeScopes, scopeOf } from '../../../src/domain/supersede';

const event = (...entities: FtrackEntity[]): FtrackEvent => ({
  id: 'e',
  topic: 'ftrack.update',
  user: {},
  entities,
  arrivedAt: 0,
});
const update = (entityId: string, ...keys: string[]): FtrackEntity => ({
  entityId,
  entityType: 'task',
  action: 'update',
  keys,
});

test('an update is about the attributes it names, everything else about the whole entity', () => {
  const scope = scopeOf(
    event(update('a', 'name'), { ...update('b'), action: 'add' }, update('a', 'statusid')),
  );

  expect(scope).toEqual({ a: ['name', 'statusid'], b: '*' });
});

test('a move is about the parent', () => {
  expect(scopeOf(event({ ...update('a', 'parent_id'), action: 'move' }))).toEqual({ a: ['parent_id'] });
});

test('an update that names no attribute may be about any', () => {
  expect(scopeOf(event(update('a')))).toEqual({ a: '*' });
});

test('as many entities as one event has at most make a scope, more do not', () => {
  const updates = Array.from({ length: 201 }, (_, at) => update(String(at), 'name'));

  expect(Object.keys(scopeOf(event(...updates.slice(1))) ?? {})).toHaveLength(200);
  expect(scopeOf(event(...updates))).toBeUndefined();
});

test('only what settles every attribute of every entity covers', () => {
  const open = { a: ['name'], b: ['statusid'] };

  expect(covers({ a: '*', b: ['statusid', 'name'] }, open)).toBe(true);
  expect(covers({ a: ['name'] }, open)).toBe(false);
  expect(covers({ a: ['statusid'], b: '*' }, open)).toBe(false);
  expect(covers({ a: ['name'] }, { a: '*' })).toBe(false);
  expect(covers({ a: '*' }, {})).toBe(false);
  expect(covers({ a: ['name'] }, { a: [] })).toBe(false);
});

test('scopes add up', () => {
  expect(mergeScopes([{ a: ['name'] }, undefined, { a: ['bid'], b: '*' }])).toEqual({
    a: ['name', 'bid'],
    b: '*',
  });
});
