import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { copyBuild } from '../support/builds';
import type { Planted } from './planted';
import { PLANTED, plant } from './planted';
import type { Wanted } from './play';
import { Players } from './players';
import { line, say, show, showShortest, summary } from './report';
import { shortest } from './shortest';

const USAGE = `Usage: npm run test:faults -- [--seeds N] [--minutes M] [--jobs J] [--first S] [--planted]

Plays seeded stories of random edits on both sides under random troubles on a whole studio, and judges each by the
promises: L no loss, D effectively once, O order, I isolation, C convergence, and own: what people set in AYON and no
event of ftrack named stays.
  --seeds N      stories to play (default 20)
  --minutes M    begin no story after so many minutes
  --jobs J       stories side by side (default 1)
  --first S      number of the first seed (default 1)
  --rounds R     play only the first rounds of each story
  --without X,Y  leave out of the last round, such as "trouble 1,edit 3"
  --as-is        do not look for a shorter story that shows a violation
  --planted      instead: puts one defect after the other into a copy of the build, each must be found within N seeds

Ends with 1 when a promise is broken (or a planted defect is not found). Interrupted, it tells of the stories played so
far.
`;

interface Options {
  readonly seeds: number;
  readonly minutes: number;
  readonly jobs: number;
  readonly first: number;
  readonly part: Omit<Wanted, 'seed'>;
  readonly asIs: boolean;
}

/** A planted defect shows soon; what differs then is told as it would be later. */
const PLANTED_QUIET_MS = 90_000;

/** Looks whether whoever started us is still there. */
const PARENT_MS = 2_000;

function read(): Options & { readonly planted: boolean; readonly help: boolean } {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    options: {
      seeds: { ...text, default: '20' },
      minutes: { ...text, default: 'Infinity' },
      jobs: { ...text, default: '1' },
      first: { ...text, default: '1' },
      rounds: text,
      without: text,
      'as-is': flag,
      planted: flag,
      help: flag,
    },
  });
  const { rounds, without, planted, help } = values;
  return {
    seeds: positive('--seeds', values.seeds),
    minutes: positive('--minutes', values.minutes),
    jobs: positive('--jobs', values.jobs),
    first: positive('--first', values.first),
    part: {
      ...(rounds === undefined ? {} : { rounds: positive('--rounds', rounds) }),
      ...(without === undefined ? {} : { without: without.split(',') }),
    },
    asIs: values['as-is'],
    planted,
    help,
  };
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (!(number > 0)) {
    throw new Error(`${name} needs a number above 0, not "${text}".`);
  }
  return number;
}

async function main(players: Players): Promise<number> {
  const options = read();
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (options.planted) {
    return findPlanted(players, options);
  }
  // Somebody may build while we play.
  const folder = path.join(players.folder, 'build');
  mkdirSync(folder);
  return check(players, options, copyBuild(folder));
}

/** Does the work for each item, some side by side. */
async function sideBySide<T>(
  items: Iterator<T>,
  { jobs }: Options,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const lane = async (): Promise<void> => {
    for (let next = items.next(); next.done !== true; next = items.next()) {
      await work(next.value);
    }
  };
  await Promise.all(Array.from({ length: jobs }, lane));
}

/** Seeds in order while there is time. */
function* seedsOf({ seeds, minutes, first }: Options): Generator<number> {
  const end = Date.now() + minutes * 60_000;
  for (let seed = first; seed < first + seeds && Date.now() < end; seed += 1) {
    yield seed;
  }
}

async function check(players: Players, options: Options, dist: string): Promise<number> {
  const all = players.finished;
  await sideBySide(seedsOf(options), options, async (seed) => {
    const from = Date.now();
    const played = await players.play({ seed, ...options.part }, dist);
    all.push(played);
    line(played, (Date.now() - from) / 1000);
    if (played.violations.length > 0) {
      show(played);
      if (!options.asIs) {
        showShortest(await shortest(played, (wanted) => players.play(wanted, dist)));
      }
    }
  });
  return summary(all, players.again) ? 0 : 1;
}

async function findPlanted(players: Players, options: Options): Promise<number> {
  let found = 0;
  // All texts first: a build that has changed is complained about at once.
  const builds = PLANTED.map((defect, index) => {
    const folder = path.join(players.folder, `planted-${index}`);
    mkdirSync(folder);
    return { defect, dist: plant(defect, folder) };
  });
  await sideBySide(builds.values(), options, async ({ defect, dist }) => {
    const text = await untilFound(players, { defect, dist, options });
    found += text === undefined ? 0 : 1;
    say(`${defect.promise}: ${defect.what}\n  ${text ?? `NOT FOUND in ${options.seeds} seeds`}`);
  });
  say(`${found} passed, ${PLANTED.length - found} failed`);
  return found === PLANTED.length ? 0 : 1;
}

async function untilFound(
  players: Players,
  { defect, dist, options }: { defect: Planted; dist: string; options: Options },
): Promise<string | undefined> {
  for (const seed of seedsOf(options)) {
    const wanted = { seed, ...options.part, quietMs: PLANTED_QUIET_MS };
    const { violations } = await players.play(wanted, dist);
    const first = violations.find(({ promise }) => promise === defect.promise);
    if (first !== undefined) {
      const others = new Set(
        violations.map(({ promise }) => promise).filter((each) => each !== first.promise),
      );
      const also = others.size === 0 ? '' : ` (also ${[...others].join(', ')})`;
      return `found by seed ${seed}${also}: ${first.what.slice(0, 200)} [${first.workflows.join(', ')}]`;
    }
  }
  return undefined;
}

/** However it ends, it leaves no process and no file behind. */
function run(): void {
  const players = new Players();
  const end = (code: number): never => {
    players.close();
    process.exit(code);
  };
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ] as const) {
    process.on(signal, () => {
      if (players.finished.length > 0) {
        summary(players.finished, players.again);
      }
      end(128 + number);
    });
  }
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) {
      end(1);
    }
  }, PARENT_MS).unref();
  main(players).then(end, (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    end(2);
  });
}

run();
