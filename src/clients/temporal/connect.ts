import type { ConnectionOptions } from '@temporalio/client';
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { keepTrying } from '../keep-trying';

const CONNECT_TIMEOUT_MS = 5_000;
/** After an outage of hours gRPC would otherwise wait up to two minutes before it looks again. */
export const CHANNEL = { 'grpc.max_reconnect_backoff_ms': 10_000 } as const;
/** gRPC status codes that the sentences below tell apart. */
const STATUS = { deadline: 4, notFound: 5, denied: 7, unavailable: 14, unauthenticated: 16 } as const;

/**
 * How to reach Temporal. The same object serves a client's `Connection` and a worker's `NativeConnection`.
 */
export interface TemporalConfig {
  readonly address: string;
  readonly namespace: string;
  readonly connection: Pick<ConnectionOptions, 'tls' | 'metadata'> & { readonly apiKey?: string };
}

/** What people can put right: a wrong address, an unreachable server, a refused key. */
export class TemporalConfigError extends Error {
  override readonly name = 'TemporalConfigError';
}

/**
 * Reads `TEMPORAL_*` (address, namespace, API key, mTLS files, profile file) as Temporal's own tools do.
 * @param fallbackAddress used when neither the environment nor a profile names one (addon setting).
 * @returns undefined when no address is known at all.
 * @throws TemporalConfigError in one sentence for a malformed address or unreadable certificate.
 */
export function temporalConfig(env: NodeJS.ProcessEnv, fallbackAddress?: string): TemporalConfig | undefined {
  const { connectionOptions, namespace } = load(env);
  const isOwn = Boolean(connectionOptions.address);
  const address = connectionOptions.address || fallbackAddress;
  if (address === undefined || address === '') {
    return undefined;
  }
  const { tls, metadata, apiKey } = connectionOptions;
  return {
    address: checkedAddress(address, isOwn ? 'TEMPORAL_ADDRESS' : 'The addon setting temporal.address'),
    namespace: namespace || 'default',
    connection: {
      ...(tls === undefined ? {} : { tls }),
      ...(metadata === undefined ? {} : { metadata }),
      ...(typeof apiKey === 'string' ? { apiKey } : {}),
    },
  };
}

/**
 * @param name what the address was set by, for the message.
 * @throws TemporalConfigError when the address is not `host:port`.
 */
export function checkedAddress(address: string, name = 'TEMPORAL_ADDRESS'): string {
  const match = /^(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/.exec(address);
  const port = Number(match?.[1] ?? 7233);
  if (match === null || port < 1 || port > 65_535) {
    throw new TemporalConfigError(
      `${name} is "${address}", which is not host:port; write it like temporal.studio.example:7233.`,
    );
  }
  return match[1] === undefined ? `${address}:7233` : address;
}

/** A client whose connection can be closed and asked beyond workflows. */
export type TemporalClient = Client & { readonly connection: Connection };

/**
 * Connects once, waiting at most `timeoutMs` for a server that does not answer.
 * @throws TemporalConfigError with one sentence when the server cannot be reached.
 */
export async function connectTemporal(
  config: TemporalConfig,
  timeoutMs = CONNECT_TIMEOUT_MS,
): Promise<TemporalClient> {
  try {
    const connection = await Connection.connect({
      ...config.connection,
      address: config.address,
      channelArgs: CHANNEL,
      connectTimeout: timeoutMs,
    });
    return new Client({ connection, namespace: config.namespace }) as TemporalClient;
  } catch (error) {
    throw new TemporalConfigError(connectFailure(config, error), { cause: error });
  }
}

export interface UntilReachable {
  readonly signal?: AbortSignal;
  /** Called before each pause with the sentence that says why, and the pause in milliseconds. */
  readonly onRetry?: (message: string, pauseMs: number) => void;
}

/**
 * Runs something that needs Temporal until it succeeds, see `keepTrying`.
 * @throws the abort reason when the signal ends the attempts.
 */
export function untilReachable<T>(
  config: TemporalConfig,
  attempt: () => Promise<T>,
  { signal, onRetry }: UntilReachable = {},
): Promise<T> {
  return keepTrying(attempt, {
    ...(signal === undefined ? {} : { signal }),
    onRetry: (error, pauseMs) => {
      const known = error instanceof TemporalConfigError;
      onRetry?.(known ? error.message : connectFailure(config, error), pauseMs);
    },
  });
}

/** One sentence: what failed, where, how to fix it. Takes errors of the client and of the worker's native code. */
export function connectFailure({ address, namespace }: TemporalConfig, error: unknown): string {
  const text = messagesOf(error);
  const code = codeOf(error);
  if (
    code === STATUS.unauthenticated ||
    code === STATUS.denied ||
    /unauthenticated|permission ?denied/i.test(text)
  ) {
    return `Temporal at ${address} refused our credentials for namespace "${namespace}"; check TEMPORAL_API_KEY, the TEMPORAL_TLS_* files and TEMPORAL_NAMESPACE.`;
  }
  if (/ENOTFOUND|EAI_AGAIN|name resolution|dns error|failed to lookup/i.test(text)) {
    return `The host name of Temporal's address ${address} is unknown; check TEMPORAL_ADDRESS.`;
  }
  if (code === STATUS.notFound || /namespace .*not found/i.test(text)) {
    return `Temporal at ${address} has no namespace "${namespace}"; check TEMPORAL_NAMESPACE.`;
  }
  if (/certificate|tls|ssl|wrong version number|HTTP\/?2|protocol error/i.test(text)) {
    return `Temporal at ${address} does not speak the expected protocol; check that it is the gRPC port and that TEMPORAL_TLS agrees with the server.`;
  }
  return `Temporal does not answer at ${address}; check TEMPORAL_ADDRESS and that the server runs.`;
}

function load(env: NodeJS.ProcessEnv): ReturnType<typeof loadClientConnectConfig> {
  const given = Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1]));
  try {
    return loadClientConnectConfig({ overrideEnvVars: Object.fromEntries(given) });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TemporalConfigError(`The TEMPORAL_* settings cannot be used: ${reason}`, { cause: error });
  }
}

function messagesOf(error: unknown): string {
  const texts: string[] = [];
  for (let each = error; each instanceof Error; each = each.cause) {
    const { details } = each as { details?: unknown };
    texts.push(each.message, typeof details === 'string' ? details : '');
  }
  return texts.join(' ');
}

function codeOf(error: unknown): number | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    const { code } = each as { code?: unknown };
    if (typeof code === 'number') {
      return code;
    }
  }
  return undefined;
}
