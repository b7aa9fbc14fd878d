/**
 * Does work that the caller's signal ends, or a time-out. Not by `AbortSignal.any`: Node 20 forgets a time-out in it at the
 * next garbage collection, and never lets go of one that somebody still listens to.
 *
 * @param ms undefined: no limit
 * @throws what the work throws; once the time is over, its signal's reason is an error named `TimeoutError`
 */
export async function timeLimited<T>(
  { signal, ms }: { readonly signal: AbortSignal; readonly ms?: number },
  work: (limited: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const own = new AbortController();
  const abort = (): void => own.abort(signal.reason);
  const expire = (): void =>
    own.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
  signal.addEventListener('abort', abort, { once: true });
  const timer = ms === undefined ? undefined : setTimeout(expire, ms);
  try {
    return await work(own.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}
