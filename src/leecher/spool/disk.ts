import { rm } from 'node:fs/promises';
import type { SpoolLock } from './lock';
import { waitForLock } from './lock';
import { codeOf, isCode, remedyFor } from './remedy';
import type { Position, Segment, SegmentWriter } from './segments';
import * as files from './segments';
import type { SpoolBatch, SpoolOptions } from './types';

const SEGMENT_BYTES = 8 * 1024 * 1024;
/** A segment that cannot be read so often is left behind: what follows it shall not wait for ever. */
const MAX_READS = 5;

interface Found {
  readonly lock: SpoolLock;
  readonly segments: Segment[];
  readonly position: Position;
  readonly next: number;
}

/** The part of a spool that is on the disk: segments, the position in the oldest one, and the lock of the directory. */
export class SpoolDisk<T> {
  readonly #options: SpoolOptions<T>;
  readonly #lock: SpoolLock;
  readonly #segments: Segment[];
  #position: Position;
  /** Whether the disk knows the position. */
  #isStored = true;
  #next: number;
  #writer: SegmentWriter | undefined;
  #isWriting = false;
  /** Closed, or another's. */
  #isOver = false;
  #tidying: Promise<void> = Promise.resolve();
  /** Times in a row that the oldest segment could not be read. */
  #misread = 0;

  private constructor(options: SpoolOptions<T>, { lock, segments, position, next }: Found) {
    this.#options = options;
    this.#lock = lock;
    this.#segments = segments;
    this.#position = position;
    this.#next = next;
  }

  /**
   * Takes the directory, creating it if need be, with what an earlier process left.
   * @throws SpoolInUse when another leecher holds it after that wait; Error when it cannot be used. One sentence each.
   */
  static async open<T>(
    options: SpoolOptions<T>,
    how: { readonly waitMs: number; onLost(): void },
  ): Promise<SpoolDisk<T>> {
    const { dir } = options;
    await files.prepareDirectory(dir).catch((error: unknown) => {
      throw new Error(
        `The spool directory ${dir} cannot be created (${codeOf(error)}); ${remedyFor(error)}, or set SPOOL_DIR to another directory.`,
        { cause: error },
      );
    });
    const lock = await waitForLock({ dir, onLost: () => how.onLost() }, how.waitMs);
    try {
      const position = await files.readPosition(dir);
      const segments = await files.findSegments(dir, position, (...trouble) => options.onTrouble(...trouble));
      return new SpoolDisk(options, {
        lock,
        segments,
        position,
        next: await files.nextNumber(dir, position),
      });
    } catch (error) {
      await lock.release();
      throw new Error(
        `The spool directory ${dir} cannot be read (${codeOf(error)}); ${remedyFor(error)}, or set SPOOL_DIR to another directory.`,
        { cause: error },
      );
    }
  }

  get content(): { readonly lines: number; readonly bytes: number } {
    return files.contentOf(this.#segments, this.#position);
  }

  /**
   * Resolves once the lines are on the disk, and `onLost` has been called if that is another's by now.
   * @throws when they are not; none of them counts as written then.
   */
  async write(lines: readonly string[]): Promise<void> {
    this.#isWriting = true;
    try {
      const writer = await this.#openWriter();
      await writer.write(lines);
      await this.#lock.look();
    } catch (error) {
      await this.#abandonWriter();
      throw error;
    } finally {
      this.#isWriting = false;
    }
  }

  /** Looks whether the disk takes anything. @throws when it does not. */
  async probe(): Promise<void> {
    await files.prepareDirectory(this.#options.dir);
    await files.probe(this.#options.dir);
  }

  /**
   * The oldest lines, at most `max`.
   * @returns undefined when there are none, or when those that were next are gone: look again.
   * @throws Error with one sentence when the disk cannot be read; try again later.
   */
  async take(max: number): Promise<SpoolBatch<T> | undefined> {
    const segment = this.#segments.find(({ lines }) => lines > 0);
    if (segment === undefined) {
      return undefined;
    }
    const begin = this.#position.segment === segment.number ? this.#position.offset : 0;
    let read: { lines: Buffer[]; offset: number };
    try {
      read = await files.readLines(segment, begin, max);
    } catch (error) {
      this.#misread += 1;
      if (!isCode(error, 'ENOENT') && this.#misread < MAX_READS) {
        throw new Error(
          `Segment ${segment.path} of the spool cannot be read (${codeOf(error)}); ${remedyFor(error)}.`,
          { cause: error },
        );
      }
      await this.#leaveBehind(segment, error);
      return undefined;
    }
    this.#misread = 0;
    return this.#batchOf(segment, read);
  }

  async #batchOf(
    segment: Segment,
    { lines, offset }: { lines: Buffer[]; offset: number },
  ): Promise<SpoolBatch<T>> {
    const items: T[] = [];
    const foreign: Buffer[] = [];
    for (const line of lines) {
      const item = this.#options.read(files.parseLine(line));
      if (item === undefined) {
        foreign.push(line);
      } else {
        items.push(item);
      }
    }
    if (foreign.length > 0) {
      await files.setAside(segment.path, foreign).catch(() => undefined);
      this.#options.onTrouble(
        'corrupt',
        `Lines of ${segment.path} (${foreign.length}) are no events of ours (damaged, or of another version) and were set aside; look at the .corrupt file there.`,
        foreign.length,
      );
    }
    if (lines.length === 0) {
      this.#options.onTrouble(
        'torn',
        `Segment ${segment.path} of the spool is shorter than it was; the gap fill reads from ftrack's log what is gone.`,
      );
    }
    const covered = lines.length === 0 ? segment.lines : lines.length;
    if (items.length < covered) {
      this.#options.onUnreadable?.(covered - items.length);
    }
    return { items, end: { segment: segment.number, offset }, lines: covered };
  }

