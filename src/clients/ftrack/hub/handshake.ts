import type { ToldTime } from './clock';

/** Who connects, and where. The key leaves this process in request headers only, never in a URL, message or log. */
export interface HubCredentials {
  /** Address of the ftrack server; scheme, path, query and trailing slash may be there or not. */
  readonly serverUrl: string;
  readonly user: string;
  readonly apiKey: string;
}

/** Why no session was given: `refused` means the credentials, `unavailable` everything that may pass by itself. */
export class HandshakeError extends Error {
  override readonly name = 'HandshakeError';
  readonly kind: 'refused' | 'unavailable';

  constructor(kind: 'refused' | 'unavailable', message: string) {
    super(message);
    this.kind = kind;
  }
}

/**
 * The origin of the hub: what was configured, less path, query, fragment and credentials.
 * @throws Error when it is no address at all.
 */
export function hubOrigin(serverUrl: string): string {
  const text = serverUrl.trim();
  const url = parseUrl(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`);
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    throw new Error(
      'The ftrack server address is not a web address; set it to something like https://studio.ftrackapp.com.',
    );
  }
  return url.origin;
}

export interface HubSession {
  /** The credential of the upgrade that follows. */
  readonly sid: string;
  readonly time: ToldTime;
}

/**
 * Asks for a new session; each connection needs its own.
 * @param signal ends the request, the reading of its answer included.
 * @throws HandshakeError
 */
export async function handshake(credentials: HubCredentials, signal: AbortSignal): Promise<HubSession> {
  const origin = hubOrigin(credentials.serverUrl);
  const askedAt = performance.now();
  const response = await request(origin, headersOf(credentials), signal);
  const time = toldTime(response, askedAt);
  if (response.status === 401 || response.status === 403) {
    void response.body?.cancel();
    throw new HandshakeError(
      'refused',
      `ftrack at ${origin} refused the user "${credentials.user}" or its API key (HTTP ${response.status}); check both in the settings, a restored key is picked up by itself.`,
    );
  }
  if (response.status !== 200) {
    void response.body?.cancel();
    throw new HandshakeError('unavailable', describeStatus(origin, response));
  }
  const body = await response.text().catch((error: unknown) => {
    throw unreachable(origin, error);
  });
  return { sid: sessionId(origin, body), time };
}

/** Asks for ftrack's time only. @throws what fetch throws */
export async function askTime(serverUrl: string, signal: AbortSignal): Promise<ToldTime> {
  const askedAt = performance.now();
  const options = { method: 'HEAD', redirect: 'manual', cache: 'no-store', signal } as const;
  const response = await fetch(hubOrigin(serverUrl), options);
  return toldTime(response, askedAt);
}

/** Call it as soon as the answer begins to arrive. */
function toldTime({ headers, status }: Response, askedAt: number): ToldTime {
  const at = Date.parse(headers.get('date') ?? '');
  // Of a cache, or of a proxy that does not reach ftrack, it says nothing.
  const isFtracks = status < 500 && !headers.has('age') && !Number.isNaN(at);
  return { at: isFtracks ? at : undefined, askedAt, answeredAt: performance.now() };
}

/** The errors of fetch and Headers quote a faulty header value, so they are not passed on. */
function headersOf({ user, apiKey }: HubCredentials): Headers {
  try {
    // A connection kept from before may lead to a peer that is gone, or past a name that has moved.
    return new Headers({ 'ftrack-user': user, 'ftrack-api-key': apiKey, connection: 'close' });
  } catch {
    throw new HandshakeError(
      'refused',
      'The ftrack user name or API key holds characters that no request can carry (a line break?); correct it in the settings.',
    );
  }
}

async function request(origin: string, headers: Headers, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(`${origin}/socket.io/1/`, {
      headers,
      // A redirect would carry the key to wherever it points.
      redirect: 'manual',
      signal,
    });
  } catch (error) {
    throw unreachable(origin, error);
  }
}

function unreachable(origin: string, error: unknown): HandshakeError {
  const code = codeOf(error) ?? 'no answer';
  const where = `ftrack's event hub at ${origin}`;
  return new HandshakeError(
    'unavailable',
    NAME_ERRORS.has(code)
      ? `${where} cannot be reached, because this host's name service does not know its name (${code}); it is tried again, check the ftrack server address and DNS if this stays.`
      : `${where} cannot be reached (${code}); it is tried again, check the address and the network between if this stays.`,
  );
}

const NAME_ERRORS: ReadonlySet<string> = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NONAME']);

function describeStatus(origin: string, response: Response): string {
  const location = response.headers.get('location');
  const target = location === null ? null : parseUrl(location, origin);
  if (response.status >= 300 && response.status < 400 && target !== null) {
    return `ftrack's event hub at ${origin} redirects to ${target.origin}; set the ftrack server address to that.`;
  }
  return `ftrack's event hub at ${origin} answered HTTP ${response.status} instead of a session; it is tried again.`;
}

/** `sid:heartbeat:close:transports`, where all but the first part may be missing. */
function sessionId(origin: string, body: string): string {
  const [sid = '', , , transports] = body.trim().split(':');
  if (!/^[\w.~-]{1,200}$/.test(sid)) {
    throw new HandshakeError(
      'unavailable',
      `${origin} answered something other than an event hub session; check the ftrack server address, it is tried again.`,
    );
  }
  if (transports !== undefined && !transports.split(',').includes('websocket')) {
    throw new HandshakeError(
      'unavailable',
      `ftrack's event hub at ${origin} offers no websocket; check the proxy in front of it, it is tried again.`,
    );
  }
  return sid;
}

function parseUrl(text: string, base?: string): URL | null {
  try {
    return new URL(text, base);
  } catch {
    return null;
  }
}

/** The system's code (`ECONNREFUSED`) out of what fetch throws, whose messages are not fit for people. */
function codeOf(error: unknown): string | undefined {
  for (let each = error; typeof each === 'object' && each !== null; each = Reflect.get(each, 'cause')) {
    const code: unknown = Reflect.get(each, 'code');
    if (typeof code === 'string') {
      return code;
    }
  }
  return undefined;
}
