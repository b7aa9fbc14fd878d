import { randomUUID } from 'node:crypto';
import type { TemporalClient } from '../../../src/clients/temporal/connect';
import { leaseServer } from '../../../src/clients/temporal/lease';
import { queueStanding } from '../../../src/clients/temporal/standing';
import type { LeaseGrant, LeaseServer } from '../../../src/contracts/lease';
import { failure } from '../../../src/errors';
import { Lease } from '../../../src/leecher/lease';
import type { Core } from '../../support/core';
import { newProject, startCore } from '../../support/core';
import { eventually } from '../../support/eventually';

/** The lease on a real Temporal server: what the server grants to whom, and when. */
const SCALE = 10;
let core: Core;
let client: TemporalClient;
let id: string;
let leases: Lease[];
let names: { id: string; workflows: string; leechers: string };

beforeAll(async () => {
  core = await startCore({ timeScale: 20 });
  client = core.client as TemporalClient;
}, 60_000);
afterAll(() => core.close(), 30_000);

beforeEach(() => {
  id = `lease-${randomUUID()}`;
  names = { id, workflows: core.taskQueue, leechers: `${id}-queue` };
  leases = [];
});
afterEach(async () => {
  await Promise.all(leases.map((each) => each.stop()));
  await handle()
    .terminate()
    .catch(() => undefined);
});

const handle = () => client.workflow.getHandle(id);
const serverOf = (identity: string): LeaseServer =>
  leaseServer({ client, timeScale: SCALE, identity, names });

function leaseOf(identity: string, server = serverOf(identity)): Lease {
  const ignore = (): void => undefined;
  const logger = { info: ignore, warn: ignore, error: ignore };
  const lease = new Lease({ server, logger, retryMs: 50, hears: () => true, deafMs: 5_000 });
  leases.push(lease);
  return lease;
}
const untilHeld = (lease: Lease) => eventually('the lease', () => lease.isHeld(), 20_000);
const events = async () => (await handle().fetchHistory()).events?.length;

/** Asks for the lease until it is given, and then never says a word: what a killed holder looks like. */
async function takeAndFallSilent(): Promise<LeaseGrant> {
  const server = serverOf('the silent one');
  await server.look();
  return eventually('a grant', () => server.wait(new AbortController().signal), 30_000);
}

test('one of two holds it and the other knows who; a stop hands it over, without an event in the history', async () => {
  const first = leaseOf('first');
  await untilHeld(first);
  const second = leaseOf('second');
  await eventually('the second to know the first', () => second.state().holder === 'first');
  const before = await events();

  await first.stop();
  await untilHeld(second);

  expect(first.state().lease).not.toBe('held');
  expect(await events()).toBe(before);
  expect((await handle().describe()).raw.pendingActivities?.[0]?.lastWorkerIdentity).toBe('second');
}, 60_000);

test('whoever falls silent loses it, and is told so when it speaks again', async () => {
  const silent = await takeAndFallSilent();
  expect(silent.timeoutMs).toBe(600);
  const next = leaseOf('next');

  await untilHeld(next);

  expect(await serverOf('the silent one').beat(silent)).toBe(false);
  await serverOf('the silent one').handOver(silent);
  expect(next.isHeld()).toBe(true);
}, 60_000);

test('it needs no processor once it began, and is begun again after somebody ended it', async () => {
  const first = leaseOf('first');
  await untilHeld(first);
  await core.stopWorker();
  await first.stop();
  const second = leaseOf('second');
  await untilHeld(second);
  await core.startWorker();

  await handle().terminate('by an operator');

  await eventually('another run', async () => (await handle().describe()).status.name === 'RUNNING');
  await untilHeld(second);
}, 60_000);

test('the standing of a queue, for people: no queue; a parked event with its reason; open events by number while no processor answers', async () => {
  const project = newProject();
  expect(await queueStanding(client, project)).toBe('none');

  const event = core.event();
  core.on(event.id, () => {
    throw failure('name-empty', 'Nothing is left of the name.');
  });
  await core.deliver(project, event);
  await core.untilStanding(event, 'running parked');
  expect(await eventually('the queue to be told', () => parkedIn(project))).toEqual([
    expect.objectContaining({ code: 'name-empty', reason: expect.stringContaining('Nothing is left') }),
  ]);

  await core.stopWorker();
  expect(await queueStanding(client, project)).toEqual({ unanswered: 1 });
  await core.startWorker();
}, 60_000);

async function parkedIn(project: string): Promise<readonly object[] | undefined> {
  const standing = await queueStanding(client, project);
  return typeof standing === 'object' && 'parked' in standing && standing.parked.length > 0
    ? standing.parked
    : undefined;
}
