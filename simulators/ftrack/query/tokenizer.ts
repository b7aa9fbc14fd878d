import { parseError } from '../errors';

export interface Token {
  /** `word`: a name, keyword or bare value; `text`: a quoted value; `sign`: brackets, comma, comparison. */
  readonly kind: 'word' | 'text' | 'sign' | 'end';
  readonly value: string;
  /** Position of the first character in the expression, from 0. */
  readonly at: number;
}

const blank = /\s+/y;
const sign = /[!<>]=|[=<>(),[\]]/y;
const word = /[^\s()[\],'"=<>!]+/y;

function matchAt(pattern: RegExp, expression: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(expression)?.[0];
}

/** A quoted value: a backslash takes the next character as it is. */
function readText(expression: string, start: number): { value: string; end: number } {
  const quote = expression.charAt(start);
  let value = '';
  let from = start + 1;
  for (;;) {
    const end = expression.indexOf(quote, from);
    if (end < 0) {
      throw parseError(
        `Expected closing ${quote} for the text that starts at position ${start}, found end of expression.`,
      );
    }
    const plain = expression.slice(from, end);
    const escape = plain.indexOf('\\');
    if (escape < 0) {
      return { value: value + plain, end: end + 1 };
    }
    value += plain.slice(0, escape) + expression.charAt(from + escape + 1);
    from += escape + 2;
  }
}

function readToken(expression: string, at: number): { token: Token; end: number } {
  const first = expression.charAt(at);
  if (first === '"' || first === "'") {
    const { value, end } = readText(expression, at);
    return { token: { kind: 'text', value, at }, end };
  }
  const signed = matchAt(sign, expression, at);
  if (signed !== undefined) {
    return { token: { kind: 'sign', value: signed, at }, end: at + signed.length };
  }
  const bare = matchAt(word, expression, at);
  if (bare === undefined) {
    throw parseError(`Unexpected ${JSON.stringify(first)} at position ${at}.`);
  }
  return { token: { kind: 'word', value: bare, at }, end: at + bare.length };
}

/** Splits an expression; the last token is always of kind `end`. */
export function tokenize(expression: string): Token[] {
  const tokens: Token[] = [];
  let index = 0;
  for (;;) {
    index += matchAt(blank, expression, index)?.length ?? 0;
    if (index >= expression.length) {
      tokens.push({ kind: 'end', value: '', at: expression.length });
      return tokens;
    }
    const { token, end } = readToken(expression, index);
    tokens.push(token);
    index = end;
  }
}
