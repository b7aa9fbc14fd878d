/** One measured number. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly target?: Target;
}

type Target = { readonly atLeast: number } | { readonly atMost: number };

/** What one section measured. */
export interface Report {
  readonly figures: readonly Figure[];
  /** How it was measured, one sentence per line. */
  readonly notes: readonly string[];
  /** Single values behind the figures, for the JSON file. */
  readonly details?: unknown;
}

/** @returns undefined for a figure without a target; a value that is no number misses it. */
export function isReached({ value, target }: Figure): boolean | undefined {
  if (target === undefined) {
    return undefined;
  }
  return 'atLeast' in target ? value >= target.atLeast : value <= target.atMost;
}

const HEAD = ['figure', 'value', 'target', ''] as const;

/** The report as text: a title, one row per figure, the notes below. */
export function tableOf(title: string, { figures, notes }: Report): string {
  const rows = [HEAD, ...figures.map(rowOf)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map(
    (row) => `  ${row.map((cell, column) => padded(cell, { column, widths })).join('  ')}`,
  );
  const rule = `  ${widths.map((width) => '─'.repeat(width)).join('  ')}`;
  const text = [title, lines[0] ?? '', rule, ...lines.slice(1), ...notes.map((note) => `  ${note}`)];
  return text.map((line) => line.trimEnd()).join('\n');
}

function padded(cell: string, { column, widths }: { column: number; widths: readonly number[] }): string {
  const width = widths[column] ?? 0;
  return column === 1 ? cell.padStart(width) : cell.padEnd(width);
}

function rowOf(figure: Figure): readonly string[] {
  const { name, value, unit, target } = figure;
  const reached = isReached(figure);
  const verdict = reached === undefined ? '' : reached ? 'reached' : 'missed';
  return [name, `${shown(value)} ${unit}`.trim(), target === undefined ? '' : limitOf(target), verdict];
}

const limitOf = (target: Target): string =>
  'atLeast' in target ? `>= ${target.atLeast}` : `<= ${target.atMost}`;

/** Three digits that count; whole numbers as they are. */
function shown(value: number): string {
  if (!Number.isFinite(value)) {
    return 'not measured';
  }
  return Number.isInteger(value)
    ? String(value)
    : value.toFixed(Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0);
}

/** The figures as the JSON file holds them; what was not measured is null. */
export function jsonOf({ figures, notes, details }: Report): object {
  return {
    figures: figures.map((figure) => ({
      ...figure,
      value: Number.isFinite(figure.value) ? figure.value : null,
      ...(figure.target === undefined ? {} : { reached: isReached(figure) }),
    })),
    notes,
    ...(details === undefined ? {} : { details }),
  };
}
