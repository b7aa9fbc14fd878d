import { z } from 'zod';
import { keepTrying } from '../clients/keep-trying';
import { timeLimited } from '../clients/time-limit';
import type { Env } from '../config/env';

const TIMEOUT_MS = 10_000;

/** What a process must know before it can start, from the environment or else from the addon's settings in AYON. */
export interface Studio {
  readonly addonVersion: string;
  readonly ftrack: { readonly server: string; readonly apiUser: string; readonly apiKey: string };
  /** Addon setting `temporal.address`; empty when not set. */
  readonly temporalAddress: string;
}

/** Something people must put right in the settings; trying again would not help. */
export class StudioError extends Error {
  override readonly name = 'StudioError';
}

const Bundle = z.object({ addons: z.array(z.object({ name: z.string(), version: z.string() })) });
const Start = z.object({
  ftrack_server: z.string().default(''),
  service_settings: z
    .object({ username: z.string().default(''), api_key: z.string().default('') })
    .prefault({}),
  temporal: z.object({ address: z.string().default('') }).prefault({}),
});
const Secret = z.object({ value: z.string() });

export interface StudioOptions {
  readonly signal: AbortSignal;
  /** Called with one sentence before each further try. */
  readonly onRetry: (message: string) => void;
}

/**
 * Asks AYON only for what the environment leaves open, and keeps trying while AYON is away: with every `FTRACK_*`,
 * `TEMPORAL_ADDRESS` and `AYON_ADDON_VERSION` set, a service starts without it.
 * @throws StudioError when ftrack's address or credentials are nowhere set, or cannot be used.
 */
export async function readStudio(env: Env, { signal, onRetry }: StudioOptions): Promise<Studio> {
  const { server, apiUser, apiKey } = env.ftrack;
  const isOpen = [server, apiUser, apiKey, env.temporal['TEMPORAL_ADDRESS'], env.ayon.addonVersion].includes(
    undefined,
  );
  if (!isOpen) {
    return toStudio(env, { addonVersion: env.ayon.addonVersion ?? '', temporalAddress: '' });
  }
  const result = await keepTrying(() => ask(env, signal).catch(definite), {
    signal,
    onRetry: (error) => onRetry(error instanceof Error ? error.message : String(error)),
  });
  if (result instanceof StudioError) {
    throw result;
  }
  return result;
}

/** Faults that people must put right end the attempts; everything else is tried again. */
function definite(error: unknown): StudioError {
  if (error instanceof StudioError) {
    return error;
  }
  throw error;
}

async function ask(env: Env, signal: AbortSignal): Promise<Studio> {
  const { addonName, variant } = env.ayon;
  const query = `variant=${encodeURIComponent(variant)}`;
  const addonVersion = env.ayon.addonVersion ?? (await versionInBundle(env, query, signal));
  const path = `/api/addons/${addonName}/${addonVersion}/settings?${query}`;
  const { ftrack_server, service_settings, temporal } = await get(env, Start, { path, signal });
  return toStudio(env, {
    addonVersion,
    temporalAddress: temporal.address,
    server: ftrack_server,
    apiUser: env.ftrack.apiUser ?? (await secret(env, service_settings.username, signal)),
    apiKey: env.ftrack.apiKey ?? (await secret(env, service_settings.api_key, signal)),
  });
}

async function versionInBundle(env: Env, query: string, signal: AbortSignal): Promise<string> {
  const { addonName, variant } = env.ayon;
  const { addons } = await get(env, Bundle, { path: `/api/settings?${query}`, signal });
  const version = addons.find(({ name }) => name === addonName)?.version;
  if (version === undefined) {
    throw new Error(
      `AYON's ${variant} bundle has no addon "${addonName}"; add it to the bundle or set AYON_ADDON_VERSION.`,
    );
  }
  return version;
}

