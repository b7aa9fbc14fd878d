import type { RouteRequest } from '../http';
import { fault } from './errors';
import type { AyonStore } from './store';
import type { UserRecord } from './users';
import { isService } from './users';

/** Value of a header; the first one of several. */
export function headerOf(request: Pick<RouteRequest, 'headers'>, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** An answer in plain text. */
export class PlainFault extends Error {
  readonly status: number;

  constructor(status: number, text: string) {
    super(text);
    this.name = 'PlainFault';
    this.status = status;
  }
}

function authorization(request: RouteRequest, scheme: 'ApiKey' | 'Bearer'): string | undefined {
  const [kind, value] = (headerOf(request, 'authorization') ?? '').split(/ +/, 2);
  return kind?.toLowerCase() === scheme.toLowerCase() ? value : undefined;
}

function cookie(request: RouteRequest, name: string): string | undefined {
  const pairs = (headerOf(request, 'cookie') ?? '').split(/; */);
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** The session token of a request: header, cookie or `?token=`. */
export function tokenOf(request: RouteRequest): string | undefined {
  return (
    authorization(request, 'Bearer') ??
    cookie(request, 'accessToken') ??
    request.query.get('token') ??
    undefined
  );
}

function userOfRequest(store: AyonStore, request: RouteRequest): UserRecord {
  const key = headerOf(request, 'x-api-key') ?? authorization(request, 'ApiKey');
  if (key !== undefined) {
    return store.userOfKey(key);
  }
  const token = tokenOf(request);
  if (token === undefined) {
    throw fault(401, 'Access token is missing');
  }
  const name = store.sessions.userOf(token);
  const user = name === undefined ? undefined : store.users.get(name);
  if (!user) {
    throw fault(401, 'Access token is invalid');
  }
  return user;
}

/**
 * The user that a request's key or token stands for, or the one a service acts as.
 * @throws AyonFault 401; PlainFault 500 for an unknown `x-as-user`
 */
export function authenticate(store: AyonStore, request: RouteRequest): UserRecord {
  const user = userOfRequest(store, request);
  const other = headerOf(request, 'x-as-user');
  if (other === undefined || !isService(user)) {
    return user;
  }
  const acting = store.users.get(other);
  if (!acting) {
    // Observed: the real server breaks here, with a text instead of JSON.
    throw new PlainFault(500, 'Internal Server Error');
  }
  return acting;
}
