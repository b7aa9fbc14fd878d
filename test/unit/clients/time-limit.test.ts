import { getEventListeners } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { timeLimited } from '../../../src/clients/time-limit';
import { collectGarbage } from '../../support/garbage';

const HOUR = 3_600_000;
const never = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });

test('ends a request to a server that never answers, also when memory is collected meanwhile', async () => {
  const server = createServer(() => undefined).listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const request = timeLimited({ signal: new AbortController().signal, ms: 300 }, (signal) =>
    fetch(url, { signal }),
  );
  const collecting = setInterval(collectGarbage, 50);

  await expect(Promise.race([request, pause(10_000, 'hangs', { ref: false })])).rejects.toMatchObject({
    name: 'TimeoutError',
  });
  clearInterval(collecting);
  server.closeAllConnections();
  server.close();
});

test("ends with the caller's reason, at once or later", async () => {
  const caller = new AbortController();
  const work = timeLimited({ signal: caller.signal, ms: HOUR }, never);
  caller.abort(new Error('stopped'));

  await expect(work).rejects.toThrow('stopped');
  await expect(timeLimited({ signal: caller.signal }, () => Promise.resolve(1))).rejects.toThrow('stopped');
});

test('leaves nothing behind, however the work ends', async () => {
  const { signal } = new AbortController();

  await expect(timeLimited({ signal, ms: HOUR }, () => Promise.resolve('done'))).resolves.toBe('done');
  await expect(timeLimited({ signal, ms: HOUR }, () => Promise.reject(new Error('no')))).rejects.toThrow(
    'no',
  );

  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
