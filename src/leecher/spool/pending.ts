export interface MemoryLimits {
  readonly records: number;
  readonly characters: number;
}

/** Records as lines that are not on the disk yet, oldest first. */
export class Pending {
  readonly #lines: string[] = [];
  readonly #limits: MemoryLimits;
  #characters = 0;

  constructor(limits: MemoryLimits) {
    this.#limits = limits;
  }

  get length(): number {
    return this.#lines.length;
  }

  /** @returns how many were taken in before a limit was reached. */
  add(items: readonly unknown[]): number {
    const { records, characters } = this.#limits;
    let accepted = 0;
    for (const item of items) {
      if (this.#lines.length >= records || this.#characters >= characters) {
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
