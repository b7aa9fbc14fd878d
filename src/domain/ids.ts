import type { AyonNode } from './model';

/** Written into AYON's `ftrackId` of a published folder whose ftrack entity is gone. */
export const REMOVED = 'removed';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export const isFtrackId = (text: unknown): text is string => typeof text === 'string' && UUID.test(text);

/** The AYON id that a new entity gets: the same 128 bits, so that a repeated create meets itself. */
export const derivedId = (ftrackId: string): string => ftrackId.replaceAll('-', '').toLowerCase();

export const isAyonId = (text: unknown): text is string =>
  typeof text === 'string' && /^[0-9a-f]{32}$/.test(text);

/** The node's `ftrackId` as ftrack writes it; undefined when unset or marked as removed. */
export function ftrackIdOf(node: AyonNode): string | undefined {
  const id = node.attrib['ftrackId'];
  return typeof id === 'string' && id !== '' && id !== REMOVED ? id.toLowerCase() : undefined;
}

export const isMarkedRemoved = (node: AyonNode): boolean => node.attrib['ftrackId'] === REMOVED;