/** The addon's settings hold the names of AYON secrets. */
async function secret(env: Env, name: string, signal: AbortSignal): Promise<string> {
  if (name === '') {
    return '';
  }
  const path = `/api/secrets/${encodeURIComponent(name)}`;
  const fix = 'create that secret in AYON, or correct service_settings of the addon';
  return (await get(env, Secret, { path, signal, fix })).value;
}

interface Question {
  readonly path: string;
  readonly signal: AbortSignal;
  /** What to do when AYON says no. */
  readonly fix?: string;
}

const get = <T>(env: Env, schema: z.ZodType<T>, { signal, ...question }: Question): Promise<T> =>
  timeLimited({ signal, ms: TIMEOUT_MS }, (limited) =>
    answered(env, schema, { ...question, signal: limited }),
  );

async function answered<T>(
  { ayon }: Env,
  schema: z.ZodType<T>,
  { path, signal, fix = "check the addon's name and version in AYON" }: Question,
): Promise<T> {
  const response = await fetch(`${ayon.url}${path}`, {
    headers: { 'x-api-key': ayon.apiKey },
    // A redirect would carry the key to wherever it points.
    redirect: 'manual',
    signal,
  }).catch((error: unknown) => {
    throw new Error(`AYON does not answer at ${ayon.url}; check AYON_SERVER_URL and that it runs.`, {
      cause: error,
    });
  });
  if (response.status === 401 || response.status === 403) {
    throw new Error(`AYON at ${ayon.url} refused AYON_API_KEY; give it the key of a service user.`);
  }
  const where = `AYON's answer to GET ${path.replace(/\?.*/, '')}`;
  const location = response.headers.get('location');
  if (location !== null && URL.canParse(location, ayon.url)) {
    const { origin } = new URL(location, ayon.url);
    throw new Error(`AYON at ${ayon.url} redirects to ${origin}; set AYON_SERVER_URL to that.`);
  }
  if (!response.ok) {
    throw new Error(`${where} is ${response.status}; ${fix}.`);
  }
  const parsed = schema.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success) {
    throw new Error(`${where} has not the expected form; check that AYON_SERVER_URL is an AYON server.`);
  }
  return parsed.data;
}

interface Found {
  readonly addonVersion: string;
  readonly temporalAddress: string;
  readonly server?: string;
  readonly apiUser?: string;
  readonly apiKey?: string;
}

function toStudio(env: Env, found: Found): Studio {
  const server = (env.ftrack.server ?? found.server ?? '').replace(/\/+$/, '');
  const apiUser = (env.ftrack.apiUser ?? found.apiUser ?? '').trim();
  const apiKey = (env.ftrack.apiKey ?? found.apiKey ?? '').trim();
  const missing = [
    server === '' && 'FTRACK_SERVER (setting ftrack_server)',
    apiUser === '' && 'FTRACK_API_USER (setting service_settings.username)',
    apiKey === '' && 'FTRACK_API_KEY (setting service_settings.api_key)',
  ].filter((each) => each !== false);
  if (missing.length > 0) {
    throw new StudioError(
      `ftrack cannot be reached without ${missing.join(', ')}; set it in the environment or in the AYON addon "${env.ayon.addonName}".`,
    );
  }
  refuseUnsendable('user (FTRACK_API_USER', /^[\x20-\x7e\xa0-\xff]+$/.test(apiUser));
  refuseUnsendable('API key (FTRACK_API_KEY', /^[\x21-\x7e]+$/.test(apiKey));
  const { addonVersion, temporalAddress } = found;
  return { addonVersion, ftrack: { server, apiUser, apiKey }, temporalAddress };
}

/** Told here, without the value: libraries quote a header that they cannot send. */
function refuseUnsendable(what: string, isSendable: boolean): void {
  if (!isSendable) {
    throw new StudioError(
      `The ftrack ${what}, or the AYON secret in its place) has characters that no request can carry, such as a line break; correct it.`,
    );
  }
}
