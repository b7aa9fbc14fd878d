import { GraphQLError } from 'graphql';
import type { EntityKind, EntityRecord } from '../entity-kinds';
import { Inheritance } from '../inheritance';
import { sortedJson } from '../json';
import { hasProjectAccess } from '../permissions';
import type { ProjectRecord } from '../project';
import type { AyonStore } from '../store';
import type { UserRecord } from '../users';
import type { ActivityArgs } from './activity-nodes';
import { activities } from './activity-nodes';
import type { EntityArgs, FilterContext } from './filters';
import { candidateIds, testsOf } from './filters';
import type { EventArgs, UserArgs } from './lists';
import { events, listPage, userNode, users } from './lists';
import type { NodeContext } from './nodes';
import { allAttribText, attribOf, EntityNode } from './nodes';
import type { Connection, PageArgs } from './paging';
import { firstAbove, pageOf } from './paging';

function notFound(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { status: 404 } });
}

/** All entities of a kind, read by position, without copying the list. */
function allEntities(project: ProjectRecord, kind: EntityKind): EntitySource {
  const ids = project.entities.orderedIds(kind);
  const at = (index: number) => project.entities.get(kind, ids[index] ?? '') as EntityRecord;
  return { length: ids.length, at };
}

interface EntitySource {
  length: number;
  at: (index: number) => EntityRecord;
}

function* ascending(source: EntitySource, after: number): Generator<EntityRecord> {
  const orders = { length: source.length, at: (index: number) => source.at(index).order };
  for (let index = firstAbove(orders, after); index < source.length; index += 1) {
    yield source.at(index);
  }
}

function* descending(source: EntitySource, before: number): Generator<EntityRecord> {
  for (let index = source.length - 1; index >= 0; index -= 1) {
    const entity = source.at(index);
    if (entity.order < before) {
      yield entity;
    }
  }
}

/** A project with its entities. */
class ProjectNode {
  readonly #store: AyonStore;
  readonly #project: ProjectRecord;
  readonly #context: NodeContext;

  constructor(store: AyonStore, project: ProjectRecord) {
    this.#store = store;
    this.#project = project;
    this.#context = {
      project,
      attributes: store.attributes,
      inheritance: new Inheritance(project, store.attributes),
      entity: (kind, id) => this.#entity(kind, id),
      entities: (kind, args) => this.#entities(kind, args),
    };
  }

  name() {
    return this.#project.name;
  }

  projectName() {
    return this.#project.name;
  }

  label() {
    return this.#project.label;
  }

  code() {
    return this.#project.code;
  }

  active() {
    return this.#project.active;
  }

  library() {
    return this.#project.library;
  }

  skeleton() {
    return false;
  }

  createdAt() {
    return this.#project.createdAt;
  }

  updatedAt() {
    return this.#project.updatedAt;
  }

  data() {
    return sortedJson(this.#project.data);
  }

  config() {
    return sortedJson(this.#project.config);
  }

  attrib() {
    return attribOf(this.#project.attrib, 'project', this.#store.attributes);
  }

  allAttrib() {
    return allAttribText(this.#project.attrib, this.#store.attributes);
  }

  statuses() {
    return this.#project.statuses;
  }

  tags() {
    return this.#project.tags;
  }

  taskTypes(args: { activeOnly: boolean }) {
    return this.#types(this.#project.taskTypes, args, 'task');
  }

  folderTypes(args: { activeOnly: boolean }) {
    return this.#types(this.#project.folderTypes, args, 'folder');
  }

  folder({ id }: { id: string }) {
    return this.#entity('folder', id);
  }

  task({ id }: { id: string }) {
    return this.#entity('task', id);
  }

  product({ id }: { id: string }) {
    return this.#entity('product', id);
  }

  version({ id }: { id: string }) {
    return this.#entity('version', id);
  }

  representation({ id }: { id: string }) {
    return this.#entity('representation', id);
  }

  activities(args: ActivityArgs) {
    return activities(this.#store, this.#project, args);
  }

  folders(args: EntityArgs) {
    return this.#entities('folder', args);
  }

  tasks(args: EntityArgs) {
    return this.#entities('task', args);
  }

  products(args: EntityArgs) {
    return this.#entities('product', args);
  }

  versions(args: EntityArgs) {
    return this.#entities('version', args);
  }

  representations(args: EntityArgs) {
    return this.#entities('representation', args);
  }

  #types<Row extends { name: string }>(rows: Row[], args: { activeOnly: boolean }, kind: EntityKind): Row[] {
    if (!args.activeOnly) {
      return rows;
    }
    const { entities } = this.#project;
    const used = new Set(entities.pick(kind, entities.orderedIds(kind)).map((entity) => entity.type));
    return rows.filter((row) => used.has(row.name));
  }

  #entity(kind: EntityKind, id: string | null | undefined): EntityNode | null {
    const record = id ? this.#project.entities.get(kind, id) : undefined;
    return record ? new EntityNode(record, this.#context) : null;
  }

  #entities(kind: EntityKind, args: EntityArgs): Connection<EntityNode> {
    const filter: FilterContext = { project: this.#project, kind, inheritance: this.#context.inheritance };
    const ids = candidateIds(filter, args);
    const picked = ids && this.#project.entities.pick(kind, ids);
    const source: EntitySource = picked
      ? { length: picked.length, at: (index) => picked[index] as EntityRecord }
      : allEntities(this.#project, kind);
    const tests = testsOf(filter, args);
    return pageOf(
      {
        ascending: (after) => ascending(source, after),
        descending: (before) => descending(source, before),
        accepts: (entity) => tests.every((test) => test(entity)),
        order: (entity) => entity.order,
        node: (entity) => new EntityNode(entity, this.#context),
      },
      args,
    );
  }
}

interface ProjectArgs extends PageArgs {
  name?: string | null;
  code?: string | null;
}

function findProjects(store: AyonStore, { name, code }: ProjectArgs): ProjectRecord[] {
  return [...store.projects.values()].filter(
    (project) =>
      (typeof name !== 'string' || project.name.toLowerCase() === name.toLowerCase()) &&
      (typeof code !== 'string' || project.code.toLowerCase() === code.toLowerCase()),
  );
}

/** The root of every query, for one user. */
export function rootValue(store: AyonStore, user: UserRecord): Record<string, unknown> {
  return {
    project: (args: ProjectArgs) => {
      const [project] = args.name || args.code ? findProjects(store, args) : [];
      if (!project) {
        throw notFound('Project not found');
      }
      if (!hasProjectAccess(user, project.name)) {
        const message = `You do not have access to project ${project.name}`;
        throw new GraphQLError(message, { extensions: { status: 403 } });
      }
      return new ProjectNode(store, project);
    },
    projects: (args: ProjectArgs) => {
      const found = findProjects(store, args)
        .filter(({ name }) => hasProjectAccess(user, name))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      return listPage(found, (project) => new ProjectNode(store, project), args);
    },
    users: (args: UserArgs) => users(store, args),
    user: ({ name }: { name: string }) => {
      const found = store.users.get(name);
      if (!found) {
        throw notFound('User not found');
      }
      return userNode(store, found);
    },
    me: () => userNode(store, user),
    events: (args: EventArgs) => events(store, args),
  };
}
