import type { Knowledge, LogRow } from '../../../src/domain/event-log';
import { eventsFor, readLogRow, verdictOn } from '../../../src/domain/event-log';
import type { Accepted, LogEntry } from '../../../src/domain/model';
import { toldRows } from '../../../src/domain/telling';

const SHOT = '0a0a0a0a-1111-4222-8333-444444444444';
const OTHER = '0b0b0b0b-1111-4222-8333-444444444444';
const PROJECT = '0c0c0c0c-1111-4222-8333-444444444444';
const ME = '0d0d0d0d-1111-4222-8333-444444444444';

/** Times are seconds from an arbitrary moment. */
const T0 = 1_800_000_000_000;
const at = (seconds: number): number => T0 + seconds * 1000;

const raw = (more: Partial<LogEntry> = {}): LogEntry => ({
  id: 1,
  insert: 'update',
  data: '{"changes":{"statusid":{}}}',
  at: at(100),
  parentType: 'task',
  parentId: SHOT,
  projectId: PROJECT,
  userId: null,
  ...more,
});
const row = (more: Partial<LogEntry> = {}): LogRow => readLogRow(raw(more));

const event = (seconds: number, named: Accepted['named']): Accepted => ({
  event: String(seconds),
  at: at(seconds),
  named,
});
const life = (from: number, to: number, more: { leecher?: string; at?: number; pending?: boolean } = {}) => ({
  leecher: more.leecher ?? 'a',
  from: at(from),
  to: at(to),
  pending: more.pending ?? false,
  at: at(more.at ?? to),
});

type Known = Omit<Knowledge, 'told'> & { readonly accepted: readonly Accepted[] };

const verdict = (more: Partial<LogEntry>, known: Partial<Known>): string => {
  const { accepted = [event(101, { [SHOT]: ['statusid'] })], ...rest } = known;
  const knowledge = {
    heard: [life(0, 160)],
    now: at(160),
    sweptAt: at(60),
    own: { userId: ME, attributes: ['ayon_id'] },
    waits: { lag: 30_000, silent: 180_000 },
    ...rest,
  };
  return verdictOn(row(more), { ...knowledge, told: toldRows([row(more)], accepted, knowledge.sweptAt) });
};

describe('what a row says', () => {
  test.each([
    ['a status change', {}, { family: 'task', action: 'update', keys: ['statusid'] }],
    ['a project', { parentType: 'Project' }, { family: 'show' }],
    [
      'a word that nobody knows',
      { parentType: 'Gizmo', insert: 'perhaps' },
      { family: 'task', action: 'update' },
    ],
    ['data that is no JSON', { data: '{"half' }, { keys: undefined }],
    ['a creation', { insert: 'insert' }, { action: 'add', keys: undefined }],
    ['a note', { parentType: 'note' }, { family: undefined }],
    ['nothing with an id', { parentId: '17' }, { family: undefined }],
    ['no project', { projectId: null }, { family: undefined }],
  ])('%s', (_, more, expected) => {
    expect(row(more)).toMatchObject(expected);
  });

  it('keeps of something removed the ids that lead to what it belonged to', () => {
    const data = JSON.stringify({ values: { context_id: OTHER, type: 'assignment' } });

    expect(row({ insert: 'delete', parentType: 'appointment', data }).changes).toEqual({
      context_id: { old: OTHER, new: null },
    });
  });
});

describe('whether an event told it', () => {
  type Case = [what: string, row: Partial<LogEntry>, known: Partial<Known>, verdict: string];
  test.each<Case>([
    ['vouched for, entity and keys named', {}, {}, 'known'],
    ['the same keys in modern spelling', { data: '{"changes":{"status_id":{}}}' }, {}, 'known'],
    ['other keys named', { data: '{"changes":{"typeid":{}}}' }, {}, 'missed'],
    ['the whole entity named', {}, { accepted: [event(101, { [SHOT]: '*' })] }, 'known'],
    ['the row does not say what changed', { data: null }, {}, 'known'],
    ['another entity named', { parentId: OTHER }, {}, 'missed'],
    ['an earlier event covers no later change', {}, { accepted: [event(95, { [SHOT]: '*' })] }, 'missed'],
    ['a later event covers it', {}, { accepted: [event(150, { [SHOT]: '*' })] }, 'known'],
    ['vouched for, not told, and young', {}, { accepted: [], now: at(120) }, 'later'],
    ['before the connection that lives now', {}, { heard: [life(110, 160)] }, 'missed'],
    ['behind what the leecher vouched for so far', {}, { heard: [life(0, 90)], now: at(120) }, 'later'],
    [
      'that leecher has a new connection',
      {},
      { heard: [life(0, 90), life(110, 120)], now: at(120) },
      'missed',
    ],
    [
      'another leecher may still vouch',
      {},
      { heard: [life(0, 90, { leecher: 'b' }), life(110, 120)], now: at(120) },
      'later',
    ],
    ['the leecher fell silent', {}, { heard: [life(0, 90)], now: at(300) }, 'missed'],
    ['no leecher was ever heard, and it is young', {}, { heard: [], now: at(120) }, 'later'],
    ['no leecher was ever heard, and it is old', {}, { heard: [], now: at(281) }, 'missed'],
    [
      'a leecher still has events in its spool',
      {},
      { heard: [life(110, 110, { at: 160, pending: true })] },
      'later',
    ],
    ['our own mark', { userId: ME, data: '{"changes":{"ayon_id":{}}}' }, { accepted: [] }, 'irrelevant'],
    ['our user, but another attribute', { userId: ME }, { accepted: [] }, 'missed'],
    ['no time: since the last look', { at: null }, {}, 'known'],
  ])('%s', (...[, more, known, expected]) => {
    expect(verdict(more, known)).toBe(expected);
  });
});

describe('events that have it read again', () => {
  it('joins rows of one entity, keeps projects apart, and names each bundle by its rows', () => {
    const made = eventsFor(
      [
        row({ id: 5 }),
        row({ id: 6, data: '{"changes":{"name":{}}}' }),
        row({ id: 7, parentId: OTHER, insert: 'delete' }),
        row({ id: 8, projectId: OTHER }),
      ],
      at(200),
    );

    expect(made).toEqual([
      {
        project: PROJECT,
        event: expect.objectContaining({
          id: expect.stringMatching(/^log-5-7-[0-9a-f]{8}$/),
          entities: [
            expect.objectContaining({ entityId: SHOT, keys: ['statusid', 'name'] }),
            expect.objectContaining({ entityId: OTHER, action: 'remove' }),
          ],
        }),
      },
      { project: OTHER, event: expect.objectContaining({ id: 'log-8', arrivedAt: at(200) }) },
    ]);
  });

  it('asks for the whole entity as soon as one of its rows does not say what changed', () => {
    const [made] = eventsFor([row({ id: 5 }), row({ id: 6, data: null }), row({ id: 7 })], at(200));

    expect(made?.event.entities[0]).not.toHaveProperty('keys');
  });

  it('bundles no more than one look takes', () => {
    const rows = Array.from({ length: 101 }, (_, index) =>
      row({ id: index + 1, parentId: SHOT.replace(/^.{4}/, String(index).padStart(4, '0')) }),
    );

    expect(eventsFor(rows, at(200)).map(({ event: { entities } }) => entities.length)).toEqual([50, 50, 1]);
  });
});
