import type { Logger } from '../observability/logger';

/** Later than every part's own limit, earlier than the kill by AYON's service host 10 s after its SIGTERM. */
const DEADLINE_MS = 8_000;
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

interface ShutdownPart {
  readonly name: string;
  /** Ends the part. Names of what it had to leave unfinished, if any. */
  stop(): Promise<readonly string[] | void>;
}

export interface ShutdownOptions {
  readonly logger: Logger;
  /** Stopped one after the other, in this order. */
  readonly parts: readonly ShutdownPart[];
  /** Ends the process; tests give their own. */
  readonly exit: (code: number) => void;
  readonly deadlineMs?: number;
}

/**
 * Stops the parts at SIGTERM or SIGINT and ends the process: with 0 when everything ended, with 1 when something was
 * left unfinished or the deadline passed; the log names it. Nothing is lost then: Temporal hands it to the next.
 * @returns the same stop for other reasons.
 */
export function stopOnSignals(options: ShutdownOptions): (reason: string) => Promise<void> {
  let stopping: Promise<void> | undefined;
  const stop = (reason: string): Promise<void> => (stopping ??= stopAll(options, reason));
  for (const signal of SIGNALS) {
    process.on(signal, () => void stop(signal));
  }
  return stop;
}

async function stopAll({ logger, parts, exit, deadlineMs }: ShutdownOptions, reason: string): Promise<void> {
  const waiting = new Set(parts.map(({ name }) => name));
  const left: string[] = [];
  logger.info({ reason }, 'stopping');
  const timer = setTimeout(() => {
    logger.error(
      { waitingFor: [...waiting], left },
      'The deadline of the stop has passed; the process ends now',
    );
    exit(1);
  }, deadlineMs ?? DEADLINE_MS);
  for (const part of parts) {
    try {
      left.push(...((await part.stop()) ?? []));
    } catch (error) {
      left.push(part.name);
      logger.error({ err: error, part: part.name }, 'A part did not stop cleanly');
    }
    waiting.delete(part.name);
  }
  clearTimeout(timer);
  if (left.length > 0) {
    logger.warn({ left }, 'Stopped with unfinished work, which goes on elsewhere');
  } else {
    logger.info('stopped');
  }
  exit(left.length > 0 ? 1 : 0);
}
