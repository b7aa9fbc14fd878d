import { asyncLocalStorage } from '@temporalio/activity';
import type { MissedEvent } from '../../../src/activities/gap-fill';
import { createGapFill } from '../../../src/activities/gap-fill';
import type { SweepInput, SweepResult } from '../../../src/contracts/gap-fill';
import type { Accepted, LogEntry } from '../../../src/domain/model';

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;

const idOf = (number: number): string => `0a0a0a0a-1111-4222-8333-${String(number).padStart(12, '0')}`;

const row = (id: number, at: number, entity = id): LogEntry => ({
  id,
  at,
  insert: 'update',
  data: '{"changes":{"statusid":{}}}',
  parentType: 'task',
  parentId: idOf(entity),
  projectId: idOf(0),
  userId: null,
});

/** A log of ftrack, and what is told and started beside it. */
class Rig {
  log: readonly LogEntry[] = [];
  accepted: readonly Accepted[] = [];
  readonly started: MissedEvent[] = [];
  rejects = false;
  last: SweepResult = { cursor: null, settled: [], unsettled: 0, more: false, counts: NOTHING, lost: null };

  /** Looks at the log where the last look ended; a leecher vouches for everything up to a second ago. */
  async sweep(more: Partial<SweepInput> = {}): Promise<SweepResult> {
    const heard = [
      { leecher: 'a', from: NOW - 60 * MINUTE, to: NOW - 1_000, pending: false, at: NOW - 1_000 },
    ];
    const { cursor, settled } = this.last;
    const input = { heard, sweptAt: NOW - 5 * MINUTE, cursor, settled, ...more };
    const context = {
      info: { currentAttemptScheduledTimestampMs: NOW },
      heartbeat: () => undefined,
      cancellationSignal: new AbortController().signal,
    };
    const gapFill = createGapFill({
      ftrack: {
        logEnds: () =>
          Promise.resolve({ oldest: this.log[0]?.id ?? null, newest: this.log.at(-1)?.id ?? null }),
        logMarks: ({ above, limit }) =>
          Promise.resolve(this.log.filter(({ id }) => id > above).slice(0, limit)),
        logEntries: (ids) => Promise.resolve(this.log.filter(({ id }) => ids.includes(id))),
      },
      accepted: () => Promise.resolve(this.accepted),
      handOver: (items) => {
        this.started.push(...items);
        return Promise.resolve(this.rejects ? items.map(({ id }) => id) : []);
      },
      ownUserId: () => Promise.resolve(undefined),
    });
    const sweep = (): Promise<SweepResult> => gapFill.sweepLog(input);
    this.last = await asyncLocalStorage.run(context as never, sweep);
    return this.last;
  }
}

const NOTHING = { rows: 0, known: 0, irrelevant: 0, missed: 0, events: 0 };

let rig: Rig;
beforeEach(() => {
  rig = new Rig();
});

describe('a log that shrinks or hides', () => {
  const old = Array.from({ length: 30 }, (_, number) => row(number + 1, NOW - 9_000 * MINUTE));

  it('is told, and read on where it was once its rows are shown again', async () => {
    rig.last = { ...rig.last, cursor: 30 };
    await expect(rig.sweep()).rejects.toThrow(/shows us no rows.*row 30.*permissions/);
    rig.log = [...old, row(31, NOW - 2 * MINUTE)];

    const shown = await rig.sweep();

    expect(shown).toMatchObject({ cursor: 30, settled: [[31, 31]], lost: null, counts: { missed: 1 } });
  });

  it('is begun at its head when it was hidden at first', async () => {
    const hidden = await rig.sweep({ sweptAt: null });
    rig.log = [...old, row(2_000, NOW - 1_000 * MINUTE)];
    const shown = await rig.sweep();

    expect(hidden.cursor).toBeNull();
    expect(shown).toMatchObject({
      cursor: 2_000,
      more: false,
      lost: expect.stringMatching(/ends at row 2000/),
    });
  });

  it('is read from its first row when there was none at first', async () => {
    await rig.sweep({ sweptAt: null });
    rig.log = [row(7, NOW - 2 * MINUTE)];
    await rig.sweep();
    await rig.sweep();

    expect(rig.started.map(({ id }) => id)).toEqual(['ftrack-event/log-7']);
  });

  it('keeps what waits below a row that is gone', async () => {
    const waiting = row(11, NOW - 5_000);
    rig.log = [row(10, NOW - 20 * MINUTE), waiting];
    const seen = await rig.sweep({ cursor: 10, settled: [[12, 12]] });

    expect(seen).toMatchObject({
      cursor: 10,
      settled: [],
      more: true,
      lost: expect.stringMatching(/ends at row 11/),
    });
    expect(await rig.sweep()).toMatchObject({ cursor: 10, unsettled: 1, lost: null });
  });

  it('begins again below when it was restored', async () => {
    rig.log = old;

    expect(await rig.sweep({ cursor: 40, settled: [[42, 44]] })).toMatchObject({ cursor: 30, settled: [] });
  });
});

it('keeps the rows before one that waits: their events must not pass for its', async () => {
  const before = [row(1, NOW - 30 * MINUTE), row(2, NOW - 11 * MINUTE - 20_000), row(3, NOW - 11 * MINUTE)];
  rig.log = before;
  const seen = await rig.sweep({
    cursor: 0,
    settled: [[1, 2]],
    heard: [{ leecher: 'a', from: NOW - 60 * MINUTE, to: NOW - 12 * MINUTE, pending: true, at: NOW - 1_000 }],
  });

  expect(seen).toMatchObject({ cursor: 1, settled: [[2, 2]], unsettled: 1 });
});

it('looks at settled rows of about the same time: their events are theirs', async () => {
  const at = NOW - 2 * MINUTE;
  rig.log = [row(1, at - 4_000, 7), row(2, at, 7)];
  rig.accepted = [{ event: 'e', at: at - 1_000, named: { [idOf(7)]: ['statusid'] } }];

  const { counts } = await rig.sweep({ cursor: 0, settled: [[1, 1]] });

  expect(counts).toMatchObject({ known: 0, missed: 1 });
});

it('tells as lost what Temporal will never take', async () => {
  rig.log = [row(1, NOW - 2 * MINUTE)];
  rig.rejects = true;

  const { lost, counts } = await rig.sweep({ cursor: 0 });

  expect(lost).toMatch(
    /^Temporal rejects events that the gap fill starts \(ftrack-event\/log-1\).*sync of each project/,
  );
  expect(counts).toMatchObject({ missed: 1, events: 0 });
});

it('takes what was told 40 s before another edit of the same entities for no difference of clocks', async () => {
  const entities = [1, 2, 3, 4, 5, 6];
  const at = NOW - 2 * MINUTE;
  rig.log = [
    ...entities.map((entity) => row(entity, at - 40_000, entity)),
    ...entities.map((entity) => row(10 + entity, at, entity)),
  ];
  rig.accepted = entities.map((entity) => ({
    event: `e${entity}`,
    at: at - 40_000 + 300,
    named: { [idOf(entity)]: ['statusid'] },
  }));

  const { counts } = await rig.sweep({ cursor: 0, settled: [[1, 6]] });

  expect(counts).toMatchObject({ missed: 6, known: 0 });
});
