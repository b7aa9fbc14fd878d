import { parseArgs } from 'node:util';
import { didYouMean } from '../likely';

/** An option of a command. */
export interface OptionSpec {
  /** Without dashes. */
  readonly name: string;
  /** How its value is called in the help; left out for a switch. */
  readonly value?: string;
  /** One line for people. */
  readonly what: string;
}

/** What was given, by name: texts, and true for switches. */
export type OptionValues = Readonly<Record<string, string | true | undefined>>;

/** The command was called wrongly; the message is one sentence for people. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError for what the command does not take */
export function readOptions(specs: readonly OptionSpec[], args: readonly string[]): OptionValues {
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      specs.map(({ name, value }) => [name, { type: value === undefined ? 'boolean' : 'string' } as const]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values: Record<string, string | true> = {};
  for (const token of tokens) {
    if (token.kind !== 'option') {
      const text = token.kind === 'positional' ? token.value : '--';
      throw new UsageError(`The argument ${JSON.stringify(text)} is not expected; see --help.`);
    }
    values[token.name] = valueOf(specs, { name: token.name, raw: token.rawName, value: token.value });
  }
  return values;
}

function valueOf(
  specs: readonly OptionSpec[],
  { name, raw, value }: { name: string; raw: string; value: string | undefined },
): string | true {
  const spec = specs.find((candidate) => candidate.name === name);
  if (!spec || !raw.startsWith('--')) {
    const known = specs.map((candidate) => `--${candidate.name}`);
    throw new UsageError(`There is no option ${raw}${didYouMean(raw, known) || '; see --help.'}`);
  }
  if (spec.value === undefined) {
    if (value !== undefined) {
      throw new UsageError(`--${name} takes no value.`);
    }
    return true;
  }
  if (value === undefined || value === '') {
    throw new UsageError(`--${name} needs a value: --${name} ${spec.value}.`);
  }
  return value;
}

export function textOption(values: OptionValues, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

/** @throws UsageError when the value is no whole number in these bounds */
export function numberOption(
  values: OptionValues,
  name: string,
  bounds: { readonly min: number; readonly max: number },
): number | undefined {
  const text = textOption(values, name);
  if (text === undefined) {
    return undefined;
  }
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= bounds.min && number <= bounds.max)) {
    const range = `from ${bounds.min} to ${bounds.max.toLocaleString('en-US', { useGrouping: false })}`;
    throw new UsageError(`--${name} must be a whole number ${range}, not ${JSON.stringify(text)}.`);
  }
  return number;
}

/** @throws UsageError when the value is none of the choices */
export function choiceOption<Choice extends string>(
  values: OptionValues,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const text = textOption(values, name);
  const choice = choices.find((candidate) => candidate === text);
  if (text !== undefined && choice === undefined) {
    throw new UsageError(`--${name} must be one of ${choices.join(', ')}, not ${JSON.stringify(text)}.`);
  }
  return choice;
}

export function helpText(command: string, what: string, specs: readonly OptionSpec[]): string {
  const rows = specs.map((spec) => [
    `  --${spec.name}${spec.value === undefined ? '' : ` ${spec.value}`}`,
    spec.what,
  ]);
  const width = Math.max(...rows.map(([left = '']) => left.length)) + 2;
  const lines = rows.map(([left = '', right = '']) => left.padEnd(width) + right);
  return `Usage: ${command} [options]\n\n${what}\n\n${lines.join('\n')}\n`;
}
