import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findTemporal } from '../../src/clients/temporal/find';
import type { DevServer } from '../../src/clients/temporal/server';
import { startDevServer } from '../../src/clients/temporal/server';

interface Started {
  readonly server: DevServer;
  readonly folder: string;
}
export type TemporalGlobal = typeof globalThis & { ayonFtrackTemporal?: Promise<Started> };

/** Jest's global set-up: one real Temporal dev server per run, in memory. Several projects may ask for it. */
async function setUp(): Promise<void> {
  const shared = globalThis as TemporalGlobal;
  shared.ayonFtrackTemporal ??= start();
  await shared.ayonFtrackTemporal;
}

async function start(): Promise<Started> {
  const { file } = await findTemporal({ env: process.env });
  const server = await startDevServer({ file });
  const folder = mkdtempSync(path.join(os.tmpdir(), 'ayon-ftrack-test-'));
  const note = path.join(folder, 'temporal.json');
  writeFileSync(note, JSON.stringify({ address: server.address, pid: server.pid, binary: file }));
  process.env['AYON_FTRACK_TEST_TEMPORAL'] = note;
  return { server, folder };
}

// oxlint-disable-next-line import/no-default-export -- Jest calls the default export.
export { setUp as default };
