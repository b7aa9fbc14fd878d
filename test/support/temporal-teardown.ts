import { rmSync } from 'node:fs';
import type { TemporalGlobal } from './temporal-setup';

/** Jest's global tear-down: ends the dev server that the set-up started; each project of the run calls it. */
async function tearDown(): Promise<void> {
  const shared = globalThis as TemporalGlobal;
  const started = await shared.ayonFtrackTemporal;
  delete shared.ayonFtrackTemporal;
  if (started !== undefined) {
    await started.server.stop();
    rmSync(started.folder, { recursive: true, force: true });
  }
}

// oxlint-disable-next-line import/no-default-export -- Jest calls the default export.
export { tearDown as default };
