import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { PLANTED, plant } from './planted';
import type { Played } from './play';
import { play, ROUNDS } from './play';

const USAGE = `Usage: npm run test:faults -- [--seeds N] [--minutes M] [--first S] [--planted]

Plays seeded stories of random edits under random troubles on a whole studio, and judges each by the promises.
  --seeds N    stories to play (default 20)
  --minutes M  begin no story after so many minutes
  --first S    number of the first seed (default 1)
  --planted    instead: puts one defect after the other into a copy of the build, each must be found within N seeds

Ends with 1 when a promise is broken (or a planted defect is not found).
`;

interface Options {
  readonly seeds: number;
  readonly minutes: number;
  readonly first: number;
}

const say = (text: string): boolean => process.stdout.write(`${text}\n`);

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '20' },
      minutes: { type: 'string', default: 'Infinity' },
      first: { type: 'string', default: '1' },
      planted: { type: 'boolean', default: false },
      // What a child process of --planted looks for.
      find: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const options = {
    seeds: positive('--seeds', values.seeds),
    minutes: positive('--minutes', values.minutes),
    first: positive('--first', values.first),
  };
  if (values.planted) {
    return findPlanted(options);
  }
  return values.find === undefined ? check(options) : untilFound(values.find, options);
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (!(number > 0)) {
    throw new Error(`${name} needs a number above 0, not "${text}".`);
  }
  return number;
}

/** Seeds in order while there is time. */
function* seedsOf({ seeds, minutes, first }: Options): Generator<number> {
  const end = Date.now() + minutes * 60_000;
  for (let seed = first; seed < first + seeds && Date.now() < end; seed += 1) {
    yield seed;
  }
}

async function check(options: Options): Promise<number> {
  const all: Played[] = [];
  for (const seed of seedsOf(options)) {
    const from = Date.now();
    const played = await play(seed);
    all.push(played);
    const { edits, events, found, violations } = played;
    const verdict = violations.length === 0 ? 'no violation' : `${violations.length} VIOLATIONS`;
    const took = ((Date.now() - from) / 1000).toFixed(0);
    say(`seed ${seed}: ${verdict}; ${edits} edits, ${events} events (${found} by the gap fill), ${took} s`);
    if (violations.length > 0) {
      show(await shortest(played));
    }
  }
  return summary(all);
}

/** The same story with fewer rounds, as long as it still shows a violation. */
async function shortest(played: Played): Promise<Played> {
  for (let rounds = 1; rounds < ROUNDS; rounds += 1) {
    const shorter = await play(played.seed, rounds);
    if (shorter.violations.length > 0) {
      return shorter;
    }
  }
  return played;
}

function show({ seed, rounds, log, violations }: Played): void {
  say(`  Shortest prefix of seed ${seed} that shows it: ${rounds} of ${ROUNDS} rounds`);
  for (const { promise, what, workflows } of violations) {
    say(`  ${promise}: ${what}${workflows.length > 0 ? ` [${workflows.join(', ')}]` : ''}`);
  }
  say(log.map((line) => `    ${line}`).join('\n'));
}

function summary(all: readonly Played[]): number {
  const sum = (count: (played: Played) => number): number =>
    all.reduce((total, each) => total + count(each), 0);
  const troubles: Record<string, number> = {};
  for (const [name, count] of all.flatMap((each) => Object.entries(each.troubles))) {
    troubles[name] = (troubles[name] ?? 0) + count;
  }
  const violated = all.filter(({ violations }) => violations.length > 0).map(({ seed }) => seed);
  say(
    `\n${all.length} stories, ${sum((each) => each.edits)} edits, ${sum((each) => each.events)} events, of these ${sum((each) => each.found)} found by the gap fill.`,
  );
  say('Troubles:');
  for (const [name, count] of Object.entries(troubles).sort(([one], [other]) => one.localeCompare(other))) {
    say(`  ${String(count).padStart(5)}  ${name}`);
  }
  say(
    violated.length === 0
      ? `${all.length} seeds, 0 violations.`
      : `${all.length} seeds, ${violated.length} with violations: ${violated.join(', ')}.`,
  );
  say(`${all.length - violated.length} passed, ${violated.length} failed`);
  return violated.length === 0 ? 0 : 1;
}

/** For a planted defect: ends with 0 at the first violation of its promise, and tells which. */
async function untilFound(promise: string, options: Options): Promise<number> {
  for (const seed of seedsOf(options)) {
    const { violations } = await play(seed);
    const first = violations.find((each) => each.promise === promise);
    if (first !== undefined) {
      say(`  found by seed ${seed} as ${first.promise}: ${first.what.slice(0, 160)}`);
      return 0;
    }
  }
  return 1;
}

function findPlanted({ seeds }: Options): number {
  let missed = 0;
  for (const defect of PLANTED) {
    say(`${defect.promise}: ${defect.what}`);
    const { status } = spawnSync(
      process.execPath,
      [...process.execArgv, __filename, '--find', defect.promise, '--seeds', String(seeds)],
      { stdio: 'inherit', env: { ...process.env, AYON_FTRACK_DIST: plant(defect) } },
    );
    if (status !== 0) {
      missed += 1;
      say(`  NOT FOUND in ${seeds} seeds`);
    }
  }
  say(`${PLANTED.length - missed} passed, ${missed} failed`);
  return missed === 0 ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  },
);
