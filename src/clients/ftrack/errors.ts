import type { ApplicationFailure } from '@temporalio/common';
import { failure } from '../../errors';

/**
 * An error that ftrack itself sent: `{exception, content, error_code}` as the whole body. The official client keeps
 * only its text, so the session puts this in its place.
 */
export class FtrackRefusal extends Error {
  override readonly name = 'FtrackRefusal';
  readonly exception: string;

  constructor(exception: string, content: string) {
    super(content);
    this.exception = exception;
  }
}

/** Made by the client for a request that got no answer. */
const NETWORK = new Set(['NetworkError', 'AbortError']);

const CREDENTIALS = new Set(['InvalidCredentialsError', 'FTAuthenticationError']);
const PERMANENT = new Set([
  'ValidationError',
  'PermissionError',
  'ParseError',
  'DuplicateEntryError',
  'IntegrityError',
]);

export const isNetwork = (error: unknown): boolean =>
  error instanceof FtrackRefusal
    ? NETWORK.has(error.exception)
    : // The client's words for a failed fetch whose error it does not recognise as one.
      error instanceof Error && error.message.startsWith('Unknown error:');

export const isCredentials = (error: unknown): boolean =>
  error instanceof FtrackRefusal &&
  (CREDENTIALS.has(error.exception) || /\b(?:api[ _-]?key|credentials)\b/i.test(error.message));

/** ftrack read the request and says no, whoever asks again. */
export const isRejected = (error: unknown): boolean =>
  error instanceof FtrackRefusal && PERMANENT.has(error.exception);

export const isThrottled = (error: unknown): boolean =>
  error instanceof FtrackRefusal &&
  /\b429\b|too many requests|rate limit/i.test(`${error.exception} ${error.message}`);

export const unreachable = (what: string, why: string): ApplicationFailure =>
  failure(
    'ftrack-unreachable',
    `${what} at ftrack got no answer (${why}); check the server address and the network`,
  );

/**
 * The failure of an error that ftrack answered.
 * @param what what was asked, for people.
 */
export function refusal(what: string, error: unknown): ApplicationFailure {
  const text = (error instanceof Error ? error.message : String(error)).slice(0, 300);
  if (isCredentials(error)) {
    return failure(
      'ftrack-refused-key',
      `ftrack refused our user or API key (${text}); check the addon's service settings and the secrets they name`,
    );
  }
  if (isThrottled(error)) {
    return failure('ftrack-overloaded', `${what}: ftrack asks to wait (${text})`);
  }
  if (isRejected(error)) {
    return failure('ftrack-rejected', `${what}: ftrack refused it (${text})`);
  }
  return failure('ftrack-server-error', `${what}: ftrack failed (${text})`);
}
