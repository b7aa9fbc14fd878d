import type { AttributeDefinition, AttributeScope } from './attributes';
import type { EntityRecord } from './entity-kinds';
import { KINDS } from './entity-kinds';
import type { JsonObject } from './json';
import type { ProjectRecord } from './project';

/** The attributes of a server, by name. */
export type AttributeMap = ReadonlyMap<string, AttributeDefinition>;

/** Remembered, because each write asks: a server's map of attributes is replaced, never changed. */
const byScope = new WeakMap<AttributeMap, Map<AttributeScope, AttributeMap>>();

/** The attributes that an entity of this scope can have. */
export function attributesOf(all: AttributeMap, scope: AttributeScope): AttributeMap {
  const scopes = byScope.get(all) ?? new Map<AttributeScope, AttributeMap>();
  byScope.set(all, scopes);
  const known = scopes.get(scope);
  if (known) {
    return known;
  }
  const found = new Map([...all].filter(([, definition]) => definition.scope.includes(scope)));
  scopes.set(scope, found);
  return found;
}

/** The names that a folder or task takes over from what is above it. */
function inherited(values: JsonObject, all: AttributeMap, scope: AttributeScope): JsonObject {
  const result: JsonObject = {};
  for (const [name, value] of Object.entries(values)) {
    const definition = all.get(name);
    if (value !== null && definition?.data.inherit && definition.scope.includes(scope)) {
      result[name] = value;
    }
  }
  return result;
}

/** The folders above an entity, the top one first; products and what is below them are followed up, too. */
export function foldersAbove(project: ProjectRecord, entity: EntityRecord): EntityRecord[] {
  const chain: EntityRecord[] = [];
  let at: EntityRecord | undefined = parentOf(project, entity);
  while (at) {
    if (at.kind === 'folder') {
      chain.unshift(at);
    }
    at = parentOf(project, at);
  }
  return chain;
}

/** The entity directly above; undefined at the root. */
export function parentOf(project: ProjectRecord, entity: EntityRecord): EntityRecord | undefined {
  if (entity.parentId === null) {
    return undefined;
  }
  const kind = KINDS[entity.kind].parentKind;
  return kind === null ? undefined : project.entities.get(kind, entity.parentId);
}

/** The names of everything above an entity, the top one first. */
export function parentNames(project: ProjectRecord, entity: EntityRecord): string[] {
  const names: string[] = [];
  for (let at = parentOf(project, entity); at; at = parentOf(project, at)) {
    names.unshift(at.name);
  }
  return names;
}

/** `/sq010/sh020/comp`; workfiles have a path of their own. */
export function entityPath(project: ProjectRecord, entity: EntityRecord): string {
  if (entity.path !== undefined) {
    return entity.path;
  }
  return `/${[...parentNames(project, entity), entity.name].join('/')}`;
}

/**
 * The values that count for entities of one project: their own ones over those of the folders above over the
 * project's. Only folders and tasks inherit; a version shows its own values only. What folders hand down is
 * remembered, so use one object per request and none across writes.
 */
export class Inheritance {
  readonly #project: ProjectRecord;
  readonly #all: AttributeMap;
  readonly #handedDown = new Map<string, JsonObject>();

  constructor(project: ProjectRecord, all: AttributeMap) {
    this.#project = project;
    this.#all = all;
  }

  /** The effective values of an entity. */
  effective(entity: EntityRecord): JsonObject {
    if (entity.kind !== 'folder' && entity.kind !== 'task') {
      return entity.attrib;
    }
    return { ...this.#below(entity.kind, entity.parentId), ...entity.attrib };
  }

  #below(scope: 'folder' | 'task', folderId: string | null): JsonObject {
    const key = `${scope} ${folderId ?? ''}`;
    const known = this.#handedDown.get(key);
    if (known) {
      return known;
    }
    const folder = folderId === null ? undefined : this.#project.entities.get('folder', folderId);
    const own = inherited(folder ? folder.attrib : this.#project.attrib, this.#all, scope);
    const values = folder ? { ...this.#below(scope, folder.parentId), ...own } : own;
    this.#handedDown.set(key, values);
    return values;
  }
}

/** The effective values of one entity. */
export function effectiveAttributes(
  project: ProjectRecord,
  entity: EntityRecord,
  all: AttributeMap,
): JsonObject {
  return new Inheritance(project, all).effective(entity);
}
