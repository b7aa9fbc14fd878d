import { setTimeout as pause } from 'node:timers/promises';
import type { Injected, Service, Testbed } from '../../../testbed';
import type { Fleet } from './fleet';
import { HOST } from './fleet';
import type { Random } from './random';
import { pick, randomFrom } from './random';

/** What a trouble befalls; two troubles that share nothing may come at once. */
type Part = 'processor' | 'leecher' | 'hub' | 'Temporal' | 'AYON' | 'ftrack';

/** Ends a trouble; edits are made before. */
type End = () => Promise<void>;

interface Trouble {
  readonly name: string;
  readonly parts: readonly Part[];
  readonly start: () => Promise<End>;
}

const FRAMES = [
  '5:::{"name":"ftrack.event","args":[{"topic":"ftrack.update"',
  '5:::{"name":"ftrack.event","args":[{"topic":"ftrack.update","data":{"entities":"none"}}]}',
  '5:7::{"name":"ftrack.event","args":[{"id":null,"topic":7}]}',
  '5:::null',
  '8::',
  ':::::',
  '7:::1+0',
  '',
];
const MINUTE = 60_000;
const NOTHING: End = () => Promise.resolve();

/** What may befall the services, their systems, and the ways between. */
export class Troubles {
  private readonly fleet: Fleet;
  private readonly testbed: Testbed;
  private random: Random;

  constructor(fleet: Fleet) {
    this.fleet = fleet;
    this.testbed = fleet.testbed;
    this.random = randomFrom(0);
  }

  /** One, or now and then two that come at once. @param random of this round only */
  next(random: Random): Trouble[] {
    this.random = random;
    const all = [...this.ofServices(), ...this.ofHub(), ...this.ofSystems()];
    const first = pick(all, this.random);
    const others = all.filter(({ parts }) => !parts.some((part) => first.parts.includes(part)));
    const second = pick(others, this.random);
    return this.random() < 0.3 ? [first, second] : [first];
  }

  private ofServices(): Trouble[] {
    const trouble = (part: 'processor' | 'leecher', name: string, start: Trouble['start']): Trouble => ({
      name,
      parts: [part],
      start,
    });
    const { processors, leechers } = this.fleet;
    return [
      trouble('processor', 'processor killed', () => this.killProcessor()),
      trouble('processor', 'processor killed in a write', () => this.killProcessorInWrite()),
      trouble('processor', 'processor stands still', () => this.stopService(this.one(processors))),
      trouble('processor', "a processor's clock jumps", () => this.jump(this.one(processors))),
      trouble('processor', 'a processor finds no names', () => this.hideNames([this.one(processors)])),
      trouble('processor', 'processor upgraded', () => this.upgradeProcessor()),
      trouble('processor', 'two processors', () => this.twinProcessor()),
      trouble('leecher', 'a leecher killed', () => this.killLeecher()),
      trouble('leecher', 'both leechers killed', () => this.killLeechers()),
      trouble('leecher', 'a leecher stands still', () => this.stopService(this.one(leechers))),
      trouble('leecher', "a leecher's clock jumps", () => this.jump(this.one(leechers))),
      trouble('leecher', 'leecher upgraded', () => this.upgradeLeecher()),
    ];
  }

  private ofHub(): Trouble[] {
    const { hub } = this.testbed.ftrack;
    const trouble = (name: string, start: () => void, end = (): void => undefined): Trouble => ({
      name,
      parts: ['hub'],
      start: () => {
        start();
        return Promise.resolve(() => Promise.resolve(end()));
      },
    });
    const cut = (): void => hub.dropAll();
    const amount = (most: number): number => 1 + Math.floor(this.random() * most);
    return [
      trouble('the hub drops events', () => hub.dropEvents(amount(5))),
      trouble('the hub cuts every socket', cut),
      trouble(
        'the hub falls silent',
        () => hub.silence(),
        () => (hub.silence(false), cut()),
      ),
      trouble(
        'the hub stops its heartbeats',
        () => hub.stopHeartbeats(),
        () => hub.stopHeartbeats(false),
      ),
      trouble('the hub doubles and swaps', () => (hub.duplicateNext(amount(5)), hub.reorderNext(2))),
      trouble('the hub refuses handshakes with 503', () => (hub.handshake503(amount(4)), cut())),
      trouble(
        'the hub lets upgrades hang',
        () => (hub.upgradeHang(500), cut()),
        () => hub.upgradeHang(undefined),
      ),
      trouble('the hub sends malformed frames', () =>
        hub.sendRaw(FRAMES[Math.floor(this.random() * FRAMES.length)] ?? ''),
      ),
    ];
  }

