import {
  clientToken,
  FTRACK_TOPICS,
  META_TOPIC_PREFIX,
  NOISE_ENTITY_TYPES,
  PAIR_ATTRIBUTES,
} from '../contracts/topics';
import { isOwnEcho } from '../domain/echo';
import type { ParsedEvent } from './parse';

/** Why an event starts no workflow; the label of its counter. */
export type SkipReason =
  | (typeof NOISE_ENTITY_TYPES)[number]
  | 'meta-topic'
  | 'unhandled-topic'
  | 'own-echo'
  | 'without-entities';

export interface FilterOptions {
  /** Name of this installation, part of our client token. */
  readonly install: string;
  /** ftrack id of the user we write as, once known. */
  readonly userId: string | undefined;
}

/** @returns why the event is dropped, or undefined when it is to be handled. */
export function skipReason({ event, types }: ParsedEvent, options: FilterOptions): SkipReason | undefined {
  if (event.topic.startsWith(META_TOPIC_PREFIX)) {
    return 'meta-topic';
  }
  if (!FTRACK_TOPICS.some((topic) => topic === event.topic)) {
    return 'unhandled-topic';
  }
  const noise = NOISE_ENTITY_TYPES.filter((type) => types.has(type));
  const [first] = noise;
  if (first !== undefined && noise.length === types.size) {
    return first;
  }
  if (event.entities.length === 0) {
    return 'without-entities';
  }
  const { install, userId } = options;
  const own = { clientToken: clientToken(install), attributes: PAIR_ATTRIBUTES };
  return isOwnEcho(event, userId === undefined ? own : { ...own, userId }) ? 'own-echo' : undefined;
}
