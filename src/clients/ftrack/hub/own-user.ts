import { timeLimited } from '../../time-limit';
import { plainQuery, quote } from '../plain-query';
import type { HubCredentials } from './handshake';
import { hubOrigin } from './handshake';

/** The whole request, its answer included, ms. */
const TIMEOUT_MS = 15_000;

/**
 * Asks ftrack for the id of the user whose credentials we bear.
 * @returns undefined when ftrack has no such user, or shows it to nobody.
 * @throws Error with one sentence, without the key, when ftrack did not answer the question.
 */
export async function ownUserId(
  credentials: HubCredentials,
  signal: AbortSignal,
): Promise<string | undefined> {
  const origin = hubOrigin(credentials.serverUrl);
  const expression = `select id from User where username is ${quote(credentials.user)}`;
  const answer = await timeLimited({ signal, ms: TIMEOUT_MS }, (limited) =>
    plainQuery(credentials, [expression], limited),
  ).catch(() => undefined);
  signal.throwIfAborted();
  if (answer === undefined) {
    throw new Error(
      `ftrack at ${origin} did not tell the id of our user; it is asked again, check the address and the credentials if this stays.`,
    );
  }
  const id = answer[0]?.[0]?.['id'];
  return typeof id === 'string' && id !== '' ? id : undefined;
}
