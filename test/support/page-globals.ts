/** What the uploader of `@ftrack/api` uses of a page's XMLHttpRequest, over fetch. */
class PageRequest extends EventTarget {
  readonly upload = new EventTarget();
  status = 0;
  readyState = 0;
  response: unknown = null;
  timeout = 0;
  onload: (() => void) | null = null;
  onerror: (() => void) | null = null;
  onabort: (() => void) | null = null;
  ontimeout: (() => void) | null = null;
  onreadystatechange: (() => void) | null = null;
  private method = 'GET';
  private url = '';
  private readonly headers = new Headers();
  private answer: Headers = new Headers();
  private readonly controller = new AbortController();

  open(method: string, url: string): void {
    this.method = method;
    this.url = url;
  }

  setRequestHeader(name: string, value: string): void {
    this.headers.set(name, value);
  }

  getResponseHeader(name: string): string | null {
    return this.answer.get(name);
  }

  abort(): void {
    this.controller.abort();
    this.onabort?.();
  }

  send(body: Blob): void {
    void this.exchange(body);
  }

  private async exchange(body: Blob): Promise<void> {
    try {
      const { method, headers } = this;
      const answer = await fetch(this.url, { method, headers, body, signal: this.controller.signal });
      this.response = await answer.text();
      this.answer = answer.headers;
      this.status = answer.status;
      this.readyState = 4;
      this.onreadystatechange?.();
      this.onload?.();
    } catch {
      this.onerror?.();
    }
  }
}

/**
 * Runs work as in a browser's page: the uploader of the official JavaScript client, unmodified, needs one.
 *
 * @param page.chunkSize bytes of a part of an upload
 */
export async function inPage<Result>(
  page: { chunkSize?: number },
  work: () => Promise<Result>,
): Promise<Result> {
  const window = {
    navigator: { onLine: true },
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    FTRACK_UPLOAD_CHUNK_SIZE: page.chunkSize,
  };
  const globals = globalThis as Record<string, unknown>;
  Object.assign(globals, { window, XMLHttpRequest: PageRequest });
  try {
    return await work();
  } finally {
    delete globals['window'];
    delete globals['XMLHttpRequest'];
  }
}
