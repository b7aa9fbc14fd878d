import { Session } from '@ftrack/api';
import { getLogger } from 'loglevel';
import { codeOf } from '../../errors';
import { timeLimited } from '../time-limit';
import { FtrackRefusal, isNetwork, refusal, unreachable } from './errors';

export interface FtrackSessionOptions {
  readonly serverUrl: string;
  readonly user: string;
  readonly apiKey: string;
  /** `ayon-ftrack/<install>`: comes back in the events that our writes cause. */
  readonly clientToken: string;
  /** Time-outs in milliseconds. */
  readonly timeouts?: { readonly open?: number; readonly call?: number; readonly probe?: number };
}

/** An operation as ftrack's API takes it; one request carries a list of them. */
export type FtrackOperation =
  | { readonly action: 'query'; readonly expression: string }
  | { readonly action: 'query_server_information' }
  | {
      readonly action: 'create';
      readonly entity_type: string;
      readonly entity_data: Readonly<Record<string, unknown>>;
    }
  | {
      readonly action: 'update';
      readonly entity_type: string;
      readonly entity_key: readonly string[];
      readonly entity_data: Readonly<Record<string, unknown>>;
    };

type Call = Parameters<Session['call']>[0];

class NoAnswerInTime extends Error {
  override readonly name = 'TimeoutError';

  constructor(ms: number) {
    super(`nothing came within ${ms / 1000} s`);
  }
}

/**
 * The one door to ftrack's API over the official client, with what the client lacks: a time-out on every request, a
 * fresh session after one that failed to open (a failed opening poisons a session for good), and failures of the error
 * table instead of raw errors.
 */
export class FtrackSession {
  readonly #options: FtrackSessionOptions;
  readonly #timeouts: { readonly open: number; readonly call: number; readonly probe: number };
  #opening: Promise<Session> | undefined;

  constructor(options: FtrackSessionOptions) {
    // The client prints every refused request to the console; we log what matters ourselves, as JSON.
    getLogger('ftrack_api').setLevel('silent', false);
    this.#options = options;
    this.#timeouts = { open: 30_000, call: 30_000, probe: 10_000, ...options.timeouts };
  }

  /**
   * Sends the operations as one request (one transaction).
   * @param request.what what it is for, as it shall stand in a message.
   * @returns one raw result per operation; datetimes are ISO text, references are repeated in full.
   * @throws a failure of the error table, or the reason of an aborted signal.
   */
  async call(
    request: { operations: readonly FtrackOperation[]; what: string },
    signal: AbortSignal,
  ): Promise<unknown[]> {
    try {
      return await this.#send(request, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (codeOf(error) !== undefined) {
        throw error;
      }
      throw await this.#explain(request.what, error, signal);
    }
  }

  /** Whether ftrack stores UTC; otherwise its datetimes are the server's own clock. */
  async timezoneSupport(signal: AbortSignal): Promise<boolean> {
    const { serverInformation } = await this.#session(signal);
    return serverInformation?.['is_timezone_support_enabled'] !== false;
  }

  async #send(
    request: { operations: readonly FtrackOperation[]; what: string },
    signal: AbortSignal,
  ): Promise<unknown[]> {
    const session = await this.#session(signal);
    const ms = this.#timeouts.call;
    // The client's types know fewer operations than its transport carries.
    const operations = request.operations as unknown as Call;
    const results: unknown = await timeLimited({ signal, ms }, (limited) =>
      session.call(operations, { signal: limited }).catch((error: unknown) => {
        // The client's own words for it are "Unknown error: {}".
        throw limited.aborted && !signal.aborted ? new NoAnswerInTime(ms) : error;
      }),
    );
    if (!Array.isArray(results) || results.length !== request.operations.length) {
      throw new FtrackRefusal(
        'MalformedResponseError',
        'the answer is no list of as many results as were asked',
      );
    }
    return results;
  }

  /** What an error means, asking ftrack whether it is there at all when the error alone does not tell. */
  async #explain(what: string, error: unknown, signal: AbortSignal): Promise<Error> {
    const text = error instanceof Error ? error.message : String(error);
    if (isNetwork(error) || (error instanceof Error && error.name === 'TimeoutError')) {
      return unreachable(what, text);
    }
    const failed = refusal(what, error);
    // A page instead of JSON (a proxy's 502) and ftrack's own 5xx look alike: the probe decides.
    if (codeOf(failed) === 'ftrack-server-error' && !(await this.isThere(signal))) {
      return unreachable(what, error instanceof SyntaxError ? 'a page instead of JSON' : text);
    }
    return failed;
  }

  /** The probe: does ftrack answer the cheapest question? */
  async isThere(signal: AbortSignal): Promise<boolean> {
    try {
      const session = await this.#session(signal);
      const operations = [{ action: 'query_server_information' }] as unknown as Call;
      return await timeLimited({ signal, ms: this.#timeouts.probe }, async (limited) =>
        Array.isArray(await session.call(operations, { signal: limited })),
      );
    } catch {
      return false;
    }
  }

  #session(signal: AbortSignal): Promise<Session> {
    if (this.#opening === undefined) {
      const opening = this.#open();
      this.#opening = opening;
      opening.catch(() => {
        this.#opening = undefined;
      });
    }
    return untilAborted(this.#opening, signal);
  }

  async #open(): Promise<Session> {
    const { serverUrl, user, apiKey, clientToken } = this.#options;
    const session = new Session(serverUrl.replace(/\/+$/, ''), user, apiKey, {
      autoConnectEventHub: false,
      clientToken,
      strictApi: true,
      ensureSerializableResponse: true,
      decodeDatesAsIso: true,
    });
    // The client reduces ftrack's errors to their text; the kind of error decides between waiting and parking.
    Object.defineProperty(session, 'getErrorFromResponse', {
      value: ({ exception, content }: { exception?: unknown; content?: unknown }) =>
        new FtrackRefusal(String(exception), String(content)),
    });
    // The opening requests take no signal, so they are only waited for so long.
    return untilAborted(session.initializing, AbortSignal.timeout(this.#timeouts.open));
  }
}

/** The promise's result, or the signal's reason if that comes first; the promise's own end is then ignored. */
function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    if (signal.aborted) {
      abort();
      promise.catch(() => undefined);
      return;
    }
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
