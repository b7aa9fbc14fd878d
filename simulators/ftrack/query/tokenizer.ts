import { parseError } from '../errors';

export interface Token {
  /** `word`: a name, keyword or bare value; `text`: a quoted value; `sign`: brackets, comma, comparison. */
  readonly kind: 'word' | 'text' | 'sign' | 'end';
  readonly value: string;
  /** Position of the first character in the expression, from 0. */
  readonly at: number;
}

const signs = ['!=', '>=', '<=', '=', '>', '<', '(', ')', ',', '[', ']'];
const wordEnd = /[\s()[\],'"=<>!]/;

function readText(expression: string, start: number): { value: string; end: number } {
  const quote = expression.charAt(start);
  let value = '';
  for (let index = start + 1; index < expression.length; index += 1) {
    const character = expression.charAt(index);
    if (character === quote) {
      return { value, end: index + 1 };
    }
    if (character === '\\' && index + 1 < expression.length) {
      index += 1;
      value += expression.charAt(index);
    } else {
      value += character;
    }
  }
  throw parseError(
    `Expected closing ${quote} for the text that starts at position ${start}, found end of expression.`,
  );
}

function readWord(expression: string, start: number): number {
  let end = start;
  while (end < expression.length && !wordEnd.test(expression.charAt(end))) {
    end += 1;
  }
  return end;
}

/** Splits an expression; the last token is always of kind `end`. */
export function tokenize(expression: string): Token[] {
  const tokens: Token[] = [];
  let index = 0;
  while (index < expression.length) {
    const character = expression.charAt(index);
    const at = index;
    if (/\s/.test(character)) {
      index += 1;
      continue;
    }
    if (character === '"' || character === "'") {
      const { value, end } = readText(expression, at);
      tokens.push({ kind: 'text', value, at });
      index = end;
      continue;
    }
    const sign = signs.find((candidate) => expression.startsWith(candidate, at));
    if (sign !== undefined) {
      tokens.push({ kind: 'sign', value: sign, at });
      index += sign.length;
      continue;
    }
    index = readWord(expression, at);
    if (index === at) {
      throw parseError(`Unexpected ${JSON.stringify(character)} at position ${at}.`);
    }
    tokens.push({ kind: 'word', value: expression.slice(at, index), at });
  }
  tokens.push({ kind: 'end', value: '', at: expression.length });
  return tokens;
}
