import type { Document, LineCounter, Node } from 'yaml';
import { isAlias, isMap, isScalar, isSeq } from 'yaml';

/** Keys and list places from the top of a document. */
export type Place = readonly (string | number)[];

/** A studio description that cannot be used: one line for each problem, `file:line:column path: what is wrong.` */
export class StudioFileError extends Error {
  override readonly name = 'StudioFileError';

  constructor(lines: readonly string[]) {
    super(lines.join('\n'));
  }
}

function pathText(place: Place): string {
  return place
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${part}`))
    .join('');
}

/** Collects what is wrong, so that people can correct all of it at once. */
export class Problems {
  private readonly file: string;
  private readonly document: Document;
  private readonly lines: LineCounter;
  private readonly found: { readonly offset: number; readonly text: string }[] = [];

  constructor(file: string, document: Document, lines: LineCounter) {
    this.file = file;
    this.document = document;
    this.lines = lines;
  }

  /** @param message the rest of a sentence, without the full stop */
  add(place: Place, message: string): void {
    const path = pathText(place);
    this.addAt(this.offsetOf(place), `${path === '' ? 'the description' : path}: ${message}`);
  }

  addAt(offset: number, text: string): void {
    const end = /[.?!]$/.test(text) ? '' : '.';
    this.found.push({ offset, text: `${text}${end}` });
  }

  error(): StudioFileError {
    const sorted = this.found.toSorted((left, right) => left.offset - right.offset);
    return new StudioFileError(sorted.map(({ offset, text }) => `${this.at(offset)} ${text}`));
  }

  /** @throws StudioFileError when there is a problem */
  throwIfAny(): void {
    if (this.found.length > 0) {
      throw this.error();
    }
  }

  private at(offset: number): string {
    const { line, col } = this.lines.linePos(offset);
    return `${this.file}:${line}:${col}`;
  }

  /** Where a value stands; where it is missing, where what should hold it begins. */
  private offsetOf(place: Place): number {
    let node: unknown = this.document.contents;
    let offset = startOf(node) ?? 0;
    for (const part of place) {
      const holder = isAlias(node) ? node.resolve(this.document) : node;
      const found = child(holder, part);
      if (found === undefined) {
        return offset;
      }
      offset = startOf(found) ?? offset;
      node = found;
    }
    return offset;
  }
}

function child(holder: unknown, part: string | number): unknown {
  if (isSeq(holder)) {
    return holder.items[Number(part)];
  }
  const pair = isMap(holder)
    ? holder.items.find(({ key }) => isScalar(key) && key.value === part)
    : undefined;
  // A key without a value stands where its key stands.
  return pair && (startOf(pair.value) === undefined ? pair.key : pair.value);
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}
