import { randomBytes } from 'node:crypto';
import type { Caller } from '../operations/caller';
import type { Store } from '../store/store';
import type { EventEntity } from './changes';

/** An event as it travels over the hub. */
export interface HubEvent {
  readonly id: string;
  readonly topic: string;
  readonly data: unknown;
  readonly source: Readonly<Record<string, unknown>>;
  readonly target: string;
  readonly inReplyToEvent: string | null;
  readonly sent: null;
}

export function newEventId(): string {
  return randomBytes(16).toString('hex');
}

/** The name under which the server's own events say they come. */
const serverSource = { id: newEventId(), applicationId: 'ftrack.client.web' };

function displayName(store: Store, caller: Caller): string {
  const data = store.find('User', caller.userId)?.data;
  const name = [data?.['first_name'], data?.['last_name']]
    .filter((part) => typeof part === 'string')
    .join(' ');
  return name === '' ? caller.username : name;
}

/** The one event that tells of a whole batch. */
export function updateEvent(store: Store, entities: readonly EventEntity[], caller: Caller): HubEvent {
  const parents = new Set(entities.flatMap((entity) => entity.parents.map((parent) => parent.entityId)));
  return {
    id: newEventId(),
    topic: 'ftrack.update',
    data: {
      entities,
      parents: [...parents],
      user: { userid: caller.userId, name: displayName(store, caller) },
      clientToken: caller.clientToken,
      pushToken: caller.pushToken,
    },
    source: {
      ...serverSource,
      clientToken: caller.clientToken,
      user: { username: caller.username, id: caller.userId },
    },
    target: '',
    inReplyToEvent: null,
    sent: null,
  };
}

/** The event without content that follows every change. */
export function socialFeedEvent(): HubEvent {
  return {
    id: newEventId(),
    topic: 'ftrack.update',
    data: {
      entities: [{ action: 'update', entityType: 'socialfeed' }],
      parents: [],
      clientToken: null,
      pushToken: null,
    },
    source: serverSource,
    target: '',
    inReplyToEvent: null,
    sent: null,
  };
}