  private ofSystems(): Trouble[] {
    const { ayon, ftrack } = this.testbed;
    const ofFtrack: readonly Part[] = ['ftrack', 'hub'];
    return [
      { name: 'Temporal killed', parts: ['Temporal'], start: () => this.killTemporal() },
      {
        name: 'Temporal killed, no disk space for the spools',
        parts: ['Temporal', 'leecher'],
        start: () => this.spoilDisks('ENOSPC'),
      },
      {
        name: 'Temporal killed, the spools on a read-only mount',
        parts: ['Temporal', 'leecher'],
        start: () => this.spoilDisks('EROFS'),
      },
      { name: 'the leechers find no names', parts: ['leecher', 'hub'], start: () => this.hideHub() },
      { name: 'AYON away', parts: ['AYON'], start: () => ayon.refuse().then(() => () => ayon.listen()) },
      { name: 'AYON behind a broken proxy', parts: ['AYON'], start: () => this.pages(ayon.faults, /./) },
      { name: 'AYON answers get lost', parts: ['AYON'], start: () => this.lose() },
      {
        name: 'ftrack away',
        parts: ofFtrack,
        start: () => ftrack.refuse().then(() => () => ftrack.listen()),
      },
      {
        name: 'ftrack behind a broken proxy',
        parts: ['ftrack'],
        start: () => this.pages(ftrack.faults, /^\/api/),
      },
      { name: 'our ftrack key refused', parts: ofFtrack, start: () => this.revoke() },
    ];
  }

  private one(services: readonly Service[]): Service {
    return pick(services, this.random);
  }

  private async killProcessor(): Promise<End> {
    const { fleet } = this;
    await Promise.all(fleet.processors.splice(0).map((each) => fleet.kill(each)));
    return () => {
      fleet.processors.push(fleet.processor());
      return Promise.resolve();
    };
  }

  /** At the next write, should one come soon. */
  private async killProcessorInWrite(): Promise<End> {
    const write = this.testbed.ayon.faults.add({
      match: { path: /\/operations$/ },
      effect: this.random() < 0.5 ? { reset: true } : { resetAfter: true },
    });
    await Promise.race([write.waitForHit(), pause(2_000)]);
    write.remove();
    return this.killProcessor();
  }

  private stopService(service: Service): Promise<End> {
    service.signal('SIGSTOP');
    // Some longer than the 5 s after which Temporal's SDK takes workflow code for endless, when left to itself.
    const ms = this.random() < 0.7 ? 500 + this.random() * 2_000 : 6_000 + this.random() * 2_000;
    return Promise.resolve(async () => {
      await pause(ms);
      service.signal('SIGCONT');
    });
  }

  /** Minutes to an hour, there, and then back or farther; the next service has the right time again. */
  private async jump(service: Service): Promise<End> {
    const amount = (): number => {
      const size = this.random() < 0.5 ? 2 * MINUTE : 60 * MINUTE;
      return Math.round((this.random() - 0.5) * 2 * size);
    };
    const [first, second] = [amount(), amount()];
    await this.fleet.inject(service, { clockMs: first });
    return () => this.fleet.inject(service, { clockMs: this.random() < 0.5 ? 0 : second });
  }

