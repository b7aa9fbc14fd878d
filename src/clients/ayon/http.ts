import { setTimeout as sleep } from 'node:timers/promises';
import type { ApplicationFailure } from '@temporalio/common';
import type { Client } from 'openapi-fetch';
import createClient from 'openapi-fetch';
import { failure } from '../../errors';
import { timeLimited } from '../time-limit';
import type { BadAnswer } from './errors';
import {
  isErrorBody,
  isMissing,
  isPage,
  mayBeOutage,
  notJson,
  redirected,
  refusal,
  statusOf,
} from './errors';
import { isNetworkError, unreachable } from './network';
import type { paths } from './openapi';
import type { RetryPolicy } from './retry';
import { pauseBefore, RETRY } from './retry';

/** Time-outs by class of call, in milliseconds; each covers all tries of a call. */
export interface AyonTimeouts {
  /** Questions. */
  readonly read: number;
  /** Single changes, such as a project's lists or a comment. */
  readonly write: number;
  /** Batches of operations: a folder may cost AYON a second in a big project. Less than an activity may take. */
  readonly operations: number;
  /** Is the server there at all? */
  readonly probe: number;
}

const TIMEOUTS: AyonTimeouts = { read: 10_000, write: 60_000, operations: 180_000, probe: 5_000 };

/** AYON remembers a refused key for 60 s and makes each further try wait; so one try per this many milliseconds. */
const REFUSED_KEY_PAUSE = 10_000;

export interface AyonHttpOptions {
  /** Without a trailing slash or with it. */
  readonly serverUrl: string;
  readonly apiKey: string;
  /** Who writes, shown in AYON's event log. */
  readonly sender: string;
  readonly timeouts?: Partial<AyonTimeouts>;
  readonly retry?: Partial<RetryPolicy>;
  /** Milliseconds for which a refused key is not sent again. */
  readonly refusedKeyPause?: number;
}

export interface CallOptions {
  readonly signal: AbortSignal;
  /** Class of the call, which decides on its time-out; reads are repeated when that may help. */
  readonly kind: 'read' | 'write' | 'operations';
  /** Method and path, for messages. */
  readonly name: string;
  /** Whether the call may be sent again when its fate is not known. Default: reads only. */
  readonly idempotent?: boolean;
  /** AYON user in whose name it is done; must exist, else AYON answers a bare 500 (see `actAs`). */
  readonly asUser?: string;
}

/** One call of the typed client, given the signal that ends it. */
export type Run<Data> = (
  client: Client<paths>,
  signal: AbortSignal,
) => Promise<{ readonly data?: Data; readonly error?: unknown; readonly response: Response }>;

/**
 * Typed access to AYON. Every answer that is not a success becomes a failure of the error table; the key is sent in a
 * header only, to the configured server only, and never appears in a message. Calls carry `x-sender-type: ftrack`,
 * which is how our own events are recognised.
 */
export class AyonHttp {
  /** Where AYON is, without a slash at the end. */
  readonly server: string;
  /** By which name AYON's events tell our writes. */
  readonly sender: string;
  readonly #key: string;
  readonly #client: Client<paths>;
  readonly #clientAs: (user: string) => Client<paths>;
  readonly #timeouts: AyonTimeouts;
  readonly #retry: RetryPolicy;
  readonly #refusedKeyPause: number;
  /** Until when the key is not tried again, by the clock that nobody can set. */
  #refusedUntil = 0;

