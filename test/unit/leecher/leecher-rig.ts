import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Leecher, LeecherOptions } from '../../../src/leecher/index';
import { startLeecher } from '../../../src/leecher/index';
import { FAST } from '../../support/hub-rig';
import type { RawHub } from '../../support/raw-hub';
import { startRawHub } from '../../support/raw-hub';
import { until } from '../../support/until';
import { MemoryTemporal, silence } from './memory-temporal';

/** Leechers between a hub and a Temporal of each test's own, stopped after it. */
export class LeecherRig {
  declare server: RawHub;
  temporal = new MemoryTemporal();
  root = '';
  logs: { facts: object; message: string }[] = [];
  private readonly running: Leecher[] = [];

  constructor() {
    beforeEach(async () => {
      this.server = await startRawHub();
      this.temporal = new MemoryTemporal();
      this.root = await mkdtemp(join(tmpdir(), 'leecher-'));
      this.logs = [];
    });
    afterEach(async () => {
      await Promise.all(this.running.splice(0).map((leecher) => leecher.stop()));
      await this.server.close();
      await rm(this.root, { recursive: true, force: true });
    });
  }

  start = async (options: Partial<LeecherOptions> = {}): Promise<Leecher> => {
    const log = (facts: object, message: string): unknown => this.logs.push({ facts, message });
    const leecher = await startLeecher({
      hub: { serverUrl: this.server.url, user: 'bot', apiKey: 'very-secret-key', timings: FAST },
      starter: this.temporal,
      spool: { dir: join(this.root, 'spool'), lockWaitMs: 0 },
      install: 'studio-1',
      logger: { info: log, warn: log, error: log },
      metrics: silence.metrics,
      dispatch: { pauses: { first: 2, max: 5 } },
      ...options,
    });
    this.running.push(leecher);
    return leecher;
  };

  ready = (leecher: Leecher): Promise<void> => until(() => leecher.state().ready, { what: 'readiness' });

  send = (event: unknown): void =>
    this.server.open()[0]?.send(`5:::${JSON.stringify({ name: 'ftrack.event', args: [event] })}`);
}
