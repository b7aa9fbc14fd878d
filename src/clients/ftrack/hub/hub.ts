import { randomUUID } from 'node:crypto';
import { HubClock } from './clock';
import type { AckFrame, ConnectionHandlers, EventFrame, HubCount } from './connection';
import { Connection } from './connection';
import { eventFrame, isRecord } from './frames';
import type { HubCredentials, HubSession } from './handshake';
import { askTime, HandshakeError, handshake, hubOrigin } from './handshake';
import type { HubTimings } from './timings';
import { backoff, HUB_TIMINGS } from './timings';

/**
 * - `connecting`: no socket; the reason says what failed last, tries go on for ever.
 * - `connected`: socket open and subscribed; events may arrive, nothing has proved it.
 * - `delivering`: an event of our own came back over this socket.
 * - `refused`: ftrack refuses the credentials; tried again slowly.
 * - `closed`: stopped by us.
 */
type HubState = 'connecting' | 'connected' | 'delivering' | 'refused' | 'closed';

export interface HubStatus {
  readonly state: HubState;
  /** Start of this state, ms since epoch. */
  readonly since: number;
  /** Number of sockets opened so far; each begins with nothing of what was missed before it. */
  readonly epoch: number;
  /** One sentence: why the last connection ended or could not be made; kept until events are seen to arrive again. */
  readonly reason?: string;
}

/**
 * What a returned canary proves: over the present socket everything that the hub sent from `from` to `to` has been
 * handed to `onEvent`. ms since epoch by the hub's clock.
 */
export interface HubProof {
  readonly from: number;
  readonly to: number;
}

/** An event to send; `id` and `source` are added. */
interface HubMessage {
  readonly topic: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Expression over subscribers; empty for all. */
  readonly target?: string;
  readonly inReplyToEvent?: string;
}

export interface HubOptions extends HubCredentials {
  /** Expressions, such as `topic=ftrack.update`; sent again over each new socket. */
  readonly subscriptions: readonly string[];
  /** Gets each event as it came off the wire, canaries excepted. What it throws is counted and goes no further. */
  onEvent(event: unknown, epoch: number): void | Promise<void>;
  onStatus?(status: HubStatus): void;
  /** Called with each canary that came back. */
  onProof?(proof: HubProof): void;
  count?(what: HubCount): void;
  readonly timings?: Partial<HubTimings>;
  /** Set with each handshake; for whoever stamps the events. */
  readonly clock?: HubClock;
  /** 0 <= random < 1; Math.random unless a test wants to know. */
  random?(): number;
}

export interface Hub {
  /** Id under which this hub publishes and is replied to. */
  readonly id: string;
  status(): HubStatus;
  /** @returns false when there is no open socket; nothing is kept for later. */
  publish(message: HubMessage): boolean;
  /** Answers an event, such as `ftrack.action.discover`, to whoever sent it. */
  reply(original: unknown, data: Readonly<Record<string, unknown>>): boolean;
  /** Closes the socket and every timer, for good. */
  stop(): void;
}

/**
 * Keeps one connection to ftrack's event hub, which delivers at most once and tells nobody what it dropped: fresh
 * handshake for each socket, endless retries, a watchdog over heartbeats, and canaries that prove delivery.
 * @throws Error when the server address is none.
 */
export function startHub(options: HubOptions): Hub {
  hubOrigin(options.serverUrl);
  const supervisor = new Supervisor(options);
  supervisor.connect();
  return supervisor;
}

/** Waits for a canary as long as other events arrive. */
const CANARY_LOOKS = 6;

class Supervisor implements Hub {
  readonly id = eventId();
  readonly #options: HubOptions;
  readonly #timings: HubTimings;
  readonly #clock: HubClock;
  readonly #canaryTopic = `ayon-ftrack.canary.${this.id}`;
  #status: HubStatus = { state: 'connecting', since: Date.now(), epoch: 0 };
  /** Failed tries since events last arrived for a while. */
  #failures = 0;
  /** When an event of ours first came back over this socket, by a clock that only grows. */
  #steadyFrom = Infinity;
  #acks = 0;
  /** Acknowledgements that wait for their answer: number -> expression. */
  #subscribing = new Map<string, string>();
  #canary = '';
  #canarySentAt = 0;
  /** When the first canary of this socket came back. */
  #provenFrom: number | undefined;
  #timeAskedAt = 0;
  /** Whether events came since this was last reset. */
  #traffic = false;
  #connection: Connection | undefined;
  #handshake: AbortController | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  #canaryTimer: NodeJS.Timeout | undefined;

