import { z } from 'zod';

const url = (example: string) =>
  z
    .url({ protocol: /^https?$/, error: `must be an address such as ${example}` })
    .refine((text) => !/^[^/]*\/\/[^/]*@/.test(text), {
      error: 'must not hold a user or password; the key has a variable of its own',
    })
    .transform((text) => text.replace(/\/+$/, ''));
const text = z.string();
/** What a header can carry; a line break from a file with the key in it is no part of the key. */
const key = text
  .trim()
  .regex(/^[\x21-\x7e]+$/, { error: 'must be one word of plain letters, digits and signs' });
const word = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const whole = (least: number, most: number) =>
  z.coerce
    .number({ error: `must be a whole number from ${least} to ${most}` })
    .int({ error: `must be a whole number from ${least} to ${most}` })
    .min(least, { error: `must be at least ${least}` })
    .max(most, { error: `must be at most ${most}` });

const scale = z.coerce
  .number({ error: 'must be a number from 1 to 1000' })
  .min(1, { error: 'must be at least 1' })
  .max(1000, { error: 'must be at most 1000' })
  .default(1);

/** Every variable that a service reads, by name. `.env.example` and `docs/configuration.md` name each (tested). */
const Variables = z.object({
  AYON_SERVER_URL: url('https://ayon.studio.example'),
  AYON_API_KEY: key,
  AYON_ADDON_NAME: text
    .regex(word, { error: 'must be the name of an addon, such as ftrack' })
    .default('ftrack'),
  AYON_ADDON_VERSION: text.optional(),
  AYON_SERVICE_NAME: text.optional(),
  AYON_DEFAULT_SETTINGS_VARIANT: text.default('production'),
  FTRACK_SERVER: url('https://studio.ftrackapp.com').optional(),
  FTRACK_API_USER: text.trim().optional(),
  FTRACK_API_KEY: key.optional(),
  FTRACK_WEBHOOK_SECRET: text
    .regex(/^[A-Za-z0-9_-]{16,200}$/, { error: 'must have 16 or more letters, digits, "_" and "-"' })
    .optional(),
  TEMPORAL_ADDRESS: text.optional(),
  TEMPORAL_NAMESPACE: text.optional(),
  TEMPORAL_API_KEY: text.optional(),
  TEMPORAL_TLS: text.optional(),
  TEMPORAL_TLS_SERVER_NAME: text.optional(),
  TEMPORAL_TLS_CLIENT_CERT_PATH: text.optional(),
  TEMPORAL_TLS_CLIENT_KEY_PATH: text.optional(),
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: text.optional(),
  SPOOL_DIR: text.optional(),
  SPOOL_MAX_MB: whole(1, 1_000_000).default(2_048),
  SPOOL_MEMORY_EVENTS: whole(1, 1_000_000).default(10_000),
  HTTP_HOST: text.default('127.0.0.1'),
  HTTP_PORT: whole(0, 65_535).optional(),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error'], { error: 'must be trace, debug, info, warn or error' })
    .default('info'),
  AYON_FTRACK_INSTALL: text
    .regex(word, { error: 'may have letters, digits, ".", "_" and "-" only (at most 64)' })
    .default('main'),
  AYON_FTRACK_TIME_SCALE: scale,
  AYON_FTRACK_HUB_TIME_SCALE: scale,
});

export const VARIABLES: readonly string[] = Object.keys(Variables.shape);

/** Read by Temporal's configuration beside `TEMPORAL_*`: where its profile file may be. */
const TEMPORAL_HELPERS = ['HOME', 'XDG_CONFIG_HOME', 'APPDATA', 'USERPROFILE'];

export interface Env {
  readonly ayon: {
    /** Without a slash at the end. */
    readonly url: string;
    readonly apiKey: string;
    readonly addonName: string;
    /** Set by AYON's service host; without it the version in the bundle of `variant` counts. */
    readonly addonVersion: string | undefined;
    readonly serviceName: string | undefined;
    readonly variant: string;
  };
  /** Overrides of the addon's settings, each on its own. */
  readonly ftrack: {
    readonly server: string | undefined;
    readonly apiUser: string | undefined;
    readonly apiKey: string | undefined;
  };
  /** What `temporalConfig` of the Temporal client reads. */
  readonly temporal: Readonly<Record<string, string>>;
  readonly spoolDir: string | undefined;
  readonly webhookSecret: string | undefined;
  /** Bytes. */
  readonly spoolMax: number;
  /** Events that may wait in memory. */
  readonly spoolMemory: number;
  readonly http: {
    readonly host: string;
    /** 0 takes a free port; undefined: the service's own default. */
    readonly port: number | undefined;
  };
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error';
  /** Names this installation in the marks that our ftrack writes carry. */
  readonly install: string;
  /** Divides every wait but those of the connection to ftrack's hub; 1 in production. */
  readonly timeScale: number;
  /** Divides the waits of that connection; 1 in production. */
  readonly hubTimeScale: number;
}

/** All that is wrong with the environment, one sentence per variable. */
export class EnvError extends Error {
  override readonly name = 'EnvError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/**
 * The only reader of the environment. An empty variable counts as not set.
 * @throws EnvError that names every faulty variable at once; values are never repeated, they may be secret.
 */
export function readEnv(source: NodeJS.ProcessEnv = process.env): Env {
  const given = Object.entries(source).filter((entry): entry is [string, string] => Boolean(entry[1]));
  const parsed = Variables.safeParse(Object.fromEntries(given));
  if (!parsed.success) {
    throw new EnvError(parsed.error.issues.map((issue) => sentence(issue, source)));
  }
  const temporal = given.filter(([name]) => name.startsWith('TEMPORAL_') || TEMPORAL_HELPERS.includes(name));
  return toEnv(parsed.data, Object.fromEntries(temporal));
}

function toEnv(data: z.infer<typeof Variables>, temporal: Readonly<Record<string, string>>): Env {
  return {
    ayon: {
      url: data.AYON_SERVER_URL,
      apiKey: data.AYON_API_KEY,
      addonName: data.AYON_ADDON_NAME,
      addonVersion: data.AYON_ADDON_VERSION,
      serviceName: data.AYON_SERVICE_NAME,
      variant: data.AYON_DEFAULT_SETTINGS_VARIANT,
    },
    ftrack: { server: data.FTRACK_SERVER, apiUser: data.FTRACK_API_USER, apiKey: data.FTRACK_API_KEY },
    temporal,
    spoolDir: data.SPOOL_DIR,
    webhookSecret: data.FTRACK_WEBHOOK_SECRET,
    spoolMax: data.SPOOL_MAX_MB * 1_000_000,
    spoolMemory: data.SPOOL_MEMORY_EVENTS,
    http: { host: data.HTTP_HOST, port: data.HTTP_PORT },
    logLevel: data.LOG_LEVEL,
    install: data.AYON_FTRACK_INSTALL,
    timeScale: data.AYON_FTRACK_TIME_SCALE,
    hubTimeScale: data.AYON_FTRACK_HUB_TIME_SCALE,
  };
}

function sentence(issue: { path: PropertyKey[]; message: string }, source: NodeJS.ProcessEnv): string {
  const name = String(issue.path[0]);
  return source[name] ? `${name} ${issue.message}.` : `${name} is not set; it is needed to reach AYON.`;
}
