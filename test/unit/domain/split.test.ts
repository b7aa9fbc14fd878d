import * as fc from 'fast-check';
import type { FtrackEntity, FtrackEvent } from '../../../src/contracts/messages';
import { projectOf, SPLIT_LIMITS, splitEvent, utf8Bytes } from '../../../src/domain/split';

const event = (entities: FtrackEntity[], arrivedAt = 1_700_000_000_000): FtrackEvent => ({
  id: 'e1',
  topic: 'ftrack.update',
  user: { name: 'bob' },
  entities,
  arrivedAt,
});
const entity = (entityId: string, project: string | null, text = ''): FtrackEntity => ({
  entityId,
  entityType: 'task',
  action: 'update',
  keys: ['description'],
  changes: { description: { old: '', new: text } },
  parents: project === null ? [] : [{ entityId: project, entityType: 'show' }],
});
const jsonSize = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

const anyEntity = fc
  .record({
    id: fc.uuid(),
    project: fc.constantFrom('p1', 'p2', 'p3', null),
    text: fc.string({ unit: 'binary', maxLength: 400 }),
  })
  .map(({ id, project, text }) => entity(id, project, text));
const limits = { entities: 7, bytes: 2_500 };

describe('splitting an event', () => {
  it('leaves an ordinary event whole, under its bare number', () => {
    const whole = event([entity('a', 'p1'), entity('b', 'p1')]);
    expect(splitEvent(whole)).toEqual([{ number: 1, project: 'p1', event: whole }]);
  });

  it('separates projects in the order of their first appearance', () => {
    const parts = splitEvent(
      event([entity('a', 'p2'), entity('b', 'p1'), entity('c', 'p2'), entity('d', null)]),
    );
    expect(
      parts.map(({ number, project, event: { entities } }) => [
        number,
        project,
        entities.map((e) => e.entityId),
      ]),
    ).toEqual([
      [1, 'p2', ['a', 'c']],
      [2, 'p1', ['b']],
      [3, null, ['d']],
    ]);
  });

  it('cuts a bulk event at 200 entities', () => {
    const many = Array.from({ length: 450 }, (_, index) => entity(String(index), 'p1'));
    expect(splitEvent(event(many)).map((part) => part.event.entities.length)).toEqual([200, 200, 50]);
  });

  it('makes one part without project of an event without entities', () => {
    expect(splitEvent(event([]))).toEqual([{ number: 1, project: null, event: event([]) }]);
  });

  it('loses nothing and keeps the order within each project', () => {
    fc.assert(
      fc.property(fc.array(anyEntity, { maxLength: 60 }), (entities) => {
        const parts = splitEvent(event(entities), limits);
        expect(parts.map(({ number }) => number)).toEqual(parts.map((_, index) => index + 1));
        for (const project of ['p1', 'p2', 'p3', null]) {
          const ids = (list: readonly FtrackEntity[]): string[] => list.map(({ entityId }) => entityId);
          const mine = parts
            .filter((part) => part.project === project)
            .flatMap((part) => part.event.entities);
          expect(ids(mine)).toEqual(ids(entities.filter((each) => projectOf(each) === project)));
        }
      }),
    );
  });

  it('keeps every part within the limits, values of single large entities excepted', () => {
    fc.assert(
      fc.property(fc.array(anyEntity, { minLength: 1, maxLength: 60 }), (entities) => {
        for (const part of splitEvent(event(entities), limits)) {
          expect(part.event.entities.length).toBeLessThanOrEqual(limits.entities);
          expect(jsonSize(part.event)).toBeLessThanOrEqual(limits.bytes);
        }
      }),
    );
  });

  it('makes the same parts in two leechers', () => {
    fc.assert(
      fc.property(fc.array(anyEntity, { maxLength: 60 }), fc.nat(), (entities, later) => {
        const ids = (arrivedAt: number): unknown =>
          splitEvent(event(entities, arrivedAt), limits).map(
            ({ number, project, event: { entities: chunk } }) => [number, project, chunk],
          );
        expect(ids(1)).toEqual(ids(1_700_000_000_000 + later));
      }),
    );
  });

  it('shortens an entity that is too large by itself to its keys and short values', () => {
    const large: FtrackEntity = {
      ...entity('big', 'p1', 'é'.repeat(SPLIT_LIMITS.bytes)),
      keys: ['description', 'parent_id'],
    };
    const changes = { ...large.changes, parent_id: { old: 'a', new: 'b' } };

    const parts = splitEvent(event([entity('a', 'p1'), { ...large, changes }, entity('c', 'p1')]));

    expect(parts).toHaveLength(1);
    expect(parts[0]?.event.entities[1]).toEqual({
      ...large,
      changes: { description: { old: '', new: undefined }, parent_id: { old: 'a', new: 'b' } },
    });
  });

  it('keeps of a monstrous entity at least what it is and where it belongs', () => {
    const keys = Array.from({ length: 40_000 }, (_, index) => `custom_${index}`);
    const [part] = splitEvent(event([{ ...entity('big', 'p1'), keys }]));

    expect(part?.project).toBe('p1');
    expect(part?.event.entities).toEqual([
      {
        entityId: 'big',
        entityType: 'task',
        action: 'update',
        parents: [{ entityId: 'p1', entityType: 'show' }],
      },
    ]);
  });
});

