import type { JsonObject } from './json';
import { isObject, storedKeyOrder } from './json';

/** A person or a service. */
export interface UserRecord {
  name: string;
  attrib: JsonObject;
  data: JsonObject;
  active: boolean;
  createdAt: string;
  updatedAt: string;
}

/** Names of users; no `@`. */
export const USER_NAME_PATTERN = '^[a-zA-Z0-9][a-zA-Z0-9_\\.\\-]*[a-zA-Z0-9]$';

/** `GET /api/users/{name}`. */
export function userView(user: UserRecord): JsonObject {
  const { name, attrib, data, active, createdAt, updatedAt } = user;
  return { name, attrib, data, active, ownAttrib: storedKeyOrder(Object.keys(attrib)), createdAt, updatedAt };
}

/** The data of somebody who is an artist of these projects. */
export function artistOf(projects: readonly string[]): JsonObject {
  const accessGroups = Object.fromEntries(projects.map((name) => [name, ['artist']]));
  return { accessGroups, defaultAccessGroups: ['artist'] };
}

/** Gives an ordinary user the default access groups on a project. */
export function grantDefaults(user: UserRecord, projectName: string): void {
  const { defaultAccessGroups: groups, accessGroups } = user.data;
  if (Array.isArray(groups) && groups.length > 0 && !isManager(user)) {
    const before = isObject(accessGroups) ? accessGroups : {};
    user.data = { ...user.data, accessGroups: { [projectName]: groups, ...before } };
  }
}

/** Access groups follow the new name of a project. */
export function moveGroups(user: UserRecord, from: string, to: string): void {
  const { accessGroups } = user.data;
  if (isObject(accessGroups) && accessGroups[from] !== undefined) {
    const { [from]: groups, ...others } = accessGroups;
    user.data = { ...user.data, accessGroups: { ...others, [to]: groups } };
  }
}

/** Services and admins pass every permission check; services may also act as others. */
export function isService(user: UserRecord): boolean {
  return user.data['isService'] === true;
}

/** Managers, admins and services. */
export function isManager(user: UserRecord): boolean {
  return isService(user) || user.data['isAdmin'] === true || user.data['isManager'] === true;
}
