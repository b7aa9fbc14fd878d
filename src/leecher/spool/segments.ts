import type { FileHandle } from 'node:fs/promises';
import {
  appendFile,
  chmod,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { codeOf, isCode } from './remedy';
import type { SpoolTrouble } from './types';

/** A file of the spool: whole lines up to `size`, of which `lines` are not yet handed over. */
export interface Segment {
  readonly number: number;
  readonly path: string;
  size: number;
  lines: number;
}

/** Up to where the oldest segment has been handed over. */
export interface Position {
  readonly segment: number;
  readonly offset: number;
}

const NAME = /^(\d{10})\.spool$/;
/** No segment of ours gets so large. */
const MAX_SEGMENT_BYTES = 64 * 1024 * 1024;
const NEWLINE = 10;
const PROBE_BYTES = 4096;
/** Records and characters that one fsync covers at most, so that a segment stays near its size. */
export const GROUP = { records: 1_000, characters: 4 * 1024 * 1024 } as const;
const READ_BYTES = 1024 * 1024;

/** Creates the directory for this user only. */
export async function prepareDirectory(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  // It may have been there; what cannot be changed on a mount of somebody else is left as it is.
  await chmod(dir, 0o700).catch(() => undefined);
}

/** @returns whether the directory lies on the same file system as the root, and so dies with a container. */
export async function isOnRootFileSystem(dir: string): Promise<boolean> {
  const [own, root] = await Promise.all([stat(dir), stat('/')]);
  return own.dev === root.dev;
}

export async function readPosition(dir: string): Promise<Position> {
  try {
    const { segment, offset } = JSON.parse(
      await readFile(join(dir, 'position'), 'utf8'),
    ) as Partial<Position>;
    if (Number.isSafeInteger(segment) && Number.isSafeInteger(offset)) {
      return { segment: Number(segment), offset: Number(offset) };
    }
  } catch {
    // None was written, or it is damaged: the oldest segment is handed over again, which does no harm.
  }
  return { segment: 0, offset: 0 };
}

export async function writePosition(dir: string, position: Position): Promise<void> {
  const path = join(dir, 'position');
  await writeFile(`${path}.new`, JSON.stringify(position), { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/**
 * Finds what an earlier process left, oldest first. A last line that was cut off is set aside, empty segments are
 * removed, a file that is too large to be ours is renamed; one that cannot be read stays where it is.
 * @param onTrouble called with what was found wrong, one sentence each.
 */
export async function findSegments(
  dir: string,
  position: Position,
  onTrouble: (what: SpoolTrouble, message: string) => void,
): Promise<Segment[]> {
  const entries = await readdir(dir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && NAME.test(entry.name)).map(({ name }) => name);
  const found: Segment[] = [];
  for (const name of names.toSorted()) {
    const number = Number(NAME.exec(name)?.[1]);
    const file = { path: join(dir, name), number };
    const begin = number === position.segment ? position.offset : 0;
    try {
      found.push(...(await opened(file, begin, onTrouble)));
    } catch (error) {
      onTrouble(
        'error',
        `Segment ${file.path} of the spool cannot be read (${codeOf(error)}) and is passed over; mend it and restart, or let the gap fill read ftrack's log for its time.`,
      );
    }
  }
  return found;
}

/** @returns the segment, if it still holds something for us. */
async function opened(
  file: Pick<Segment, 'path' | 'number'>,
  begin: number,
  onTrouble: (what: SpoolTrouble, message: string) => void,
): Promise<Segment[]> {
  const { path } = file;
  const size = (await stat(path)).size;
  if (size > MAX_SEGMENT_BYTES) {
    await rename(path, corruptPath(path));
    onTrouble('corrupt', `${path} is too large to be ours and was renamed to .corrupt; look at it there.`);
    return [];
  }
  if (size < begin) {
    onTrouble(
      'torn',
      `${path} was cut off behind our back; the gap fill reads from ftrack's log what is gone.`,
    );
  }
  const { segment, torn } = await measure(file, begin);
  if (torn) {
    onTrouble('torn', `The last line of ${path} was cut off and set aside; look at the .corrupt file there.`);
  }
  if (segment.lines > 0) {
    return [segment];
  }
  await rm(path, { force: true });
  return [];
}

/** Numbers are never used again: the stored position would skip records of a new segment that bears an old number. */
export async function nextNumber(dir: string, position: Position): Promise<number> {
  const numbers = (await readdir(dir)).map((name) => Number(/^(\d{10})\./.exec(name)?.[1] ?? 0));
  return Math.max(position.segment, ...numbers) + 1;
}

async function measure(
  file: Pick<Segment, 'path' | 'number'>,
  begin: number,
): Promise<{ segment: Segment; torn: boolean }> {
  const content = await readFile(file.path);
  const size = content.lastIndexOf(NEWLINE) + 1;
  const torn = size < content.length;
  if (torn) {
    await setAside(file.path, [content.subarray(size)]);
    await truncate(file.path, size);
  }
  let lines = 0;
  for (let at = content.indexOf(NEWLINE, begin); at !== -1; at = content.indexOf(NEWLINE, at + 1)) {
    lines += 1;
  }
  return { segment: { ...file, size, lines }, torn };
}

/** Names of the files that hold what was set aside. */
export async function corruptFiles(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch(() => []);
  return names.filter((name) => name.endsWith('.corrupt')).toSorted();
}

/** Writes as much as a filesystem gives out at least. @throws what keeps a segment from being written. */
export async function probe(dir: string): Promise<void> {
  const path = join(dir, 'probe');
  try {
    await writeFile(path, Buffer.alloc(PROBE_BYTES), { mode: 0o600, flush: true });
  } finally {
    await rm(path, { force: true }).catch(() => undefined);
  }
}

/** Keeps lines that are no records of ours, next to the segment in which they were found. */
export async function setAside(segmentPath: string, lines: readonly Uint8Array[]): Promise<void> {
  const end = Buffer.from('\n');
  const bytes = Buffer.concat(lines.flatMap((line) => [line, end]));
  await appendFile(corruptPath(segmentPath), bytes, { mode: 0o600 });
}

const corruptPath = (path: string): string => path.replace(/\.spool$/, '.corrupt');

/**
 * Reads whole lines from an offset.
 * @returns at most `max` lines without their ends, and the offset behind them.
 */
export async function readLines(
  segment: Segment,
  offset: number,
  max: number,
): Promise<{ lines: Buffer[]; offset: number }> {
  const handle = await open(segment.path, 'r');
  try {
    for (let want = READ_BYTES; ; want *= 4) {
      const length = Math.min(want, segment.size - offset);
      const buffer = Buffer.alloc(length);
      const { bytesRead } = await handle.read(buffer, 0, length, offset);
      const { lines, used } = cut(buffer.subarray(0, bytesRead), max);
      if (lines.length > 0 || bytesRead < want) {
        // Without a line end the rest is lost to us; the caller sees no lines and goes on behind it.
        return { lines, offset: lines.length > 0 ? offset + used : segment.size };
      }
    }
  } finally {
    await handle.close();
  }
}

/** What the segments still hold behind a position. */
export function contentOf(segments: readonly Segment[], begin: Position): { lines: number; bytes: number } {
  const held = segments.filter(({ lines }) => lines > 0);
  const consumed = held[0]?.number === begin.segment ? begin.offset : 0;
  return held.reduce((sum, { lines, size }) => ({ lines: sum.lines + lines, bytes: sum.bytes + size }), {
    lines: 0,
    bytes: 0 - consumed,
  });
}

/** Every line of a segment from an offset on, in order, a piece at a time. */
export async function* linesOf(segment: Segment, offset: number): AsyncGenerator<readonly Buffer[]> {
  for (let at = offset; at < segment.size; ) {
    const read = await readLines(segment, at, Infinity);
    yield read.lines;
    at = read.offset;
  }
}

function cut(bytes: Buffer, max: number): { lines: Buffer[]; used: number } {
  const lines: Buffer[] = [];
  let used = 0;
  while (lines.length < max) {
    const end = bytes.indexOf(NEWLINE, used);
    if (end === -1) {
      break;
    }
    lines.push(bytes.subarray(used, end));
    used = end + 1;
  }
  return { lines, used };
}

/** The first lines, as many as one write shall cover. */
export function firstGroup(lines: readonly string[]): string[] {
  let characters = 0;
  let count = 0;
  while (count < lines.length && count < GROUP.records && (count === 0 || characters < GROUP.characters)) {
    characters += lines[count]?.length ?? 0;
    count += 1;
  }
  return lines.slice(0, count);
}

/** The segment being written. It is never one that an earlier process began. */
export class SegmentWriter {
  readonly segment: Segment;
  readonly #handle: FileHandle;

  private constructor(segment: Segment, handle: FileHandle) {
    this.segment = segment;
    this.#handle = handle;
  }

  /** @param first number to try; numbers that exist are passed over. */
  static async create(dir: string, first: number): Promise<SegmentWriter> {
    for (let number = first; ; number += 1) {
      const path = join(dir, `${String(number).padStart(10, '0')}.spool`);
      try {
        const handle = await open(path, 'wx', 0o600);
        await syncDirectory(path);
        return new SegmentWriter({ number, path, size: 0, lines: 0 }, handle);
      } catch (error) {
        if (!isCode(error, 'EEXIST')) {
          throw error;
        }
      }
    }
  }

  /** Resolves once the lines are on the disk. After a failure this writer must not be used again. */
  async write(lines: readonly string[]): Promise<void> {
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    await this.#handle.appendFile(bytes);
    await this.#handle.datasync();
    this.segment.size += bytes.length;
    this.segment.lines += lines.length;
  }

  /** Cuts off what a failed write may have left, and removes a file that holds nothing: the next try makes another. */
  async abandon(): Promise<void> {
    await this.#handle.truncate(this.segment.size).catch(() => undefined);
    await this.close();
    if (this.segment.size === 0) {
      await rm(this.segment.path, { force: true }).catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
  }
}

/** Makes a new file's name survive a power cut; not every system can. */
async function syncDirectory(path: string): Promise<void> {
  try {
    const handle = await open(dirname(path), 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isCode(error, 'ENOENT')) {
      throw new Error(`The directory of ${basename(path)} is gone.`, { cause: error });
    }
  }
}

/** @returns undefined for a line that is no JSON. */
export function parseLine(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8'));
  } catch {
    return undefined;
  }
}
