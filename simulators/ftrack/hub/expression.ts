/** Tests an event (subscription) or a subscriber's metadata (target). */
export type EventTest = (subject: unknown) => boolean;

interface Token {
  readonly kind: 'word' | 'text' | 'sign' | 'end';
  readonly value: string;
}

const tokenForm =
  /\s*(?:("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(!=|>=|<=|=|>|<|\(|\))|([A-Za-z0-9\-_,./*@+]+))/y;

function tokenize(expression: string): Token[] {
  const tokens: Token[] = [];
  const text = expression.trimEnd();
  tokenForm.lastIndex = 0;
  while (tokenForm.lastIndex < text.length) {
    const at = tokenForm.lastIndex;
    const match = tokenForm.exec(text);
    if (!match) {
      throw new Error(`Cannot read the expression ${JSON.stringify(expression)} at position ${at}.`);
    }
    const [, quoted, sign, word] = match;
    if (quoted !== undefined) {
      tokens.push({ kind: 'text', value: quoted.slice(1, -1).replaceAll(/\\(.)/g, '$1') });
    } else {
      tokens.push(sign === undefined ? { kind: 'word', value: word ?? '' } : { kind: 'sign', value: sign });
    }
  }
  tokens.push({ kind: 'end', value: '' });
  return tokens;
}

/** What a dotted name leads to; undefined when something on the way is missing. */
function descend(subject: unknown, name: string): unknown {
  let current = subject;
  for (const part of name.split('.')) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, part)) {
      return undefined;
    }
    current = (current as Record<string, unknown>)[part];
  }
  return current;
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function compares(operator: string, actual: unknown, wanted: string): boolean {
  if (operator === '=' || operator === '!=') {
    const text = asText(actual);
    const isEqual = wanted.endsWith('*') ? text.startsWith(wanted.slice(0, -1)) : text === wanted;
    return isEqual === (operator === '=');
  }
  const isNumeric = typeof actual === 'number' && wanted.trim() !== '' && !Number.isNaN(Number(wanted));
  const [left, right] = isNumeric ? [actual, Number(wanted)] : [asText(actual), wanted];
  switch (operator) {
    case '>':
      return left > right;
    case '<':
      return left < right;
    case '>=':
      return left >= right;
    default:
      return left <= right;
  }
}

/** Parentheses nested deeper than this are refused, so that no expression can exhaust the stack. */
const maxDepth = 200;

class Parser {
  private readonly tokens: readonly Token[];
  private readonly expression: string;
  private index = 0;
  private depth = 0;

  constructor(expression: string) {
    this.expression = expression;
    this.tokens = tokenize(expression);
  }

  whole(): EventTest {
    const test = this.either();
    if (this.peek().kind !== 'end') {
      throw this.unexpected('"and", "or" or the end');
    }
    return test;
  }

  private either(): EventTest {
    const parts = this.chain('or', () => this.both());
    return (subject) => parts.some((part) => part(subject));
  }

  private both(): EventTest {
    const parts = this.chain('and', () => this.single());
    return (subject) => parts.every((part) => part(subject));
  }

  /** Long chains nest no deeper than short ones. */
  private chain(word: 'and' | 'or', part: () => EventTest): EventTest[] {
    const parts = [part()];
    while (this.take('word', word)) {
      parts.push(part());
    }
    return parts;
  }

  private single(): EventTest {
    let isNegated = false;
    while (this.take('word', 'not')) {
      isNegated = !isNegated;
    }
    const test = this.take('sign', '(') ? this.inParentheses() : this.condition();
    return isNegated ? (subject) => !test(subject) : test;
  }

  private inParentheses(): EventTest {
    this.depth += 1;
    if (this.depth > maxDepth) {
      throw new Error(`The expression is nested deeper than ${maxDepth}.`);
    }
    const inner = this.either();
    if (!this.take('sign', ')')) {
      throw this.unexpected('")"');
    }
    this.depth -= 1;
    return inner;
  }

  private condition(): EventTest {
    const field = this.next('word', 'a field name');
    const operator = this.next('sign', 'an operator');
    const value = this.peek();
    if (value.kind !== 'word' && value.kind !== 'text') {
      throw this.unexpected('a value');
    }
    this.index += 1;
    return (subject) => {
      const actual = descend(subject, field);
      return actual !== undefined && compares(operator, actual, value.value);
    };
  }

  private next(kind: Token['kind'], expected: string): string {
    const token = this.peek();
    if (token.kind !== kind || token.value === '(' || token.value === ')') {
      throw this.unexpected(expected);
    }
    this.index += 1;
    return token.value;
  }

  private peek(): Token {
    return this.tokens[this.index] as Token;
  }

  private take(kind: Token['kind'], value: string): boolean {
    const token = this.peek();
    const found = token.kind === kind && token.value === value;
    this.index += found ? 1 : 0;
    return found;
  }

  private unexpected(expected: string): Error {
    const { kind, value } = this.peek();
    const found = kind === 'end' ? 'the end' : JSON.stringify(value);
    return new Error(`Expected ${expected} in ${JSON.stringify(this.expression)}, found ${found}.`);
  }
}

/**
 * Compiles a subscription or target expression: `field OP value` with `and`, `or`, `not` and parentheses. A field that
 * the subject lacks makes its condition false; `=` with a trailing `*` compares the beginning.
 *
 * @throws Error that says what was expected
 */
export function compileExpression(expression: string): EventTest {
  return new Parser(expression).whole();
}
