import { EntityError, fault } from './errors';
import { isObject } from './json';
import type { AyonStore } from './store';
import type { UserRecord } from './users';
import { isManager } from './users';

/** Managers, admins and services reach every project, others those in which they have an access group. */
export function hasProjectAccess(user: UserRecord, projectName: string): boolean {
  const { accessGroups } = user.data;
  const groups = isObject(accessGroups) ? accessGroups[projectName] : undefined;
  return isManager(user) || (Array.isArray(groups) && groups.length > 0);
}

function refusal(projectName: string): string {
  return `You do not have access to project ${projectName}`;
}

/** @throws AyonFault 403 for a user without access; a project that does not exist is left to the handler */
export function refuseStranger(store: AyonStore, user: UserRecord, projectName: string | undefined): void {
  const project = projectName === undefined ? undefined : store.projects.get(projectName.toLowerCase());
  if (project && !hasProjectAccess(user, project.name)) {
    throw fault(403, refusal(project.name));
  }
}

/** @throws EntityError 403 for the operation of a user without access */
export function refuseOperation(user: UserRecord, projectName: string): void {
  if (!hasProjectAccess(user, projectName)) {
    throw new EntityError('forbidden', refusal(projectName));
  }
}
