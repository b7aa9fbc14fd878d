import { SpoolDisk } from './disk';
import { SpoolInUse } from './lock';
import { Pending } from './pending';
import { codeOf, remedyFor } from './remedy';
import * as files from './segments';
import type { SpoolBatch, SpoolOptions, SpoolState } from './types';

export type { SpoolBatch, SpoolOptions, SpoolState } from './types';

const NEARLY_FULL = 0.8;
/** Bulk events have up to 200 KiB each: as many as may wait by number would not fit into any memory. */
const MEMORY_CHARACTERS = 64 * 1024 * 1024;
const LOCK_WAIT_MS = 15_000;
const RETRY_MS = 1_000;
const CHECK_MS = 10_000;

type Fault = 'disk' | 'read' | 'progress';

/**
 * Events on disk, in order, for as long as Temporal cannot take them. Records are JSON lines in numbered segments;
 * those on the disk are always older than those still in memory. At least once: the position is stored after each
 * commit, and what a crash forgets of it is handed over again.
 *
 * A disk that cannot be used, from the start or later, is no reason to stop: records wait in memory up to a bound, and
 * the disk is tried again until it works. It is looked after also while nobody needs it, so that a full disk is told
 * before Temporal is away.
 */
export class Spool<T> {
  readonly #options: SpoolOptions<T>;
  /** Undefined while the directory cannot be used, or is somebody else's. */
  #disk: SpoolDisk<T> | undefined;
  readonly #pending: Pending;
  #flushing: Promise<void> | undefined;
  /** Records of `#pending` that a batch has handed out; they are not written meanwhile. */
  #lent = 0;
  /** Where the last batch came from. */
  #lender: SpoolDisk<T> | undefined;
  readonly #faults = new Map<Fault, string>();
  #setAside: readonly string[] = [];
  #care: NodeJS.Timeout | undefined;
  #caring: Promise<void> = Promise.resolve();
  #onFound: () => void = () => undefined;
  #closed = false;

