import type { HubCredentials } from './handshake';
import { hubOrigin } from './handshake';

/** The whole request, its answer included, ms. */
const TIMEOUT_MS = 15_000;

/**
 * Asks ftrack for the id of the user whose credentials we bear. One plain request: the official client would first
 * fetch the whole schema, 40 MB of memory for a process that asks nothing else.
 * @returns undefined when ftrack has no such user, or shows it to nobody.
 * @throws Error with one sentence, without the key, when ftrack did not answer the question.
 */
export async function ownUserId(
  credentials: HubCredentials,
  signal: AbortSignal,
): Promise<string | undefined> {
  const origin = hubOrigin(credentials.serverUrl);
  const name = credentials.user.replace(/["\\]/g, '\\$&');
  const body = JSON.stringify([
    { action: 'query', expression: `select id from User where username is "${name}"` },
  ]);
  const limited = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const answer = await ask({ origin, credentials, body }, limited).catch(() => undefined);
  signal.throwIfAborted();
  if (!Array.isArray(answer)) {
    throw new Error(
      `ftrack at ${origin} did not tell the id of our user; it is asked again, check the address and the credentials if this stays.`,
    );
  }
  const [result] = answer as readonly ({ data?: readonly ({ id?: unknown } | null)[] } | null)[];
  const id = result?.data?.[0]?.id;
  return typeof id === 'string' && id !== '' ? id : undefined;
}

async function ask(
  { origin, credentials, body }: { origin: string; credentials: HubCredentials; body: string },
  signal: AbortSignal,
): Promise<unknown> {
  const response = await fetch(`${origin}/api`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'ftrack-user': credentials.user,
      'ftrack-api-key': credentials.apiKey,
    },
    body,
    // A redirect would carry the key to wherever it points.
    redirect: 'error',
    signal,
  });
  return response.json();
}
