import { parseError } from '../errors';
import type { Condition, Literal, Operator, Order, Path, PathStep, Query } from './ast';
import type { Token } from './tokenizer';
import { tokenize } from './tokenizer';

const operators = new Map<string, Operator>([
  ['=', '='],
  ['is', '='],
  ['!=', '!='],
  ['is_not', '!='],
  ['>', '>'],
  ['after', '>'],
  ['greater_than', '>'],
  ['<', '<'],
  ['before', '<'],
  ['less_than', '<'],
  ['>=', '>='],
  ['<=', '<='],
  ['like', 'like'],
  ['not_like', 'not_like'],
]);

const clauseWords = new Set(['where', 'order', 'offset', 'limit', 'group']);

/** Conditions nested deeper than this are refused, so that no expression can exhaust the stack. */
const maxDepth = 200;

class Parser {
  private readonly tokens: readonly Token[];
  private index = 0;
  private depth = 0;

  constructor(expression: string) {
    this.tokens = tokenize(expression);
  }

  whole(): Query {
    const query = this.query();
    if (this.peek().kind !== 'end') {
      throw this.unexpected('end of expression');
    }
    return query;
  }

  private query(): Query {
    const projections = this.takeWord('select') ? this.selected() : [];
    const entityType = this.word('an entity type');
    const where = this.takeWord('where') ? this.disjunction() : undefined;
    const tail = { order: [] as Order[], offset: 0, limit: undefined as number | undefined };
    for (let more = true; more; ) {
      more = this.tailClause(tail);
    }
    return { projections, entityType, where, ...tail };
  }

  private selected(): Path[] {
    const paths = this.list(() => this.path());
    if (!this.takeWord('from')) {
      throw this.unexpected('"," or "from"');
    }
    return paths;
  }

  private tailClause(tail: { order: Order[]; offset: number; limit: number | undefined }): boolean {
    if (this.takeWord('order')) {
      this.expectWord('by');
      tail.order = this.list(() => this.orderItem());
      return true;
    }
    if (this.takeWord('offset')) {
      tail.offset = this.count();
      return true;
    }
    if (this.takeWord('limit')) {
      tail.limit = this.count();
      return true;
    }
    if (this.takeWord('group')) {
      throw parseError('This simulator does not support "group by".');
    }
    return false;
  }

  private orderItem(): Order {
    const path = this.path();
    const descending = this.takeWord('desc') || this.takeWord('descending');
    if (!descending && !this.takeWord('asc')) {
      this.takeWord('ascending');
    }
    return { path, descending };
  }

  private disjunction(): Condition {
    this.depth += 1;
    if (this.depth > maxDepth) {
      throw parseError(`Conditions are nested deeper than ${maxDepth} at position ${this.peek().at}.`);
    }
    let left = this.conjunction();
    while (this.takeWord('or')) {
      left = { kind: 'or', left, right: this.conjunction() };
    }
    this.depth -= 1;
    return left;
  }

  private conjunction(): Condition {
    let left = this.negation();
    while (this.takeWord('and')) {
      left = { kind: 'and', left, right: this.negation() };
    }
    return left;
  }

  private negation(): Condition {
    let negated = false;
    while (this.takeWord('not')) {
      negated = !negated;
    }
    const inner = this.primary();
    return negated ? { kind: 'not', inner } : inner;
  }

  private primary(): Condition {
    if (this.takeSign('(')) {
      const inner = this.disjunction();
      this.expectSign(')');
      return inner;
    }
    const path = this.path();
    if (this.takeWord('has') || this.takeWord('any')) {
      return this.presence(path);
    }
    if (this.takeWord('in')) {
      return { kind: 'in', path, negated: false, values: this.members() };
    }
    if (this.takeWord('not_in')) {
      return { kind: 'in', path, negated: true, values: this.members() };
    }
    const operator = operators.get(this.peek().value.toLowerCase());
    if (operator === undefined || this.peek().kind === 'text') {
      throw this.unexpected('an operator');
    }
    this.index += 1;
    return { kind: 'compare', path, operator, value: this.literal() };
  }

  private presence(path: Path): Condition {
    this.expectSign('(');
    const inner = this.takeSign(')') ? undefined : this.disjunction();
    if (inner) {
      this.expectSign(')');
    }
    return { kind: 'some', path, inner };
  }

  private members(): readonly Literal[] | Query {
    this.expectSign('(');
    const next = this.tokens[this.index + 1];
    const isQuery = this.isWord('select') && next?.kind === 'word';
    const values = isQuery ? this.query() : this.peek().value === ')' ? [] : this.list(() => this.literal());
    this.expectSign(')');
    return values;
  }

  private literal(): Literal {
    const token = this.peek();
    if (token.kind !== 'word' && token.kind !== 'text') {
      throw this.unexpected('a value');
    }
    this.index += 1;
    return token.kind === 'word' && token.value.toLowerCase() === 'none' ? null : token.value;
  }

  private path(): Path {
    const steps: PathStep[] = this.names(this.word('an attribute'));
    while (this.takeSign('[')) {
      const last = steps.pop();
      steps.push({ name: last?.name ?? '', cast: this.word('an entity type') });
      this.expectSign(']');
      if (this.peek().kind === 'word' && this.peek().value.startsWith('.')) {
        steps.push(...this.names(this.word('an attribute').slice(1)));
      }
    }
    return steps;
  }

  private names(dotted: string): PathStep[] {
    const names = dotted.split('.');
    if (names.includes('')) {
      this.index -= 1;
      throw this.unexpected('an attribute path');
    }
    return names.map((name) => ({ name, cast: undefined }));
  }

  private list<Item>(item: () => Item): Item[] {
    const items = [item()];
    while (this.takeSign(',')) {
      items.push(item());
    }
    return items;
  }

  private count(): number {
    const value = this.peek().value;
    if (!/^\d+$/.test(value)) {
      throw this.unexpected('a number');
    }
    this.index += 1;
    return Number(value);
  }

  private word(expected: string): string {
    const token = this.peek();
    if (token.kind !== 'word' || (clauseWords.has(token.value) && expected === 'an entity type')) {
      throw this.unexpected(expected);
    }
    this.index += 1;
    return token.value;
  }

  private peek(): Token {
    return this.tokens[this.index] as Token;
  }

  private isWord(word: string): boolean {
    const token = this.peek();
    return token.kind === 'word' && token.value.toLowerCase() === word;
  }

  private takeWord(word: string): boolean {
    const found = this.isWord(word);
    this.index += found ? 1 : 0;
    return found;
  }

  private expectWord(word: string): void {
    if (!this.takeWord(word)) {
      throw this.unexpected(JSON.stringify(word));
    }
  }

  private takeSign(sign: string): boolean {
    const token = this.peek();
    const found = token.kind === 'sign' && token.value === sign;
    this.index += found ? 1 : 0;
    return found;
  }

  private expectSign(sign: string): void {
    if (!this.takeSign(sign)) {
      throw this.unexpected(JSON.stringify(sign));
    }
  }

  private unexpected(expected: string): Error {
    const token = this.peek();
    const found = token.kind === 'end' ? 'end of expression' : JSON.stringify(token.value);
    return parseError(`Expected ${expected} at position ${token.at}, found ${found}.`);
  }
}

/** @throws FtrackError ParseError that names the position and what was expected there */
export function parseQuery(expression: string): Query {
  return new Parser(expression).whole();
}
