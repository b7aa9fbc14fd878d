import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { GROUPS } from './checks';
import { pick } from './pattern';
import { WrongUse } from './preflight';
import { countsOf, exitCodeOf, lineOf, summaryOf } from './report';
import type { RunOptions } from './run';
import { runContract } from './run';

const USAGE = `Usage: npm run contract -- --server URL [--key K] [--only GROUP …] [--json FILE]

Tells where a live AYON server answers otherwise than this product relies on, so that a new version of AYON can be
tried before a studio upgrades. Works in a project of its own, contract_<random>, which it deletes at the end.

  --server URL    the server, such as https://ayon.example.com
  --key K         key of a service user, which counts as an admin; default: AYON_API_KEY
  --only GROUP    only this group of checks; may be given several times
  --project NAME  name of the throw-away project (contract_…), which must not exist
  --json FILE     write everything that was found
  --list          list the groups and their checks

Ends with 0 when all is as expected, 1 when something is not (or the run broke off), 2 for wrong use.
`;

const say = (text: string): unknown => process.stdout.write(`${text}\n`);
const warn = (text: string): unknown => process.stderr.write(`${text}\n`);

interface Options extends Omit<RunOptions, 'signal' | 'onStart' | 'onResult'> {
  readonly json?: string;
}

/** @returns what to do; undefined when that was to show something. @throws WrongUse */
function optionsOf(args: readonly string[]): Options | undefined {
  const { values } = parsed(args);
  const { server, key = process.env['AYON_API_KEY'] ?? '', only, project, json, list, help } = values;
  if (help === true || list === true) {
    say(help === true ? USAGE.trimEnd() : listed());
    return undefined;
  }
  if (server === undefined) {
    throw new WrongUse(
      '--server is missing: give the address of an AYON server, such as https://ayon.example.com.',
    );
  }
  if (key === '') {
    throw new WrongUse('The key is missing: give one of a service user by --key or AYON_API_KEY.');
  }
  const unknown = only?.find((name) => !GROUPS.some((group) => group.name === name));
  if (unknown !== undefined) {
    throw new WrongUse(`There is no group "${unknown}"; --list shows those that there are.`);
  }
  const given = Object.entries({ only, project, json }).filter(([, value]) => value !== undefined);
  return { server, key, ...Object.fromEntries(given) };
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const only = { type: 'string', multiple: true } as const;
  const options = { server: text, key: text, project: text, json: text, only, list: flag, help: flag };
  try {
    return parseArgs({ args: [...args], options });
  } catch (error) {
    throw new WrongUse(`${error instanceof Error ? error.message : String(error)}`);
  }
}

const listed = (): string =>
  GROUPS.map(({ name, title, checks }) =>
    [`${name}: ${title}`, ...checks.map((check) => `  ${check.name}`)].join('\n'),
  ).join('\n');

/** The first signal ends the run, which then deletes its project; the second one ends us at once. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      warn('Stopping; the throw-away project is deleted first.');
      controller.abort();
    });
  }
  return controller.signal;
}

async function main(args: readonly string[]): Promise<number> {
  const options = optionsOf(args);
  if (options === undefined) {
    return 0;
  }
  const { json, ...run } = options;
  const report = await runContract({
    ...run,
    signal: stopSignal(),
    onStart: ({ version, project }) =>
      warn(
        `AYON ${version} on ${run.server}: makes the project ${project}, writes into it and deletes it. The key acts as an admin, and events stay in the server's log: best run on a copy of the studio's server.`,
      ),
    onResult: (result) => say(lineOf(result)),
  });
  say(summaryOf(report).trimEnd());
  if (json !== undefined) {
    writeFileSync(json, `${JSON.stringify({ ...report, counts: countsOf(report) }, null, 2)}\n`);
  }
  return exitCodeOf(report);
}

function wordsOf(error: unknown): string {
  if (error instanceof Error && error.name === 'AbortError') {
    return 'Stopped before a project was made.';
  }
  const isSentence = error instanceof WrongUse;
  return String(error instanceof Error && !isSentence ? error.stack : pick(error, 'message'));
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    warn(wordsOf(error));
    process.exitCode = error instanceof WrongUse ? 2 : 1;
  },
);
