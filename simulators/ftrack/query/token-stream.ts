import { parseError } from '../errors';
import type { Token } from './tokenizer';
import { tokenize } from './tokenizer';

/** Reads tokens one after the other; what does not fit is an error that names position and expectation. */
export class TokenStream {
  private readonly tokens: readonly Token[];
  private index = 0;

  constructor(expression: string) {
    this.tokens = tokenize(expression);
  }

  peek(): Token {
    return this.tokens[this.index] as Token;
  }

  /** The token after the next one. */
  second(): Token | undefined {
    return this.tokens[this.index + 1];
  }

  advance(): void {
    this.index += 1;
  }

  word(expected: string): string {
    const token = this.peek();
    if (token.kind !== 'word') {
      throw this.unexpected(expected);
    }
    this.advance();
    return token.value;
  }

  /** Keywords may be written in any case. */
  isWord(word: string): boolean {
    const token = this.peek();
    return token.kind === 'word' && token.value.toLowerCase() === word;
  }

  takeWord(word: string): boolean {
    return this.take(this.isWord(word));
  }

  expectWord(word: string): void {
    if (!this.takeWord(word)) {
      throw this.unexpected(JSON.stringify(word));
    }
  }

  isSign(sign: string): boolean {
    const token = this.peek();
    return token.kind === 'sign' && token.value === sign;
  }

  takeSign(sign: string): boolean {
    return this.take(this.isSign(sign));
  }

  expectSign(sign: string): void {
    if (!this.takeSign(sign)) {
      throw this.unexpected(JSON.stringify(sign));
    }
  }

  count(): number {
    const { kind, value } = this.peek();
    const number = Number(value);
    if (kind !== 'word' || !/^\d+$/.test(value) || !Number.isSafeInteger(number)) {
      throw this.unexpected('a number');
    }
    this.advance();
    return number;
  }

  /** Items with commas between them. */
  list<Item>(item: () => Item): Item[] {
    const items = [item()];
    while (this.takeSign(',')) {
      items.push(item());
    }
    return items;
  }

  /** @param back how many tokens before the next one the fault lies */
  unexpected(expected: string, back = 0): Error {
    const token = this.tokens[this.index - back] as Token;
    const found = token.kind === 'end' ? 'end of expression' : JSON.stringify(token.value);
    return parseError(`Expected ${expected} at position ${token.at}, found ${found}.`);
  }

  private take(isNext: boolean): boolean {
    this.index += isNext ? 1 : 0;
    return isNext;
  }
}
