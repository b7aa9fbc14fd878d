import type { FtrackChange, FtrackEntity, FtrackEvent } from '../contracts/messages';

/** A part of an event: entities of one project, small enough for one workflow input. */
export interface EventPart {
  /** 1 for the first part, which keeps the event's bare workflow id. */
  readonly number: number;
  /** ftrack project id, null where the event does not tell. */
  readonly project: string | null;
  readonly event: FtrackEvent;
}

export interface SplitLimits {
  readonly entities: number;
  /** Of the part's event as JSON in UTF-8. */
  readonly bytes: number;
}

/** @internal */
export const SPLIT_LIMITS: SplitLimits = { entities: 200, bytes: 200 * 1024 };

/** Of an entity that is too large by itself, changed values longer than this are left out; the key stays. */
const LONG_VALUE_BYTES = 256;

/**
 * Cuts an event into parts by project, in the order in which the projects first appear, and each project's entities,
 * kept in order, into chunks within the limits. An entity that was moved to another project belongs to both. Depends on
 * nothing but the event's content (its arrival time is no part of it), so that two leechers make the same parts under
 * the same ids.
 */
export function splitEvent(event: FtrackEvent, limits: SplitLimits = SPLIT_LIMITS): EventPart[] {
  const envelope = { ...event, entities: [], arrivedAt: 0 };
  // 13 more digits for the arrival time, and none for its present zero.
  const room = limits.bytes - jsonBytes(envelope) - 12;
  const projects = new Map<string | null, FtrackEntity[]>();
  for (const entity of event.entities) {
    for (const project of [projectOf(entity), ...projectLeft(entity)]) {
      const same = projects.get(project);
      if (same === undefined) {
        projects.set(project, [entity]);
      } else {
        same.push(entity);
      }
    }
  }
  if (projects.size === 0) {
    projects.set(null, []);
  }
  const parts: EventPart[] = [];
  for (const [project, entities] of projects) {
    for (const chunk of chunks(entities, { entities: limits.entities, bytes: room })) {
      parts.push({ number: parts.length + 1, project, event: { ...event, entities: chunk } });
    }
  }
  return parts;
}

/** A project's id becomes the name of its queue: what Temporal would refuse there is no id. */
const isProjectId = (value: unknown): value is string =>
  typeof value === 'string' && /^[\x21-\x7e]{1,200}$/.test(value);

/**
 * The project an entity belongs to: named by its parents in any order, itself, or among the changed columns.
 * @internal
 */
export function projectOf(entity: FtrackEntity): string | null {
  if (entity.entityType === 'show') {
    return isProjectId(entity.entityId) ? entity.entityId : null;
  }
  const shows = entity.parents?.filter(({ entityType }) => entityType === 'show') ?? [];
  const project = shows.map(({ entityId }) => entityId).find(isProjectId);
  return project ?? idIn(entity.changes?.['project_id']) ?? idIn(entity.changes?.['showid']);
}

/** The project that an entity was moved out of: its queue has to take the entity away there. */
function projectLeft(entity: FtrackEntity): string[] {
  const change = entity.changes?.['project_id'] ?? entity.changes?.['showid'];
  const left = change?.old;
  return isProjectId(left) && typeof change?.new === 'string' && left !== projectOf(entity) ? [left] : [];
}

function idIn(change: FtrackChange | undefined): string | null {
  return [change?.new, change?.old].find(isProjectId) ?? null;
}

function chunks(entities: readonly FtrackEntity[], limits: SplitLimits): FtrackEntity[][] {
  const result: FtrackEntity[][] = [[]];
  let chunk: FtrackEntity[] = result[0] ?? [];
  let bytes = 0;
  for (const given of entities) {
    const { entity, size } = fitted(given, limits.bytes);
    if (chunk.length > 0 && (chunk.length >= limits.entities || bytes + size > limits.bytes)) {
      chunk = [];
      result.push(chunk);
      bytes = 0;
    }
    chunk.push(entity);
    bytes += size;
  }
  return result;
}

/** Values in events are never written, only the names of what changed are needed: the long ones can go. */
function fitted(entity: FtrackEntity, limit: number): { entity: FtrackEntity; size: number } {
  const without = (value: unknown): unknown => (jsonBytes(value) > LONG_VALUE_BYTES ? undefined : value);
  const shorter = (): FtrackEntity => ({
    ...entity,
    changes: Object.fromEntries(
      Object.entries(entity.changes ?? {}).map(([key, change]) => [
        key,
        { old: without(change.old), new: without(change.new) },
      ]),
    ),
  });
  const bare = (): FtrackEntity => {
    const { entityId, entityType, entity_type, action } = entity;
    const project = projectOf(entity);
    const parents = project === null ? null : [{ entityId: project, entityType: 'show' }];
    return { entityId, entityType, ...(entity_type === undefined ? {} : { entity_type }), action, parents };
  };
  for (const make of [() => entity, shorter]) {
    const made = make();
    const size = jsonBytes(made) + 1;
    if (size <= limit) {
      return { entity: made, size };
    }
  }
  const made = bare();
  return { entity: made, size: jsonBytes(made) + 1 };
}

/** Length of a value as JSON in UTF-8; a value that JSON leaves out has none, one nested too deep for it has no end. */
function jsonBytes(value: unknown): number {
  try {
    const json = JSON.stringify(value) as string | undefined;
    return json === undefined ? 0 : utf8Bytes(json);
  } catch {
    return Infinity;
  }
}

/** Length of a text in UTF-8 (workflow code and this folder have no Buffer). */
export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) {
      // Each half of a pair counts 2, together the 4 bytes of its character.
      bytes += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1;
    }
  }
  return bytes;
}
