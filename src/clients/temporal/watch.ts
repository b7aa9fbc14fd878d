import type { Connection } from '@temporalio/client';
import type { TemporalConfig } from './connect';
import { connectFailure } from './connect';

/** As much of a client's connection as is needed to ask whether Temporal is there. */
export interface Asked {
  withDeadline<T>(deadline: number, run: () => Promise<T>): Promise<T>;
  readonly workflowService: Pick<Connection['workflowService'], 'describeNamespace'>;
}

export interface WatchOptions {
  readonly config: TemporalConfig;
  readonly connection: Asked;
  /** Told of each change: a sentence when Temporal went away, undefined when it is back. */
  readonly onChange: (problem: string | undefined) => void;
  /** From one answer to the next question, and how long an answer may take, ms. */
  readonly timings?: { readonly every: number; readonly answer: number };
}

export interface TemporalWatch {
  /** One sentence while Temporal does not answer. */
  problem(): string | undefined;
  stop(): void;
}

const WATCH_TIMINGS = { every: 10_000, answer: 5_000 } as const;

/**
 * Asks Temporal for our namespace every few seconds. A worker polls, and a leecher waits for events, in the same quiet
 * way whether Temporal is there or not: without a question nobody would see that it is away.
 */
export function watchTemporal(options: WatchOptions): TemporalWatch {
  const { config, connection, onChange, timings = WATCH_TIMINGS } = options;
  const { namespace } = config;
  let problem: string | undefined;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  const ask = (): Promise<string | undefined> =>
    connection
      .withDeadline(Date.now() + timings.answer, () =>
        connection.workflowService.describeNamespace({ namespace }),
      )
      .then(
        () => undefined,
        (error: unknown) => connectFailure(config, error),
      );
  const look = async (): Promise<void> => {
    const now = await ask();
    if (stopped) {
      return;
    }
    if (now !== problem) {
      problem = now;
      onChange(now);
    }
    timer = setTimeout(() => void look(), timings.every);
    timer.unref();
  };
  void look();
  return {
    problem: () => problem,
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