  /** A release goes out: the new one starts beside the old one, or after it; the old one is told to end, or killed. */
  private async replace(old: Service, start: (dist: string) => Service): Promise<[Service, End]> {
    const { fleet } = this;
    const isOrderly = this.random() < 0.5;
    const end = (): Promise<void> => (isOrderly ? fleet.stop(old) : fleet.kill(old));
    const dist = fleet.nextRelease();
    if (this.random() < 0.5) {
      return [start(dist), end];
    }
    await end();
    return [start(dist), NOTHING];
  }

  private async upgradeProcessor(): Promise<End> {
    const { processors } = this.fleet;
    const old = this.one(processors);
    const [service, end] = await this.replace(old, (dist) => this.fleet.processor(dist));
    processors.splice(processors.indexOf(old), 1, service);
    return end;
  }

  private async upgradeLeecher(): Promise<End> {
    const { leechers } = this.fleet;
    const number = this.random() < 0.5 ? 0 : 1;
    const old = leechers[number];
    if (old === undefined) {
      return NOTHING;
    }
    const [service, end] = await this.replace(old, (dist) => this.fleet.leecher(number, dist));
    leechers[number] = service;
    return end;
  }

  /** A second processor comes, and one of both goes. */
  private twinProcessor(): Promise<End> {
    const { fleet } = this;
    fleet.processors.push(fleet.processor());
    const leaver = this.one(fleet.processors);
    const isOrderly = this.random() < 0.5;
    return Promise.resolve(async () => {
      fleet.processors.splice(fleet.processors.indexOf(leaver), 1);
      await (isOrderly ? fleet.stop(leaver) : fleet.kill(leaver));
    });
  }

  private async killLeecher(): Promise<End> {
    const { fleet } = this;
    const number = this.random() < 0.5 ? 0 : 1;
    const old = fleet.leechers[number];
    if (old !== undefined) {
      await fleet.kill(old);
    }
    return () => {
      fleet.leechers[number] = fleet.leecher(number);
      return Promise.resolve();
    };
  }

  private async killLeechers(): Promise<End> {
    const { fleet } = this;
    await Promise.all(fleet.leechers.map((each) => fleet.kill(each)));
    return () => {
      fleet.leechers.splice(0, 2, fleet.leecher(0), fleet.leecher(1));
      return Promise.resolve();
    };
  }

  private async killTemporal(): Promise<End> {
    await this.testbed.killTemporal();
    return () => this.testbed.restartTemporal();
  }

  private async hideNames(services: readonly Service[]): Promise<End> {
    const inject = (injected: Injected): Promise<unknown> =>
      Promise.all(services.map((each) => this.fleet.inject(each, injected)));
    await inject({ dns: HOST });
    return async () => void (await inject({}));
  }

  private async hideHub(): Promise<End> {
    const end = await this.hideNames([...this.fleet.leechers]);
    this.testbed.ftrack.hub.dropAll();
    return end;
  }

  private async spoilDisks(code: 'ENOSPC' | 'EROFS'): Promise<End> {
    const { fleet } = this;
    const inject = (injectedOf: (number: number) => Injected): Promise<unknown> =>
      Promise.all(fleet.leechers.map((each, number) => fleet.inject(each, injectedOf(number))));
    await inject((number) => ({ disk: { below: fleet.spoolOf(number), code } }));
    const restart = await this.killTemporal();
    return async () => {
      if (this.random() < 0.5) {
        await restart();
        await inject(() => ({}));
      } else {
        await inject(() => ({}));
        await restart();
      }
    };
  }

  private pages(faults: Testbed['ayon']['faults'], at: RegExp): Promise<End> {
    const fault = faults.add({
      match: { path: at },
      times: Number.POSITIVE_INFINITY,
      effect: { html502: true },
    });
    return Promise.resolve(() => Promise.resolve(fault.remove()));
  }

  private lose(): Promise<End> {
    this.testbed.ayon.faults.add({
      match: { path: /\/operations$/ },
      times: 2,
      effect: { resetAfter: true },
    });
    return Promise.resolve(NOTHING);
  }

  private revoke(): Promise<End> {
    const { ftrack } = this.testbed;
    ftrack.revokeCredentials(ftrack.user);
    return Promise.resolve(() => Promise.resolve(ftrack.restoreCredentials()));
  }
}
