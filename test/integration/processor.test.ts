import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import type { TemporalConfig } from '../../src/clients/temporal/connect';
import { connectTemporal, untilReachable } from '../../src/clients/temporal/connect';
import { freePort } from '../../src/clients/temporal/server';
import { createLogger } from '../../src/observability/logger';
import { installRuntime } from '../../src/observability/runtime';
import type { Processor } from '../../src/workers/processor';
import { startProcessor } from '../../src/workers/processor';
import { stopOnSignals } from '../../src/workers/shutdown';
import { spinFor } from '../support/spin';
import { privateTemporal, sharedTemporal } from '../support/temporal';
import { until } from '../support/until';

const logger = createLogger({ level: 'silent', service: 'processor' });
installRuntime({ logger });
const local = (address: string): TemporalConfig => ({ address, namespace: 'default', connection: {} });

const start = (temporal: TemporalConfig, taskQueue: string, activities: object): Processor =>
  startProcessor({
    temporal,
    taskQueue,
    activities,
    logger,
    workflows: { path: require.resolve('../support/hold-workflow') },
    untilReachable: (attempt, signal) => untilReachable(temporal, attempt, { signal }),
  });

test('without Temporal it keeps trying, with Temporal it works, and stops at once when idle', async () => {
  const port = await freePort();
  const temporal = local(`127.0.0.1:${port}`);
  const taskQueue = randomUUID();
  const processor = start(temporal, taskQueue, { hold: () => Promise.resolve('done') });
  expect(processor.state()).toEqual({ state: 'connecting', activities: 0 });

  const server = await privateTemporal({ port });
  await until(() => processor.state().state === 'running', { what: 'running', ms: 20_000 });
  const client = await connectTemporal(temporal);
  const result = await client.workflow.execute('holdOn', { taskQueue, workflowId: taskQueue });
  const stoppedAt = Date.now();
  const left = await processor.stop();

  expect(result).toBe('done');
  expect(left).toEqual([]);
  expect(Date.now() - stoppedAt).toBeLessThan(4_000);
  expect(processor.state().state).toBe('stopped');
  await client.connection.close();
  await server.stop();
});

test('Temporal killed with -9 and started again: the same processor goes on by itself', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'temporal-db-'));
  const dbFile = path.join(folder, 'temporal.db');
  const first = await privateTemporal({ dbFile });
  const temporal = local(first.address);
  const taskQueue = randomUUID();
  const processor = start(temporal, taskQueue, { hold: () => Promise.resolve('done') });
  await until(() => processor.state().state === 'running', { what: 'running', ms: 20_000 });
  const client = await connectTemporal(temporal);
  await client.workflow.execute('holdOn', { taskQueue, workflowId: 'before' });

  await first.kill();
  const second = await privateTemporal({ dbFile, port: first.port });
  const result = await client.workflow.execute('holdOn', { taskQueue, workflowId: 'after' });

  expect(result).toBe('done');
  await processor.stop();
  await client.connection.close();
  await second.stop();
  rmSync(folder, { recursive: true, force: true });
}, 90_000);

test('a processor that never reached Temporal stops at once', async () => {
  const processor = start(local(`127.0.0.1:${await freePort()}`), randomUUID(), {});

  expect(await processor.stop()).toEqual([]);
});

test('a host that stands still in the midst of a workflow task: its code is not interrupted', async () => {
  const temporal = local(sharedTemporal().address);
  const taskQueue = randomUUID();
  const processor = start(temporal, taskQueue, { hold: () => Promise.resolve('done') });
  const client = await connectTemporal(temporal);

  // Longer than the 5 s after which the SDK would interrupt a workflow, and Node would end the process for it.
  const args: [number] = [roundsIn(6_000)];
  const startedAt = performance.now();
  const result = await client.workflow.execute('spin', {
    taskQueue,
    workflowId: taskQueue,
    args,
    workflowTaskTimeout: '1 minute',
  });

  expect(result).toBe(args[0]);
  expect(performance.now() - startedAt).toBeGreaterThan(5_000);
  expect(processor.state().state).toBe('running');
  await processor.stop();
  await client.connection.close();
}, 60_000);

/** How many rounds this machine spins in that time. */
function roundsIn(ms: number): number {
  const started = performance.now();
  let rounds = 0;
  while (performance.now() - started < 200) {
    rounds += spinFor(1_000_000);
  }
  return Math.ceil((rounds * ms) / (performance.now() - started));
}

test('an activity that does not end is named after less than 8 s', async () => {
  const temporal = local(sharedTemporal().address);
  const taskQueue = randomUUID();
  let running = false;
  let release = (): void => undefined;
  const forever = new Promise<string>((resolve) => {
    release = () => resolve('late');
  });
  const hold = (): Promise<string> => {
    running = true;
    return forever;
  };
  const processor = start(temporal, taskQueue, { hold });
  const client = await connectTemporal(temporal);
  const handle = await client.workflow.start('holdOn', { taskQueue, workflowId: taskQueue });
  await until(() => running, { what: 'the activity', ms: 20_000 });
  const stoppedAt = Date.now();

  const left = await processor.stop();

  expect(left).toEqual([expect.stringMatching(`^hold of ${taskQueue} `)]);
  expect(Date.now() - stoppedAt).toBeLessThan(8_000);
  release();
  await handle.terminate();
  await client.connection.close();
}, 30_000);

test('a stop that hangs ends the process with 1 at its deadline and names the part', async () => {
  const lines: string[] = [];
  const destination = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString());
      done();
    },
  });
  const exited = new Promise<number>((resolve) => {
    const stop = stopOnSignals({
      logger: createLogger({ level: 'info', service: 'leecher', destination }),
      parts: [
        { name: 'health', stop: () => Promise.resolve() },
        { name: 'hub', stop: () => new Promise(() => undefined) },
      ],
      exit: resolve,
      deadlineMs: 50,
    });
    void stop('test');
  });

  expect(await exited).toBe(1);
  expect(lines.join('')).toContain('"waitingFor":["hub"]');
});
