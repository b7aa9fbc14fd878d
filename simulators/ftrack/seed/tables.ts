import type { StudioUser } from '../../studio';
import { studioId } from '../../studio';
import { builtInLocations } from '../schema/publishing';
import type { SeedWriter } from './writer';

const locations = Object.entries(builtInLocations);

/** Ids of the locations that every workspace has, by name. */
export const locationIds: ReadonlyMap<string, string> = new Map(locations);

const states = { NOT_STARTED: 'Not started', IN_PROGRESS: 'In progress', BLOCKED: 'Blocked', DONE: 'Done' };

/** List categories that every workspace has; others come with the lists that use them. */
const listCategories = ['Shots', 'Assets'];

export function listCategoryId(name: string): string {
  return studioId(`list category/${name}`);
}

function seedUser(writer: SeedWriter, user: StudioUser): void {
  writer.put('User', {
    id: user.id,
    username: user.username,
    email: user.email,
    first_name: user.firstName,
    last_name: user.lastName,
    is_active: user.isActive ?? true,
  });
  for (const { role, projects } of user.roles ?? [{ role: 'Administrator' }]) {
    const id = studioId(`user role/${user.id}/${role}`);
    writer.put('UserSecurityRole', {
      id,
      user_id: user.id,
      security_role_id: writer.idOf('role', role),
      is_all_projects: projects === undefined,
      is_all_open_projects: projects === undefined,
    });
    for (const project of projects ?? []) {
      writer.put('UserSecurityRoleProject', {
        id: studioId(`user role/${user.id}/${role}/${project}`),
        user_security_role_id: id,
        project_id: writer.idOf('project', project),
      });
    }
  }
}

/** Roles, users with their roles, groups with their members. */
export function seedPeople(writer: SeedWriter): void {
  const { studio } = writer;
  for (const { id, name, type } of studio.roles) {
    writer.put('SecurityRole', { id, name, type });
  }
  for (const user of [...studio.users, studio.serviceUser]) {
    seedUser(writer, user);
  }
  for (const { id, name, parent, members } of studio.groups) {
    writer.put('Group', { id, name, parent_id: parent === undefined ? null : writer.idOf('group', parent) });
    for (const member of members) {
      const userId = writer.idOf('user', member);
      writer.put('Membership', { id: studioId(`member/${id}/${member}`), group_id: id, user_id: userId });
    }
  }
}

/** What the workspace offers to all projects: statuses, types, priorities, locations, list categories. */
export function seedTables(writer: SeedWriter): void {
  const { studio } = writer;
  for (const [short, name] of Object.entries(states)) {
    writer.put('State', { id: studioId(`state/${short}`), name, short });
  }
  for (const { id, name, color, sort, state } of studio.statuses) {
    writer.put('Status', { id, name, color, sort, state_id: studioId(`state/${state}`) });
  }
  for (const { id, name, color, sort } of studio.taskTypes) {
    writer.put('Type', { id, name, color, sort });
  }
  for (const { id, name, color, sort } of studio.priorities) {
    writer.put('Priority', { id, name, color, sort });
  }
  for (const { id, name, short } of studio.assetTypes) {
    writer.put('AssetType', { id, name, short });
  }
  for (const [name, id] of locations) {
    writer.put('Location', { id, name });
  }
  const used = studio.projects.flatMap(({ lists = [] }) => lists.map(({ category }) => category));
  for (const name of new Set([...listCategories, ...used])) {
    writer.put('ListCategory', { id: listCategoryId(name), name });
  }
}
