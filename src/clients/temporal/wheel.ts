import { createReadStream, createWriteStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';

/** Zip signatures and fixed sizes (PKWARE APPNOTE 4.3: end record, central header, local header). */
const END = { signature: 0x06_05_4b_50, size: 22, maxComment: 65_535 };
const CENTRAL = { signature: 0x02_01_4b_50, size: 46 };
const LOCAL = { signature: 0x04_03_4b_50, size: 30 };
const STORED = 0;
const DEFLATED = 8;

export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly compressedSize: number;
  /** Uncompressed size in bytes. */
  readonly size: number;
  /** Offset of the local header. */
  readonly offset: number;
}

/**
 * Lists the files of a zip archive (a Python wheel is one). Zip64 and encrypted archives are not read: a wheel of
 * this product has neither.
 * @throws Error when the file is not a complete zip archive.
 */
export async function zipEntries(file: string): Promise<ZipEntry[]> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const tailSize = Math.min(size, END.size + END.maxComment);
    const tail = await readAt(handle, size - tailSize, tailSize);
    const end = findEnd(tail);
    if (end === undefined) {
      throw new Error(`${file} is not a complete zip archive; delete it and try again.`);
    }
    const directory = await readAt(handle, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
    return parseDirectory(directory, tail.readUInt16LE(end + 10));
  } finally {
    await handle.close();
  }
}

/**
 * Writes one entry of an archive to a file, streaming: the Temporal binary has 150 MB.
 * @throws Error when the data is torn or of the wrong length.
 */
export async function extractEntry(archive: string, entry: ZipEntry, target: string): Promise<void> {
  const start = await dataOffset(archive, entry);
  const source = createReadStream(archive, { start, end: start + entry.compressedSize - 1 });
  const output = createWriteStream(target);
  if (entry.method === DEFLATED) {
    await pipeline(source, createInflateRaw(), output);
  } else if (entry.method === STORED) {
    await pipeline(source, output);
  } else {
    throw new Error(`${entry.name} in ${archive} uses zip method ${entry.method}, which is not supported.`);
  }
  if (output.bytesWritten !== entry.size) {
    throw new Error(`${entry.name} in ${archive} is torn: ${output.bytesWritten} of ${entry.size} bytes.`);
  }
}

function findEnd(tail: Buffer): number | undefined {
  for (let at = tail.length - END.size; at >= 0; at -= 1) {
    if (tail.readUInt32LE(at) === END.signature) {
      return at;
    }
  }
  return undefined;
}

function parseDirectory(directory: Buffer, count: number): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = 0;
  while (entries.length < count && directory.readUInt32LE(at) === CENTRAL.signature) {
    const nameLength = directory.readUInt16LE(at + 28);
    entries.push({
      name: directory.toString('utf8', at + CENTRAL.size, at + CENTRAL.size + nameLength),
      method: directory.readUInt16LE(at + 10),
      compressedSize: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
    });
    at += CENTRAL.size + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

/** The local header repeats the name and has its own extra field, so the data's place must be read from it. */
async function dataOffset(archive: string, entry: ZipEntry): Promise<number> {
  const handle = await open(archive, 'r');
  try {
    const header = await readAt(handle, entry.offset, LOCAL.size);
    if (header.readUInt32LE(0) !== LOCAL.signature) {
      throw new Error(`${entry.name} in ${archive} has no local header: the archive is damaged.`);
    }
    return entry.offset + LOCAL.size + header.readUInt16LE(26) + header.readUInt16LE(28);
  } finally {
    await handle.close();
  }
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  if (bytesRead !== length) {
    throw new Error('The zip archive ends too early; delete it and try again.');
  }
  return buffer;
}
