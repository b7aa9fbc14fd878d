import type { FtrackEntity, FtrackEvent } from '../../../src/contracts/messages';
import { isOwnEcho } from '../../../src/domain/echo';

const own = { clientToken: 'ayon-ftrack/a', userId: 'us', attributes: ['ayon_id', 'ayon_path'] };
const entity = (fields: Partial<FtrackEntity>): FtrackEntity => ({
  entityId: 'e',
  entityType: 'task',
  action: 'update',
  ...fields,
});
const event = (fields: Partial<FtrackEvent>): FtrackEvent => ({
  id: 'x',
  topic: 'ftrack.update',
  user: { id: 'us' },
  entities: [entity({ keys: ['ayon_id'], changes: { ayon_id: { new: 'a' } } })],
  arrivedAt: 0,
  ...fields,
});

describe('own echoes', () => {
  it.each<[string, Partial<FtrackEvent>, boolean]>([
    ['our token', { clientToken: 'ayon-ftrack/a', user: {}, entities: [] }, true],
    ["another's token, though our user and marks", { clientToken: 'other' }, false],
    ['no token, our user, only marks', {}, true],
    ['no token, another user, only marks', { user: { id: 'bob' } }, false],
    ['no token, no user, only marks', { user: {} }, false],
    ['no token, our user, a mark and a name', { entities: [entity({ keys: ['ayon_id', 'name'] })] }, false],
    [
      'a name only among the changes',
      { entities: [entity({ keys: ['ayon_id'], changes: { name: {} } })] },
      false,
    ],
    [
      'our user, two entities, one with more',
      { entities: [entity({ keys: ['ayon_id'] }), entity({ keys: ['bid'] })] },
      false,
    ],
    ['our user, nothing said of what changed', { entities: [entity({})] }, false],
    ['our user, no entity', { entities: [] }, false],
    ['our user removed an entity', { entities: [entity({ action: 'remove', keys: ['ayon_id'] })] }, false],
  ])('%s', (_title, fields, expected) => {
    expect(isOwnEcho(event(fields), own)).toBe(expected);
  });

  it('recognises nobody by user while our user is unknown', () => {
    const { userId: _unknown, ...rest } = own;
    expect(isOwnEcho(event({ user: {} }), rest)).toBe(false);
  });
});
