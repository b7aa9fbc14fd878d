import type { WorkflowHandle } from '@temporalio/client';
import type { GapFillView, SweepInput, SweepResult, Vouch } from '../../../src/contracts/gap-fill';
import { QUERY, SIGNAL } from '../../../src/contracts/names';
import { failure } from '../../../src/errors';
import type { Core } from '../../support/core';
import { startCore } from '../../support/core';
import { eventually } from '../../support/eventually';

/** The workflow of the gap fill on a real Temporal server; what a look at ftrack's log finds is scripted. */
let core: Core;
let handle: WorkflowHandle;

beforeAll(async () => {
  core = await startCore();
}, 60_000);
afterAll(() => core.close(), 30_000);

const NOTHING = { rows: 0, known: 0, irrelevant: 0, missed: 0, events: 0 };
const quiet = ({ cursor, settled }: SweepInput): SweepResult => ({
  cursor: cursor ?? 7,
  settled,
  unsettled: 0,
  more: false,
  counts: { ...NOTHING, rows: 1, known: 1 },
  lost: null,
});

beforeEach(async () => {
  core.sweeps.splice(0);
  core.onSweep = quiet;
  handle = await core.startGapFill();
  await eventually('the first look', async () => (await view()).sweptAt !== null);
});
afterEach(() => handle.terminate());

const view = (): Promise<GapFillView> => handle.query<GapFillView>(QUERY.state);
const vouch = (more: Partial<Vouch>): Promise<void> =>
  handle.signal(SIGNAL.vouch, { leecher: 'a', from: 1_000, to: 2_000, pending: false, ...more });
const looks = (count: number): Promise<unknown> =>
  eventually(`${count} looks`, () => core.sweeps.length >= count);

test('it begins without a cursor, and goes on from what the last look answered', async () => {
  core.onSweep = (input) => ({ ...quiet(input), cursor: 9, settled: [[11, 12]], unsettled: 2 });
  await handle.signal(SIGNAL.sweep);
  await looks(2);
  await handle.signal(SIGNAL.sweep);
  await looks(3);

  const [first, second, third] = core.sweeps;
  expect(first).toMatchObject({ cursor: null, settled: [], heard: [] });
  expect(second).toMatchObject({ cursor: 7 });
  expect(third).toMatchObject({ cursor: 9, settled: [[11, 12]] });
});

test('a new connection of a leecher is looked behind at once, its further words are only remembered', async () => {
  await vouch({});
  await looks(2);
  await vouch({ to: 3_000 });
  await vouch({ from: 5_000, to: 5_000 });
  await looks(3);

  const { heard } = await view();
  expect(heard.map(({ from, to }) => [from, to])).toEqual([
    [1_000, 3_000],
    [5_000, 5_000],
  ]);
  expect(core.sweeps).toHaveLength(3);
});

test('more rows than one look takes are looked at without a pause', async () => {
  core.onSweep = (input) => ({
    ...quiet(input),
    cursor: (input.cursor ?? 0) + 1,
    more: core.sweeps.length < 5,
  });
  await handle.signal(SIGNAL.sweep);

  await looks(5);
  await eventually('the last answer', async () => (await view()).cursor === 11);
  expect((await view()).counts.rows).toBe(5);
});

test('a look that fails for good is told and tried again later; a loss stays told', async () => {
  core.onSweep = () => {
    throw failure('ftrack-rejected', 'ftrack does not know Event; check the permissions');
  };
  await handle.signal(SIGNAL.sweep);
  await eventually('the problem', async () => (await view()).problem !== null);
  expect((await view()).text).toContain('ftrack does not know Event; check the permissions');

  core.onSweep = (input) => ({ ...quiet(input), lost: 'the log was emptied' });
  await handle.signal(SIGNAL.sweep);
  await eventually('the loss', async () => (await view()).lost !== null);
  core.onSweep = quiet;
  const before = core.sweeps.length;
  await handle.signal(SIGNAL.sweep);
  await looks(before + 1);

  await eventually('the last answer', async () => (await view()).counts.rows === 3);
  expect(await view()).toMatchObject({ problem: null, lost: 'the log was emptied' });
});

test('an outage of ftrack is waited out within one look', async () => {
  let tries = 0;
  core.onSweep = (input) => {
    tries += 1;
    if (tries < 3) {
      throw failure('ftrack-unreachable', 'ftrack does not answer');
    }
    return quiet(input);
  };
  await handle.signal(SIGNAL.sweep);

  await eventually('the third try', async () => (await view()).counts.rows === 2);
  expect((await view()).problem).toBeNull();
});