  async #leaveBehind(segment: Segment, error: unknown): Promise<void> {
    this.#misread = 0;
    this.#tellUnreadable(segment, error);
    this.#strike(segment);
    await this.#dropWriter(segment);
  }

  #tellUnreadable({ path, lines }: Segment, error: unknown): void {
    this.#options.onTrouble(
      'error',
      isCode(error, 'ENOENT')
        ? `Segment ${path} of the spool was removed by somebody; the gap fill reads from ftrack's log what it held.`
        : `Segment ${path} of the spool cannot be read (${codeOf(error)}) and is left behind; the gap fill reads from ftrack's log what it holds.`,
    );
    this.#options.onUnreadable?.(lines);
  }

  /** Off the list, unless somebody else was faster. */
  #strike(segment: Segment): void {
    const index = this.#segments.indexOf(segment);
    if (index !== -1) {
      this.#segments.splice(index, 1);
    }
  }

  /** Forgets what a batch covered. @throws when the disk does not learn of it; `tidy` catches up later. */
  async commit({ end, lines }: SpoolBatch<T>): Promise<void> {
    if (end === undefined) {
      return;
    }
    this.#position = end;
    this.#isStored = false;
    const segment = this.#segments.find(({ number }) => number === end.segment);
    if (segment !== undefined) {
      segment.lines -= lines;
    }
    await this.tidy();
  }

  /**
   * Removes what is handed over, the segment being written only once no write is under way; then stores the position:
   * on a disk that this spool has filled there is room for it only then.
   */
  tidy(): Promise<void> {
    this.#tidying = this.#tidying.then(
      () => this.#tidy(),
      () => this.#tidy(),
    );
    return this.#tidying;
  }

  async #tidy(): Promise<void> {
    await this.#lock.look();
    if (this.#isOver) {
      return;
    }
    for (let [first] = this.#segments; first?.lines === 0; [first] = this.#segments) {
      if (first === this.#writer?.segment && this.#isWriting) {
        break;
      }
      await this.#dropWriter(first);
      await rm(first.path, { force: true });
      this.#strike(first);
    }
    if (!this.#isStored) {
      const position = this.#position;
      await files.writePosition(this.#options.dir, position);
      this.#isStored = position === this.#position;
    }
  }

  /** @param isOurs false once somebody else has the directory: nothing there is touched any more */
  async close(isOurs: boolean): Promise<void> {
    if (isOurs) {
      await this.tidy().catch(() => undefined);
    }
    this.#isOver = true;
    await this.#writer?.close();
    this.#writer = undefined;
    await this.#lock.release();
  }

  async #dropWriter(segment: Segment): Promise<void> {
    if (this.#writer?.segment === segment) {
      const writer = this.#writer;
      this.#writer = undefined;
      await writer.close();
    }
  }

  /** A file whose write failed is not trusted again. */
  async #abandonWriter(): Promise<void> {
    const writer = this.#writer;
    this.#writer = undefined;
    await writer?.abandon();
    if (writer?.segment.size === 0) {
      this.#strike(writer.segment);
    }
  }

  async #openWriter(): Promise<SegmentWriter> {
    if (
      this.#writer !== undefined &&
      this.#writer.segment.size >= (this.#options.segmentBytes ?? SEGMENT_BYTES)
    ) {
      await this.#dropWriter(this.#writer.segment);
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
      if (this.content.bytes + segmentBytes <= maxBytes) {
        return;
      }
      await this.#drop(oldest);
    }
  }

  async #drop(segment: Segment): Promise<void> {
    if (segment.lines > 0) {
      await this.#markDropped(segment);
    }
    // A drain may have handed it over meanwhile.
    this.#strike(segment);
    await rm(segment.path, { force: true });
  }

  /** @throws what `onDropped` throws; what cannot be read is marked as unknown, and does not stand in the way. */
  async #markDropped(segment: Segment): Promise<void> {
    const offset = this.#position.segment === segment.number ? this.#position.offset : 0;
    const pieces = files.linesOf(segment, offset);
    for (;;) {
      let piece: IteratorResult<readonly Buffer[], unknown>;
      try {
        piece = await pieces.next();
      } catch (error) {
        this.#tellUnreadable(segment, error);
        return;
      }
      if (piece.done === true) {
        return;
      }
      const items = piece.value.flatMap((line) => this.#options.read(files.parseLine(line)) ?? []);
      await this.#options.onDropped?.(items);
    }
  }
}
