import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { connectTemporal } from '../../src/clients/temporal/connect';
import { setUpNamespace } from '../../src/clients/temporal/setup';
import { SEARCH_ATTRIBUTES } from '../../src/contracts/names';
import { privateTemporal, sharedTemporal } from '../support/temporal';

const DAY_MS = 86_400_000;
const names = Object.keys(SEARCH_ATTRIBUTES).toSorted();

let connection: Connection;
beforeAll(async () => {
  connection = await Connection.connect({ address: sharedTemporal().address });
});
afterAll(() => connection.close());

const retentionDays = async (namespace: string): Promise<number> => {
  const { config } = await connection.workflowService.describeNamespace({ namespace });
  return Number(config?.workflowExecutionRetentionTtl?.seconds) / 86_400;
};

test('a missing namespace is made with 30 days and our search attributes; again nothing changes', async () => {
  const namespace = `new-${randomUUID()}`;

  const first = await setUpNamespace(connection, namespace);
  const second = await setUpNamespace(connection, namespace);

  expect(first).toMatchObject({ namespaceCreated: true, retentionDays: 30, warnings: [] });
  expect(first.attributesCreated.toSorted()).toEqual(names);
  expect(second).toEqual({ namespaceCreated: false, retentionDays: 30, attributesCreated: [], warnings: [] });
  expect(await retentionDays(namespace)).toBe(30);
});

test.each([
  [3, 30],
  [90, 90],
])('a namespace that keeps runs for %d days keeps them for %d afterwards', async (before, after) => {
  const namespace = `kept-${randomUUID()}`;
  const workflowExecutionRetentionPeriod = msToTs(before * DAY_MS);
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });

  const result = await setUpNamespace(connection, namespace);

  expect(result).toMatchObject({ namespaceCreated: false, retentionDays: after });
  expect(await retentionDays(namespace)).toBe(after);
});

test('two processes that start at once both succeed', async () => {
  const namespace = `twice-${randomUUID()}`;

  const results = await Promise.all([
    setUpNamespace(connection, namespace),
    setUpNamespace(connection, namespace),
  ]);

  expect(results.map(({ retentionDays: days }) => days)).toEqual([30, 30]);
});

test('an attribute of the wrong type is one sentence', async () => {
  const namespace = `wrong-${randomUUID()}`;
  await setUpNamespace(connection, namespace);
  await connection.operatorService.removeSearchAttributes({ namespace, searchAttributes: ['FtrackUser'] });
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: { FtrackUser: 3 } });

  await expect(setUpNamespace(connection, namespace)).rejects.toThrow(
    /search attributes of the wrong type \(FtrackUser\); they must be of type Keyword/,
  );
});

test('a dev server killed with -9 comes back on its port with what was in its database', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'temporal-db-'));
  const dbFile = path.join(folder, 'temporal.db');
  const first = await privateTemporal({ dbFile });
  const client = await connectTemporal({ address: first.address, namespace: 'default', connection: {} });
  const handle = await client.workflow.start('nothing', { taskQueue: 'none', workflowId: 'kept' });
  await first.kill();

  const second = await privateTemporal({ dbFile, port: first.port });
  const described = await client.workflow.getHandle('kept').describe();

  expect(second.address).toBe(first.address);
  expect(described.runId).toBe(handle.firstExecutionRunId);
  await client.connection.close();
  await second.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);
