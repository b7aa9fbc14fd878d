import { setTimeout as pause } from 'node:timers/promises';

/**
 * Waits until `look` answers something truthy and returns it; the way tests wait for a condition.
 * @throws Error with the last answer or error after `timeoutMs`.
 */
export async function eventually<T>(
  what: string,
  look: () => Promise<T> | T,
  timeoutMs = 20_000,
): Promise<NonNullable<T>> {
  const deadline = Date.now() + timeoutMs;
  for (let last: unknown; ; ) {
    try {
      const seen = await look();
      if (seen) {
        return seen;
      }
      last = seen;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) {
      throw new Error(`waited ${timeoutMs} ms in vain for: ${what}; last seen: ${describe(last)}`);
    }
    await pause(20);
  }
}

const describe = (seen: unknown): string =>
  seen instanceof Error ? seen.message : (JSON.stringify(seen) ?? String(seen));
