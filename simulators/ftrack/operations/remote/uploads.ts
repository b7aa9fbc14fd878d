import { validationError } from '../../errors';
import { ComponentLinks, componentPaths } from '../../files/component-links';
import { contentTypeOf, fileNameOf } from '../../files/content-type';
import type { FileStore, NamedPart } from '../../files/file-store';
import { storageFull } from '../../files/file-store';
import type { SignedLinks } from '../../files/signed-links';
import { isRecord } from '../../values';
import type { Work } from '../caller';
import { assertWritable } from '../caller';
import type { OperationHandlers } from '../registry';
import type { SentOperation } from '../write';
import { optionalTextOf, textOf } from './arguments';

/** How long an upload may take from its start to its end; what is left of one that was given up goes after it. */
const uploadValidMs = 6 * 3_600_000;

const maxParts = 10_000;

interface Upload {
  readonly id: string;
  readonly contentType: string;
  /** Undefined: whatever comes. */
  readonly size: number | undefined;
  /** Base64 MD5. */
  readonly checksum: string | undefined;
}

function sizeOf(operation: SentOperation): number | undefined {
  const size = operation['file_size'] ?? undefined;
  if (size !== undefined && (typeof size !== 'number' || !Number.isInteger(size) || size < 0)) {
    throw validationError('"file_size" of get_upload_metadata must be a number of bytes.');
  }
  return size;
}

function checksumOf(operation: SentOperation): string | undefined {
  const checksum = optionalTextOf(operation, 'checksum');
  if (checksum !== undefined && Buffer.from(checksum, 'base64').length !== 16) {
    throw validationError('"checksum" of get_upload_metadata must be an MD5 sum in base64.');
  }
  return checksum;
}

/** What is not said is taken from the component; one that does not exist yet leaves nothing to take. */
function uploadOf(work: Work, operation: SentOperation): Upload {
  const id = textOf(operation, 'component_id');
  const row = work.reader.store.find('Component', id);
  if (row) {
    assertWritable(work, row);
  }
  const component = row?.data;
  const name = optionalTextOf(operation, 'file_name') ?? (component && fileNameOf(component));
  const stored = Number(component?.['size'] ?? 0);
  const size = sizeOf(operation) ?? (stored > 0 ? stored : undefined);
  if (name === undefined || (component === undefined && size === undefined)) {
    throw validationError(
      `Component ${id} does not exist yet: get_upload_metadata then needs "file_name" and "file_size".`,
    );
  }
  return { id, contentType: contentTypeOf(name), size, checksum: checksumOf(operation) };
}

function partsOf(operation: SentOperation): NamedPart[] {
  const { parts } = operation;
  const list: readonly unknown[] = Array.isArray(parts) ? parts : [];
  const named = list.map((part) => {
    const { part_number: number, e_tag: etag } = isRecord(part) ? part : {};
    return typeof number === 'number' && typeof etag === 'string'
      ? { number, etag: etag.replaceAll('"', '') }
      : undefined;
  });
  if (named.length === 0 || named.includes(undefined)) {
    throw validationError(
      'complete_multipart_upload needs "parts", a list of {part_number: number, e_tag: text}.',
    );
  }
  return named.filter((part) => part !== undefined);
}

class Uploads {
  private readonly files: FileStore;
  private readonly links: SignedLinks;

  constructor(files: FileStore, links: SignedLinks) {
    this.files = files;
    this.links = links;
  }

  /** Addresses to which the bytes of a component are sent; the component may be created later. */
  metadata(work: Work, operation: SentOperation): object {
    const upload = uploadOf(work, operation);
    const { store } = work.reader;
    this.files.sweep(uploadValidMs, (id) => store.find('Component', id) !== undefined);
    if ((upload.size ?? 0) > this.files.limit) {
      throw storageFull(upload.size ?? 0, this.files.limit);
    }
    const parts = operation['parts'] ?? 1;
    if (typeof parts !== 'number' || !Number.isInteger(parts) || parts < 1 || parts > maxParts) {
      throw validationError(
        `"parts" of get_upload_metadata must be a number from 1 to ${maxParts}, or null.`,
      );
    }
    return operation['parts'] === undefined || operation['parts'] === null
      ? this.single(work, upload)
      : this.inParts(work, upload, parts);
  }

  /** Joins the parts once the batch is committed. */
  complete(work: Work, operation: SentOperation): object {
    const componentId = textOf(operation, 'component_id');
    const uploadId = textOf(operation, 'upload_id');
    const join = this.files.completion({ uploadId, componentId, parts: partsOf(operation) });
    work.afterCommit(join);
    const url = new ComponentLinks(this.links, work.caller.origin).file(componentId);
    return { action: 'complete_multipart_upload', component_id: componentId, url };
  }

  private single(work: Work, upload: Upload): object {
    const { id, contentType, size, checksum } = upload;
    const query = {
      id,
      type: contentType,
      ...(size === undefined ? {} : { bytes: String(size) }),
      ...(checksum === undefined ? {} : { md5: checksum }),
    };
    const headers = {
      'Content-Type': contentType,
      ...(size === undefined ? {} : { 'Content-Length': String(size) }),
      ...(checksum === undefined ? {} : { 'Content-MD5': checksum }),
    };
    return { url: this.sign(work, query), headers, component_id: id };
  }

  private inParts(work: Work, upload: Upload, partCount: number): object {
    const { id, contentType } = upload;
    const uploadId = this.files.startUpload({ componentId: id, contentType, partCount });
    const urls = Array.from({ length: partCount }, (_, index) => ({
      part_number: index + 1,
      signed_url: this.sign(work, { id, upload: uploadId, part: String(index + 1) }),
    }));
    return { urls, upload_id: uploadId, component_id: id };
  }

  private sign(work: Work, query: Readonly<Record<string, string>>): string {
    const { origin } = work.caller;
    return this.links.sign({ origin, path: componentPaths.upload, query, validMs: uploadValidMs });
  }
}

/** `get_upload_metadata` and `complete_multipart_upload`. */
export function uploadOperations(files: FileStore, links: SignedLinks): OperationHandlers {
  const uploads = new Uploads(files, links);
  return {
    get_upload_metadata: (work, operation) => uploads.metadata(work, operation),
    complete_multipart_upload: (work, operation) => uploads.complete(work, operation),
  };
}
