import type { SimulatorServer } from '../../http';
import { headerOf, tokenOf } from '../authentication';
import { fault } from '../errors';
import type { JsonObject } from '../json';
import { isObject } from '../json';
import type { AddRoute } from '../request';
import { withRequestId } from '../request';
import type { Session } from '../sessions';
import type { AyonStore } from '../store';
import type { UserRecord } from '../users';
import { isManager, userView } from '../users';

/** Strings of a body that must be there. */
function textIn(body: unknown, key: string): string {
  const value = isObject(body) ? body[key] : undefined;
  return typeof value === 'string' ? value : '';
}

function log(store: AyonStore, user: UserRecord, topic: string): void {
  const origin = { user: user.name, sender: null, senderType: 'api' };
  store.events.add({ topic, description: `${user.name}: ${topic}` }, origin);
}

/** `POST /api/auth/login`: only people have passwords. */
function login(store: AyonStore, body: unknown): JsonObject {
  const user = store.users.get(textIn(body, 'name'));
  const password = textIn(body, 'password');
  if (!user?.active || password === '' || store.passwords.get(user.name) !== password) {
    throw fault(401, 'Invalid login/password combination');
  }
  const { token } = store.sessions.open(user.name);
  log(store, user, 'auth.login');
  return { detail: `Logged in as ${user.name}`, token, user: userView(user) };
}

function sessionView(store: AyonStore, session: Session): JsonObject {
  const { token, isApiKey, created, lastUsed } = session;
  const user = store.user(session.user);
  const isService = user.data['isService'] === true;
  const times = { created: created / 1000, lastUsed: lastUsed / 1000 };
  return { user: userView(user), token, ...times, isService, isApiKey };
}

/** Logging in and out, and sessions that a manager opens for somebody. */
export function addSessionRoutes(server: SimulatorServer, add: AddRoute, store: AyonStore): void {
  server.route('POST', '/api/auth/login', ({ body }) => withRequestId({ json: login(store, body) }));
  server.route('POST', '/api/auth/logout', (request) => {
    const token = tokenOf(request) ?? headerOf(request, 'x-api-key') ?? '';
    const name = store.sessions.userOf(token);
    if (name !== undefined) {
      store.sessions.end(token);
      log(store, store.user(name), 'auth.logout');
    }
    return withRequestId({ json: { detail: 'Logged out' } });
  });
  add('GET', '/api/auth/sessions', ({ user }) => {
    const shown = store.sessions.list().filter((session) => isManager(user) || session.user === user.name);
    return { json: shown.map((session) => sessionView(store, session)) };
  });
  add('POST', '/api/auth/sessions', ({ user, body }) => {
    const name = textIn(body, 'userName') || user.name;
    if (name !== user.name && !isManager(user)) {
      throw fault(403, 'You may only open sessions of your own');
    }
    return { json: sessionView(store, store.sessions.open(store.user(name).name)) };
  });
}
