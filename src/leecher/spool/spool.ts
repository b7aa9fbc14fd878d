import { rm } from 'node:fs/promises';
import type { SpoolLock } from './lock';
import { codeOf, isCode, waitForLock } from './lock';
import { Pending } from './pending';
import type { Position, Segment, SegmentWriter } from './segments';
import * as files from './segments';
import type { SpoolBatch, SpoolOptions, SpoolState, SpoolTrouble } from './types';

export type { SpoolBatch, SpoolOptions, SpoolState } from './types';

const SEGMENT_BYTES = 8 * 1024 * 1024;
const NEARLY_FULL = 0.8;
/** Bulk events have up to 200 KiB each: as many as may wait by number would not fit into any memory. */
const MEMORY_CHARACTERS = 64 * 1024 * 1024;

/**
 * Events on disk, in order, for as long as Temporal cannot take them. Records are JSON lines in numbered segments;
 * those on the disk are always older than those still in memory. At least once: the position is stored after each
 * commit, and what a crash forgets of it is handed over again.
 */
export class Spool<T> {
  readonly #options: SpoolOptions<T>;
  readonly #segments: Segment[];
  #lock: SpoolLock | undefined;
  #lost = false;
  #position: Position;
  #next: number;
  #writer: SegmentWriter | undefined;
  readonly #pending: Pending;
  #flushing: Promise<void> | undefined;
  /** Records of `#pending` that a batch has handed out; they are not written meanwhile. */
  #lent = 0;
  #problem: string | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  private constructor(
    options: SpoolOptions<T>,
    found: { segments: Segment[]; position: Position; next: number },
  ) {
    this.#options = options;
    const { memory, memoryCharacters = MEMORY_CHARACTERS } = options;
    this.#pending = new Pending({ records: memory, characters: memoryCharacters });
    this.#segments = found.segments;
    this.#position = found.position;
    this.#next = found.next;
  }

  /**
   * Opens the directory, creating it if need be, and takes its lock.
   * @throws Error with one sentence when it cannot be used or another leecher uses it.
   */
  static async open<T>(options: SpoolOptions<T>): Promise<Spool<T>> {
    const { dir } = options;
    await files.prepareDirectory(dir).catch((error: unknown) => {
      throw new Error(
        `The spool directory ${dir} cannot be created (${codeOf(error)}); set SPOOL_DIR to a directory that this user may write.`,
        { cause: error },
      );
    });
    let opened: Spool<T> | undefined;
    const lock = await waitForLock({ dir, onLost: () => opened?.loseLock() }, options.lockWaitMs ?? 15_000);
    const position = await files.readPosition(dir);
    const segments = await files.findSegments(dir, position, (what) =>
      options.onTrouble(
        what,
        `A ${what} record of the spool was set aside in ${dir}; look at the .corrupt file there.`,
      ),
    );
    opened = new Spool(options, { segments, position, next: await files.nextNumber(dir, position) });
    opened.#lock = lock;
    return opened;
  }

  state(): SpoolState {
    const { lines, bytes } = files.contentOf(this.#segments, this.#position);
    return {
      events: lines + this.#pending.length,
      bytes,
      nearlyFull: bytes > NEARLY_FULL * (this.#options.maxBytes ?? Infinity),
      inMemory: this.#pending.length,
      problem: this.#problem,
    };
  }

  /**
   * Appends in order; they are on the disk a moment later. While the disk cannot be written they stay in memory.
   * @returns how many were accepted; the rest did not fit into memory.
   */
  append(items: readonly T[]): number {
    const accepted = this.#pending.add(items);
    this.#startFlush();
    return accepted;
  }

  /** Waits until what was appended is on the disk. @returns false when it cannot be. */
  async flush(): Promise<boolean> {
    while (this.#pending.length > 0) {
      this.#startFlush();
      if (this.#flushing === undefined) {
        return false;
      }
      await this.#flushing;
    }
    return true;
  }

  /** The oldest records, at most `max`. @throws when the disk cannot be read; try again later. */
  async take(max: number): Promise<SpoolBatch<T>> {
    for (;;) {
      const oldest = this.#segments.find(({ lines }) => lines > 0);
      if (oldest === undefined) {
        if (this.#flushing === undefined) {
          return this.#takePending(max);
        }
        await this.#flushing;
      } else {
        const batch = await this.#takeLines(oldest, max);
        if (batch !== undefined) {
          return batch;
        }
      }
    }
  }

  /** Gives a batch back untouched. */
  release(batch: SpoolBatch<T>): void {
    if (batch.end === undefined) {
      this.#lent = 0;
      this.#startFlush();
    }
  }

  /** Forgets a batch: it is in Temporal. */
  async commit(batch: SpoolBatch<T>): Promise<void> {
    if (batch.end === undefined) {
      this.#pending.forget(batch.lines);
      this.release(batch);
      return;
    }
    this.#position = batch.end;
    const segment = this.#segments.find(({ number }) => number === batch.end?.segment);
    if (segment !== undefined) {
      segment.lines -= batch.lines;
    }
    if (this.#lost) {
      return;
    }
    try {
      await files.writePosition(this.#options.dir, this.#position);
      await this.#removeConsumed();
    } catch (error) {
      this.#trouble(
        'error',
        `Progress in the spool ${this.#options.dir} cannot be stored (${codeOf(error)}).`,
      );
    }
  }

  /** Keeps a record that Temporal will never take. */
  async setAside(item: T): Promise<void> {
    const path = `${this.#options.dir}/rejected.spool`;
    await files.setAside(path, Buffer.from(JSON.stringify(item))).catch((error: unknown) => {
      this.#trouble(
        'error',
        `A rejected event cannot be set aside in ${this.#options.dir} (${codeOf(error)}).`,
      );
    });
  }

  /** Writes what it can and frees the lock. */
  async close(): Promise<void> {
    this.#lent = 0;
    await this.flush();
    this.#closed = true;
    clearTimeout(this.#retry);
    await this.#flushing;
    await this.#removeConsumed().catch(() => undefined);
    await this.#writer?.close();
    await this.#lock?.release();
  }

  private loseLock(): void {
    this.#lost = true;
    this.#problem = `Another leecher (see the lock file) took over the spool directory ${this.#options.dir} while this one stood still; restart this one.`;
    this.#trouble('error', this.#problem);
  }

  #takePending(max: number): SpoolBatch<T> {
    const lines = this.#pending.first(max);
    this.#lent = lines.length;
    const items = lines.map((line) => JSON.parse(line) as T);
    return { items, end: undefined, lines: lines.length };
  }

  async #takeLines(segment: Segment, max: number): Promise<SpoolBatch<T> | undefined> {
    const begin = this.#position.segment === segment.number ? this.#position.offset : 0;
    let read: { lines: Buffer[]; offset: number };
    try {
      read = await files.readLines(segment, begin, max);
    } catch (error) {
      if (!isCode(error, 'ENOENT')) {
        throw error;
      }
      this.#trouble(
        'error',
        `Segment ${segment.path} of the spool was removed by somebody; its events are lost here.`,
      );
      segment.lines = 0;
      await this.#dropWriter(segment);
      return undefined;
    }
    const items: T[] = [];
    for (const line of read.lines) {
      const item = this.#options.read(files.parseLine(line));
      if (item === undefined) {
        await files.setAside(segment.path, line).catch(() => undefined);
        this.#trouble('corrupt', `A line of ${segment.path} is no event of ours and was set aside.`);
      } else {
        items.push(item);
      }
    }
    if (read.lines.length === 0) {
      this.#trouble(
        'error',
        `Segment ${segment.path} of the spool is shorter than it was; what is missing is lost here.`,
      );
    }
    const lines = read.lines.length === 0 ? segment.lines : read.lines.length;
    return { items, end: { segment: segment.number, offset: read.offset }, lines };
  }

  /** Removes segments that are handed over; the one being written only once it is large. */
  async #removeConsumed(): Promise<void> {
    while (!this.#lost && this.#segments[0]?.lines === 0) {
      // A write under way may be about to fill it.
      if (this.#segments[0] === this.#writer?.segment && this.#flushing !== undefined) {
        return;
      }
      const [segment] = this.#segments.splice(0, 1);
      if (segment !== undefined) {
        await this.#dropWriter(segment);
        await rm(segment.path, { force: true });
      }
    }
  }

  async #dropWriter(segment: Segment): Promise<void> {
    if (this.#writer?.segment === segment) {
      const writer = this.#writer;
      this.#writer = undefined;
      await writer.close();
    }
  }

  #startFlush(): void {
    if (
      this.#flushing !== undefined ||
      this.#lent > 0 ||
      this.#closed ||
      this.#lost ||
      this.#retry !== undefined
    ) {
      return;
    }
    this.#flushing = this.#flush().finally(() => {
      this.#flushing = undefined;
    });
  }

  async #flush(): Promise<void> {
    while (this.#pending.length > 0) {
      const group = files.firstGroup(this.#pending.first(files.GROUP.records));
      try {
        const writer = await this.#openWriter();
        await writer.write(group);
      } catch (error) {
        await this.#writeFailed(error);
        return;
      }
      this.#pending.forget(group.length);
      this.#problem = undefined;
    }
  }

  async #openWriter(): Promise<SegmentWriter> {
    if (
      this.#writer !== undefined &&
      this.#writer.segment.size >= (this.#options.segmentBytes ?? SEGMENT_BYTES)
    ) {
      await this.#writer.close();
      this.#writer = undefined;
    }
    if (this.#writer === undefined) {
      await files.prepareDirectory(this.#options.dir);
      await this.#makeRoom();
      this.#writer = await files.SegmentWriter.create(this.#options.dir, this.#next);
      this.#next = this.#writer.segment.number + 1;
      this.#segments.push(this.#writer.segment);
    }
    return this.#writer;
  }

  /** Drops the oldest segments, marked first, until another one fits. */
  async #makeRoom(): Promise<void> {
    const { maxBytes = Infinity, segmentBytes = SEGMENT_BYTES } = this.#options;
    for (let [oldest] = this.#segments; oldest !== undefined; [oldest] = this.#segments) {
      if (this.state().bytes + segmentBytes <= maxBytes) {
        return;
      }
      const offset = this.#position.segment === oldest.number ? this.#position.offset : 0;
      for await (const lines of files.linesOf(oldest, offset)) {
        const items = lines.flatMap((line) => this.#options.read(files.parseLine(line)) ?? []);
        await this.#options.onDropped?.(items);
      }
      // A drain may have handed it over meanwhile.
      this.#segments.splice(0, Number(this.#segments[0] === oldest));
      await rm(oldest.path, { force: true });
    }
  }

  async #writeFailed(error: unknown): Promise<void> {
    const writer = this.#writer;
    this.#writer = undefined;
    await writer?.abandon();
    this.#problem = `The spool ${this.#options.dir} cannot be written (${codeOf(error)}): events wait in memory and die with this process; free space or repair the mount.`;
    this.#trouble('error', this.#problem);
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#startFlush();
    }, this.#options.retryMs ?? 1_000);
  }

  #trouble(what: SpoolTrouble, message: string): void {
    this.#options.onTrouble(what, message);
  }
}
