import type { WebSocket } from 'ws';
import type { EventHub } from '../hub/hub';
import type { RoutedEvent } from '../hub/subscriptions';
import { WebUser } from '../hub/web-user';
import { entityById } from '../store/ownership';
import type { Store } from '../store/store';
import type { Row } from '../store/table';
import { asText, isRecord } from '../values';
import { readable } from './history';
import type { Viewer } from './viewer';

/** One event of the hub, short enough for a list. */
interface TailEntry {
  /** Counts the entries; never twice in one process. */
  readonly number: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly topic: string;
  readonly user: string | null;
  /** Says nothing to people: the empty events that follow changes, the hub's own, proofs of delivery. */
  readonly isNoise: boolean;
  /** What it is about, where the topic does not say it: the label of an action, the message of a reply. */
  readonly text: string;
  readonly entities: readonly object[];
  /** Entities that are not listed. */
  readonly more: number;
}

const keptEntries = 300;
const listedEntities = 20;
/** A reader that lets more than this wait, in bytes, is cut; it comes back and reads on from what is kept. */
const mostWaiting = 4_000_000;
const noiseTopics = /^ftrack\.meta\.(?!reply$)|canary/;

function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function text(...candidates: unknown[]): string {
  return candidates.find((candidate) => typeof candidate === 'string' && candidate !== '')?.toString() ?? '';
}

/** What people call it; a version has the name of its asset. */
function nameOf(store: Store, row: Row | undefined): string {
  if (row?.type !== 'AssetVersion') {
    return text(row?.data['name']);
  }
  const asset = store.find('Asset', text(row.data['asset_id']));
  return `${text(asset?.data['name'])} v${asText(row.data['version'])}`;
}

/** Ids of the entities on whose pages the change shows: itself, what it belongs to up to a context, its task. */
function shownOn(row: Row | undefined, entity: Record<string, unknown>): unknown[] {
  const parents = records(entity['parents']);
  const context = parents.findIndex(({ entityType }) => entityType === 'task' || entityType === 'show');
  const ids = parents.slice(0, context + 1).map(({ entityId }) => entityId);
  return [entity['entityId'], entity['parentId'] ?? null, ...ids, row?.data['task_id'] ?? null];
}

function entityLine(store: Store, entity: Record<string, unknown>): object {
  const changes = isRecord(entity['changes']) ? entity['changes'] : {};
  const { name } = changes;
  const row = entityById(store, text(entity['entityId']));
  return {
    id: entity['entityId'],
    shownOn: shownOn(row, entity),
    hasPage: row?.type === 'AssetVersion' || store.context(row?.key) !== undefined,
    action: entity['action'],
    type: text(entity['entity_type'], entity['entityType']),
    name: nameOf(store, row) || (isRecord(name) ? text(name['new'], name['old']) : ''),
    changes: Object.entries(changes).map(([key, change]) => ({
      key,
      to: entity['action'] === 'update' && isRecord(change) ? readable(store, change['new']) : '',
    })),
  };
}

/**
 * What the hub publishes, as it happens, and what services show to the viewer: texts of JSON, `{entry}` or `{shown}`.
 * The last entries are kept, so that a page that comes late or comes back has them.
 */
export class Tail {
  private readonly hub: EventHub;
  private readonly store: Store;
  private readonly kept: TailEntry[] = [];
  private readonly readers = new Map<WebSocket, { noise: boolean }>();
  private count = 0;

  constructor(hub: EventHub, store: Store) {
    this.hub = hub;
    this.store = store;
    hub.onEvent((event) => this.add(event));
  }

  /** @param options.after number of the last entry that the reader has; 0 for none */
  read(viewer: Viewer, socket: WebSocket, options: { after: number; noise: boolean }): void {
    // A higher number is of an earlier process.
    const after = options.after > this.count ? 0 : options.after;
    for (const entry of this.kept.filter(({ number }) => number > after)) {
      this.send(socket, { entry });
    }
    const user = new WebUser(this.hub, viewer.user, (shown) => this.send(socket, { shown }));
    this.readers.set(socket, options);
    socket.on('close', () => {
      this.readers.delete(socket);
      user.close();
    });
  }

  private add(event: RoutedEvent): void {
    const { topic, data } = event;
    const entities = records(isRecord(data) ? data['entities'] : undefined);
    const isNoise =
      noiseTopics.test(text(topic)) ||
      (topic === 'ftrack.update' && entities.every(({ entityType }) => entityType === 'socialfeed'));
    this.count += 1;
    if (isNoise && ![...this.readers.values()].some(({ noise }) => noise)) {
      return;
    }
    const entry = this.entry(event, { entities, isNoise });
    if (!isNoise) {
      this.kept.push(entry);
      this.kept.splice(0, this.kept.length - keptEntries);
    }
    for (const [reader, { noise }] of this.readers) {
      if (noise || !isNoise) {
        this.send(reader, { entry });
      }
    }
  }

  private entry(
    { topic, data, source }: RoutedEvent,
    about: { entities: Record<string, unknown>[]; isNoise: boolean },
  ): TailEntry {
    const from = isRecord(source) && isRecord(source['user']) ? source['user'] : {};
    const { label, actionIdentifier, message, items } = isRecord(data) ? data : {};
    return {
      number: this.count,
      at: Date.now(),
      topic: text(topic),
      user: text(from['username']) || null,
      isNoise: about.isNoise,
      text: text(
        message,
        label,
        actionIdentifier,
        Array.isArray(items) ? `${items.length} item${items.length === 1 ? '' : 's'}` : '',
      ),
      entities: about.isNoise
        ? []
        : about.entities.slice(0, listedEntities).map((entity) => entityLine(this.store, entity)),
      more: Math.max(0, about.entities.length - listedEntities),
    };
  }

  private send(reader: WebSocket, message: object): void {
    if (reader.bufferedAmount > mostWaiting) {
      reader.terminate();
    } else if (reader.readyState === reader.OPEN) {
      reader.send(JSON.stringify(message));
    }
  }
}
