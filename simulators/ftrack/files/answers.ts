import type { IncomingHttpHeaders } from 'node:http';
import type { RouteAnswer } from '../../http';
import type { StoredFile } from './file-store';

/** `bytes=first-last` with one of both left out or not; undefined for anything else, which is then not a range. */
function rangeOf(header: string | undefined, size: number): { first: number; last: number } | undefined {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (from === undefined || to === undefined || (from === '' && to === '')) {
    return undefined;
  }
  return from === ''
    ? { first: Math.max(0, size - Number(to)), last: size - 1 }
    : { first: Number(from), last: to === '' ? size - 1 : Math.min(Number(to), size - 1) };
}

/** As headers carry text (RFC 5987); halves of surrogate pairs become replacement characters. */
function headerText(text: string): string {
  const encoded = encodeURIComponent(Buffer.from(text).toString());
  return encoded.replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
}

/** A file, whole or the one range of it that was asked for: players of video need that to seek. */
export function fileAnswer(
  file: StoredFile,
  request: { headers: IncomingHttpHeaders; name: string },
): RouteAnswer {
  const { bytes, contentType, etag } = file;
  const headers = {
    etag: `"${etag}"`,
    'accept-ranges': 'bytes',
    // Whatever somebody uploaded: as a page it is one of no origin and runs nothing.
    'content-security-policy': 'sandbox',
    'x-content-type-options': 'nosniff',
    'content-disposition': `inline; filename*=UTF-8''${headerText(request.name)}`,
  };
  const range = rangeOf(request.headers.range, bytes.length);
  if (!range) {
    return { body: bytes, contentType, headers };
  }
  if (range.first > range.last) {
    const json = { message: `The file has only ${bytes.length} bytes.` };
    return { status: 416, json, headers: { 'content-range': `bytes */${bytes.length}` } };
  }
  return {
    status: 206,
    body: bytes.subarray(range.first, range.last + 1),
    contentType,
    headers: { ...headers, 'content-range': `bytes ${range.first}-${range.last}/${bytes.length}` },
  };
}
