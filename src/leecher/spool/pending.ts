/** Records as lines that are not on the disk yet, oldest first. */
export class Pending {
  readonly #lines: string[] = [];
  readonly #maxCharacters: number;
  #characters = 0;

  constructor(maxCharacters: number) {
    this.#maxCharacters = maxCharacters;
  }

  get length(): number {
    return this.#lines.length;
  }

  /** @returns how many were taken in before this many were there, or as many characters as may be. */
  add(items: readonly unknown[], maxRecords: number): number {
    let accepted = 0;
    for (const item of items) {
      if (this.#lines.length >= maxRecords || this.#characters >= this.#maxCharacters) {
        break;
      }
      const line = JSON.stringify(item);
      this.#lines.push(line);
      this.#characters += line.length;
      accepted += 1;
    }
    return accepted;
  }

  first(count = this.#lines.length): string[] {
    return this.#lines.slice(0, count);
  }

  forget(count: number): void {
    for (const line of this.#lines.splice(0, count)) {
      this.#characters -= line.length;
    }
  }
}
