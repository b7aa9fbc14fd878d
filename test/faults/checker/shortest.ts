import type { Played, Wanted } from './play';
import { ROUNDS } from './play';

/** How long to look for a shorter story, and how often one is played before it counts as showing nothing. */
const SEARCH_MS = 360_000;
const TRIES = 2;

export interface Shortest {
  readonly played: Played;
  /** How often this very story was played again, and showed a violation of the promise. */
  readonly shown: number;
  readonly tries: number;
}

/**
 * The shortest story that still breaks the promise: as few rounds as possible, then without single troubles and edits
 * of its last round. Processes differ from run to run, so one that showed nothing twice may still do so the next time.
 */
export async function shortest(
  played: Played,
  playAgain: (wanted: Wanted) => Promise<Played>,
): Promise<Shortest> {
  const deadline = Date.now() + SEARCH_MS;
  const broken = new Set(played.violations.map(({ promise }) => promise));
  const shows = async (wanted: Wanted): Promise<Played | undefined> => {
    for (let tries = 0; tries < TRIES && Date.now() < deadline; tries += 1) {
      const again = await playAgain(wanted);
      if (again.violations.some(({ promise }) => broken.has(promise))) {
        return again;
      }
    }
    return undefined;
  };
  let best = await fewestRounds(played, shows);
  for (const part of partsOf(best)) {
    best = (await shows({ ...wantedOf(best), without: [...best.without, part] })) ?? best;
  }
  let [shown, tries] = [0, 0];
  for (; tries < TRIES && Date.now() < deadline; tries += 1) {
    const again = await playAgain(wantedOf(best));
    shown += again.violations.some(({ promise }) => broken.has(promise)) ? 1 : 0;
  }
  return { played: best, shown, tries };
}

const wantedOf = ({ seed, rounds, without }: Played) => ({ seed, rounds, without });

async function fewestRounds(
  played: Played,
  shows: (wanted: Wanted) => Promise<Played | undefined>,
): Promise<Played> {
  for (let rounds = 1; rounds < Math.min(ROUNDS, played.rounds); rounds += 1) {
    const shorter = await shows({ seed: played.seed, rounds });
    if (shorter !== undefined) {
      return shorter;
    }
  }
  return played;
}

/** Troubles and edits of the last round, as they can be left out. */
function partsOf({ log }: Played): string[] {
  const start = log.findLastIndex((line) => line.startsWith('round '));
  const [, names = ''] = (log[start] ?? '').split(': ');
  const troubles = names === 'no trouble' ? [] : names.split(' + ').map((_, index) => `trouble ${index + 1}`);
  const edits = log.slice(start + 1).flatMap((line) => {
    const number = /^ {2}(\d+): /.exec(line)?.[1];
    return number === undefined ? [] : [`edit ${number}`];
  });
  return [...troubles, ...edits];
}
