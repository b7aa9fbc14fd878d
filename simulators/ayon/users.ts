import type { JsonObject } from './json';
import { storedKeyOrder } from './json';

/** A person or a service. */
export interface UserRecord {
  readonly name: string;
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

/** Services and admins pass every permission check; services may also act as others. */
export function isService(user: UserRecord): boolean {
  return user.data['isService'] === true;
}

/** Managers, admins and services. */
export function isManager(user: UserRecord): boolean {
  return isService(user) || user.data['isAdmin'] === true || user.data['isManager'] === true;
}