  constructor(options: HubOptions) {
    this.#options = options;
    this.#timings = { ...HUB_TIMINGS, ...options.timings };
    this.#clock = options.clock ?? new HubClock();
  }

  status(): HubStatus {
    return this.#status;
  }

  connect(): void {
    const abort = new AbortController();
    this.#handshake = abort;
    void this.#shakeHands(abort).then(
      ({ sid, time }) => {
        if (this.#status.state !== 'closed') {
          this.#clock.set(time);
          this.#timeAskedAt = time.askedAt;
          this.#open(sid);
        }
      },
      (error: unknown) => this.#retry(error),
    );
  }

  publish(message: HubMessage): boolean {
    return this.#connection?.send(eventFrame(this.#envelope(message))) ?? false;
  }

  reply(original: unknown, data: Readonly<Record<string, unknown>>): boolean {
    const source = isRecord(original) && isRecord(original['source']) ? original['source']['id'] : undefined;
    if (!isRecord(original) || typeof original['id'] !== 'string' || typeof source !== 'string') {
      return false;
    }
    const inReplyToEvent = original['id'];
    return this.publish({ topic: 'ftrack.meta.reply', data, target: `id=${source}`, inReplyToEvent });
  }

  stop(): void {
    this.#handshake?.abort();
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#canaryTimer);
    this.#enter('closed');
    this.#connection?.end('stopped');
  }

  async #shakeHands(abort: AbortController): Promise<HubSession> {
    const timer = setTimeout(() => abort.abort(), this.#timings.handshake);
    try {
      return await handshake(this.#options, abort.signal);
    } finally {
      clearTimeout(timer);
    }
  }

  #open(sid: string): void {
    const { upgrade: upgradeMs, silence: silenceMs, lastLook: lastLookMs } = this.#timings;
    const origin = hubOrigin(this.#options.serverUrl);
    this.#connection = new Connection(
      { origin, sid, upgradeMs, silenceMs, lastLookMs },
      this.#handlers(origin),
    );
  }

  #handlers(origin: string): ConnectionHandlers {
    return {
      onOpen: () => this.#onOpen(),
      onEvent: (frame) => this.#onEvent(frame),
      onAck: (frame) => this.#onAck(frame),
      onEnd: (reason) => {
        clearTimeout(this.#canaryTimer);
        this.#connection = undefined;
        if (performance.now() - this.#steadyFrom >= this.#timings.steady) {
          this.#failures = 0;
        }
        this.#steadyFrom = Infinity;
        this.#retry(
          new Error(`The connection to ftrack's event hub at ${origin} ended: ${reason}; a new one is made.`),
        );
      },
      count: (what) => this.#count(what),
    };
  }

  #retry(error: unknown): void {
    if (this.#status.state === 'closed') {
      return;
    }
    this.#failures += 1;
    const refused = error instanceof HandshakeError && error.kind === 'refused';
    const { backoffFirst, backoffMax, refusedFirst, refusedMax } = this.#timings;
    const range = refused
      ? { first: refusedFirst, max: refusedMax }
      : { first: backoffFirst, max: backoffMax };
    const random = this.#options.random?.() ?? Math.random();
    this.#retryTimer = setTimeout(() => this.connect(), backoff(this.#failures, range, random));
    this.#enter(refused ? 'refused' : 'connecting', error instanceof Error ? error.message : String(error));
  }

  #onOpen(): void {
    this.#status = { ...this.#status, epoch: this.#status.epoch + 1 };
    this.#provenFrom = undefined;
    this.#subscribing = new Map();
    for (const expression of [...this.#options.subscriptions, `topic=${this.#canaryTopic}`]) {
      this.#subscribe(expression);
    }
    this.#sendCanary();
    this.#enter('connected', this.#status.reason);
  }

  #subscribe(expression: string): void {
    this.#acks += 1;
    this.#subscribing.set(String(this.#acks), expression);
    const subscriber = { id: expression.endsWith(this.#canaryTopic) ? this.id : eventId() };
    const message = { topic: 'ftrack.meta.subscribe', data: { subscriber, subscription: expression } };
    this.#connection?.send(eventFrame(this.#envelope(message), this.#acks));
  }

  /** Without this a server that forgot our subscription looks like a quiet day. */
  #onAck(frame: AckFrame): void {
    const expression = this.#subscribing.get(frame.id);
    this.#subscribing.delete(frame.id);
    const answer = frame.args[0];
    if (expression !== undefined && isRecord(answer) && answer['success'] === false) {
      this.#count('subscription-refused');
      this.#connection?.end(`the subscription "${expression}" was refused`);
    }
  }

  #sendCanary(): void {
    const event = this.#envelope({ topic: this.#canaryTopic, data: {} });
    this.#canary = event.id;
    this.#canarySentAt = this.#clock.now();
    this.#connection?.send(eventFrame(event));
    this.#awaitCanary(CANARY_LOOKS);
  }

  /** While other events arrive it may be behind them: we read too slowly, and a new link would lose what waits. */
  #awaitCanary(left: number): void {
    this.#traffic = false;
    const lastLook = (): void => {
      if (this.#traffic && left > 1) {
        this.#awaitCanary(left - 1);
      } else {
        this.#count('canary-lost');
        this.#connection?.end('an event to ourselves did not come back');
      }
    };
    this.#canaryTimer = setTimeout(() => {
      this.#canaryTimer = setTimeout(lastLook, this.#timings.lastLook);
    }, this.#timings.canaryAnswer);
  }

  #onCanary(id: unknown): void {
    if (id !== this.#canary) {
      return;
    }
    this.#canary = '';
    this.#steadyFrom = Math.min(this.#steadyFrom, performance.now());
    clearTimeout(this.#canaryTimer);
    this.#canaryTimer = setTimeout(() => this.#sendCanary(), this.#timings.canaryEvery);
    this.#enter('delivering');
    this.#keepTime();
    this.#provenFrom ??= this.#clock.now();
    const proof = { from: this.#provenFrom, to: Math.max(this.#provenFrom, this.#canarySentAt) };
    this.#guard(() => this.#options.onProof?.(proof));
  }

  /** A connection may last for weeks, and the host may drift or be suspended. Without an answer the next canary asks again. */
  #keepTime(): void {
    const isDue = performance.now() - this.#timeAskedAt >= this.#timings.clockEvery;
    if (!isDue && !this.#clock.isDoubtful) {
      return;
    }
    askTime(this.#options.serverUrl, AbortSignal.timeout(this.#timings.handshake)).then(
      (time) => {
        if (time.at === undefined) {
          this.#count('time-untold');
        } else {
          this.#clock.set(time);
          this.#timeAskedAt = time.askedAt;
        }
      },
      () => this.#count('time-untold'),
    );
  }

  #onEvent(frame: EventFrame): void {
    if (frame.name !== 'ftrack.event' || frame.args.length === 0) {
      this.#count('unexpected');
      return;
    }
    const event = frame.args[0];
    if (isRecord(event) && event['topic'] === this.#canaryTopic) {
      this.#onCanary(event['id']);
      return;
    }
    this.#traffic = true;
    this.#guard(() => this.#options.onEvent(event, this.#status.epoch));
  }

  /** A handler of ours that fails, at once or later, must not cost the connection or the process. */
  #guard(run: () => unknown): void {
    const failed = (): void => this.#count('handler-failed');
    try {
      void Promise.resolve(run()).catch(failed);
    } catch {
      failed();
    }
  }

  #envelope({ topic, data, target = '', inReplyToEvent }: HubMessage): Envelope {
    const source = { id: this.id, applicationId: 'ayon-ftrack', user: { username: this.#options.user } };
    return { id: eventId(), topic, data, source, target, inReplyToEvent: inReplyToEvent ?? null, sent: null };
  }

  #enter(state: HubState, reason?: string): void {
    if (state === this.#status.state && reason === this.#status.reason) {
      return;
    }
    const since = state === this.#status.state ? this.#status.since : Date.now();
    const { epoch } = this.#status;
    this.#status = { state, since, epoch, ...(reason === undefined ? {} : { reason }) };
    this.#guard(() => this.#options.onStatus?.(this.#status));
  }

  #count(what: HubCount): void {
    this.#guard(() => this.#options.count?.(what));
  }
}

interface Envelope {
  readonly id: string;
  readonly topic: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly source: Readonly<Record<string, unknown>>;
  readonly target: string;
  readonly inReplyToEvent: string | null;
  readonly sent: null;
}

const eventId = (): string => randomUUID().replaceAll('-', '');