  constructor(options: AyonHttpOptions) {
    this.server = options.serverUrl.replace(/\/+$/, '');
    this.#key = sendable(options.apiKey);
    this.#timeouts = { ...TIMEOUTS, ...options.timeouts };
    this.#retry = { ...RETRY, ...options.retry };
    this.#refusedKeyPause = options.refusedKeyPause ?? REFUSED_KEY_PAUSE;
    // A header carries plain letters only; a service may be called otherwise.
    this.sender = options.sender.replaceAll(/[^\x20-\x7e]/g, '_');
    const headers = { 'x-api-key': this.#key, 'x-sender': this.sender, 'x-sender-type': 'ftrack' };
    const create = (more: Record<string, string>): Client<paths> =>
      createClient<paths>({
        baseUrl: this.server,
        fetch: fetchJson,
        // A redirect would carry the key to wherever it points.
        redirect: 'manual',
        headers: { ...headers, ...more },
      });
    this.#client = create({});
    this.#clientAs = (user) => create({ 'x-as-user': user });
  }

  /** Runs one call of the typed client. @throws a failure of the error table, or the reason of an aborted signal. */
  async call<Data>(options: CallOptions, run: Run<Data>): Promise<Data> {
    this.#refuseKnownKey(options.name);
    try {
      return await this.#answer(options, run);
    } catch (error) {
      options.signal.throwIfAborted();
      const thrown = this.#known(options.name, error);
      if (mayBeOutage(thrown) && !(await this.isThere(options.signal))) {
        throw unreachable({ call: options.name, server: this.server }, thrown);
      }
      throw thrown;
    }
  }

  /** As {@link call}, but undefined when AYON says that there is no such thing. */
  async find<Data>(options: CallOptions, run: Run<Data>): Promise<Data | undefined> {
    try {
      return await this.call(options, run);
    } catch (error) {
      if (isMissing(error)) {
        return undefined;
      }
      throw error;
    }
  }

  /** The probe that tells an outage from a failing request: does the server answer at all? */
  async isThere(signal: AbortSignal): Promise<boolean> {
    try {
      return await timeLimited({ signal, ms: this.#timeouts.probe }, async (limited) => {
        const url = `${this.server}/api/info`;
        const response = await fetch(url, { redirect: 'manual', signal: limited });
        const body = await response.text();
        return response.ok && !isPage(body);
      });
    } catch {
      return false;
    }
  }

  /** Takes the key out of a text that came from outside. */
  redact(text: string): string {
    return text.replaceAll(this.#key, '[secret]');
  }

  #answer<Data>(options: CallOptions, run: Run<Data>): Promise<Data> {
    const { signal, kind } = options;
    return timeLimited({ signal, ms: this.#timeouts[kind] }, (limited) =>
      this.#attempts(options, run, limited),
    );
  }

  async #attempts<Data>(options: CallOptions, run: Run<Data>, limited: AbortSignal): Promise<Data> {
    const { signal, kind, idempotent = kind === 'read' } = options;
    for (let failed = 0; ; ) {
      try {
        return await this.#attempt(options, run, limited);
      } catch (error) {
        failed += 1;
        const pause = idempotent && !limited.aborted ? pauseBefore(error, failed, this.#retry) : undefined;
        if (pause === undefined) {
          throw error;
        }
        await sleep(pause, undefined, { signal });
      }
    }
  }

  async #attempt<Data>({ name, asUser }: CallOptions, run: Run<Data>, limited: AbortSignal): Promise<Data> {
    const client = asUser === undefined ? this.#client : this.#clientAs(asUser);
    const { data, error, response } = await run(client, limited);
    if (response.ok && !isErrorBody(data)) {
      // A success without a body (204) has no data, and the caller's type says so.
      return data as Data;
    }
    const location = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && location !== null) {
      throw redirected(name, this.server, location);
    }
    throw this.#refused({
      status: response.status,
      body: this.redact(textOf(error ?? data)),
      call: name,
      retryAfter: response.headers.get('retry-after'),
      date: response.headers.get('date'),
    });
  }

  #refused(answer: BadAnswer): ApplicationFailure {
    const refused = refusal(answer);
    if (statusOf(refused) === 401) {
      this.#refusedUntil = performance.now() + this.#refusedKeyPause;
    }
    return refused;
  }

  /** @throws when AYON refused the key a moment ago: asking again would only make it wait. */
  #refuseKnownKey(call: string): void {
    const left = this.#refusedUntil - performance.now();
    if (left > 0) {
      throw failure(
        'ayon-refused-key',
        `${call} was not sent: AYON refused the key a moment ago; check AYON_API_KEY and that it belongs to a service user (AYON goes on refusing a key for up to a minute after it was made valid)`,
        { retryAfterMs: Math.ceil(left) },
      );
    }
  }

  /** The failure of the error table that an error is; a defect of our own stays what it is. */
  #known(call: string, error: unknown): unknown {
    if (error instanceof NotJson) {
      return notJson(call, error.found);
    }
    if (isSyntaxError(error)) {
      return notJson(call, kindOf(error.message));
    }
    return isNetworkError(error) ? unreachable({ call, server: this.server }, error) : error;
  }
}

/** Told here, without the value: `fetch` quotes a header that it cannot send. */
function sendable(key: string): string {
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw failure(
      'ayon-refused-key',
      'AYON_API_KEY has characters that no request can carry, such as a space or a line break; correct it',
    );
  }
  return key;
}

const textOf = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body ?? ''));

/** A success that is not of AYON's kind. */
class NotJson extends Error {
  readonly found: 'page' | 'text';

  constructor(found: 'page' | 'text') {
    super(`not JSON: ${found}`);
    this.name = 'NotJson';
    this.found = found;
  }
}

/** AYON answers every success with JSON or with nothing; a proxy or a stranger may not. */
async function fetchJson(request: Request): Promise<Response> {
  const response = await fetch(request);
  const type = response.headers.get('content-type') ?? 'application/json';
  if (!response.ok || response.status === 204 || type.includes('json')) {
    return response;
  }
  const body = await response.text();
  throw new NotJson(isPage(body) ? 'page' : 'text');
}

/** By its name: an error of Node's own `fetch` may be of another realm. */
const isSyntaxError = (error: unknown): error is { readonly message: string } =>
  typeof error === 'object' && error !== null && 'name' in error && error.name === 'SyntaxError';

const kindOf = (message: string): 'page' | 'text' | 'cut' => {
  if (/^(?:Unexpected end|Unterminated|Expected)/.test(message)) {
    return 'cut';
  }
  return /^Unexpected token '?</.test(message) ? 'page' : 'text';
};
