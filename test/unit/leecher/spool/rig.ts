import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SpoolOptions } from '../../../../src/leecher/spool/spool';
import { Spool } from '../../../../src/leecher/spool/spool';

export interface Item {
  readonly number: number;
}

const read = (value: unknown): Item | undefined =>
  typeof value === 'object' && value !== null && 'number' in value && typeof value.number === 'number'
    ? { number: value.number }
    : undefined;

/** Spools of numbers in a directory of each test's own, closed and removed after it. */
export class SpoolRig {
  dir = '';
  troubles: string[] = [];
  private readonly open: Spool<Item>[] = [];

  constructor() {
    beforeEach(async () => {
      this.dir = join(await mkdtemp(join(tmpdir(), 'spool-')), 'spool');
      this.troubles = [];
    });
    afterEach(async () => {
      await Promise.all(this.open.splice(0).map((spool) => spool.close()));
      await rm(join(this.dir, '..'), { recursive: true, force: true });
    });
  }

  /** What lies in the directory, or a file in it. */
  path = (name: string): string => join(this.dir, name);

  start = async (options: Partial<SpoolOptions<Item>> = {}): Promise<Spool<Item>> => {
    const spool = await Spool.open({
      dir: this.dir,
      read,
      onTrouble: (what) => this.troubles.push(what),
      memory: 1_000,
      lockWaitMs: 0,
      retryMs: 10,
      ...options,
    });
    this.open.push(spool);
    return spool;
  };

  segments = async (): Promise<string[]> =>
    (await readdir(this.dir)).filter((name) => name.endsWith('.spool')).toSorted();
}

export const items = (from: number, count: number): Item[] =>
  Array.from({ length: count }, (_, index) => ({ number: from + index }));

export const numbers = (from: number, count: number): number[] =>
  items(from, count).map(({ number }) => number);

/** Empties the spool, at most so many at a time. */
export async function drain(spool: Spool<Item>, max = 7): Promise<number[]> {
  const found: number[] = [];
  while (spool.state().events > 0) {
    const batch = await spool.take(max);
    found.push(...batch.items.map(({ number }) => number));
    await spool.commit(batch);
  }
  return found;
}