describe('an entity that was moved to another project', () => {
  const moved = (change: { old?: unknown; new?: unknown }): FtrackEntity => ({
    ...entity('e', 'p2'),
    action: 'move',
    changes: { showid: change },
  });

  it('is a matter of both: the new one first, the one it left in a part of its own', () => {
    const parts = splitEvent(event([moved({ old: 'p1', new: 'p2' }), entity('f', 'p2')]));

    expect(parts.map(({ number, project }) => [number, project])).toEqual([
      [1, 'p2'],
      [2, 'p1'],
    ]);
    expect(parts.map(({ event: part }) => part.entities.map(({ entityId }) => entityId))).toEqual([
      ['e', 'f'],
      ['e'],
    ]);
  });

  it.each([
    { old: null, new: 'p2' },
    { old: 'p2', new: 'p2' },
    { old: '', new: 'p2' },
    { old: 'p1', new: null },
  ])('but not with %j', (change) => {
    expect(splitEvent(event([moved(change)])).map(({ project }) => project)).toEqual(['p2']);
  });
});

describe('project of an entity', () => {
  const base = { entityId: 'e', entityType: 'task', action: 'update' };
  it.each<[string, FtrackEntity, string | null]>([
    ['itself', { ...base, entityType: 'show' }, 'e'],
    [
      'a parent in any place, as on remove',
      {
        ...base,
        parents: [
          { entityId: 'p', entityType: 'show' },
          { entityId: 'e', entityType: 'task' },
        ],
      },
      'p',
    ],
    ['a new project among the changes', { ...base, changes: { project_id: { old: 'a', new: 'b' } } }, 'b'],
    [
      'the old project of something removed',
      { ...base, changes: { project_id: { old: 'a', new: null } } },
      'a',
    ],
    ['the old column name', { ...base, changes: { showid: { old: '', new: 's' } } }, 's'],
    ['unknown', { ...base, changes: { project_id: { old: null, new: '' } } }, null],
  ])('%s', (_title, given, project) => {
    expect(projectOf(given)).toBe(project);
  });
});

describe('length in UTF-8', () => {
  it('is what an encoder makes of it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(utf8Bytes(text)).toBe(Buffer.byteLength(text));
      }),
    );
  });
});

it.each([['x'.repeat(1_000)], ['p\u0000'], ['']])(
  'takes %j for no project: no queue can bear that name',
  (id) => {
    const named = { ...entity('a', null), changes: { project_id: { old: 'p1', new: id } } };
    expect(projectOf(entity('a', id))).toBeNull();
    expect(projectOf({ ...entity(id, null), entityType: 'show' })).toBeNull();
    expect(projectOf(named)).toBe('p1');
  },
);

it('leaves out a value that is nested too deep to be written, not the event', () => {
  const depth = 200_000;
  const deep: unknown = JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);
  const changes = { description: { old: deep, new: 'b' } };

  const parts = splitEvent(event([{ ...entity('a', 'p1'), changes }]));

  expect(parts.map((part) => part.event.entities)).toEqual([
    [{ ...entity('a', 'p1'), changes: { description: { old: undefined, new: 'b' } } }],
  ]);
});
