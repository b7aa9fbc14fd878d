import type { DestinationStream, Logger } from 'pino';
import { pino } from 'pino';

export type { Logger } from 'pino';

/** Field names whose values never reach a log, however deep (to three levels) they stand. */
export const SECRET_FIELDS = [
  'apiKey',
  'api_key',
  'apikey',
  'password',
  'token',
  'accessToken',
  'secret',
  'authorization',
  'Authorization',
  'cookie',
  'x-api-key',
  'X-Api-Key',
  'ftrack-api-key',
  'AYON_API_KEY',
  'FTRACK_API_KEY',
  'TEMPORAL_API_KEY',
] as const;

const DEPTHS = ['', '*', '*.*', '*.*.*'];
const CAUSES = 5;

export interface LoggerOptions {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Process that speaks, such as `leecher`. */
  readonly service: string;
  /** Default: standard output. */
  readonly destination?: DestinationStream;
}

/** Fields by which lines of one event are found; a child logger carries those that are known. */
export interface LogContext {
  readonly eventId?: string;
  readonly projectId?: string;
  readonly workflowId?: string;
  readonly code?: string;
}

/** JSON lines: `time` (ISO), `level` (word), `service`, `msg`, facts as fields. Credentials are blanked out. */
export function createLogger({ level, service, destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: { service, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: (error: unknown) => describeError(error) },
    redact: { paths: DEPTHS.flatMap(pathsAt), censor: '[secret]' },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** A logger whose lines all carry the given fields. */
export const withContext = (logger: Logger, context: LogContext): Logger => logger.child(context);

interface DescribedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string | number;
  readonly stack?: string;
  readonly causes?: readonly string[];
}

/**
 * What a log line tells of an error: only these fields, because errors of HTTP and gRPC clients carry whole requests
 * with their headers.
 */
function describeError(error: unknown): DescribedError {
  if (!(error instanceof Error)) {
    return { type: typeof error, message: String(error) };
  }
  const { code } = error as { code?: unknown };
  const causes = causesOf(error);
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(causes.length > 0 ? { causes } : {}),
  };
}

function causesOf(error: Error): string[] {
  const causes: string[] = [];
  for (let each = error.cause; each instanceof Error && causes.length < CAUSES; each = each.cause) {
    causes.push(each.message);
  }
  return causes;
}

const pathsAt = (depth: string): string[] =>
  SECRET_FIELDS.map((field) => {
    const own = /^\w+$/.test(field) ? field : `["${field}"]`;
    return depth === '' ? own : `${depth}${own.startsWith('[') ? '' : '.'}${own}`;
  });
