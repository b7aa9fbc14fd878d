import type { TemporalConfig } from '../clients/temporal/connect';
import { TemporalConfigError, temporalConfig, untilReachable } from '../clients/temporal/connect';
import type { Env } from '../config/env';
import { EnvError, readEnv } from '../config/env';
import type { HealthServer, PostAnswer, Readiness } from '../observability/http';
import { startHealthServer } from '../observability/http';
import type { Logger } from '../observability/logger';
import { createLogger } from '../observability/logger';
import type { Metrics } from '../observability/metrics';
import { createMetrics } from '../observability/metrics';
import { Repeats } from '../observability/repeats';
import { stopOnSignals } from '../workers/shutdown';
import type { Studio } from './studio';
import { readStudio, StudioError } from './studio';

/** Exit codes of every command. */
export const EXIT = { fine: 0, problem: 1, wrongUse: 2 } as const;

/** What a service gets to start with. */
export interface ServiceContext {
  readonly env: Env;
  readonly studio: Studio;
  readonly temporal: TemporalConfig;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Where the native runtime shall serve its numbers, for services that use it. */
  readonly metricsAddress: string | undefined;
  /** Aborted when the process stops. */
  readonly signal: AbortSignal;
  /** Runs an attempt to reach Temporal until it succeeds, telling the log why it waits. */
  readonly untilTemporal: <T>(attempt: () => Promise<T>) => Promise<T>;
  /** Why the last attempt to reach AYON or Temporal failed; undefined once one succeeded. */
  readonly waitingBecause: () => string | undefined;
}

export interface RunningService {
  readiness(): Readiness;
  /** Takes what is posted to the health server; undefined for a path of nobody. */
  post?(path: string, body: string): PostAnswer | undefined;
  /** Ends within 7 s. @returns names of what is left unfinished. */
  stop(): Promise<readonly string[] | void>;
}

export interface ServiceSpec {
  readonly name: 'leecher' | 'processor';
  readonly defaultPort: number;
  readonly metricsAddress?: string;
  start(context: ServiceContext): Promise<RunningService>;
}

interface Frame {
  readonly env: Env;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly controller: AbortController;
  /** What the process waits for, shown by `/readyz`. */
  waitingFor: string;
  /** What the last attempt to reach it met. */
  reason: string | undefined;
  service: RunningService | undefined;
  health: HealthServer | undefined;
}

/**
 * Runs one service until a signal ends the process: environment, log, numbers, health, then the service itself.
 * @returns an exit code, only when it cannot start; wrong settings are told on standard error.
 */
export async function runService(spec: ServiceSpec): Promise<number> {
  const env = environment();
  if (env === undefined) {
    return EXIT.wrongUse;
  }
  const frame: Frame = {
    env,
    logger: createLogger({ level: env.logLevel, service: spec.name }),
    metrics: createMetrics({
      service: spec.name,
      ...(spec.metricsAddress === undefined ? {} : { temporalAddress: spec.metricsAddress }),
    }),
    controller: new AbortController(),
    waitingFor: 'settings',
    reason: undefined,
    service: undefined,
    health: undefined,
  };
  frame.health = await startHealth(frame, spec.defaultPort);
  const stop = stopWithSignals(frame);
  try {
    frame.service = await spec.start(await contextOf(frame, spec));
    return await new Promise<never>(() => undefined);
  } catch (error) {
    return await refuse(frame, error, stop);
  }
}

function environment(): Env | undefined {
  try {
    return readEnv();
  } catch (error) {
    if (!(error instanceof EnvError)) {
      throw error;
    }
    process.stderr.write(`${error.message}\n`);
    return undefined;
  }
}

async function startHealth(frame: Frame, defaultPort: number): Promise<HealthServer> {
  const { env, logger, metrics } = frame;
  const readiness = (): Readiness => {
    const { waitingFor, reason } = frame;
    const waiting = { waitingFor, ...(reason === undefined ? {} : { reason }) };
    const state = frame.service?.readiness() ?? { ready: false, detail: waiting };
    metrics.gauge('ready', state.ready ? 1 : 0);
    return state;
  };
  const health = await startHealthServer({
    host: env.http.host,
    port: env.http.port ?? defaultPort,
    readiness,
    post: (path, body) => frame.service?.post?.(path, body),
    metrics: () => {
      readiness();
      return metrics.text();
    },
  });
  logger.info({ url: health.url }, 'health server listens');
  return health;
}

function stopWithSignals(frame: Frame): (reason: string) => Promise<void> {
  const service = {
    name: 'service',
    stop: async () => {
      frame.controller.abort();
      return frame.service?.stop();
    },
  };
  const parts = [service, { name: 'health server', stop: async () => frame.health?.close() }];
  return stopOnSignals({ logger: frame.logger, parts, exit: (code) => process.exit(code) });
}

async function contextOf(frame: Frame, { metricsAddress }: ServiceSpec): Promise<ServiceContext> {
  const { env, logger, metrics, controller } = frame;
  const { signal } = controller;
  const repeats = new Repeats();
  const warnOnce = (facts: { readonly reason: string }, message: string): void => {
    if (repeats.isNew(`${message} ${facts.reason}`)) {
      logger.warn(facts, message);
    }
  };
  // A malformed TEMPORAL_ADDRESS is told at once, also while AYON is away.
  temporalConfig(env.temporal);
  const onRetry = (reason: string): void => {
    frame.waitingFor = 'AYON';
    frame.reason = reason;
    warnOnce({ reason }, 'Waiting for AYON');
  };
  const studio = await readStudio(env, { signal, onRetry });
  const temporal = temporalConfig(env.temporal, studio.temporalAddress);
  if (temporal === undefined) {
    throw new StudioError(
      `Temporal's address is not known; set TEMPORAL_ADDRESS, or temporal.address in the settings of the AYON addon "${env.ayon.addonName}".`,
    );
  }
  frame.waitingFor = 'Temporal';
  frame.reason = undefined;
  const tellRetry = (reason: string): void => {
    frame.reason = reason;
    metrics.count('temporal_retries');
    warnOnce({ reason }, 'Waiting for Temporal');
  };
  return {
    env,
    studio,
    temporal,
    logger,
    metrics,
    metricsAddress,
    signal,
    untilTemporal: async (attempt) => {
      const result = await untilReachable(temporal, attempt, { signal, onRetry: tellRetry });
      frame.reason = undefined;
      return result;
    },
    waitingBecause: () => frame.reason,
  };
}

/** A start that failed: by a stop meanwhile, by settings (told, exit code 2), or by a defect. */
async function refuse(
  { logger, controller, health }: Frame,
  error: unknown,
  stop: (reason: string) => Promise<void>,
): Promise<number> {
  if (controller.signal.aborted) {
    await stop('start interrupted');
    return EXIT.fine;
  }
  await health?.close();
  if (error instanceof StudioError || error instanceof TemporalConfigError) {
    process.stderr.write(`${error.message}\n`);
    return EXIT.wrongUse;
  }
  logger.error({ err: error }, 'The service could not start');
  return EXIT.problem;
}
