import { readAttributes } from '../entity-input';
import type { Issue } from '../errors';
import { AyonFault, bodyIssues, fault, invalidRequest, patternIssue, unhandled } from '../errors';
import { attributesOf } from '../inheritance';
import type { JsonObject } from '../json';
import { objectOf } from '../json';
import { mergeValues } from '../project';
import type { AddRoute, AyonRequest } from '../request';
import { NO_CONTENT } from '../request';
import type { AyonStore } from '../store';
import { preview } from '../store';
import type { UserRecord } from '../users';
import { isManager, USER_NAME_PATTERN, userView } from '../users';

const ACCESS_GROUPS = ['artist', 'freelancer', 'supervisor'];

function requireManager(request: AyonRequest): void {
  if (!isManager(request.user)) {
    throw fault(403, 'You are not allowed to manage users');
  }
}

function nameParam(request: AyonRequest): string {
  const name = request.params['name'] ?? '';
  if (!new RegExp(USER_NAME_PATTERN).test(name)) {
    throw invalidRequest(request, [patternIssue(['path', 'user_name'], USER_NAME_PATTERN)]);
  }
  return name;
}

/** @throws AyonFault 400 for values of a wrong type */
function readAttrib(store: AyonStore, request: AyonRequest): JsonObject {
  const issues: Issue[] = [];
  const attrib = readAttributes(request.body['attrib'], attributesOf(store.attributes, 'user'), issues);
  if (issues.length > 0) {
    throw invalidRequest(request, bodyIssues(issues));
  }
  return attrib;
}

/**
 * The key that a request gives a service user; a human user gets none this way.
 * @throws AyonFault 500 unless it has 32 letters and digits
 */
function readKey(body: JsonObject, data: JsonObject): string | undefined {
  const key = body['apiKey'];
  if (typeof key !== 'string' || data['isService'] !== true) {
    return undefined;
  }
  if (!/^[a-zA-Z0-9]{32}$/.test(key)) {
    throw unhandled('Invalid API key');
  }
  return key;
}

function setKey(store: AyonStore, user: UserRecord, key: string | undefined): void {
  if (key !== undefined) {
    store.keys.set(key, user.name);
    user.data = { ...user.data, apiKey: 'hashed', apiKeyPreview: preview(key) };
  }
}

function refuseTaken(store: AyonStore, name: string): void {
  if (store.users.has(name)) {
    throw fault(409, 'User already exists');
  }
  const twin = [...store.users.keys()].some((other) => other.toLowerCase() === name.toLowerCase());
  if (twin) {
    const detail = `User with lower(name) '${name.toLowerCase()}' already exists.`;
    throw new AyonFault(500, { code: 409, error: 'unique-violation', detail });
  }
}

function createUser(store: AyonStore, request: AyonRequest): void {
  const name = nameParam(request);
  refuseTaken(store, name);
  const { body } = request;
  const data = { ...objectOf(body['data']), createdBy: request.user.name };
  const active = body['active'] !== false;
  const key = readKey(body, data);
  const user = store.addUser({ name, attrib: mergeValues({}, readAttrib(store, request)), data, active });
  setKey(store, user, key);
  setPassword(store, user, body['password']);
  const description = `New user '${name}' created`;
  store.events.add(
    { topic: 'entity.user.created', description, summary: { entityName: name } },
    request.origin,
  );
}

/** The server knows no more of a password than its hash. */
function setPassword(store: AyonStore, user: UserRecord, password: unknown): void {
  if (typeof password === 'string') {
    store.passwords.set(user.name, password);
    user.data = { ...user.data, password: 'hashed' };
  }
}

