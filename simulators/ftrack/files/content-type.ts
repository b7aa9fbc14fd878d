import type { Data } from '../values';
import { asText } from '../values';

/** Media types by file ending. */
const contentTypes: Readonly<Record<string, string>> = {
  '.avif': 'image/avif',
  '.gif': 'image/gif',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.tif': 'image/tiff',
  '.tiff': 'image/tiff',
  '.webp': 'image/webp',
  '.avi': 'video/x-msvideo',
  '.m4v': 'video/x-m4v',
  '.mkv': 'video/x-matroska',
  '.mov': 'video/quicktime',
  '.mp4': 'video/mp4',
  '.webm': 'video/webm',
  '.css': 'text/css',
  '.csv': 'text/csv',
  '.html': 'text/html',
  '.json': 'application/json',
  '.pdf': 'application/pdf',
  '.txt': 'text/plain',
  '.xml': 'application/xml',
  '.zip': 'application/zip',
};

/** Media type of a file name, or of its ending with the dot; unknown ones are bytes. */
export function contentTypeOf(name: string): string {
  const ending = name.slice(Math.max(0, name.lastIndexOf('.'))).toLowerCase();
  return contentTypes[ending] ?? 'application/octet-stream';
}

/** Name of a component's file, with its ending. */
export function fileNameOf(component: Readonly<Data>): string {
  return `${asText(component['name'])}${asText(component['file_type'] ?? '')}`;
}
