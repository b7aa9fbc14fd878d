import { ApplicationFailure } from '@temporalio/common';
import type { Client } from 'openapi-fetch';
import createClient from 'openapi-fetch';
import { isMissing, isPage, mayBeOutage, refusal, unreachable } from './errors';
import type { paths } from './openapi';

export interface AyonHttpOptions {
  /** Without a trailing slash or with it. */
  readonly serverUrl: string;
  readonly apiKey: string;
  /** Who writes, shown in AYON's event log. */
  readonly sender: string;
  /** Time-outs in milliseconds. */
  readonly timeouts?: { readonly read?: number; readonly write?: number; readonly probe?: number };
}

export interface CallOptions {
  readonly signal: AbortSignal;
  /** Writes may take minutes on big projects; reads are repeated once when the connection breaks. */
  readonly kind: 'read' | 'write';
  /** Method and path, for messages. */
  readonly name: string;
}

/**
 * Typed access to AYON. Every answer that is not a success becomes a failure of the error table; the key is sent in a
 * header only and never appears in a message. Writes carry `x-sender-type: ftrack`, which is how our own events are
 * recognised.
 */
export class AyonHttp {
  readonly #client: Client<paths>;
  readonly #timeouts: { readonly read: number; readonly write: number; readonly probe: number };
  readonly #infoUrl: string;

  constructor(options: AyonHttpOptions) {
    const baseUrl = options.serverUrl.replace(/\/+$/, '');
    this.#infoUrl = `${baseUrl}/api/info`;
    this.#timeouts = { read: 10_000, write: 120_000, probe: 5_000, ...options.timeouts };
    this.#client = createClient<paths>({
      baseUrl,
      headers: { 'x-api-key': options.apiKey, 'x-sender': options.sender, 'x-sender-type': 'ftrack' },
    });
  }

  /** Runs one call of the typed client. @throws a failure of the error table, or the reason of an aborted signal. */
  async call<Data>(options: CallOptions, run: Run<Data>): Promise<Data> {
    try {
      return await this.#answer(options, run);
    } catch (error) {
      options.signal.throwIfAborted();
      if (mayBeOutage(error) && !(await this.isThere(options.signal))) {
        throw unreachable(options.name, error);
      }
      if (error instanceof ApplicationFailure) {
        throw error;
      }
      throw unreachable(options.name, error);
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
      const response = await fetch(this.#infoUrl, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(this.#timeouts.probe)]),
      });
      const body = await response.text();
      return response.ok && !isPage(body);
    } catch {
      return false;
    }
  }

  async #answer<Data>(options: CallOptions, run: Run<Data>): Promise<Data> {
    const attempt = (): Promise<Data> => this.#attempt(options, run);
    try {
      return await attempt();
    } catch (error) {
      // AYON closes idle connections after 5 s; a read that met the closing is simply asked again.
      const broken = error instanceof TypeError && !options.signal.aborted;
      if (options.kind === 'read' && broken && wasClosed(error)) {
        return attempt();
      }
      throw error;
    }
  }

  async #attempt<Data>({ signal, kind, name }: CallOptions, run: Run<Data>): Promise<Data> {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(this.#timeouts[kind])]);
    const { data, error, response } = await run(this.#client, limited);
    if (response.ok) {
      // A success without a body (204) has no data, and the caller's type says so.
      return data as Data;
    }
    const body = typeof error === 'string' ? error : JSON.stringify(error ?? '');
    throw refusal({
      status: response.status,
      body,
      call: name,
      retryAfter: response.headers.get('retry-after'),
    });
  }
}

/** One call of the typed client, given the signal that ends it. */
export type Run<Data> = (
  client: Client<paths>,
  signal: AbortSignal,
) => Promise<{ readonly data?: Data; readonly error?: unknown; readonly response: Response }>;

function wasClosed(error: TypeError): boolean {
  const code: unknown = error.cause instanceof Error ? Reflect.get(error.cause, 'code') : undefined;
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET';
}
