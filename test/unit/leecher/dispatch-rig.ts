import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ArrivalClock } from '../../../src/leecher/arrival';
import type { DispatchOptions } from '../../../src/leecher/dispatch';
import { Dispatcher } from '../../../src/leecher/dispatch';
import type { Outgoing } from '../../../src/leecher/outgoing';
import { outgoingOf, readOutgoing } from '../../../src/leecher/outgoing';
import { Spool } from '../../../src/leecher/spool/spool';
import { Counters } from '../../../src/leecher/telemetry';
import { MemoryTemporal, silence } from './memory-temporal';

const clock = new ArrivalClock();

/** One event of one project, as the leecher makes it. */
function item(id: string, project = 'p1'): Outgoing[] {
  const entity = { entityId: project, entityType: 'show', action: 'update' };
  return outgoingOf({ id, topic: 'ftrack.update', user: {}, entities: [entity], arrivedAt: 0 }, clock);
}

/** So many ids with a prefix. */
export const ids = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);

export interface Rig {
  readonly dir: string;
  readonly temporal: MemoryTemporal;
  readonly spool: Spool<Outgoing>;
  readonly dispatcher: Dispatcher;
  readonly counters: Counters;
  offer(names: readonly string[], project?: string): void;
  close(): Promise<void>;
}

/** A dispatcher between a spool of its own and a Temporal of the test's. */
export async function startRig(
  options: Partial<DispatchOptions> & { temporal?: MemoryTemporal; dir?: string; spoolMemory?: number } = {},
): Promise<Rig> {
  const temporal = options.temporal ?? new MemoryTemporal();
  const dir = options.dir ?? join(await mkdtemp(join(tmpdir(), 'dispatch-')), 'spool');
  const counters = new Counters(silence.metrics);
  const spool = await Spool.open<Outgoing>({
    dir,
    read: readOutgoing,
    onTrouble: () => undefined,
    memory: options.spoolMemory ?? 10_000,
    retryMs: 10,
    lockWaitMs: 0,
  });
  const dispatcher = new Dispatcher({
    starter: temporal,
    spool,
    counters,
    logger: silence.logger,
    pauses: { first: 2, max: 5 },
    patience: 60_000,
    ...options,
  });
  return {
    dir,
    temporal,
    spool,
    dispatcher,
    counters,
    offer: (names, project) => {
      for (const name of names) {
        dispatcher.offer(item(name, project));
      }
    },
    async close() {
      await dispatcher.stop(2_000);
      await spool.close();
      await rm(join(dir, '..'), { recursive: true, force: true });
    },
  };
}
