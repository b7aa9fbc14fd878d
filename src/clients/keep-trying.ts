import { setTimeout as pause } from 'node:timers/promises';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

export interface KeepTrying {
  readonly signal?: AbortSignal;
  /** Called before each pause with the error, and the pause in milliseconds. */
  readonly onRetry?: (error: unknown, pauseMs: number) => void;
}

/**
 * Runs an attempt until it succeeds: pauses 0.5 s, doubling up to 15 s, ± 25 %. For starts only; what a service does
 * later is retried by Temporal.
 * @throws the abort reason when the signal ends the attempts.
 */
export async function keepTrying<T>(
  attempt: () => Promise<T>,
  { signal, onRetry }: KeepTrying = {},
): Promise<T> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    signal?.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      const wait = Math.round(pauseMs * (0.75 + Math.random() / 2));
      onRetry?.(error, wait);
      await pause(wait, undefined, signal === undefined ? {} : { signal });
    }
  }
}