/** Everything that names a user follows a new name. */
function renameUser(store: AyonStore, request: AyonRequest, wanted: unknown): void {
  const user = store.user(nameParam(request));
  const old = user.name;
  if (typeof wanted !== 'string' || !new RegExp(USER_NAME_PATTERN).test(wanted)) {
    throw invalidRequest(request, [patternIssue(['body', 'newName'], USER_NAME_PATTERN)]);
  }
  refuseTaken(store, wanted);
  store.renameUser(user, wanted);
  const description = `Renamed user ${old} to ${wanted}`;
  const event = {
    topic: 'entity.user.renamed',
    description,
    summary: { entityName: wanted },
    payload: { oldValue: old, newValue: wanted },
  };
  store.events.add(event, request.origin);
}

/** `PATCH /api/users/{name}/accessGroups {accessGroups: [{project, accessGroups}]}`: an empty list takes the access. */
function assignGroups(store: AyonStore, request: AyonRequest): void {
  const user = store.user(nameParam(request));
  const rows = request.body['accessGroups'];
  const groups = { ...objectOf(user.data['accessGroups']) };
  for (const row of Array.isArray(rows) ? rows : []) {
    const { project, accessGroups } = objectOf(row);
    if (typeof project === 'string' && Array.isArray(accessGroups)) {
      groups[project] = accessGroups.length > 0 ? accessGroups : undefined;
    }
  }
  user.data = { ...user.data, accessGroups: groups };
  user.updatedAt = store.clock.now();
}

function patchUser(store: AyonStore, request: AyonRequest): void {
  const user = store.user(nameParam(request));
  const { body } = request;
  const data = mergeValues(user.data, { ...objectOf(body['data']), updatedBy: request.user.name });
  const key = readKey(body, data);
  user.attrib = mergeValues(user.attrib, readAttrib(store, request));
  user.data = data;
  user.active = typeof body['active'] === 'boolean' ? body['active'] : user.active;
  user.updatedAt = store.clock.now();
  setKey(store, user, key);
}

/** The session shows every attribute of a user as set. */
function myself(store: AyonStore, user: UserRecord): JsonObject {
  const ownAttrib = [...attributesOf(store.attributes, 'user').keys()];
  return { ...userView(user), uiExposureLevel: 900, ownAttrib };
}

/** Users; there is no REST list of them. */
export function addUserRoutes(add: AddRoute, store: AyonStore): void {
  add('GET', '/api/users/me', ({ user }) => ({ json: myself(store, user) }));
  add('GET', '/api/users/:name', (request) => ({ json: userView(store.user(nameParam(request))) }));
  add('PUT', '/api/users/:name', (request) => {
    requireManager(request);
    createUser(store, request);
    return NO_CONTENT;
  });
  add('PATCH', '/api/users/:name', (request) => {
    requireManager(request);
    patchUser(store, request);
    return NO_CONTENT;
  });
  add('DELETE', '/api/users/:name', (request) => {
    requireManager(request);
    const { name } = store.user(nameParam(request));
    store.removeUser(name);
    const description = `User '${name}' deleted`;
    store.events.add(
      { topic: 'entity.user.deleted', description, summary: { entityName: name } },
      request.origin,
    );
    return NO_CONTENT;
  });
  add('PATCH', '/api/users/:name/accessGroups', (request) => {
    requireManager(request);
    assignGroups(store, request);
    return NO_CONTENT;
  });
  add('PATCH', '/api/users/:name/rename', (request) => {
    requireManager(request);
    renameUser(store, request, request.body['newName']);
    return NO_CONTENT;
  });
  add('POST', '/api/users/:name/apikeys', (request) => {
    requireManager(request);
    // Observed: the server breaks on a list that is not there.
    throw unhandled("TypeError: 'NoneType' object is not iterable");
  });
  add('PATCH', '/api/users/:name/password', (request) => {
    const user = store.user(nameParam(request));
    if (user !== request.user) {
      requireManager(request);
    }
    setPassword(store, user, request.body['password']);
    return NO_CONTENT;
  });
  add('GET', '/api/accessGroups/:project', () => {
    return { json: ACCESS_GROUPS.map((name) => ({ name, isProjectLevel: false })) };
  });
}
