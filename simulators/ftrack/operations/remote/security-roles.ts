import type { Credentials } from '../../credentials';
import { duplicateError, validationError } from '../../errors';
import { reference } from '../../query/projection';
import type { Row } from '../../store/table';
import type { Data } from '../../values';
import type { Work } from '../caller';
import { removeRow } from '../delete';
import type { OperationHandlers } from '../registry';
import type { SentOperation } from '../write';
import { create } from '../write';
import { rowOf } from './arguments';

interface Granted {
  readonly user: Row;
  readonly role: Row;
}

function read(work: Work, operation: SentOperation): Granted {
  return {
    user: rowOf(work, operation, { name: 'user_id', type: 'User' }),
    role: rowOf(work, operation, { name: 'role_id', type: 'SecurityRole' }),
  };
}

function grantOf(work: Work, { user, role }: Granted): Row | undefined {
  const grants = [...work.reader.store.tableOf('UserSecurityRole').where('user_id', user.key)];
  return grants.find((grant) => grant.data['security_role_id'] === role.key);
}

function existingGrant(work: Work, granted: Granted): Row {
  const grant = grantOf(work, granted);
  if (!grant) {
    const { user, role } = granted;
    throw validationError(`User ${user.key} does not have the security role ${role.key}.`);
  }
  return grant;
}

function assertNew(work: Work, granted: Granted): void {
  if (grantOf(work, granted)) {
    const { user, role } = granted;
    throw duplicateError(`Duplicate entry: user ${user.key} already has the security role ${role.key}.`);
  }
}

/** The public names under which the schema has the one column for all open projects. */
function openProjects(work: Work, isAll: boolean): Data {
  const { attributes } = work.reader.store.registry.get('UserSecurityRole');
  const names = ['is_all_projects', 'is_all_open_projects'].filter((name) => attributes.has(name));
  return Object.fromEntries(names.map((name) => [name, isAll]));
}

function add(work: Work, operation: SentOperation): Data {
  const granted = read(work, operation);
  assertNew(work, granted);
  return create(work, {
    entity_type: 'UserSecurityRole',
    entity_data: {
      user_id: granted.user.key,
      security_role_id: granted.role.key,
      ...openProjects(work, operation['all_open_projects'] === true),
    },
  });
}

function take(work: Work, operation: SentOperation): boolean {
  removeRow(work, existingGrant(work, read(work, operation)));
  return true;
}

/** Another role in the place of the old one, for the same projects. */
function change(work: Work, operation: SentOperation): Data {
  const granted = read(work, operation);
  const grant = existingGrant(work, granted);
  const role = rowOf(work, operation, { name: 'new_role_id', type: 'SecurityRole' });
  assertNew(work, { user: granted.user, role });
  work.transaction.set(grant, 'security_role_id', role.key);
  return { ...reference(work.reader, grant, work.caller.strict), security_role_id: role.key };
}

function projectGrant(work: Work, operation: SentOperation): { grant: Row; project: Row; found?: Row } {
  const grant = existingGrant(work, read(work, operation));
  const project = rowOf(work, operation, { name: 'project_id', type: 'Project' });
  const rows = [
    ...work.reader.store.tableOf('UserSecurityRoleProject').where('user_security_role_id', grant.key),
  ];
  const found = rows.find((row) => row.data['project_id'] === project.key);
  return { grant, project, ...(found ? { found } : {}) };
}

function grantProject(work: Work, operation: SentOperation): Data {
  const { grant, project, found } = projectGrant(work, operation);
  if (found) {
    throw duplicateError(`Duplicate entry: the security role is already granted on project ${project.key}.`);
  }
  return create(work, {
    entity_type: 'UserSecurityRoleProject',
    entity_data: { user_security_role_id: grant.key, project_id: project.key },
  });
}

function revokeProject(work: Work, operation: SentOperation): boolean {
  const { project, found } = projectGrant(work, operation);
  if (!found) {
    throw validationError(`The security role is not granted on project ${project.key}.`);
  }
  removeRow(work, found);
  return true;
}

/** What users and API keys may do where: rows of `UserSecurityRole` and `UserSecurityRoleProject`. */
export function securityRoleOperations(credentials: Credentials): OperationHandlers {
  const answering =
    (run: (work: Work, operation: SentOperation) => Data | boolean) =>
    (work: Work, operation: SentOperation) => ({ action: operation['action'], data: run(work, operation) });
  return {
    add_user_security_role: answering(add),
    remove_user_security_role: answering(take),
    update_user_security_role: answering(change),
    grant_user_security_role_project: answering(grantProject),
    revoke_user_security_role_project: answering(revokeProject),
    grant_api_key_security_role: answering((work, operation) => {
      const role = rowOf(work, operation, { name: 'role_id', type: 'SecurityRole' });
      const apiKey = rowOf(work, operation, { name: 'api_key_id', type: 'ApiKey' });
      work.afterCommit(() => credentials.grantRole(apiKey.key, role.key));
      return true;
    }),
  };
}
