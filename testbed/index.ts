import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { AyonSimulator } from '../simulators/ayon';
import { startAyonSimulator } from '../simulators/ayon';
import type { FtrackSimulator } from '../simulators/ftrack';
import { startFtrackSimulator } from '../simulators/ftrack';
import type { Studio } from '../simulators/studio';
import { sampleStudio } from '../simulators/studio';
import { findTemporal } from '../src/clients/temporal/find';
import type { DevServer } from '../src/clients/temporal/server';
import { startDevServer } from '../src/clients/temporal/server';
import { projectQueueId, QUERY } from '../src/contracts/names';
import type { QueueView } from '../src/contracts/queue';
import { drift } from './drift';
import type { ServiceOptions } from './service';
import { Service } from './service';

export type { Injected } from './service';
export { Service } from './service';

/** The sample studio keeps frame ranges in hierarchical attributes, as most do; the addon's defaults map none. */
const MAPPING = ['frameStart', 'frameEnd', 'handleStart', 'handleEnd', 'fps'].map((name) => ({
  name,
  attr_type: 'hierarchical',
  hierarchical: name,
  standard: [],
}));

/** As ftrack's hub is assumed to send them. */
const HEARTBEAT_MS = 5_000;

export interface TestbedOptions {
  readonly studio?: Studio;
  /** Keep Temporal's state in a file, so that the server may be killed and restarted. */
  readonly durable?: boolean;
  readonly ui?: boolean;
  /** Divides every wait of the services. */
  readonly timeScale?: number;
  /** Divides the waits of the connection to ftrack's hub, and the pause between its heartbeats. */
  readonly hubTimeScale?: number;
  /** Path of the `temporal` binary; found or fetched otherwise. */
  readonly temporal?: string;
}

/** A whole studio on this machine: both simulators, a real Temporal server, and our services as processes. */
export class Testbed {
  readonly studio: Studio;
  readonly ftrack: FtrackSimulator;
  readonly ayon: AyonSimulator;
  temporal: DevServer;
  client: Client;
  /** Holds the spool and Temporal's database; gone after `close`. */
  readonly folder: string;
  private readonly options: TestbedOptions;
  private readonly services: Service[] = [];

  constructor(parts: {
    studio: Studio;
    ftrack: FtrackSimulator;
    ayon: AyonSimulator;
    temporal: DevServer;
    folder: string;
    options: TestbedOptions;
  }) {
    this.studio = parts.studio;
    this.ftrack = parts.ftrack;
    this.ayon = parts.ayon;
    this.temporal = parts.temporal;
    this.folder = parts.folder;
    this.options = parts.options;
    this.client = new Client({ connection: Connection.lazy({ address: this.temporal.address }) });
  }

  /** Starts a service without waiting for it. @param more over the environment that fits this studio */
  launch(
    command: 'leech' | 'process',
    more: Readonly<Record<string, string>> = {},
    options: Omit<ServiceOptions, 'faultFile'> = {},
  ): Service {
    const { timeScale: scale, hubTimeScale: hubScale } = this.options;
    const env = {
      AYON_SERVER_URL: this.ayon.url,
      AYON_API_KEY: this.ayon.apiKey,
      FTRACK_SERVER: this.ftrack.url,
      FTRACK_API_USER: this.ftrack.user,
      FTRACK_API_KEY: this.ftrack.key,
      TEMPORAL_ADDRESS: this.temporal.address,
      SPOOL_DIR: path.join(this.folder, 'spool'),
      ...(scale === undefined ? {} : { AYON_FTRACK_TIME_SCALE: String(scale) }),
      ...(hubScale === undefined ? {} : { AYON_FTRACK_HUB_TIME_SCALE: String(hubScale) }),
      ...more,
    };
    const faultFile = path.join(this.folder, `injected-${this.services.length}.json`);
    const service = new Service(command, env, { ...options, faultFile });
    this.services.push(service);
    return service;
  }

  async startLeecher(more: Readonly<Record<string, string>> = {}): Promise<Service> {
    const service = this.launch('leech', more);
    await service.ready();
    return service;
  }

  async startProcessor(more: Readonly<Record<string, string>> = {}): Promise<Service> {
    const service = this.launch('process', more);
    await service.ready();
    return service;
  }

  /** Kills Temporal as a power cut would. */
  killTemporal(): Promise<void> {
    return this.temporal.kill();
  }

  /** Brings Temporal back on the same port with the same database file. */
  async restartTemporal(): Promise<void> {
    this.temporal = await startTemporal(this.options, this.folder, this.temporal);
  }

  /** As inputs of workflows have it. */
  get scale(): { readonly timeScale?: number } {
    const { timeScale } = this.options;
    return timeScale === undefined ? {} : { timeScale };
  }

  queue(project: string | null): Promise<QueueView> {
    return this.client.workflow.getHandle(projectQueueId(project)).query<QueueView>(QUERY.state);
  }

  /** Counts of event workflows by search attribute `SyncOutcome`. */
  async outcomes(): Promise<Readonly<Record<string, number>>> {
    const counts: Record<string, number> = {};
    for await (const { typedSearchAttributes } of this.client.workflow.list({
      query: 'WorkflowType = "handleEvent"',
    })) {
      const outcome = typedSearchAttributes.get({ name: 'SyncOutcome', type: 'KEYWORD' }) ?? 'none';
      counts[outcome] = (counts[outcome] ?? 0) + 1;
    }
    return counts;
  }

  /** What differs between both sides, one line each; empty when they agree. */
  drift(): string[] {
    return drift(this.ftrack, this.ayon);
  }

  async close(): Promise<void> {
    await Promise.all(this.services.map((each) => (each.signal('SIGCONT'), each.kill())));
    await this.client.connection.close();
    await this.temporal.stop();
    await this.ftrack.close();
    await this.ayon.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function startTemporal(
  options: TestbedOptions,
  folder: string,
  former?: DevServer,
): Promise<DevServer> {
  const file = options.temporal ?? (await findTemporal({ env: process.env })).file;
  const ui = former?.uiUrl === undefined ? 0 : Number(new URL(former.uiUrl).port);
  return startDevServer({
    file,
    ...(options.durable === true ? { dbFile: path.join(folder, 'temporal.db') } : {}),
    ...(options.ui === true ? { uiPort: ui } : {}),
    ...(former === undefined ? {} : { port: former.port }),
  });
}

export async function startTestbed(options: TestbedOptions = {}): Promise<Testbed> {
  const studio = options.studio ?? sampleStudio();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'ayon-ftrack-testbed-'));
  const [temporal, ftrack, ayon] = await Promise.all([
    startTemporal(options, folder),
    startFtrackSimulator({ studio, heartbeatMs: HEARTBEAT_MS / (options.hubTimeScale ?? 1) }),
    startAyonSimulator({ studio, paired: true }),
  ]);
  ayon.store.setAddonSettings({
    custom_attributes: { attributes_mapping: { enabled: true, mapping: MAPPING } },
  });
  return new Testbed({ studio, ftrack, ayon, temporal, folder, options });
}
