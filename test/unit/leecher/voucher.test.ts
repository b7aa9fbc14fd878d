import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Vouch } from '../../../src/contracts/gap-fill';
import type { DispatchState } from '../../../src/leecher/dispatch';
import { GapMarkers } from '../../../src/leecher/spool/gaps';
import { Voucher } from '../../../src/leecher/voucher';
import { until } from '../../support/until';
import { silence } from './memory-temporal';

describe('what a leecher vouches for', () => {
  let dir: string;
  let gaps: GapMarkers;
  let state: Pick<DispatchState, 'mode' | 'heldSince'>;
  let failures: number;
  const said: Vouch[] = [];
  const dispatcher = { state: () => state };
  let voucher: Voucher;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'gaps-'));
    gaps = await GapMarkers.open(dir);
    state = { mode: 'direct', heldSince: undefined };
    failures = 0;
    said.splice(0);
    voucher = voucherThat(5);
  });
  afterEach(async () => {
    voucher.stop();
    await rm(dir, { recursive: true, force: true });
  });
  const voucherThat = (retryMs: number): Voucher =>
    new Voucher({
      send: async (vouch) => {
        said.push(vouch);
        if (failures > 0) {
          failures -= 1;
          throw new Error('Temporal is away');
        }
      },
      logger: silence.logger,
      retryMs,
    });
  const last = async (times = 1): Promise<Vouch | undefined> => {
    await until(() => said.length >= times);
    return said.at(-1);
  };
  const item = (project: string | null, arrivedAt: number) => ({
    id: 'w',
    input: {
      project,
      key: 1,
      event: { id: 'e', topic: 'ftrack.update', user: {}, entities: [], arrivedAt },
    },
  });

  it('is the time that the hub proved, as long as Temporal holds everything', async () => {
    voucher.start({ leecher: () => 'a', dispatcher, gaps });
    voucher.prove({ from: 100, to: 200 });

    expect(await last()).toMatchObject({ from: 100, to: 200, pending: false });
  });

  it('ends before the oldest event that Temporal does not hold, and is said again until the spool is empty', async () => {
    state = { mode: 'spooling', heldSince: 150 };
    voucher.start({ leecher: () => 'a', dispatcher, gaps });
    voucher.prove({ from: 100, to: 200 });
    expect(await last(2)).toMatchObject({ from: 100, to: 149, pending: true });

    state = { mode: 'direct', heldSince: undefined };
    await until(() => said.at(-1)?.pending === false);

    expect(said.at(-1)).toMatchObject({ from: 100, to: 200 });
  });

  it('is not said before there is a spool, and at once then', async () => {
    voucher.prove({ from: 100, to: 200 });
    expect(said).toEqual([]);

    voucher.start({ leecher: () => 'a', dispatcher, gaps });

    expect(await last()).toEqual({ leecher: 'a', from: 100, to: 200, pending: false });
  });

  it('is repeated until it was heard', async () => {
    failures = 2;
    voucher.start({ leecher: () => 'a', dispatcher, gaps });
    voucher.prove({ from: 100, to: 200 });

    await last(3);
    expect(said.map(({ to }) => to)).toEqual([200, 200, 200]);
  });

  it('is repeated soon at first: Temporal is often there a moment after ftrack', async () => {
    voucher = voucherThat(9_600);
    failures = 1;
    voucher.start({ leecher: () => 'a', dispatcher, gaps });
    voucher.prove({ from: 100, to: 200 });

    expect(await last(2)).toMatchObject({ from: 100, to: 200 });
  });

  it('never covers the time of what was dropped again, also when the same connection proves more', async () => {
    gaps.note([item('p', 140)]);
    voucher.start({ leecher: () => 'a', dispatcher, gaps });
    voucher.prove({ from: 100, to: 200 });
    await until(() => gaps.until === undefined);

    voucher.prove({ from: 100, to: 260 });
    await until(() => said.at(-1)?.to === 260);

    expect(new Set(said.map(({ from }) => from))).toEqual(new Set([141]));
  });

  it('is said under the name that the leecher has by then', async () => {
    let name = 'a';
    voucher.start({ leecher: () => name, dispatcher, gaps });
    voucher.prove({ from: 100, to: 200 });
    await last();

    name = 'b';
    voucher.prove({ from: 100, to: 260 });
    await until(() => said.at(-1)?.to === 260);

    expect(said.at(-1)?.leecher).toBe('b');
  });

  it('keeps the marker of what is refused while another marker is written', async () => {
    const adding = gaps.add([item('p', 100)]);
    gaps.note([item('p', 500), item('q', 500)]);
    await adding;

    expect(gaps.list).toEqual({
      p: { events: 2, from: 100, to: 500 },
      q: { events: 1, from: 500, to: 500 },
    });
  });

  it('begins behind what the full spool dropped; the markers outlive the process and go once that is heard', async () => {
    await gaps.add([item('p', 120), item('p', 140), item(null, 130)]);
    const again = await GapMarkers.open(dir);
    expect(again.list).toEqual({
      p: { events: 2, from: 120, to: 140 },
      site: { events: 1, from: 130, to: 130 },
    });

    voucher.start({ leecher: () => 'a', dispatcher, gaps: again });
    voucher.prove({ from: 100, to: 200 });

    expect(await last()).toMatchObject({ from: 141, to: 200 });
    await until(() => again.until === undefined);
    expect((await GapMarkers.open(dir)).list).toEqual({});
  });
});
