import { readFileSync } from 'node:fs';
import path from 'node:path';
import { findTemporal } from '../../src/clients/temporal/find';
import type { DevServer, DevServerOptions } from '../../src/clients/temporal/server';
import { startDevServer } from '../../src/clients/temporal/server';

/** Where the run's global set-up notes the shared server; Jest's workers inherit the variable. */
const NOTE_VARIABLE = 'AYON_FTRACK_TEST_TEMPORAL';

export interface SharedTemporal {
  readonly address: string;
  readonly pid: number;
  readonly binary: string;
}

/** The dev server of this Jest run (in memory, shared by all suites): use an own namespace, task queue or project. */
export function sharedTemporal(): SharedTemporal {
  const note = process.env[NOTE_VARIABLE];
  if (note === undefined) {
    throw new Error(
      'No shared Temporal server: run with --selectProjects integration, replay, faults or simulators.',
    );
  }
  return JSON.parse(readFileSync(path.resolve(note), 'utf8')) as SharedTemporal;
}

/** A server of its own, for tests that kill it; give `dbFile` and restart on the same `port` afterwards. */
export async function privateTemporal(options: Omit<DevServerOptions, 'file'> = {}): Promise<DevServer> {
  const note = process.env[NOTE_VARIABLE];
  const file = note === undefined ? (await findTemporal({ env: process.env })).file : sharedTemporal().binary;
  return startDevServer({ file, ...options });
}
