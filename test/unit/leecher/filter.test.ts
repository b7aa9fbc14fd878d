import { skipReason } from '../../../src/leecher/filter';
import { parseEvent } from '../../../src/leecher/parse';
import { updateEvent } from './events';

const reason = (raw: Record<string, unknown>, userId: string | undefined = 'us'): string | undefined => {
  const parsed = parseEvent(raw, 0);
  return typeof parsed === 'string' ? parsed : skipReason(parsed, { install: 'studio-1', userId });
};
const entity = (entityType: string): object => ({
  entityId: `${entityType}-1`,
  entityType,
  action: 'update',
});

describe('what starts no workflow', () => {
  it('lets an ordinary change pass', () => {
    expect(reason(updateEvent())).toBeUndefined();
  });

  it.each(['socialfeed', 'socialnotification', 'team'])(
    'drops an event of only %s, with or without ids',
    (type) => {
      expect(reason(updateEvent({ entities: [entity(type), { entityType: type, action: 'update' }] }))).toBe(
        type,
      );
    },
  );

  it('keeps an event in which noise is only a part', () => {
    expect(
      reason(updateEvent({ entities: [{ entityType: 'socialfeed', action: 'update' }, entity('task')] })),
    ).toBe(undefined);
  });

  it('names one kind when several kinds of noise come together', () => {
    expect(reason(updateEvent({ entities: [entity('team'), entity('socialfeed')] }))).toBe('socialfeed');
  });

  it.each([
    ['ftrack.meta.reply', 'meta-topic'],
    ['ftrack.action.discover', 'unhandled-topic'],
    ['my.own.topic', 'unhandled-topic'],
  ])('drops topic %s as %s', (topic, expected) => {
    expect(reason({ ...updateEvent(), topic })).toBe(expected);
  });

  it('drops an event of which no entity could be read', () => {
    expect(reason(updateEvent({ entities: [{ entityType: 'task', action: 'update' }] }))).toBe(
      'without-entities',
    );
    expect(reason(updateEvent({ entities: undefined }))).toBe('without-entities');
  });

  it('drops our own echo by its token', () => {
    expect(reason(updateEvent({ clientToken: 'ayon-ftrack/studio-1' }))).toBe('own-echo');
    expect(reason(updateEvent({ clientToken: 'ayon-ftrack/studio-2' }))).toBeUndefined();
  });

  it('without token, drops pair marks written by our user, and nothing else of that user', () => {
    const marks = { ...entity('task'), keys: ['ayon_id', 'ayon_path'] };
    const ours = { clientToken: null, user: { userid: 'us', name: 'bot' } };

    expect(reason(updateEvent({ ...ours, entities: [marks] }))).toBe('own-echo');
    expect(reason(updateEvent({ ...ours, entities: [marks] }), '')).toBeUndefined();
    expect(reason(updateEvent({ ...ours }))).toBeUndefined();
  });
});
