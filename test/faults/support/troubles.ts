import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Service, Testbed } from '../../../testbed';
import { eventually } from '../../support/eventually';
import type { Random } from './edits';
import { pick } from './edits';

/** Starts a trouble. @returns what ends it; edits are made in between. */
type Trouble = () => Promise<() => Promise<void>>;

/** Connected to ftrack, whatever Temporal does. */
const untilListening = (leecher: Service): Promise<unknown> =>
  eventually(
    'the leecher to listen',
    async () => {
      const { hub } = await leecher.readiness();
      return (hub as { state?: string } | undefined)?.state === 'delivering';
    },
    60_000,
  );

/** Two leechers and a processor, and what may befall them, their systems, and the ways between. */
export class Troubles {
  private readonly testbed: Testbed;
  private readonly random: Random;
  private readonly leechers: Service[] = [];
  private processor: Service | undefined;

  constructor(testbed: Testbed, random: Random) {
    this.testbed = testbed;
    this.random = random;
  }

  async startAll(): Promise<void> {
    this.leechers.push(this.launchLeecher(0), this.launchLeecher(1));
    this.processor = this.testbed.launch('process');
    await Promise.all([...this.leechers, this.processor].map((each) => each.ready()));
  }

  private launchLeecher(number: number): Service {
    return this.testbed.launch('leech', { SPOOL_DIR: path.join(this.testbed.folder, `spool-${number}`) });
  }

  /** A random one by name. */
  next(): [name: string, trouble: Trouble] {
    const { ayon, ftrack } = this.testbed;
    const all: [string, Trouble][] = [
      ['processor killed', () => this.killProcessor()],
      ['processor killed in a write', () => this.killProcessorInWrite()],
      ['processor stands still', () => this.stopProcessor()],
      ['a leecher killed', () => this.killLeecher()],
      ['both leechers killed', () => this.killLeechers()],
      ['the hub drops events', () => this.drop()],
      ['the hub cuts every socket', () => this.cut()],
      ['the hub falls silent', () => this.silence()],
      ['Temporal killed', () => this.killTemporal()],
      ['AYON away', () => ayon.refuse().then(() => () => ayon.listen())],
      ['AYON behind a broken proxy', () => this.pages(ayon.faults, /./)],
      ['ftrack behind a broken proxy', () => this.pages(ftrack.faults, /^\/api/)],
      ['AYON answers get lost', () => this.lose()],
      ['the hub doubles and swaps', () => this.confuse()],
    ];
    return pick(all, this.random);
  }

  private async killProcessor(): Promise<() => Promise<void>> {
    await this.processor?.kill();
    return async () => {
      this.processor = await this.testbed.startProcessor();
    };
  }

  /** At the next write, should one come soon. */
  private async killProcessorInWrite(): Promise<() => Promise<void>> {
    const write = this.testbed.ayon.faults.add({
      match: { path: /\/operations$/ },
      effect: this.random() < 0.5 ? { reset: true } : { resetAfter: true },
    });
    await Promise.race([write.waitForHit(), pause(2_000)]);
    write.remove();
    return this.killProcessor();
  }

  private stopProcessor(): Promise<() => Promise<void>> {
    const { processor } = this;
    processor?.signal('SIGSTOP');
    return Promise.resolve(async () => {
      await pause(1_000);
      processor?.signal('SIGCONT');
    });
  }

  private async killLeecher(): Promise<() => Promise<void>> {
    const number = this.random() < 0.5 ? 0 : 1;
    const other = this.leechers[1 - number];
    if (other !== undefined) {
      await untilListening(other);
    }
    await this.leechers[number]?.kill();
    return async () => {
      const leecher = this.launchLeecher(number);
      this.leechers[number] = leecher;
      await untilListening(leecher);
    };
  }

  private async killLeechers(): Promise<() => Promise<void>> {
    await Promise.all(this.leechers.map((each) => each.kill()));
    return async () => {
      this.leechers.splice(0, 2, this.launchLeecher(0), this.launchLeecher(1));
      await Promise.all(this.leechers.map(untilListening));
    };
  }

  private drop(): Promise<() => Promise<void>> {
    this.testbed.ftrack.hub.dropEvents(1 + Math.floor(this.random() * 5));
    return Promise.resolve(() => Promise.resolve());
  }

  private cut(): Promise<() => Promise<void>> {
    this.testbed.ftrack.hub.dropAll();
    return Promise.resolve(async () => {
      await Promise.all(this.leechers.map(untilListening));
    });
  }

  /** Half-open links: nothing arrives, nothing is closed. */
  private silence(): Promise<() => Promise<void>> {
    const { hub } = this.testbed.ftrack;
    hub.silence();
    return Promise.resolve(async () => {
      hub.silence(false);
      hub.dropAll();
      await Promise.all(this.leechers.map(untilListening));
    });
  }

  private async killTemporal(): Promise<() => Promise<void>> {
    await this.testbed.killTemporal();
    return () => this.testbed.restartTemporal();
  }

  private pages(faults: Testbed['ayon']['faults'], at: RegExp): Promise<() => Promise<void>> {
    const fault = faults.add({
      match: { path: at },
      times: Number.POSITIVE_INFINITY,
      effect: { html502: true },
    });
    return Promise.resolve(() => Promise.resolve(fault.remove()));
  }

  private lose(): Promise<() => Promise<void>> {
    this.testbed.ayon.faults.add({
      match: { path: /\/operations$/ },
      times: 2,
      effect: { resetAfter: true },
    });
    return Promise.resolve(() => Promise.resolve());
  }

  private confuse(): Promise<() => Promise<void>> {
    this.testbed.ftrack.hub.duplicateNext(3);
    this.testbed.ftrack.hub.reorderNext(2);
    return Promise.resolve(() => Promise.resolve());
  }
}
