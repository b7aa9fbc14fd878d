import { ArrivalClock } from './arrival';
import type { Dispatcher } from './dispatch';
import { DISPATCH_DEFAULTS } from './dispatch';
import { skipReason } from './filter';
import type { Outgoing } from './outgoing';
import { outgoingOf } from './outgoing';
import type { ParsedEvent } from './parse';
import { parseEvent } from './parse';
import type { Counters, LeecherLogger } from './telemetry';
import { Told } from './told';

export interface IntakeOptions {
  /** Name of this installation, part of our client token. */
  readonly install: string;
  /** ftrack id of the user that the product writes as, once somebody has found it out. */
  userId?(): string | undefined;
  readonly logger: LeecherLogger;
  readonly timeScale?: number;
  /** What arrives is stamped by it, ms since epoch; the host's clock unless told otherwise. */
  readonly now?: () => number;
  /** Events that are kept until there is a dispatcher. */
  readonly memory?: number;
}

/** What the hub told is known for so long; webhooks are waited with for less. */
const HUB_MEMORY_MS = 60_000;

/** From the socket to the dispatcher: parse, filter, stamp, split. */
export class Intake {
  readonly #options: IntakeOptions;
  readonly #counters: Counters;
  /** What arrived before there was a dispatcher. */
  readonly #early: Outgoing[] = [];
  /** What found no room there, without what it was about. */
  readonly #refused: Outgoing[] = [];
  #dispatcher: Dispatcher | undefined;
  readonly #clock: ArrivalClock;
  readonly #told = new Set<string>();
  readonly #hub = new Told(HUB_MEMORY_MS);

  constructor(options: IntakeOptions, counters: Counters) {
    this.#options = options;
    this.#counters = counters;
    this.#clock = new ArrivalClock(options.now);
  }

  /** ms since epoch, as events are stamped. */
  now(): number {
    return this.#clock.now();
  }

  /** From here on events go there, those that arrived already first. @param refuse hears what found no room so far */
  handTo(dispatcher: Dispatcher, refuse: (items: readonly Outgoing[]) => void = () => undefined): void {
    this.#dispatcher = dispatcher;
    if (this.#refused.length > 0) {
      refuse(this.#refused.splice(0));
    }
    dispatcher.offer(this.#early.splice(0));
  }

  /** Whether the hub told of late, since then (ms since epoch), all that a message says. */
  knows(raw: unknown, since: number): boolean {
    const parsed = parseEvent(raw, this.#clock.now());
    return typeof parsed !== 'string' && this.#hub.knows(parsed.event, since);
  }

  /** An event from the hub. Never throws: what cannot be handled is counted and told, the hub would only count it. */
  accept(raw: unknown, from: 'hub' | 'webhook' = 'hub'): void {
    this.#counters.count('leecher_events', { outcome: 'received' });
    try {
      this.#handOver(raw, from);
    } catch (error) {
      this.#counters.count('leecher_events', { outcome: 'failed' });
      const eventId = typeof raw === 'object' && raw !== null ? Reflect.get(raw, 'id') : undefined;
      this.#options.logger.error(
        { err: error, eventId: typeof eventId === 'string' ? eventId.slice(0, 200) : undefined },
        'an event from ftrack failed in the leecher and is lost here; repeat that edit in ftrack and report this line',
      );
    }
  }

  #handOver(raw: unknown, from: 'hub' | 'webhook'): void {
    const parsed = parseEvent(raw, this.#clock.now());
    if (typeof parsed === 'string') {
      this.#counters.count('leecher_skipped', { reason: parsed });
      this.#once(parsed, 'an event from ftrack cannot be read and is skipped; further ones are only counted');
      return;
    }
    if (from === 'hub') {
      // Our own echoes too: a webhook tells them without their mark.
      this.#hub.note(parsed.event);
    }
    const { install } = this.#options;
    const reason = skipReason(parsed, { install, userId: this.#options.userId?.() });
    if (reason !== undefined) {
      this.#counters.count('leecher_skipped', { reason });
    }
    if (reason === undefined || reason === 'without-entities') {
      this.#tellLeftOut(parsed);
    }
    if (reason === undefined) {
      const items = outgoingOf(parsed.event, this.#clock, this.#options.timeScale);
      if (this.#dispatcher === undefined) {
        this.#keepEarly(items);
      } else {
        this.#dispatcher.offer(items);
      }
    }
  }

  #keepEarly(items: readonly Outgoing[]): void {
    const room = (this.#options.memory ?? DISPATCH_DEFAULTS.memory) - this.#early.length;
    this.#early.push(...items.slice(0, Math.max(0, room)));
    for (const { id, input } of items.slice(Math.max(0, room))) {
      this.#refused.push({ id, input: { ...input, event: { ...input.event, entities: [] } } });
    }
  }

  #tellLeftOut(parsed: ParsedEvent): void {
    for (const [what, count] of Object.entries(parsed.leftOut)) {
      this.#counters.count('leecher_left_out', { reason: what }, count);
      this.#once(
        what,
        'a part of an ftrack event cannot be read and is left out; further ones are only counted',
      );
    }
  }

  /** A server that sends nonsense would otherwise fill the log as well. */
  #once(reason: string, message: string): void {
    if (!this.#told.has(reason)) {
      this.#told.add(reason);
      this.#options.logger.warn({ reason }, message);
    }
  }
}
