import { once } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request } from 'node:http';

/** As much of a browser's XMLHttpRequest as the uploader of the official client needs. */
class UploadRequest {
  readyState = 0;
  status = 0;
  response = '';
  timeout = 0;
  onreadystatechange: (() => void) | undefined;
  onload: (() => void) | undefined;
  onerror: (() => void) | undefined;
  onabort: (() => void) | undefined;
  ontimeout: (() => void) | undefined;
  readonly upload = new EventTarget();
  private readonly headers: Record<string, string> = {};
  private readonly target = new EventTarget();
  private sent: ClientRequest | undefined;
  private answer: IncomingMessage | undefined;
  private url = '';

  open(_method: 'PUT', url: string): void {
    this.url = url;
  }

  setRequestHeader(name: string, value: string): void {
    this.headers[name] = value;
  }

  addEventListener(type: string, listener: (event: Event) => void): void {
    this.target.addEventListener(type, listener);
  }

  getResponseHeader(name: string): string | null {
    return this.answer?.headers[name.toLowerCase()]?.toString() ?? null;
  }

  abort(): void {
    this.sent?.destroy();
    this.onabort?.();
  }

  send(file: Blob): void {
    this.transfer(file).catch(() => this.onerror?.());
  }

  private async transfer(file: Blob): Promise<void> {
    const bytes = Buffer.from(await file.arrayBuffer());
    this.sent = request(this.url, { method: 'PUT', headers: this.headers });
    this.sent.end(bytes);
    const [answer] = (await once(this.sent, 'response')) as [IncomingMessage];
    const body: Buffer[] = await answer.toArray();
    this.response = Buffer.concat(body).toString();
    this.answer = answer;
    this.status = answer.statusCode ?? 0;
    this.readyState = 4;
    const sizes = { lengthComputable: true, loaded: bytes.length, total: bytes.length };
    this.upload.dispatchEvent(Object.assign(new Event('progress'), sizes));
    this.onreadystatechange?.();
    this.onload?.();
    this.target.dispatchEvent(new Event('loadend'));
  }
}

/**
 * Lets `Session.createComponent` of the official client upload as in a browser, for as long as `work` runs: it knows
 * no other way.
 *
 * @param chunkSize bytes of one part; files of three parts or more are uploaded in parts
 */
export async function asInBrowser<Result>(chunkSize: number, work: () => Promise<Result>): Promise<Result> {
  const page = Object.assign(new EventTarget(), {
    navigator: { onLine: true },
    FTRACK_UPLOAD_CHUNK_SIZE: chunkSize,
  });
  Object.assign(globalThis, { window: page, XMLHttpRequest: UploadRequest });
  try {
    return await work();
  } finally {
    Reflect.deleteProperty(globalThis, 'window');
    Reflect.deleteProperty(globalThis, 'XMLHttpRequest');
  }
}
