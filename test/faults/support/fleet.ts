import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Injected, Service, Testbed } from '../../../testbed';
import { eventually } from '../../support/eventually';
import { copyBuild } from './builds';

/** Generous: services start slowly on a busy machine. */
const START_MS = 120_000;

/** The services look it up. */
export const HOST = 'localhost';

/** Connected to ftrack, whatever Temporal does. */
const untilListening = (leecher: Service, ms: number): Promise<unknown> =>
  eventually(
    'the leecher to listen',
    async () => {
      const { hub } = await leecher.readiness();
      return (hub as { state?: string } | undefined)?.state === 'delivering' || pause(100, false);
    },
    ms,
  );

/** Two leechers and one or two processors, each of which can be replaced by one of another release. */
export class Fleet {
  readonly testbed: Testbed;
  readonly leechers: Service[] = [];
  readonly processors: Service[] = [];
  private builds: readonly string[] | undefined;
  private releases = 0;
  /** Services that were ended on purpose, or may be. */
  private readonly ended = new Set<Service>();
  private readonly all: Service[] = [];

  constructor(testbed: Testbed) {
    this.testbed = testbed;
  }

  async start(): Promise<void> {
    this.leechers.push(this.leecher(0), this.leecher(1));
    this.processors.push(this.processor());
    await Promise.all([...this.leechers, ...this.processors].map((each) => each.ready()));
  }

  spoolOf = (number: number): string => path.join(this.testbed.folder, `spool-${number}`);

  /** Each leecher has its spool folder; one that starts while another holds it waits for it. */
  leecher(number: number, dist?: string): Service {
    const env = { ...this.addresses(), SPOOL_DIR: this.spoolOf(number) };
    return this.known(this.testbed.launch('leech', env, options(dist)));
  }

  processor(dist?: string): Service {
    return this.known(this.testbed.launch('process', this.addresses(), options(dist)));
  }

  private addresses(): Readonly<Record<'FTRACK_SERVER' | 'AYON_SERVER_URL', string>> {
    const { ftrack, ayon } = this.testbed;
    const named = (url: string): string => `http://${HOST}:${new URL(url).port}`;
    return { FTRACK_SERVER: named(ftrack.url), AYON_SERVER_URL: named(ayon.url) };
  }

  private known(service: Service): Service {
    this.all.push(service);
    return service;
  }

  /** Builds of two releases, one after the other: a studio goes there and back. */
  nextRelease(): string {
    this.builds ??= ['0.9.8', '0.9.9'].map((version) => {
      const folder = path.join(this.testbed.folder, `release-${version}`);
      mkdirSync(folder);
      return copyBuild(folder, version);
    });
    this.releases += 1;
    return this.builds[this.releases % this.builds.length] ?? '';
  }

  async kill(service: Service): Promise<void> {
    this.ended.add(service);
    await service.kill();
  }

  /** SIGTERM. */
  async stop(service: Service): Promise<void> {
    this.ended.add(service);
    await service.stop();
  }

  /** Once it has begun to work: before, it could not take it in. A service that has ended has nothing to take in. */
  async inject(service: Service, injected: Injected): Promise<void> {
    await eventually('the service to begin', () => service.url !== undefined || !service.isRunning, START_MS);
    if (service.isRunning) {
      await service.inject(injected);
    }
  }

  async untilAllListen(ms = START_MS): Promise<void> {
    await Promise.all(this.leechers.map((each) => untilListening(each, ms)));
  }

  /** What of the services is not as it should be, for the judge: nobody but us ends one. */
  fallen(): string[] {
    return this.all
      .filter((each) => !each.isRunning && !this.ended.has(each))
      .map((each) => `a ${each.name} ended by itself: ${each.lastWords()}`);
  }

  /** How it stands, for people, whatever still answers. */
  async describe(): Promise<string[]> {
    const running = this.all.filter((each) => each.isRunning);
    const states = running.map(async (each) => {
      const state = await each.readiness().catch((error: unknown) => String(error));
      return `${each.name} ${each.pid}: ${JSON.stringify(state)}\n${each.lastWords()}`;
    });
    return [...this.fallen(), ...(await Promise.all(states))];
  }
}

const options = (dist: string | undefined): { dist?: string } => (dist === undefined ? {} : { dist });
