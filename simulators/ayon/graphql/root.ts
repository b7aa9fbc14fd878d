import { GraphQLError } from 'graphql';
import type { EntityKind } from '../entity-kinds';
import { ALL_KINDS } from '../entity-kinds';
import type { ListRecord } from '../entity-lists';
import { Inheritance } from '../inheritance';
import type { JsonObject } from '../json';
import { objectOf, sortedJson } from '../json';
import { hasProjectAccess } from '../permissions';
import type { ProjectRecord } from '../project';
import { InvalidFilter } from '../query-filter';
import type { AyonStore } from '../store';
import type { UserRecord } from '../users';
import type { ActivityArgs } from './activity-nodes';
import { activities } from './activity-nodes';
import type { ListArgs } from './entity-list-nodes';
import { listNode, listsPage } from './entity-list-nodes';
import { entityPage } from './entity-page';
import type { EntityArgs } from './filters';
import type { ProjectLinkArgs } from './link-edges';
import { projectLinks } from './link-edges';
import type { EventArgs, TasksOf, UserArgs } from './lists';
import { events, listPage, userNode, users } from './lists';
import type { NodeContext } from './nodes';
import { EntityNode } from './nodes';
import type { Connection, PageArgs } from './paging';
import { allAttribText, attribOf } from './values';

function notFound(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { status: 404 } });
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
      activities: (args) => this.activities(args),
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
    return this.#project.skeleton;
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

  activities(args: ActivityArgs): Connection<JsonObject> {
    const seen = { store: this.#store, project: this.#project };
    return refusing(() => activities({ ...seen, version: (id) => this.#entity('version', id) }, args));
  }

  color() {
    return this.#project.color;
  }

  /** Projects lie in no folders here. */
  projectFolder() {
    return null;
  }

  /** Bundles of a single project are not simulated: each uses those of the studio. */
  bundle() {
    return { production: null, staging: null };
  }

  entityList({ id }: { id: string }) {
    const list = this.#project.lists.get(id);
    if (!list) {
      throw notFound('Entity list not found');
    }
    return this.#list(list);
  }

  entityLists(args: ListArgs) {
    return refusing(() => listsPage(this.#context, args));
  }

  links(args: ProjectLinkArgs) {
    return projectLinks(this.#context, args);
  }

  linkTypes({ activeOnly }: { activeOnly: boolean }) {
    const used = new Set([...this.#project.links.values()].map(({ linkType }) => linkType));
    const types = this.#project.linkTypes.filter(
      (type) => !activeOnly || used.has(type['linkType'] as string),
    );
    return types.map((type) => ({ color: null, style: 'solid', ...objectOf(type['data']), ...type }));
  }

  usedTags() {
    const { entities } = this.#project;
    const tags = ALL_KINDS.flatMap((kind) =>
      entities.pick(kind, entities.orderedIds(kind)).flatMap((e) => e.tags),
    );
    return [...new Set(tags)].sort();
  }

  workfile({ id }: { id: string }) {
    return this.#entity('workfile', id);
  }

  workfiles(args: EntityArgs) {
    return this.#entities('workfile', args);
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
    return refusing(() => entityPage(this.#context, kind, args));
  }

  #list(list: ListRecord) {
    return listNode(this.#context, list);
  }
}

/** A filter that cannot be understood is an error of the request. */
function refusing<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof InvalidFilter) {
      throw new GraphQLError(error.message, { extensions: { status: 400 } });
    }
    throw error;
  }
}

interface ProjectArgs extends PageArgs {
  name?: string | null;
  code?: string | null;
  includeSkeleton?: boolean;
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
  const tasksOf: TasksOf = (name) => {
    return ({ projectName }) => {
      const args = { assignees: [name] };
      return new ProjectNode(store, store.project(projectName)).tasks(args);
    };
  };
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
        .filter((project) => hasProjectAccess(user, project.name))
        .filter((project) => args.includeSkeleton === true || !project.skeleton)
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      return listPage(found, (project) => new ProjectNode(store, project), args);
    },
    users: (args: UserArgs) => users(store, args, tasksOf),
    user: ({ name }: { name: string }) => {
      const found = store.users.get(name);
      if (!found) {
        throw notFound('User not found');
      }
      return { ...userNode(store, found), tasks: tasksOf(found.name) };
    },
    me: () => ({ ...userNode(store, user), tasks: tasksOf(user.name) }),
    events: (args: EventArgs) => refusing(() => events(store, args)),
  };
}
