import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ArrivalClock } from '../../../src/leecher/arrival';
import { openSpool } from '../../../src/leecher/open-spool';
import { outgoingOf } from '../../../src/leecher/outgoing';
import { Counters } from '../../../src/leecher/telemetry';
import { silence } from './memory-temporal';

test('a spool that stays full says so once in a while, and counts and marks every event', async () => {
  const root = await mkdtemp(join(tmpdir(), 'open-spool-'));
  const errors: string[] = [];
  const logger = { ...silence.logger, error: (_facts: object, message: string) => errors.push(message) };
  const counters = new Counters(silence.metrics);
  const setting = { dir: join(root, 'spool'), maxBytes: 4_000, lockWaitMs: 0 };
  const { spool, gaps } = await openSpool(setting, { counters, logger, now: Date.now });
  const clock = new ArrivalClock();
  const entity = { entityId: 'p1', entityType: 'show', action: 'update' };

  for (let n = 0; n < 60; n += 1) {
    const event = { id: `e${n}`, topic: 'ftrack.update', user: {}, entities: [entity], arrivedAt: n };
    spool.append(outgoingOf(event, clock));
    await spool.flush();
  }

  const left = spool.state().events;
  expect(left).toBeLessThan(40);
  expect(counters.totals()).toMatchObject({ 'leecher_events/dropped': 60 - left });
  expect(gaps.list).toMatchObject({ p1: { events: 60 - left } });
  expect(errors).toEqual([expect.stringMatching(/^the spool is full and drops its oldest events/)]);
  await spool.close();
  await rm(root, { recursive: true });
});
