import type { LeaseGrant, LeaseServer } from '../../../src/contracts/lease';
import { Lease } from '../../../src/leecher/lease';
import { until } from '../../support/until';
import { silence } from './memory-temporal';

const TIMEOUT_MS = 60;
const DEAF_MS = 50;
const GRANT: LeaseGrant = { token: new Uint8Array([1]), timeoutMs: TIMEOUT_MS };

/** A server that the test plays: it grants when told to, and answers beats as told. */
class PlayedServer implements LeaseServer {
  holder: string | undefined = 'somebody';
  beats = 0;
  looks = 0;
  handedOver = 0;
  waiting = 0;
  /** What a beat is answered with. */
  onBeat: () => boolean | Promise<boolean> = () => true;
  isAway = false;
  /** End the wait that is under way, with the lease or without an answer. */
  grant: () => void = () => undefined;
  breakOff: () => void = () => undefined;

  async look(): Promise<string | undefined> {
    this.looks += 1;
    this.#answer();
    return this.holder;
  }

  wait(signal: AbortSignal): Promise<LeaseGrant | undefined> {
    this.waiting += 1;
    return new Promise<LeaseGrant>((resolve, reject) => {
      this.grant = () => resolve(GRANT);
      this.breakOff = () => reject(new Error('nobody is there any more'));
      signal.addEventListener('abort', this.breakOff);
    }).finally(() => {
      this.waiting -= 1;
    });
  }

  async beat(): Promise<boolean> {
    this.beats += 1;
    this.#answer();
    return this.onBeat();
  }

  async handOver(): Promise<void> {
    this.handedOver += 1;
  }

  #answer(): void {
    if (this.isAway) {
      throw new Error('nobody is there');
    }
  }
}

let server: PlayedServer;
let lease: Lease;
/** Both clocks; they stand still unless a test moves them. */
let steady: number;
let daytime: number;
let isHeard: boolean;

beforeEach(async () => {
  server = new PlayedServer();
  steady = 1_000;
  daytime = 1_000_000;
  isHeard = true;
  lease = new Lease({
    server,
    logger: silence.logger,
    retryMs: 1,
    hears: () => isHeard,
    deafMs: DEAF_MS,
    clocks: () => [steady, daytime],
  });
  await until(() => lease.state().lease === 'elsewhere', { what: 'the first look' });
});
afterEach(() => lease.stop());

async function held(): Promise<void> {
  server.grant();
  await until(() => lease.isHeld(), { what: 'the lease' });
}

describe('the lease of a leecher', () => {
  it("says whose it is while it waits, and is nobody's while the server is away", async () => {
    expect(lease.state()).toEqual({ lease: 'elsewhere', holder: 'somebody' });

    server.holder = undefined;
    await held();
    expect(lease.state()).toEqual({ lease: 'held' });

    server.onBeat = () => false;
    server.isAway = true;
    steady += TIMEOUT_MS;
    expect(lease.state()).toEqual({ lease: 'none' });
  });

  it('is not ours by the grant alone, which may have lain there, but by a beat that was acknowledged since', async () => {
    let acknowledge: (isOurs: boolean) => void = () => undefined;
    server.onBeat = () =>
      new Promise((resolve) => {
        acknowledge = resolve;
      });
    server.grant();
    await until(() => server.beats === 1, { what: 'the first beat' });
    expect(lease.isHeld()).toBe(false);

    acknowledge(true);
    await until(() => lease.isHeld(), { what: 'the lease' });
  });

  it('ends before the server may give it away, reckoned from when the last acknowledged beat was sent', async () => {
    server.onBeat = () => {
      // The way there and back took half of the time-out.
      steady += TIMEOUT_MS / 2;
      server.onBeat = () => new Promise(() => undefined);
      return true;
    };
    const sentAt = steady;
    await held();

    steady = sentAt + TIMEOUT_MS * 0.9;
    expect(lease.isHeld()).toBe(true);
    steady = sentAt + TIMEOUT_MS * 0.95;
    expect(lease.isHeld()).toBe(false);
  });

  it('is over at once for a process that stood still, and for a machine that slept, by either clock', async () => {
    server.onBeat = () => {
      server.onBeat = () => new Promise(() => undefined);
      return true;
    };
    await held();

    steady += 3_600_000;
    expect(lease.isHeld()).toBe(false);
    steady -= 3_600_000;
    expect(lease.isHeld()).toBe(true);
    daytime += 3_600_000;
    expect(lease.isHeld()).toBe(false);
    // Set back by somebody: no reason to hold it for longer.
    daytime -= 7_200_000;
    steady += TIMEOUT_MS;
    expect(lease.isHeld()).toBe(false);
  });

  it('is kept over beats that met nobody, and given up by the first answer that it is not ours', async () => {
    await held();
    server.isAway = true;
    const { beats } = server;
    await until(() => server.beats > beats + 2, { what: 'further beats' });
    expect(lease.isHeld()).toBe(true);

    server.isAway = false;
    const { looks } = server;
    server.onBeat = () => false;
    await until(() => !lease.isHeld(), { what: 'the loss' });
    await until(() => server.looks > looks, { what: 'the next look' });
    expect(server.handedOver).toBe(0);

    server.onBeat = () => true;
    await held();
  });

  it('is handed over by one that hears nothing for a while, who waits for it again once it hears', async () => {
    await held();
    const { looks } = server;

    isHeard = false;
    steady += DEAF_MS - 1;
    const { beats } = server;
    await until(() => server.beats > beats + 2, { what: 'further beats' });
    expect(server.handedOver).toBe(0);
    isHeard = true;
    await until(() => server.beats > beats + 4, { what: 'a beat that heard' });
    isHeard = false;
    steady += DEAF_MS - 1;
    await until(() => server.beats > beats + 6, { what: 'further beats' });
    expect(server.handedOver).toBe(0);

    steady += DEAF_MS;
    await until(() => server.looks > looks + 3, { what: 'looks without a wait' });
    expect(server.handedOver).toBe(1);
    expect(lease.isHeld()).toBe(false);
    expect(server.waiting).toBe(0);

    isHeard = true;
    await until(() => server.waiting === 1, { what: 'the next wait' });
    await held();
  });

  it('that comes to one who hears nothing by then is handed over at once', async () => {
    await until(() => server.waiting === 1, { what: 'the wait' });
    isHeard = false;

    server.grant();

    await until(() => server.handedOver === 1, { what: 'the next one to be let in' });
    expect(server.beats).toBe(0);
  });

  it('is not ours from the moment of a stop, and handed over then', async () => {
    await held();

    const stopped = lease.stop();

    expect(lease.isHeld()).toBe(false);
    await stopped;
    expect(server.handedOver).toBe(1);
  });

  it('is asked for again and again while the server is away', async () => {
    const { looks } = server;
    server.isAway = true;
    server.breakOff();

    await until(() => server.looks > looks + 3, { what: 'further looks' });
    expect(lease.state().lease).toBe('none');

    server.isAway = false;
    await until(() => lease.state().lease === 'elsewhere', { what: 'the server to be back' });
  });
});
