import { asText } from '../values';
import type { Store } from './store';
import type { Table } from './table';
import { typeIndex } from './table';

/** Roles of one user: those for every open project, and those for single projects. */
interface Grants {
  readonly everywhere: ReadonlySet<string>;
  readonly byProject: ReadonlyMap<string, ReadonlySet<string>>;
}

interface Snapshot {
  /** Sum of the versions of the tables from which it was made; versions only grow. */
  readonly stamp: number;
  readonly privateProjects: ReadonlySet<string>;
  /** Roles that may read or write a custom attribute, by its configuration; without an entry everyone may. */
  readonly limits: Readonly<Record<Use, ReadonlyMap<string, ReadonlySet<string>>>>;
  readonly users: Map<string, Grants>;
}

type Use = 'read' | 'write';

/** Tables whose rows decide about access. */
const sources = [
  'Resource',
  'SecurityRole',
  'UserSecurityRole',
  'UserSecurityRoleProject',
  'Context',
  'Appointment',
  'Membership',
];

const noRoles: ReadonlySet<string> = new Set();

/**
 * Who may see which project. A role of type PROJECT or API opens all projects that are not private
 * (`is_all_open_projects`) or the listed ones; one of type ASSIGNED opens the projects in which the user or
 * a group of theirs has an assignment. Access is to read and to write.
 */
export class Access {
  private readonly store: Store;
  private readonly tables: readonly Table[];
  private snapshot: Snapshot | undefined;
  private readonly hiddenProjects = new Map<string, ReadonlySet<string>>();

  constructor(store: Store) {
    this.store = store;
    const links = (['read', 'write'] as const).map((use) => this.roleLinks(use)?.schema);
    this.tables = [...sources, ...links]
      .filter((type) => type !== undefined)
      .map((type) => store.tableOf(type));
  }

  /** From now on these users (none: everyone) have no access to this project, whatever their roles. */
  hide(projectId: string, usernames: readonly string[]): void {
    this.hiddenProjects.set(projectId, new Set(usernames));
  }

  show(projectId: string): void {
    this.hiddenProjects.delete(projectId);
  }

  /** No row needs a look: the user may read everything. */
  seesEverything(username: string): boolean {
    const { privateProjects, limits } = this.current();
    return (
      this.hiddenProjects.size === 0 &&
      privateProjects.size === 0 &&
      limits.read.size === 0 &&
      this.grants(username).everywhere.size > 0
    );
  }

  /** @param projectId undefined stands for what belongs to no project */
  mayRead(username: string, projectId: string | undefined): boolean {
    if (projectId === undefined) {
      return true;
    }
    const hiddenFor = this.hiddenProjects.get(projectId);
    const isHidden = hiddenFor !== undefined && (hiddenFor.size === 0 || hiddenFor.has(username));
    return !isHidden && this.roles(username, projectId).size > 0;
  }

  /** Ids of the roles that a user has in a project (undefined: in all open ones). */
  roles(username: string, projectId: string | undefined): ReadonlySet<string> {
    const { everywhere, byProject } = this.grants(username);
    const own = (projectId === undefined ? undefined : byProject.get(projectId)) ?? noRoles;
    const isPrivate = projectId !== undefined && this.current().privateProjects.has(projectId);
    if (isPrivate || own.size === 0) {
      return isPrivate ? own : everywhere;
    }
    return new Set([...everywhere, ...own]);
  }

  /** Whether the user's roles let them read or write values of a custom attribute in a project. */
  mayUse(
    username: string,
    configurationId: string,
    use: { kind: Use; projectId: string | undefined },
  ): boolean {
    const limit = this.current().limits[use.kind].get(configurationId);
    const roles = limit && this.roles(username, use.projectId);
    return limit === undefined || [...limit].some((role) => roles?.has(role) === true);
  }

  private grants(username: string): Grants {
    const { users } = this.current();
    const known = users.get(username) ?? this.readGrants(username);
    users.set(username, known);
    return known;
  }

  private current(): Snapshot {
    const stamp = this.tables.reduce((sum, table) => sum + table.version, 0);
    if (this.snapshot?.stamp !== stamp) {
      const projects = [...this.store.tableOf('Context').where(typeIndex, 'Project')];
      this.snapshot = {
        stamp,
        privateProjects: new Set(
          projects.filter((project) => project.data['is_private'] === true).map(({ key }) => key),
        ),
        limits: { read: this.limits('read'), write: this.limits('write') },
        users: new Map(),
      };
    }
    return this.snapshot;
  }

  private limits(use: Use): ReadonlyMap<string, ReadonlySet<string>> {
    const limits = new Map<string, Set<string>>();
    const via = this.roleLinks(use);
    for (const row of via ? this.store.tableOf(via.schema).all() : []) {
      const configurationId = asText(row.data[via?.own ?? '']);
      const roles = limits.get(configurationId) ?? new Set();
      limits.set(configurationId, roles.add(asText(row.data[via?.other ?? ''])));
    }
    return limits;
  }

  private readGrants(username: string): Grants {
    const { store } = this;
    const everywhere = new Set<string>();
    const byProject = new Map<string, Set<string>>();
    const add = (projectId: unknown, roleId: string): void => {
      if (typeof projectId === 'string') {
        byProject.set(projectId, (byProject.get(projectId) ?? new Set()).add(roleId));
      }
    };
    for (const userId of this.userIds(username)) {
      for (const grant of store.tableOf('UserSecurityRole').where('user_id', userId)) {
        const roleId = asText(grant.data['security_role_id']);
        if (store.find('SecurityRole', roleId)?.data['type'] === 'ASSIGNED') {
          this.assignedProjects(userId).forEach((projectId) => add(projectId, roleId));
        } else if (grant.data['is_all_projects'] === true) {
          everywhere.add(roleId);
        }
        for (const project of store
          .tableOf('UserSecurityRoleProject')
          .where('user_security_role_id', grant.key)) {
          add(project.data['project_id'], roleId);
        }
      }
    }
    return { everywhere, byProject };
  }

  private userIds(username: string): string[] {
    const users = [...this.store.tableOf('User').where(typeIndex, 'User')];
    return users.filter((user) => user.data['username'] === username).map(({ key }) => key);
  }

  /** Projects in which the user, or a group that the user is in, has an assignment. */
  private assignedProjects(userId: string): string[] {
    const memberships = [...this.store.tableOf('Membership').where('user_id', userId)];
    const resources = [userId, ...memberships.map(({ data }) => data['group_id'])];
    const appointments = resources.flatMap((id) => [
      ...this.store.tableOf('Appointment').where('resource_id', id),
    ]);
    return appointments
      .filter((row) => row.data['type'] === 'assignment')
      .map((row) => this.store.projectOf(row))
      .filter((projectId) => projectId !== undefined);
  }

  private roleLinks(use: Use): { schema: string; own: string; other: string } | undefined {
    const { attributes } = this.store.registry.get('CustomAttributeConfiguration');
    const attribute = attributes.get(`${use}_security_roles`);
    return attribute && 'via' in attribute ? attribute.via : undefined;
  }
}
