import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, gunzipSync } from 'node:zlib';
import type { SnapshotDocument, SnapshotParts } from './document';
import { readSnapshot, SnapshotError, snapshotText } from './document';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'this user may not use it',
  EISDIR: 'it is a folder',
  ENOSPC: 'the disk is full',
  ERR_STRING_TOO_LONG: 'it is longer than 512 MiB',
};

function reason(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return reasons[code] ?? message;
}

/** Beside the file and of no other save, so that two at once do not mix. */
function freshName(file: string): string {
  return `${file}.${randomUUID()}.part`;
}

function unwritable(file: string, error: unknown): SnapshotError {
  return new SnapshotError(`The snapshot ${file} cannot be written: ${reason(error)}.`);
}

/**
 * Tries whether a snapshot could be saved there later.
 *
 * @throws SnapshotError when it could not
 */
export async function assertSnapshotFile(file: string): Promise<void> {
  const fresh = freshName(file);
  try {
    await writeFile(fresh, '');
  } catch (error) {
    throw unwritable(file, error);
  }
  await rm(fresh);
}

/**
 * Saves a snapshot; a file called `….gz` is compressed. The former file stays until the new one is whole.
 *
 * @returns bytes of the file
 * @throws SnapshotError when it cannot be written
 */
export async function saveSnapshotFile(parts: SnapshotParts, file: string): Promise<number> {
  const texts = snapshotText(parts);
  const fresh = freshName(file);
  try {
    const packing = file.endsWith('.gz') ? createGzip({ level: 1 }) : new PassThrough();
    await pipeline(Readable.from(texts), packing, createWriteStream(fresh));
    await rename(fresh, file);
    return (await stat(file)).size;
  } catch (error) {
    await rm(fresh, { force: true });
    throw unwritable(file, error);
  }
}

/** @throws SnapshotError when the file cannot be read or is no snapshot */
export async function readSnapshotFile(file: string): Promise<SnapshotDocument> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new SnapshotError(`The snapshot ${file} cannot be read: ${reason(error)}.`);
  }
  let document: unknown;
  try {
    const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
    document = JSON.parse((isPacked ? gunzipSync(bytes) : bytes).toString('utf8'));
  } catch (error) {
    throw new SnapshotError(`${file} is no snapshot: ${reason(error)}.`);
  }
  return readSnapshot(document, file);
}
