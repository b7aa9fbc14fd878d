import { readFileSync } from 'node:fs';
import type { Document } from 'yaml';
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { didYouMean } from '../../likely';
import type { Studio } from '../types';
import { buildStudio } from './build';
import type { Place } from './problems';
import { Problems, StudioFileError } from './problems';
import { StudioShape } from './shape';

export { StudioFileError } from './problems';

const nouns: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of keys',
  record: 'a group of keys',
};

/** A value as it can be shown in a sentence. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

/** What a wrong value is told to be; undefined leaves it to the schema's own words. */
function complaint(issue: z.core.$ZodRawIssue): string | undefined {
  const { input } = issue;
  if (input === undefined && (issue.code === 'invalid_type' || issue.code === 'invalid_value')) {
    return 'must be given';
  }
  if (issue.code === 'invalid_type') {
    const quotes = issue.expected === 'string' && typeof input !== 'object' ? '; put it in quotes' : '';
    return `must be ${nouns[issue.expected] ?? issue.expected}, not ${shown(input)}${quotes}`;
  }
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String);
    return `${shown(input)} is none of ${values.join(', ')}${didYouMean(String(input), values)}`;
  }
  return issue.code === 'too_small' && issue.origin !== 'array' && issue.origin !== 'string'
    ? `must be at least ${String(issue.minimum)}`
    : undefined;
}

function placeOf(issue: z.core.$ZodIssue): Place {
  const place = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  return issue.code === 'unrecognized_keys' ? [...place, issue.keys[0] ?? ''] : place;
}

function containsItself(value: unknown, above: ReadonlySet<unknown> = new Set()): boolean {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  const holders = new Set([...above, value]);
  return above.has(value) || Object.values(value).some((part) => containsItself(part, holders));
}

/** What the text says as plain values. */
function valuesOf(document: Document, problems: Problems): unknown {
  for (const { pos, message } of document.errors) {
    problems.addAt(pos[0], `is no YAML: ${message.split('\n')[0] ?? ''}`);
  }
  problems.throwIfAny();
  try {
    const values: unknown = document.toJS({ maxAliasCount: 1000 }) ?? {};
    if (!containsItself(values)) {
      return values;
    }
    problems.addAt(0, 'is no description: an alias in it leads to what contains the alias');
  } catch (error) {
    problems.addAt(0, `is no YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw problems.error();
}

/**
 * Reads the description of a studio. Everything in it may be left out: tables that are left out are those of the
 * sample studio, ids are made from names (the same path, the same id).
 *
 * @param file how the text is called in messages
 * @throws StudioFileError with one line for each problem
 */
export function parseStudio(text: string, file: string): Studio {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const problems = new Problems(file, document, lines);
  const parsed = StudioShape.safeParse(valuesOf(document, problems), { error: complaint });
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      problems.add(placeOf(issue), issue.message);
    }
    throw problems.error();
  }
  const studio = buildStudio(parsed.data, problems);
  problems.throwIfAny();
  return studio;
}

/** @throws StudioFileError when the file cannot be read or used */
export function readStudioFile(file: string): Studio {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`;
    throw new StudioFileError([`${file}: ${why}; --seed takes the description of a studio in YAML.`]);
  }
  return parseStudio(text, file);
}
