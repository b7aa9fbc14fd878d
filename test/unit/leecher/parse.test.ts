import type { ParsedEvent } from '../../../src/leecher/parse';
import { parseEvent } from '../../../src/leecher/parse';
import { updateEvent } from './events';

const parsed = (raw: unknown): ParsedEvent => {
  const result = parseEvent(raw, 1_700_000_000_000);
  if (typeof result === 'string') {
    throw new Error(`Not readable: ${result}`);
  }
  return result;
};

describe('reading a hub event', () => {
  it('keeps what is known of an ftrack.update and drops the rest', () => {
    const { event, leftOut, types } = parsed(updateEvent());

    expect(event).toEqual({
      id: '5f2e1c2a9b6b4c0f8a3d1e7b9c4d2f10',
      topic: 'ftrack.update',
      user: { id: 'user-1', name: 'bob' },
      clientToken: 'ftrack-web',
      arrivedAt: 1_700_000_000_000,
      entities: [
        {
          entityId: 'shot-1',
          entityType: 'task',
          entity_type: 'Shot',
          action: 'update',
          keys: ['statusid'],
          changes: { statusid: { old: 's1', new: 's2' } },
          objectTypeId: 'type-shot',
          parentId: 'seq-1',
          parents: [
            { entityId: 'shot-1', entityType: 'task', parentId: 'seq-1' },
            { entityId: 'project-1', entityType: 'show', parentId: null },
          ],
        },
      ],
    });
    expect(leftOut).toEqual({});
    expect([...types]).toEqual(['task']);
  });

  it.each([
    [undefined, 'not-an-object'],
    ['text', 'not-an-object'],
    [[], 'not-an-object'],
    [{ topic: 'ftrack.update' }, 'without-id'],
    [{ id: '', topic: 'ftrack.update' }, 'without-id'],
    [{ id: 7, topic: 'ftrack.update' }, 'without-id'],
    [{ id: 'a' }, 'without-topic'],
  ])('refuses %j as %s', (raw, reason) => {
    expect(parseEvent(raw, 0)).toBe(reason);
  });

  it.each([['x'.repeat(201)], ['a\u0000b'], ['späte Änderung'], ['a b'], ['\ud800']])(
    'gives an event with the odd id %j one that every store takes, the same at each leecher',
    (id) => {
      const one = parsed({ ...updateEvent(), id }).event.id;
      expect(one).toMatch(/^odd-[0-9a-f]{32}$/);
      expect(parsed({ ...updateEvent(), id }).event.id).toBe(one);
      expect(parsed({ ...updateEvent(), id: `${id}.` }).event.id).not.toBe(one);
    },
  );

  it('keeps the sound parents of an entity, so that it stays with its project', () => {
    const show = { entityId: 'project-1', entityType: 'show', parentId: null };
    const parents = [
      { entityId: null, entityType: 'task' },
      show,
      { entityId: 'x'.repeat(201), entityType: 'show' },
    ];
    const raw = updateEvent({ entities: [{ entityId: 'e', entityType: 'task', action: 'update', parents }] });

    const { event, leftOut } = parsed(raw);

    expect(event.entities[0]?.parents).toEqual([show]);
    expect(leftOut).toEqual({ 'field-malformed': 1 });
  });

  it('leaves out words of an entity that are too long to be any', () => {
    const long = 'x'.repeat(10_000);
    const raw = updateEvent({
      entities: [
        { entityId: 'e', entityType: 'task', entity_type: long, action: 'update' },
        { entityId: 'f', entityType: 'task', action: long },
      ],
    });

    const { event, leftOut } = parsed(raw);

    expect(event.entities).toEqual([{ entityId: 'e', entityType: 'task', action: 'update' }]);
    expect(leftOut).toEqual({ 'field-malformed': 1, 'entity-malformed': 1 });
  });

  it.each([[undefined], [null], ['x'], [{}], [{ entities: 'x' }]])('bears data %j', (data) => {
    expect(parsed({ id: 'a', topic: 'ftrack.update', data }).event.entities).toEqual([]);
  });

  it('leaves out entities without id and counts them; the others live on', () => {
    const raw = updateEvent({
      entities: [
        { action: 'update', entityType: 'socialfeed' },
        { entityId: ['a', 'b'], entityType: 'x', action: 'update' },
        { entityId: ['show-1'], entityType: 'show', action: 'update' },
        { entityId: 'e', entityType: 'task' },
        'nonsense',
        { entityId: 'f', entityType: 'task', action: 'remove' },
      ],
    });

    const { event, leftOut, types } = parsed(raw);

    expect(event.entities.map(({ entityId }) => entityId)).toEqual(['show-1', 'f']);
    expect(leftOut).toEqual({ 'entity-without-id': 2, 'entity-malformed': 2 });
    expect([...types]).toEqual(['socialfeed', 'x', 'show', 'task']);
  });

  it('keeps an entity whose optional fields make no sense, without them', () => {
    const raw = updateEvent({
      entities: [
        { entityId: 'e', entityType: 'Task', action: 'update', keys: 'statusid', changes: [], parents: [1] },
      ],
    });

    const { event, leftOut } = parsed(raw);

    expect(event.entities).toEqual([{ entityId: 'e', entityType: 'task', action: 'update' }]);
    expect(leftOut).toEqual({ 'field-malformed': 1 });
  });

  it('takes the user of the sender when the data names none', () => {
    const source = { id: 'hub', user: { username: 'eve', id: 'u2' } };
    expect(parsed({ ...updateEvent({ user: undefined }), source }).event.user).toEqual({
      id: 'u2',
      name: 'eve',
    });
    expect(parsed({ ...updateEvent({ user: null }), source: null }).event.user).toEqual({});
  });
});
