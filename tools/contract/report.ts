import type { Report, Result } from './run';

const MARKS = { ok: 'ok', differs: 'DIFFERS', 'could not run': 'could not run' } as const;
const WIDTH = 15;
const LONGEST = 200;

/** One line for a check, as soon as it is done. */
export function lineOf({ group, name, outcome, differences, reason }: Result): string {
  const [first] = differences;
  const more = differences.length > 1 ? ` (and ${differences.length - 1} more)` : '';
  const why =
    first === undefined
      ? reason
      : `${first.at}: expected ${cut(first.expected, LONGEST)}, found ${cut(first.found, LONGEST)}${more}`;
  return `${MARKS[outcome].padEnd(WIDTH)}${group}: ${name}${why === null ? '' : `\n${' '.repeat(WIDTH)}${why}`}`;
}

export interface Counts {
  readonly ok: number;
  readonly differs: number;
  readonly couldNotRun: number;
}

export function countsOf({ results }: Report): Counts {
  const count = (outcome: Result['outcome']) => results.filter((each) => each.outcome === outcome).length;
  return { ok: count('ok'), differs: count('differs'), couldNotRun: count('could not run') };
}

/** 0: all is as expected, but for what the server does not offer; 1: something is not, or could not be seen. */
export function exitCodeOf({ results, broken, isLeftBehind }: Report): 0 | 1 {
  const isFine = results.every(({ outcome, isNotOffered }) => outcome === 'ok' || isNotOffered);
  return isFine && broken === null && !isLeftBehind ? 0 : 1;
}

/** Table of differences, timings and counts. */
export function summaryOf(report: Report): string {
  const { results, timings, broken, isLeftBehind, server, project, version } = report;
  const { ok, differs, couldNotRun } = countsOf(report);
  const rows = results.flatMap(({ group, name, differences }) =>
    differences.map(({ at, expected, found }) => [`${group}: ${name}`, at, expected, found]),
  );
  const reasons = results
    .filter(({ outcome }) => outcome === 'differs')
    .map(({ name, why }) => `  ${name}: ${why}`);
  const measured = timings.map(({ call, p50, worst }) => [
    call,
    `${p50.toFixed(1)} ms`,
    `${worst.toFixed(1)} ms`,
  ]);
  const parts = [
    ...(rows.length > 0 ? ['Differences', table(['check', 'where', 'expected', 'found'], rows), ''] : []),
    ...(reasons.length > 0 ? ['Why they matter', ...reasons, ''] : []),
    ...(measured.length > 0
      ? ['For information', table(['call', 'p50', `worst of ${timings[0]?.times ?? 0}`], measured), '']
      : []),
    ...(broken === null ? [] : [`The run ended early: ${broken}.`]),
    ...(isLeftBehind ? [`The project ${project} may be left behind on ${server}; delete it there.`] : []),
    `${server}, AYON ${version}: ${ok} as expected, ${differs} otherwise, ${couldNotRun} could not run.`,
  ];
  return `\n${parts.join('\n')}\n`;
}

const WIDEST = 60;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cut(cell, WIDEST)));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const [first = '', ...lines] = cells.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
  const rule = `  ${widths.map((width) => '─'.repeat(width)).join('  ')}`;
  return [first, rule, ...lines].join('\n');
}

const cut = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most - 1)}…` : text;
