import { isRecord } from '../values';
import type { EventTest } from './expression';
import { compileExpression } from './expression';

/** An event as far as the hub looks into it. */
export type RoutedEvent = Readonly<Record<string, unknown>>;

interface Subscriber {
  /** What targets are tested against; holds `id`. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly test: EventTest;
}

/** The subscriptions of one side of the hub: of a socket, or of somebody in this process. */
export class Subscriptions {
  private readonly subscribers = new Map<string, Subscriber>();

  ids(): string[] {
    return [...this.subscribers.keys()];
  }

  /**
   * The same subscriber id again replaces: clients send their subscriptions more than once.
   *
   * @throws Error when the expression cannot be read
   */
  add(metadata: Readonly<Record<string, unknown>> & { readonly id: string }, expression: string): void {
    this.subscribers.set(metadata.id, { metadata, test: compileExpression(expression) });
  }

  remove(id: string): void {
    this.subscribers.delete(id);
  }

  /** Whether a subscriber wants the event and the event's target lets it have it. */
  want(event: RoutedEvent, target: EventTest | undefined): boolean {
    for (const { metadata, test } of this.subscribers.values()) {
      if ((!target || target(metadata)) && test(event)) {
        return true;
      }
    }
    return false;
  }
}

/** @returns what is wrong with the data of an `ftrack.meta.subscribe` event, undefined when it was taken */
export function subscribe(subscriptions: Subscriptions, data: unknown): string | undefined {
  const subscriber = isRecord(data) && isRecord(data['subscriber']) ? data['subscriber'] : undefined;
  const expression = isRecord(data) ? data['subscription'] : undefined;
  const id = subscriber?.['id'];
  if (typeof id !== 'string' || typeof expression !== 'string') {
    return 'A subscription needs subscriber.id and subscription.';
  }
  try {
    subscriptions.add({ ...subscriber, id }, expression);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export function unsubscribe(subscriptions: Subscriptions, data: unknown): void {
  const subscriber = isRecord(data) && isRecord(data['subscriber']) ? data['subscriber'] : {};
  subscriptions.remove(String(subscriber['id']));
}
