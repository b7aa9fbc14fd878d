import * as fc from 'fast-check';
import type { FtrackEntity } from '../../../src/contracts/messages';
import { eventSummary, SUMMARY_BYTES } from '../../../src/domain/event-summary';

const shot = (fields: Partial<FtrackEntity> = {}): FtrackEntity => ({
  entityId: 'e',
  entityType: 'task',
  entity_type: 'Shot',
  action: 'update',
  keys: ['statusid'],
  changes: { statusid: { old: 'a', new: 'b' } },
  ...fields,
});
const summary = (entities: FtrackEntity[], user: { id?: string; name?: string } = { name: 'bob' }): string =>
  eventSummary({ id: 'i', topic: 'ftrack.update', user, entities, arrivedAt: 0 });

describe('summary line of an event', () => {
  it.each<[FtrackEntity[], string]>([
    [[shot()], 'bob set Shot status'],
    [[shot({ keys: ['startdate', 'fps'] })], 'bob set Shot start date, fps'],
    [[shot({ keys: ['name'], changes: { name: { old: 'sh1', new: 'sh010' } } })], 'bob set Shot sh010: name'],
    [[shot({ action: 'add', changes: { name: { new: 'sh010' } } })], 'bob added Shot sh010'],
    [[shot({ action: 'remove', changes: { name: { old: 'sh010', new: null } } })], 'bob removed Shot sh010'],
    [[shot({ action: 'move' })], 'bob moved Shot'],
    [[shot({ action: 'strange' })], 'bob strange Shot'],
    [[shot({ keys: ['constructor', 'toString'] })], 'bob set Shot constructor, toString'],
    [[shot({ action: 'valueOf', entity_type: null, entityType: 'constructor' })], 'bob valueOf constructor'],
    [[shot({ keys: null, changes: null })], 'bob changed Shot'],
    [[shot({ entity_type: null, entityType: 'show' })], 'bob set Project status'],
    [
      [shot(), shot(), shot({ entity_type: 'Task', keys: ['bid'] })],
      'bob changed 2 × Shot, 1 × Task: status, bid',
    ],
    [[shot({ action: 'remove' }), shot({ action: 'remove' })], 'bob removed 2 × Shot'],
    [[shot({ action: 'add' }), shot()], 'bob changed 2 × Shot: status'],
    [[], 'bob: ftrack.update'],
  ])('%#: %s', (entities, line) => {
    expect(summary(entities)).toBe(line);
  });

  it('names the user by id, or ftrack, when there is no name', () => {
    expect(summary([shot()], { id: 'u1' })).toBe('u1 set Shot status');
    expect(summary([shot()], {})).toBe('ftrack set Shot status');
  });

  it('never shows values', () => {
    const changes = { api_key: { old: 'secret-1', new: 'secret-2' } };
    expect(summary([shot({ keys: ['api_key'], changes })])).not.toContain('secret');
  });

  it('is one line without markup, at most 200 bytes, whatever the event holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.array(fc.string()), (name, keys) => {
        const line = summary([shot({ keys, changes: { name: { new: name } } })]);
        expect(Buffer.byteLength(line)).toBeLessThanOrEqual(SUMMARY_BYTES);
        expect(line).toMatch(/^[^\n\r<>[\]`*]+$/);
      }),
    );
  });
});
