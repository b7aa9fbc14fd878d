import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Outgoing } from '../outgoing';

/** What was dropped of one project: how many events, which arrived from when to when, ms since epoch. */
export interface Gap {
  readonly events: number;
  readonly from: number;
  readonly to: number;
}

/** Events without a project. */
const SITE = 'site';

/**
 * One marker per project in place of events that the full spool had to drop. It stays, on the disk too, until the gap
 * fill knows that nobody vouches for that time, and so reads ftrack's log for it.
 */
export class GapMarkers {
  readonly #path: string;
  #gaps: Record<string, Gap>;

  private constructor(path: string, gaps: Record<string, Gap>) {
    this.#path = path;
    this.#gaps = gaps;
  }

  /** What an earlier process left; a damaged file is none, since a new life of a leecher vouches for no earlier time. */
  static async open(dir: string): Promise<GapMarkers> {
    const path = join(dir, 'gaps.json');
    const text = await readFile(path, 'utf8').catch(() => '{}');
    return new GapMarkers(path, parsed(text));
  }

  /** Per project; `site` stands for events without one. */
  get list(): Readonly<Record<string, Gap>> {
    return this.#gaps;
  }

  /** Arrival of the last event dropped. */
  get until(): number | undefined {
    const ends = Object.values(this.#gaps).map(({ to }) => to);
    return ends.length === 0 ? undefined : Math.max(...ends);
  }

  /** Marks events before they are removed. @throws when the marker cannot be written; then nothing may be removed. */
  async add(items: readonly Outgoing[]): Promise<void> {
    const gaps = { ...this.#gaps };
    for (const { input } of items) {
      const project = input.project ?? SITE;
      const { arrivedAt } = input.event;
      const { events, from, to } = gaps[project] ?? { events: 0, from: arrivedAt, to: arrivedAt };
      gaps[project] = {
        events: events + 1,
        from: Math.min(from, arrivedAt),
        to: Math.max(to, arrivedAt),
      };
    }
    await writeFile(`${this.#path}.new`, JSON.stringify(gaps), { mode: 0o600 });
    await rename(`${this.#path}.new`, this.#path);
    this.#gaps = gaps;
  }

  /** @returns what was marked. */
  async clear(): Promise<Readonly<Record<string, Gap>>> {
    await rm(this.#path, { force: true });
    const gaps = this.#gaps;
    this.#gaps = {};
    return gaps;
  }
}

function parsed(text: string): Record<string, Gap> {
  try {
    const found = JSON.parse(text) as Record<string, Gap>;
    const isSound = Object.values(found).every((gap) =>
      [gap.events, gap.from, gap.to].every((each) => Number.isFinite(each)),
    );
    return isSound ? found : {};
  } catch {
    return {};
  }
}
