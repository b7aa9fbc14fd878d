import type { RuntimeOptions } from '@temporalio/worker';
import { Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';
import { Repeats } from './repeats';

type TemporalLogger = NonNullable<RuntimeOptions['logger']>;
type Level = Parameters<TemporalLogger['log']>[0];
type Meta = Parameters<TemporalLogger['log']>[2];

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/**
 * Installs Temporal's native runtime for this process: its log lines go through our logger, its numbers are served at
 * `metricsAddress`. Signals stay ours: the runtime would stop its workers on its own.
 */
export function installRuntime({
  logger,
  metricsAddress,
}: {
  logger: Logger;
  metricsAddress?: string;
}): void {
  Runtime.install({
    logger: temporalLogger(logger),
    shutdownSignals: [],
    telemetryOptions: {
      logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
      ...(metricsAddress === undefined ? {} : { metrics: { prometheus: { bindAddress: metricsAddress } } }),
    },
  });
}

/** The code of a failure of ours, whose text may name now this request, now that. */
const kindOf = (error: unknown): unknown =>
  (typeof error === 'object' && error !== null && Reflect.get(error, 'type')) || error;

/**
 * Our logger in the shape that Temporal's SDK writes to; its `error` becomes our `err`. What goes wrong again and again,
 * such as each poll while Temporal is away, is told once an hour.
 */
export function temporalLogger(logger: Logger, repeats = new Repeats()): TemporalLogger {
  const log = (level: Level, message: string, meta?: Meta): void => {
    const { error, ...facts }: { error?: unknown; [name: string]: unknown } = meta ?? {};
    const isTrouble = level === 'WARN' || level === 'ERROR';
    if (isTrouble && !repeats.isNew([message, kindOf(error), facts['workflowId']].map(String).join(' '))) {
      return;
    }
    logger[LEVELS[level]](error === undefined ? facts : { ...facts, err: error }, message);
  };
  return {
    log,
    trace: (message, meta) => log('TRACE', message, meta),
    debug: (message, meta) => log('DEBUG', message, meta),
    info: (message, meta) => log('INFO', message, meta),
    warn: (message, meta) => log('WARN', message, meta),
    error: (message, meta) => log('ERROR', message, meta),
  };
}
