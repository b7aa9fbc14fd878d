import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery } from './delivery';

/** What a fault can be matched on. `body` is the parsed JSON body, undefined when there is none. */
export interface FaultRequest {
  readonly method: string;
  /** Path without the query string. */
  readonly path: string;
  readonly body: unknown;
}

/** Every given condition must hold; an empty match takes each request. */
export interface FaultMatch {
  readonly method?: string;
  /** A string is compared with the whole path, a RegExp is searched in it. */
  readonly path?: string | RegExp;
  readonly body?: (body: unknown) => boolean;
}

/**
 * What happens to a matched request.
 * - `status`: this answer, the work is not done. `body` is sent as JSON unless it is a string.
 * - `html502`: the HTML page of a proxy with status 502, the work is not done.
 * - `delayMs`: the work is done after this many milliseconds.
 * - `reset`: the socket is destroyed before the work is done.
 * - `resetAfter`: the work is done, then the socket is destroyed: the answer is lost.
 * - `resetMidAnswer`: the work is done, the socket is destroyed when half of the answer is out.
 * - `truncate`: the work is done, half of the answer's body is sent as if it were all of it.
 * - `slowMs`: the work is done, the answer's body comes in small parts over this many milliseconds.
 * - `hold`: the work starts when the promise settles.
 * - `holdAnswer`: the work is done at once, the answer is sent when the promise settles.
 * - `before`, `after`: called (and awaited) before the work and between work and answer.
 */
export type FaultEffect =
  | { readonly status: number; readonly body?: unknown; readonly contentType?: string }
  | { readonly html502: true }
  | { readonly delayMs: number }
  | { readonly reset: true }
  | { readonly resetAfter: true }
  | { readonly resetMidAnswer: true }
  | { readonly truncate: true }
  | { readonly slowMs: number }
  | { readonly hold: Promise<void> }
  | { readonly holdAnswer: Promise<void> }
  | { readonly before: (request: FaultRequest) => void | Promise<void> }
  | { readonly after: (request: FaultRequest) => void | Promise<void> };

export interface FaultOptions {
  readonly match?: FaultMatch;
  /** How many requests it takes before it is used up; default 1, Infinity is allowed. */
  readonly times?: number;
  readonly effect: FaultEffect;
}

export interface FaultHandle {
  /** Requests that it took so far. */
  readonly hits: number;
  /** It takes no further request. */
  remove(): void;
  /** Settles when it has taken its first request (at once if it already has). */
  waitForHit(): Promise<void>;
}

/** The answer that replaces the work. */
export interface FaultAnswer {
  readonly status: number;
  readonly body: string;
  readonly contentType: string;
}

/** What the server does before it works on a request. */
export type BeforeWork = { kind: 'go' } | { kind: 'reset' } | { kind: 'answer'; answer: FaultAnswer };

const proxyPage =
  '<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>';

class ScriptedFault implements FaultHandle {
  hits = 0;
  readonly effect: FaultEffect;
  readonly match: FaultMatch;
  private left: number;
  private readonly firstHit: Promise<void>;
  private signalHit: () => void = () => undefined;

  constructor(options: FaultOptions) {
    this.effect = options.effect;
    this.match = options.match ?? {};
    this.left = options.times ?? 1;
    this.firstHit = new Promise((resolve) => {
      this.signalHit = resolve;
    });
  }

  takes(request: FaultRequest): boolean {
    const { method, path, body } = this.match;
    if (this.left <= 0 || (method !== undefined && method !== request.method)) {
      return false;
    }
    if (
      path !== undefined &&
      !(typeof path === 'string' ? path === request.path : request.path.search(path) >= 0)
    ) {
      return false;
    }
    return body === undefined || body(request.body);
  }

  use(): void {
    this.left -= 1;
    this.hits += 1;
    this.signalHit();
  }

  /** Requests that it will still take. */
  get remaining(): number {
    return this.left;
  }

  get spent(): boolean {
    return this.left <= 0;
  }

  remove(): void {
    this.left = 0;
  }

  waitForHit(): Promise<void> {
    return this.firstHit;
  }
}

/** One request that a fault took; the server asks it what to do around the work. */
export class TakenFault {
  private readonly effect: FaultEffect;
  private readonly request: FaultRequest;

  constructor(effect: FaultEffect, request: FaultRequest) {
    this.effect = effect;
    this.request = request;
  }

  async beforeWork(): Promise<BeforeWork> {
    const effect = this.effect;
    if ('status' in effect) {
      return { kind: 'answer', answer: statusAnswer(effect) };
    }
    if ('html502' in effect) {
      return { kind: 'answer', answer: { status: 502, body: proxyPage, contentType: 'text/html' } };
    }
    if ('reset' in effect) {
      return { kind: 'reset' };
    }
    if ('delayMs' in effect) {
      await sleep(effect.delayMs, undefined, { ref: false });
    } else if ('hold' in effect) {
      await effect.hold;
    } else if ('before' in effect) {
      await effect.before(this.request);
    }
    return { kind: 'go' };
  }

  /** @returns how the answer goes out; undefined when it must be lost. */
  async afterWork(): Promise<Delivery | undefined> {
    const effect = this.effect;
    if ('resetAfter' in effect) {
      return undefined;
    }
    if ('holdAnswer' in effect) {
      await effect.holdAnswer;
    } else if ('after' in effect) {
      await effect.after(this.request);
    }
    return deliveryOf(effect);
  }
}

function deliveryOf(effect: FaultEffect): Delivery {
  if ('slowMs' in effect) {
    return { kind: 'slow', ms: effect.slowMs };
  }
  if ('resetMidAnswer' in effect) {
    return { kind: 'cut' };
  }
  return { kind: 'truncate' in effect ? 'truncated' : 'whole' };
}

function statusAnswer(effect: { status: number; body?: unknown; contentType?: string }): FaultAnswer {
  const isText = typeof effect.body === 'string';
  return {
    status: effect.status,
    body: isText ? String(effect.body) : JSON.stringify(effect.body ?? null),
    contentType: effect.contentType ?? (isText ? 'text/plain' : 'application/json'),
  };
}

/** Faults that tests script for one simulator server, tried in the order in which they were added. */
export class Faults {
  private active: ScriptedFault[] = [];
  private readonly all: ScriptedFault[] = [];

  add(options: FaultOptions): FaultHandle {
    const fault = new ScriptedFault(options);
    this.active.push(fault);
    this.all.push(fault);
    return fault;
  }

  /** The first fault that wants this request, counted as hit; undefined for a request that works as usual. */
  take(request: FaultRequest): TakenFault | undefined {
    const fault = this.active.find((candidate) => candidate.takes(request));
    if (!fault) {
      return undefined;
    }
    fault.use();
    this.active = this.active.filter((candidate) => !candidate.spent);
    return new TakenFault(fault.effect, request);
  }

  /** Faults that never took a request: a test that scripted one of these tested nothing. */
  unused(): FaultOptions[] {
    return this.all
      .filter((fault) => fault.hits === 0)
      .map((fault) => ({ match: fault.match, effect: fault.effect }));
  }

  /** Faults that still wait for requests, in the order in which they are tried. */
  waiting(): { readonly match: FaultMatch; readonly effect: FaultEffect; readonly left: number }[] {
    return this.active.map(({ match, effect, remaining }) => ({ match, effect, left: remaining }));
  }

  clear(): void {
    this.active = [];
    this.all.length = 0;
  }
}
