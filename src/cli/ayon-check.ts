import type { AyonClient } from '../clients/ayon/client';
import { keepTrying } from '../clients/keep-trying';
import { missingAttributes } from '../domain/addon-attributes';
import type { ErrorCode } from '../errors';
import { codeOf, failure } from '../errors';
import type { ServiceContext } from './service';

/** Server versions, as `[major, minor]`, that the integration was tried with. */
const TRIED = { from: [1, 16], to: [1, 16] } as const;

/** What only people can mend: then the service is not ready. An AYON that is away comes back by itself. */
const FOR_PEOPLE: ReadonlySet<ErrorCode | undefined> = new Set<ErrorCode>([
  'ayon-attribute-missing',
  'ayon-incompatible',
  'ayon-refused-key',
]);

/** What became of the look at AYON that a service takes when it starts. */
export interface AyonCheck {
  /** What people must mend before anything can be written; undefined: nothing that is known. */
  problem(): string | undefined;
  /** For `/readyz`: the server's version once it was read, why it was not before. */
  state(): Readonly<Record<string, string>>;
}

/**
 * Looks whether AYON has the attributes that every pair rests on, again and again until it has, while the service
 * works: what needs AYON meanwhile waits in its own activity.
 */
export function checkAyon(
  { logger, signal }: Pick<ServiceContext, 'logger' | 'signal'>,
  ayon: Pick<AyonClient, 'version' | 'attributes'>,
): AyonCheck {
  let reason: string | undefined = 'not looked at yet';
  let code: ErrorCode | undefined;
  let version: string | undefined;

  const look = async (): Promise<void> => {
    version = await ayon.version(signal);
    const missing = missingAttributes(await ayon.attributes(signal));
    if (missing !== undefined) {
      throw failure('ayon-attribute-missing', missing);
    }
  };
  const onRetry = (error: unknown): void => {
    const message = error instanceof Error ? error.message : String(error);
    if (message !== reason) {
      logger.warn({ reason: message, code: codeOf(error) }, 'AYON is not ready for the integration');
    }
    [reason, code] = [message, codeOf(error)];
  };
  const run = async (): Promise<void> => {
    await keepTrying(look, { signal, onRetry });
    [reason, code] = [undefined, undefined];
    logger.info({ version }, 'AYON is ready for the integration');
    const warning = versionWarning(version ?? '');
    if (warning !== undefined) {
      logger.warn({ reason: warning }, "AYON's version was not tried with the integration");
    }
  };
  // It fails only because the service stops.
  run().catch(() => undefined);
  return {
    problem: () => (FOR_PEOPLE.has(code) ? reason : undefined),
    state: () => ({
      ...(version === undefined ? {} : { version }),
      ...(reason === undefined ? {} : { reason }),
    }),
  };
}

/** Why a version may not work, and what to do; undefined: it was tried. */
export function versionWarning(version: string): string | undefined {
  const [major, minor] = (/^(\d+)\.(\d+)/.exec(version) ?? []).slice(1).map(Number);
  if (major === undefined || minor === undefined) {
    return `AYON calls its version "${version}", which cannot be compared with the tried ones (${tried()})`;
  }
  if (isBefore([major, minor], TRIED.from)) {
    return `AYON ${version} is older than the versions that the integration was tried with (${tried()}); upgrade AYON`;
  }
  return isBefore(TRIED.to, [major, minor])
    ? `AYON ${version} is newer than the versions that the integration was tried with (${tried()}); compare it with npm run generate:ayon -- --from its address, and upgrade the integration if it differs`
    : undefined;
}

const isBefore = (one: readonly [number, number], other: readonly [number, number]): boolean =>
  one[0] < other[0] || (one[0] === other[0] && one[1] < other[1]);

const tried = (): string => [...new Set([TRIED.from.join('.'), TRIED.to.join('.')])].join(' to ');
