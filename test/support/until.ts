/**
 * Waits for a condition, looking every few milliseconds.
 * @throws Error with `what` when it has not come true in time.
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  { what = 'the condition', ms = 5_000 }: { what?: string; ms?: number } = {},
): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > deadline) {
      throw new Error(`${what} did not come true within ${ms} ms.`);
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 3);
    });
  }
}
