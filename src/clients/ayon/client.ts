import type {
  AyonAttribute,
  AyonEdit,
  AyonNode,
  AyonOperation,
  AyonOperationResult,
  AyonProject,
} from '../../domain/model';
import { createPaces } from './batch';
import type { NewComment, WrittenComment } from './comments';
import { writeComment } from './comments';
import type { EntityQuery } from './entities';
import { readAll, readEntities } from './entities';
import { readEdits } from './entity-edits';
import type { EventReaderOptions } from './event-reader';
import { EventReader } from './event-reader';
import type { AyonHttpOptions } from './http';
import { AyonHttp } from './http';
import type { Listed, ListName } from './nodes';
import { applyOperations } from './operations';
import { readOwnAttributes } from './own-attributes';
import type { ProjectName, ProjectPatch } from './projects';
import { patchProject, readProject, readProjects } from './projects';
import type { Addon } from './site';
import { readAttributes, readMe, readSettings, readVersion } from './site';
import type { AyonUser } from './users';
import { createActAs, readUsers } from './users';

export interface AyonClientOptions extends AyonHttpOptions {
  /** Addon whose settings are read, from `AYON_ADDON_NAME` and `AYON_ADDON_VERSION`. */
  readonly addon: Addon;
}

/** AYON as the activities use it. Every method throws failures of the error table only. */
export interface AyonClient {
  isThere(signal: AbortSignal): Promise<boolean>;
  /** Version of the server, such as `1.16.0`. */
  version(signal: AbortSignal): Promise<string>;
  /** Name of the user behind our key. */
  me(signal: AbortSignal): Promise<string>;
  /** Every project's name and `ftrackId`. */
  projects(signal: AbortSignal): Promise<ProjectName[]>;
  /** undefined when AYON has no such project; the case of the name is ignored. */
  project(name: string, signal: AbortSignal): Promise<AyonProject | undefined>;
  patchProject(name: string, patch: ProjectPatch, signal: AbortSignal): Promise<void>;
  attributes(signal: AbortSignal): Promise<AyonAttribute[]>;
  users(signal: AbortSignal): Promise<AyonUser[]>;
  /** undefined when AYON has no such project. */
  entities(project: string, query: EntityQuery, signal: AbortSignal): Promise<AyonNode[] | undefined>;
  /** Everything of one kind in a project, page by page. */
  pages<List extends ListName>(
    project: string,
    list: List,
    signal: AbortSignal,
  ): AsyncGenerator<readonly Listed<List>[]>;
  /** Attributes that each node itself sets, by REST (GraphQL may name too many). */
  ownAttributes(
    project: string,
    nodes: readonly Pick<AyonNode, 'id' | 'kind'>[],
    signal: AbortSignal,
  ): Promise<Map<string, readonly string[]>>;
  /** What AYON's event log tells of these folders and tasks, the newest first. */
  edits(project: string, ids: readonly string[], signal: AbortSignal): Promise<AyonEdit[]>;
  /** Ordered operations, at most one per entity (`planOperations`). @returns one result each, in their order. */
  operations(
    project: string,
    operations: readonly AyonOperation[],
    signal: AbortSignal,
  ): Promise<AyonOperationResult[]>;
  /** Writes a comment, in the name of its author if AYON has that user. */
  comment(project: string, comment: NewComment, signal: AbortSignal): Promise<WrittenComment>;
  /** A reader of AYON's events that loses none; this client's own sender is among the `senders`. */
  events(options?: EventReaderOptions): EventReader;
  /** Raw settings of the addon; undefined project: the studio's. */
  settings(project: string | undefined, signal: AbortSignal): Promise<unknown>;
}

export function createAyonClient(options: AyonClientOptions): AyonClient {
  const http = new AyonHttp(options);
  const actAs = createActAs(http);
  const { addon } = options;
  const paces = createPaces();
  return {
    isThere: (signal) => http.isThere(signal),
    version: (signal) => readVersion(http, signal),
    me: (signal) => readMe(http, signal),
    projects: (signal) => readProjects(http, signal),
    project: (name, signal) => readProject(http, name, signal),
    patchProject: (name, patch, signal) => patchProject(http, { name, patch }, signal),
    attributes: (signal) => readAttributes(http, signal),
    users: (signal) => readUsers(http, signal),
    entities: (project, query, signal) => readEntities(http, { project, query }, signal),
    pages: (project, list, signal) => readAll(http, { project, list }, signal),
    ownAttributes: (project, nodes, signal) => readOwnAttributes(http, { project, nodes }, signal),
    edits: (project, ids, signal) => readEdits(http, { project, ids }, signal),
    operations: (project, operations, signal) =>
      applyOperations(http, { project, operations, pace: paces.of(project) }, signal),
    comment: (project, comment, signal) => writeComment({ http, actAs }, { project, comment }, signal),
    events: (reading) => new EventReader(http, reading),
    settings: (project, signal) => readSettings(http, { addon, project }, signal),
  };
}
