import { createHash } from 'node:crypto';
import { FtrackError, validationError } from '../errors';
import type { Change } from '../store/transaction';

/** The bytes of a component, as they were uploaded. */
export interface StoredFile {
  readonly bytes: Buffer;
  /** As in the header, without quotes: the MD5, for several parts the MD5 of theirs with their number. */
  readonly etag: string;
  readonly contentType: string;
  /** Milliseconds since the epoch. */
  readonly storedAt: number;
}

interface Part {
  readonly bytes: Buffer;
  readonly etag: string;
}

interface PendingUpload {
  readonly componentId: string;
  readonly contentType: string;
  readonly partCount: number;
  readonly startedAt: number;
  readonly parts: Map<number, Part>;
}

/** One part as a client names it when it completes an upload. */
export interface NamedPart {
  readonly number: number;
  readonly etag: string;
}

export function md5(bytes: Buffer): Buffer {
  return createHash('md5').update(bytes).digest();
}

/** Beyond the bound: HTTP 507 for an upload. */
export function storageFull(wanted: number, limit: number): FtrackError {
  return new FtrackError(
    'StorageFullError',
    `The simulator keeps files in memory, at most ${limit} bytes in all; ${wanted} more do not fit. Delete components, or start it with a larger file limit.`,
    { status: 507 },
  );
}

/** Files by component id, in memory and within a bound; uploads in parts until they are complete. */
export class FileStore {
  /** Bytes that files and parts may have together. */
  readonly limit: number;
  private readonly now: () => number;
  private readonly files = new Map<string, StoredFile>();
  private readonly uploads = new Map<string, PendingUpload>();
  private used = 0;

  constructor(options: { limit: number; now: () => number }) {
    this.limit = options.limit;
    this.now = options.now;
  }

  /** Bytes held at the moment. */
  get size(): number {
    return this.used;
  }

  /** @throws FtrackError (507) when so many bytes more are too many */
  assertFits(bytes: number): void {
    if (this.used + bytes > this.limit) {
      throw storageFull(bytes, this.limit);
    }
  }

  get(componentId: string): StoredFile | undefined {
    return this.files.get(componentId);
  }

  /**
   * Replaces the file of a component.
   *
   * @throws FtrackError (507) when it does not fit
   */
  put(componentId: string, bytes: Buffer, contentType: string): StoredFile {
    return this.keep(componentId, { bytes, etag: md5(bytes).toString('hex'), contentType });
  }

  /** @returns whether there was a file */
  drop(componentId: string): boolean {
    this.used -= this.files.get(componentId)?.bytes.length ?? 0;
    return this.files.delete(componentId);
  }

  /** Files by component id. */
  all(): Iterable<[string, StoredFile]> {
    return this.files;
  }

  /** Puts these in the place of all files; uploads that are open are forgotten. */
  replaceAll(files: Iterable<readonly [string, StoredFile]>): void {
    this.files.clear();
    this.uploads.clear();
    this.used = 0;
    for (const [componentId, file] of files) {
      this.files.set(componentId, file);
      this.used += file.bytes.length;
    }
  }

  /** After a commit: files go with their components. */
  dropRemoved(changes: readonly Change[]): void {
    for (const { row, removed } of changes) {
      if (removed && this.files.has(row.key)) {
        this.drop(row.key);
      }
    }
  }

  /** @returns id of the upload */
  startUpload(upload: { componentId: string; contentType: string; partCount: number }): string {
    const id = crypto.randomUUID();
    this.uploads.set(id, { ...upload, startedAt: this.now(), parts: new Map() });
    return id;
  }

  /**
   * A part can be sent again as long as the upload is not complete.
   *
   * @returns its entity tag, without quotes; undefined when there is no such upload
   */
  putPart(uploadId: string, part: number, bytes: Buffer): string | undefined {
    const upload = this.uploads.get(uploadId);
    if (!upload) {
      return undefined;
    }
    this.reserve(bytes.length, upload.parts.get(part)?.bytes.length ?? 0);
    const etag = md5(bytes).toString('hex');
    upload.parts.set(part, { bytes, etag });
    return etag;
  }

  /**
   * Checks that the named parts are the ones that were sent.
   *
   * @returns joins them to the file of the component; to be called once the batch is committed
   */
  completion(request: { uploadId: string; componentId: string; parts: readonly NamedPart[] }): () => void {
    const upload = this.uploads.get(request.uploadId);
    if (!upload || upload.componentId !== request.componentId) {
      throw validationError(`Component ${request.componentId} has no open upload ${request.uploadId}.`);
    }
    const named = new Map(request.parts.map((part) => [part.number, part.etag]));
    for (let number = 1; number <= upload.partCount; number += 1) {
      const part = upload.parts.get(number);
      if (!part || part.etag !== named.get(number)) {
        const problem = part ? 'is not named with the entity tag of its upload' : 'was not uploaded';
        throw validationError(`Part ${number} of upload ${request.uploadId} ${problem}.`);
      }
    }
    if (named.size !== upload.partCount) {
      throw validationError(`Upload ${request.uploadId} has ${upload.partCount} parts, not ${named.size}.`);
    }
    return () => this.join(request.uploadId, upload);
  }

  /** Forgets what nobody will ask for: parts and files older than this whose component does not exist. */
  sweep(maxAgeMs: number, exists: (componentId: string) => boolean): void {
    const before = this.now() - maxAgeMs;
    for (const [id, upload] of this.uploads) {
      if (upload.startedAt < before) {
        this.forget(id, upload);
      }
    }
    for (const [id, file] of this.files) {
      if (file.storedAt < before && !exists(id)) {
        this.drop(id);
      }
    }
  }

  private join(uploadId: string, upload: PendingUpload): void {
    const parts = [...upload.parts].sort(([left], [right]) => left - right).map(([, part]) => part);
    const tags = md5(Buffer.concat(parts.map((part) => Buffer.from(part.etag, 'hex')))).toString('hex');
    const bytes = Buffer.concat(parts.map((part) => part.bytes));
    const { componentId, contentType, partCount } = upload;
    this.forget(uploadId, upload);
    this.keep(componentId, { bytes, etag: `${tags}-${partCount}`, contentType });
  }

  private keep(componentId: string, file: Omit<StoredFile, 'storedAt'>): StoredFile {
    this.reserve(file.bytes.length, this.files.get(componentId)?.bytes.length ?? 0);
    const stored = { ...file, storedAt: this.now() };
    this.files.set(componentId, stored);
    return stored;
  }

  private forget(uploadId: string, upload: PendingUpload): void {
    this.uploads.delete(uploadId);
    for (const { bytes } of upload.parts.values()) {
      this.used -= bytes.length;
    }
  }

  private reserve(wanted: number, replaced: number): void {
    this.assertFits(wanted - replaced);
    this.used += wanted - replaced;
  }
}
