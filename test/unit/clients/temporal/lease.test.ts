import { setImmediate as turn } from 'node:timers/promises';
import { leaseServer } from '../../../../src/clients/temporal/lease';
import { collectGarbage } from '../../../support/garbage';

/** A connection as the SDK's: it listens to the signal of each request, and never takes that back. */
function connectionLike(seen: (signal: AbortSignal) => void) {
  return {
    withAbortSignal: <T>(signal: AbortSignal, work: () => T): T => {
      seen(signal);
      signal.addEventListener('abort', () => undefined);
      return work();
    },
    withDeadline: <T>(_: number, work: () => T): T => work(),
    workflowService: { pollActivityTaskQueue: () => Promise.resolve({ taskToken: new Uint8Array() }) },
  };
}

test('a leecher that waits for days keeps nothing of each wait', async () => {
  const signals: WeakRef<AbortSignal>[] = [];
  const connection = connectionLike((signal) => signals.push(new WeakRef(signal)));
  const client = { connection, options: { namespace: 'default' } };
  const server = leaseServer({ client: client as never, identity: 'a leecher' });
  const stop = new AbortController();

  for (let wait = 0; wait < 200; wait += 1) {
    await server.wait(stop.signal);
  }
  await turn();
  collectGarbage();

  expect(signals).toHaveLength(200);
  expect(signals.filter((each) => each.deref() !== undefined).length).toBeLessThan(20);
});
