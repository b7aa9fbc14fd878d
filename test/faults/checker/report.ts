import type { Played } from './play';
import { ROUNDS } from './play';
import type { Shortest } from './shortest';

export const say = (text: string): boolean => process.stdout.write(`${text}\n`);

/** One line for a story. */
export function line({ seed, checked, violations }: Played, seconds: number): void {
  const verdict = violations.length === 0 ? 'no violation' : `${violations.length} VIOLATIONS`;
  const count = (what: string): number => checked[what] ?? 0;
  say(
    `seed ${seed}: ${verdict}; ${count('edits in ftrack')} + ${count('edits in AYON')} edits, ${count('events worked on')} events (${count('events found by the gap fill')} by the gap fill), ${count('O steps')} steps, ${seconds.toFixed(0)} s`,
  );
}

/** What was broken, and the story. */
export function show({ log, violations }: Played): void {
  for (const { promise, what, workflows } of violations) {
    say(`  ${promise}: ${what}${workflows.length > 0 ? ` [${workflows.join(', ')}]` : ''}`);
  }
  say(log.map((each) => `    ${each}`).join('\n'));
}

export function showShortest({ played, shown, tries }: Shortest): void {
  const { seed, rounds, without } = played;
  const left = without.length === 0 ? '' : `, without ${without.join(', ')} of the last`;
  const cost = without.length === 0 ? '' : ` --without "${without.join(',')}"`;
  say(`  Shortest story of seed ${seed} that showed it: ${rounds} of ${ROUNDS} rounds${left}.`);
  say(`  Played ${tries} times more, it showed it ${shown} times: processes differ from run to run.`);
  say(`  Again: npm run test:faults -- --first ${seed} --seeds 1 --rounds ${rounds}${cost}`);
  show(played);
}

/** Adds up counts by name. */
function sums(all: readonly Readonly<Record<string, number>>[]): [name: string, count: number][] {
  const total: Record<string, number> = {};
  for (const [name, count] of all.flatMap((each) => Object.entries(each))) {
    total[name] = (total[name] ?? 0) + count;
  }
  return Object.entries(total).sort(([one], [other]) => one.localeCompare(other));
}

function table(title: string, rows: readonly [name: string, count: number][]): void {
  say(`${title}:`);
  rows.forEach(([name, count]) => say(`  ${String(count).padStart(7)}  ${name}`));
}

/** @returns whether no promise was broken. */
export function summary(all: readonly Played[], again: number): boolean {
  const violated = all.filter(({ violations }) => violations.length > 0);
  say('');
  table('Troubles', sums(all.map(({ troubles }) => troubles)));
  table('Checked', sums(all.map(({ checked }) => checked)));
  const promises = ['L', 'D', 'O', 'I', 'C', 'own', 'ran'] as const;
  table(
    'Stories with violations',
    promises.map((promise) => [
      promise,
      violated.filter(({ violations }) => violations.some((each) => each.promise === promise)).length,
    ]),
  );
  if (again > 0) {
    say(`${again} stories were played a second time, since their studio did not start.`);
  }
  say(
    violated.length === 0
      ? `${all.length} seeds, 0 violations.`
      : `${all.length} seeds, ${violated.length} with violations: ${violated.map(({ seed }) => seed).join(', ')}.`,
  );
  say(`${all.length - violated.length} passed, ${violated.length} failed`);
  return violated.length === 0;
}
