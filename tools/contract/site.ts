import { setTimeout as sleep } from 'node:timers/promises';
import type { Mismatch, Pattern } from './pattern';
import { mismatches, pick, shown } from './pattern';

/** As whom a request is sent: `key` (default) with the key, `nobody` without one, `stranger` with a wrong one. */
type Caller = 'key' | 'nobody' | 'stranger';

export interface Question {
  readonly method: string;
  /** Path and query string. */
  readonly path: string;
  /** Sent as JSON, bytes as they are. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly as?: Caller;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON, else the text; null when there is none. */
  readonly body: unknown;
}

export interface Expectation {
  /** One of these, if several. */
  readonly status: number | readonly number[];
  readonly body?: Pattern;
}

/** What a check found to be otherwise than our product relies on. */
export class Differs extends Error {
  readonly found: readonly Mismatch[];

  constructor(found: readonly Mismatch[]) {
    super('The server answers otherwise.');
    this.name = 'Differs';
    this.found = found;
  }
}

/** Nothing can be said, since what a check builds on is not there. */
export class CannotRun extends Error {}

/** The same, since the studio's server does not offer what the check is about. */
export class NotOffered extends CannotRun {}

/** A request that got no answer. */
export class NoAnswer extends Error {}

/** The code of Node's network is more telling than its message. */
function unanswered({ method, path }: Question, error: unknown): NoAnswer {
  const cause = pick(error, 'cause') ?? error;
  const reason = pick(cause, 'code') ?? pick(cause, 'message');
  return new NoAnswer(`${method} ${path} got no answer (${String(reason)})`);
}

export interface SiteOptions {
  /** Base address. */
  readonly server: string;
  readonly key: string;
  /** Throw-away project. */
  readonly project: string;
  /** Ends requests. */
  readonly signal: AbortSignal;
  /** Milliseconds in which the server has to show what it does after an answer, such as storing events. */
  readonly patience?: number;
}

/** Name of a folder type, a task type and a status that the throw-away project gets: a studio may have none of ours. */
export const OWN = 'Contract';

/** What our requests tell the server of where they come from; the sender type keeps running integrations quiet. */
export const SENDER = { 'x-sender': 'contract', 'x-sender-type': 'ftrack' } as const;

/** What is shorter is no key, and may be part of any word. */
const SHORTEST_KEY = 6;
const TIMEOUT = 60_000;
const PATIENCE = 10_000;
const BETWEEN_LOOKS = 100;
const MOST_SHOWN = 3;

/** A live server, with the throw-away project that belongs to a run. */
export class Site {
  readonly server: string;
  readonly project: string;
  readonly key: string;
  readonly signal: AbortSignal;
  readonly #patience: number;

  constructor({ server, key, project, signal, patience = PATIENCE }: SiteOptions) {
    this.server = server.replace(/\/+$/, '');
    this.key = key;
    this.project = project;
    this.signal = signal;
    this.#patience = patience;
  }

  /** `/api/projects/{project}` and what follows it. */
  at(rest: string): string {
    return `/api/projects/${this.project}${rest}`;
  }

  /** @throws NoAnswer, or the reason of an aborted signal. */
  async send(question: Question, signal = this.signal): Promise<Answer> {
    const { method, path, body, as = 'key' } = question;
    const limited = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]);
    const isBytes = body instanceof Uint8Array;
    try {
      const response = await fetch(`${this.server}${path}`, {
        method,
        redirect: 'manual',
        headers: { ...this.#credentials(as), ...SENDER, ...contentType(body), ...question.headers },
        ...(body === undefined ? {} : { body: isBytes ? body : JSON.stringify(body) }),
        signal: limited,
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, body: parsed(text) };
    } catch (error) {
      signal.throwIfAborted();
      throw unanswered(question, error);
    }
  }

  /** @returns the body of an answer as expected. @throws Differs otherwise. */
  async ask(question: Question, expectation: Expectation): Promise<unknown> {
    const answer = await this.send(question);
    const found = this.compare(answer, expectation);
    if (found.length > 0) {
      throw new Differs(found.slice(0, MOST_SHOWN));
    }
    return answer.body;
  }

  /** As {@link ask}, again and again until the answer is as expected or patience ends. */
  async eventually(question: Question, expectation: Expectation): Promise<unknown> {
    const end = performance.now() + this.#patience;
    for (;;) {
      const answer = await this.send(question);
      const found = this.compare(answer, expectation);
      if (found.length === 0) {
        return answer.body;
      }
      if (performance.now() > end) {
        throw new Differs(found.slice(0, MOST_SHOWN));
      }
      await sleep(BETWEEN_LOOKS, undefined, { signal: this.signal });
    }
  }

  /** Holds a value, put together from answers, to a pattern. @throws Differs */
  expect(at: string, value: unknown, pattern: Pattern): void {
    const found = mismatches(pattern, value, at);
    if (found.length > 0) {
      throw new Differs(found.slice(0, MOST_SHOWN));
    }
  }

  /** Operations in the throw-away project. */
  operations(operations: readonly object[], options: object = {}): Question {
    return { method: 'POST', path: this.at('/operations'), body: { operations, ...options } };
  }

  /** Takes the key out of a text. */
  redact(text: string): string {
    return this.key.length < SHORTEST_KEY ? text : text.replaceAll(this.key, '[key]');
  }

  compare({ status, body }: Answer, expectation: Expectation): Mismatch[] {
    const statuses = [expectation.status].flat();
    const wrong = statuses.includes(status)
      ? mismatches(expectation.body, expectation.body === undefined ? undefined : body)
      : [{ at: 'status', expected: statuses.join(' or '), found: statusWords(status, body) }];
    const complaint = pick(body, 'errors', 0, 'message');
    const told = typeof complaint === 'string' ? ` (${complaint})` : '';
    return wrong.map((each) => ({ ...each, found: this.redact(`${each.found}${told}`) }));
  }

  #credentials(as: Caller): Record<string, string> {
    const keys = {
      key: { 'x-api-key': this.key },
      stranger: { 'x-api-key': 'nobodyhasthiskey' },
      nobody: {},
    };
    return keys[as];
  }
}

const contentType = (body: unknown): Record<string, string> =>
  body === undefined || body instanceof Uint8Array ? {} : { 'content-type': 'application/json' };

function parsed(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return text;
  }
}

function statusWords(status: number, body: unknown): string {
  const detail = pick(body, 'detail') ?? (typeof body === 'string' ? body : undefined);
  return detail === undefined ? String(status) : `${status} (${shown(detail)})`;
}

export const get = (path: string): Question => ({ method: 'GET', path });
export const remove = (path: string): Question => ({ method: 'DELETE', path });
export const post = (path: string, body: unknown): Question => ({ method: 'POST', path, body });
export const put = (path: string, body: unknown): Question => ({ method: 'PUT', path, body });
export const patch = (path: string, body: unknown): Question => ({ method: 'PATCH', path, body });
export const query = (text: string, variables: object = {}): Question =>
  post('/graphql', { query: text, variables });

/** An id that we choose, other for each call. */
export const newId = (): string => crypto.randomUUID().replaceAll('-', '');
