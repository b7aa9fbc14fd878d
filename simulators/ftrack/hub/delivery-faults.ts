import { isRecord } from '../values';
import type { RoutedEvent } from './subscriptions';

/** Replies, subscriptions and the noise that follows every change are never touched by delivery faults. */
function isTouchable(event: RoutedEvent): boolean {
  const { data, topic } = event as { data?: unknown; topic?: unknown };
  const entities = isRecord(data) ? data['entities'] : undefined;
  const first = Array.isArray(entities) ? (entities[0] as unknown) : undefined;
  const isNoise = isRecord(first) && first['entityType'] === 'socialfeed';
  return !isNoise && typeof topic === 'string' && !topic.startsWith('ftrack.meta.');
}

/** Loses, doubles or reorders events on their way to the subscribers. */
export class DeliveryFaults {
  private readonly deliver: (event: RoutedEvent) => void;
  private drops = 0;
  private duplicates = 0;
  private reorders = 0;
  private kept: RoutedEvent[] = [];

  constructor(deliver: (event: RoutedEvent) => void) {
    this.deliver = deliver;
  }

  drop(count: number): void {
    this.drops += count;
  }

  duplicate(count: number): void {
    this.duplicates += count;
  }

  /** The next `count` events wait for each other and are delivered in reverse order. */
  reorder(count: number): void {
    this.reorders = count;
  }

  pass(event: RoutedEvent): void {
    if (!isTouchable(event)) {
      this.deliver(event);
    } else if (this.drops > 0) {
      this.drops -= 1;
    } else if (this.reorders > 0) {
      this.keep(event);
    } else {
      this.deliver(event);
      if (this.duplicates > 0) {
        this.duplicates -= 1;
        this.deliver(event);
      }
    }
  }

  private keep(event: RoutedEvent): void {
    this.kept.push(event);
    this.reorders -= 1;
    if (this.reorders === 0) {
      for (const kept of this.kept.splice(0).reverse()) {
        this.deliver(kept);
      }
    }
  }
}