  private constructor(options: SpoolOptions<T>) {
    this.#options = {
      ...options,
      onTrouble: (what, ...told) => {
        options.onTrouble(what, ...told);
        if (what !== 'error') {
          void this.#lookAround();
        }
      },
    };
    this.#pending = new Pending(options.memoryCharacters ?? MEMORY_CHARACTERS);
  }

  /**
   * Opens the directory, creating it if need be, and takes its lock; a directory that cannot be used is a problem in the
   * state, and tried again.
   * @throws SpoolInUse with one sentence when another leecher uses it.
   */
  static async open<T>(options: SpoolOptions<T>): Promise<Spool<T>> {
    const spool = new Spool(options);
    try {
      await spool.#attach(options.lockWaitMs ?? LOCK_WAIT_MS);
    } catch (error) {
      if (error instanceof SpoolInUse) {
        throw error;
      }
      spool.#fails('disk', spool.#withoutDisk(messageOf(error)));
    }
    await spool.#lookAround();
    spool.#careLater();
    return spool;
  }

  state(): SpoolState {
    const { lines, bytes } = this.#onDisk;
    return {
      events: lines + this.#pending.length,
      bytes,
      nearlyFull: bytes > NEARLY_FULL * (this.#options.maxBytes ?? Infinity),
      inMemory: this.#pending.length,
      problem: this.#faults.size === 0 ? undefined : [...this.#faults.values()].join(' '),
      setAside: this.#setAside,
    };
  }

  /** Whether what is appended reaches the disk, as far as that is known. */
  get isWritable(): boolean {
    return this.#disk !== undefined && !this.#faults.has('disk');
  }

  /** Called when a directory that could not be used at first turns out to hold records of an earlier time. */
  whenFound(listener: () => void): void {
    this.#onFound = listener;
  }

  /**
   * Appends in order; they are on the disk a moment later. While the disk cannot be written they stay in memory.
   * @returns how many were accepted; the rest did not fit into memory.
   */
  append(items: readonly T[]): number {
    // What waits for a disk that works is there in a moment: only its size counts.
    const accepted = this.#pending.add(items, this.isWritable ? Infinity : this.#options.memory);
    if (accepted < items.length) {
      this.#options.onRefused?.(items.slice(accepted));
    }
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
      if (this.#disk !== undefined && this.#onDisk.lines > 0) {
        const batch = await this.#takeFromDisk(this.#disk, max);
        if (batch !== undefined) {
          return batch;
        }
      } else if (this.#flushing === undefined) {
        return this.#takePending(max);
      } else {
        await this.#flushing;
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
    if (this.#lender === this.#disk) {
      await this.#keepsProgress(this.#disk?.commit(batch));
    }
  }

  /** Keeps a record that Temporal will never take. */
  async setAside(item: T): Promise<void> {
    const { dir } = this.#options;
    await files
      .setAside(`${dir}/rejected.spool`, [Buffer.from(JSON.stringify(item))])
      .catch((error: unknown) =>
        this.#options.onTrouble(
          'error',
          `A rejected event cannot be set aside in ${dir} (${codeOf(error)}); ${remedyFor(error)}.`,
        ),
      );
    await this.#lookAround();
  }

  /** Writes what it can and frees the lock. */
  async close(): Promise<void> {
    this.#lent = 0;
    this.#startFlush('try anyway');
    await this.flush();
    this.#closed = true;
    clearTimeout(this.#care);
    await this.#flushing;
    await this.#caring;
    await this.#disk?.close(true);
  }

  get #onDisk(): { readonly lines: number; readonly bytes: number } {
    return this.#disk?.content ?? { lines: 0, bytes: 0 };
  }

  async #attach(waitMs: number): Promise<void> {
    let isLost = false;
    const disk = await SpoolDisk.open(this.#options, {
      waitMs,
      onLost: () => {
        isLost = true;
        this.#detach();
      },
    });
    if (isLost || this.#closed) {
      await disk.close(!isLost);
      return;
    }
    this.#disk = disk;
  }

  /** Only a process that stood still loses its lock; what lies there is the other one's from then on. */
  #detach(): void {
    const disk = this.#disk;
    this.#disk = undefined;
    this.#faults.clear();
    this.#options.onTaken?.();
    void disk?.close(false);
    this.#fails(
      'disk',
      this.#withoutDisk(
        `Another leecher (see the lock file) took over the spool directory ${this.#options.dir} while this one stood still; give each leecher its own SPOOL_DIR.`,
      ),
    );
    this.#careLater();
  }

  #takePending(max: number): SpoolBatch<T> {
    const lines = this.#pending.first(max);
    this.#lent = lines.length;
    const items = lines.map((line) => JSON.parse(line) as T);
    return { items, end: undefined, lines: lines.length };
  }

  async #takeFromDisk(disk: SpoolDisk<T>, max: number): Promise<SpoolBatch<T> | undefined> {
    try {
      const batch = await disk.take(max);
      this.#lender = disk;
      this.#works('read');
      return batch;
    } catch (error) {
      this.#fails('read', messageOf(error));
      throw error;
    }
  }

  /** @param how a disk that failed is only tried again now and then */
  #startFlush(how: 'if it works' | 'try anyway' = 'if it works'): void {
    const isIdle = this.#flushing === undefined && this.#lent === 0 && !this.#closed;
    const isWorth = how === 'try anyway' || this.isWritable;
    if (isIdle && isWorth && this.#disk !== undefined) {
      this.#flushing = this.#flush(this.#disk).finally(() => {
        this.#flushing = undefined;
      });
    }
  }

  async #flush(disk: SpoolDisk<T>): Promise<void> {
    while (this.#pending.length > 0 && this.#disk === disk) {
      const group = files.firstGroup(this.#pending.first(files.GROUP.records));
      try {
        await disk.write(group);
      } catch (error) {
        this.#cannotWrite(error);
        return;
      }
      // Written into a folder that is another's by now, it may never be read: it stays.
      if (this.#disk === disk) {
        this.#pending.forget(group.length);
        this.#works('disk');
      }
    }
  }

  #cannotWrite(error: unknown): void {
    if (this.#disk !== undefined) {
      const { dir } = this.#options;
      const what = `The spool ${dir} cannot be written (${codeOf(error)}); ${remedyFor(error)}.`;
      this.#fails('disk', this.#withoutDisk(what));
      this.#careLater();
    }
  }

  #withoutDisk(what: string): string {
    return `${what} It is tried again; until then events that Temporal cannot take wait in memory, at most ${this.#options.memory}, and die with this process; further ones are dropped and read again from ftrack's log.`;
  }

  #careLater(): void {
    clearTimeout(this.#care);
    const { retryMs = RETRY_MS, checkMs = CHECK_MS } = this.#options;
    if (!this.#closed) {
      this.#care = setTimeout(
        () => {
          this.#caring = this.#caring.then(() => this.#takeCare()).finally(() => this.#careLater());
        },
        this.#faults.size > 0 ? retryMs : checkMs,
      );
      this.#care.unref();
    }
  }

  /** Gets the disk back, or looks whether it still works, and catches up with what failed. */
  async #takeCare(): Promise<void> {
    if (this.#closed) {
      return;
    }
    if (this.#disk === undefined) {
      await this.#reattach().catch((error: unknown) =>
        this.#fails('disk', this.#withoutDisk(messageOf(error))),
      );
    }
    const disk = this.#disk;
    if (disk !== undefined && (await this.#tryToWrite(disk))) {
      await this.#keepsProgress(disk.tidy());
    }
    await this.#lookAround();
  }

  /** What waits is the best proof; where nothing does, a small file is. */
  async #tryToWrite(disk: SpoolDisk<T>): Promise<boolean> {
    this.#startFlush('try anyway');
    if (this.#flushing !== undefined && this.#pending.length > 0) {
      await this.#flushing;
    } else {
      await disk.probe().then(
        () => this.#works('disk'),
        (error: unknown) => this.#cannotWrite(error),
      );
    }
    return this.isWritable;
  }

  async #reattach(): Promise<void> {
    await this.#attach(0);
    if (this.#onDisk.lines > 0) {
      this.#onFound();
    }
  }

  async #keepsProgress(stored: Promise<void> | undefined): Promise<void> {
    try {
      await stored;
      this.#works('progress');
    } catch (error) {
      this.#fails(
        'progress',
        `Progress in the spool ${this.#options.dir} cannot be stored (${codeOf(error)}): a restart would hand events over again, which does no harm; ${remedyFor(error)}.`,
      );
    }
  }

  async #lookAround(): Promise<void> {
    this.#setAside = await files.corruptFiles(this.#options.dir);
  }

  #fails(fault: Fault, sentence: string): void {
    if (this.#faults.get(fault) !== sentence) {
      this.#faults.set(fault, sentence);
      this.#options.onTrouble('error', sentence);
      this.#careLater();
    }
  }

  #works(fault: Fault): void {
    if (this.#faults.delete(fault) && this.#faults.size === 0) {
      this.#options.onMended?.();
    }
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
