import type { FtrackEntity } from '../../../src/contracts/messages';
import { scopeOf } from '../../../src/domain/scope';

const SHOT = '6ca85da1-76a9-5465-8b08-becb5176d5dc';
const TASK = '0c2b6f2e-3d4d-4d0a-9d0a-5b3b7f1f0a11';
const OTHER = '7db96eb2-87ba-4576-9c19-cfdc6287e6ed';

const scoped = (...entities: FtrackEntity[]) =>
  scopeOf({ id: 'e', topic: 'ftrack.update', user: {}, entities, arrivedAt: 1 });

const update = (keys: string[], more: Partial<FtrackEntity> = {}): FtrackEntity => ({
  entityId: SHOT,
  entityType: 'task',
  action: 'update',
  keys,
  ...more,
});

describe('what an event is about', () => {
  test('legacy column names are fields, other keys are custom attributes', () => {
    const scope = scoped(update(['statusid', 'startdate', 'fstart', 'thumbid', 'priorityid'])).contexts.get(
      SHOT,
    );

    expect([...(scope?.fields ?? [])]).toEqual(['status', 'startDate']);
    // A column that nothing follows is only looked for among the custom attributes, which may bear its name.
    expect([...(scope?.keys ?? [])]).toEqual(expect.arrayContaining(['fstart', 'thumbid']));
    expect(scope?.words).toContain('fstart');
    expect(scope?.words).not.toContain('thumbid');
    expect(scope?.whole).toBe(false);
  });

  test('a new entity and one of which nothing is said are looked at as a whole', () => {
    expect(scoped(update(['name'], { action: 'add' })).contexts.get(SHOT)?.whole).toBe(true);
    expect(scoped(update([])).contexts.get(SHOT)?.whole).toBe(true);
  });

  test('a thumbnail alone settles nothing', () => {
    const scope = scoped(update(['thumbid'])).contexts.get(SHOT);

    expect(scope).toMatchObject({ whole: false, words: [] });
    expect(scope?.fields.size).toBe(0);
  });

  test('a move is a change of the parent, also without keys', () => {
    const scope = scoped(update([], { action: 'move' })).contexts.get(SHOT);

    expect([...(scope?.fields ?? [])]).toEqual(['parent']);
    expect(scope?.whole).toBe(false);
  });

  test('entries of one entity are joined', () => {
    const scope = scoped(update(['statusid']), update(['name'])).contexts.get(SHOT);

    expect([...(scope?.fields ?? [])].toSorted()).toEqual(['name', 'status']);
  });

  test('an assignment is about its task, named by the changes', () => {
    const appointment = {
      entityId: OTHER,
      entityType: 'appointment',
      action: 'remove',
      changes: { context_id: { old: TASK, new: null } },
    };

    const { contexts, settled, appointments } = scoped(appointment);

    expect([...(contexts.get(TASK)?.fields ?? [])]).toEqual(['assignees']);
    expect([settled, appointments]).toEqual([[OTHER], []]);
  });

  test('an assignment that names no task is looked up by its own id', () => {
    const { contexts, appointments } = scoped({
      entityId: OTHER,
      entityType: 'appointment',
      action: 'update',
    });

    expect(contexts.size).toBe(0);
    expect(appointments).toEqual([OTHER]);
  });

  test('milestones, notes and ids that are none are nobody’s business', () => {
    const { contexts, project } = scoped(
      update(['name'], { entity_type: 'Milestone' }),
      { entityId: OTHER, entityType: 'note', action: 'add', keys: ['text'] },
      { entityId: 'x" or id like "%', entityType: 'task', action: 'update', keys: ['name'] },
    );

    expect(contexts.size).toBe(0);
    expect(project).toBeUndefined();
  });
});
