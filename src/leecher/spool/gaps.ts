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
/** Lines of the spool that nobody could read. */
const UNKNOWN = 'unknown';

/**
 * One marker per project in place of events that were dropped: by the full spool, by a disk and memory without room, or
 * as lines that nobody can read. It stays until the gap fill knows that nobody vouches for that time, and so reads
 * ftrack's log for it. Markers of what lay on the disk are on the disk first; what never got there needs none there,
 * since it came after the last moment that this process vouched for, and the next one vouches for no earlier time.
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

  /** Per project; `site` stands for events without one, `unknown` for lines that could not be read. */
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
    const gaps = marked(this.#gaps, items);
    await writeFile(`${this.#path}.new`, JSON.stringify(gaps), { mode: 0o600 });
    await rename(`${this.#path}.new`, this.#path);
    // Others may have been marked meanwhile.
    this.#gaps = marked(this.#gaps, items);
  }

  /** Marks events that are not on the disk. */
  note(items: readonly Outgoing[]): void {
    this.#gaps = marked(this.#gaps, items);
  }

  /** Marks lines of which nobody knows what they told: all until now may be missing. */
  noteUnknown(lines: number, now: number): void {
    const gap = { events: lines, from: now, to: now };
    this.#gaps = { ...this.#gaps, [UNKNOWN]: joined(this.#gaps[UNKNOWN], gap) };
  }

  /** @returns what was marked. What is marked meanwhile stays, with all before it. */
  async clear(): Promise<Readonly<Record<string, Gap>>> {
    const gaps = this.#gaps;
    // On a disk that cannot be written it is read again by the next process, which does no harm.
    await rm(this.#path, { force: true }).catch(() => undefined);
    if (this.#gaps === gaps) {
      this.#gaps = {};
    }
    return gaps;
  }
}

function marked(known: Readonly<Record<string, Gap>>, items: readonly Outgoing[]): Record<string, Gap> {
  const gaps = { ...known };
  for (const { input } of items) {
    const project = input.project ?? SITE;
    const { arrivedAt } = input.event;
    gaps[project] = joined(gaps[project], { events: 1, from: arrivedAt, to: arrivedAt });
  }
  return gaps;
}

const joined = (one: Gap | undefined, other: Gap): Gap =>
  one === undefined
    ? other
    : {
        events: one.events + other.events,
        from: Math.min(one.from, other.from),
        to: Math.max(one.to, other.to),
      };

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
