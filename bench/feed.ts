import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { ArrivalClock } from '../src/leecher/arrival';
import type { Outgoing } from '../src/leecher/outgoing';
import { outgoingOf } from '../src/leecher/outgoing';
import { BATCH, sendBatch } from '../src/leecher/send';
import { Counters } from '../src/leecher/telemetry';
import type { TemporalStarter } from '../src/leecher/temporal-starter';
import { temporalStarter } from '../src/leecher/temporal-starter';

/** Ordered: the product as it is. Unordered: `unorderedEvent` starts at once, and no queue hears of it. */
export type Variant = 'ordered' | 'unordered';

const ignore = (): void => undefined;
const SILENT = { info: ignore, warn: ignore, error: ignore };

/** Hands events to Temporal as the leecher does: in batches, one request in flight per project. */
export class Feeder {
  readonly client: Client;
  private readonly connection: Connection;
  private readonly clock = new ArrivalClock();
  private readonly starters: Readonly<Record<Variant, TemporalStarter>>;

  private constructor(connection: Connection) {
    this.connection = connection;
    this.client = new Client({ connection });
    this.starters = {
      ordered: temporalStarter({ client: this.client }),
      unordered: unorderedStarter(connection),
    };
  }

  static async connect(address: string): Promise<Feeder> {
    return new Feeder(await Connection.connect({ address }));
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  /** Events of new projects, as many each as given; resolves when Temporal has all of them. */
  async feed(variant: Variant, { projects, events }: { projects: number; events: number }): Promise<void> {
    const starter = this.starters[variant];
    const counters = new Counters({ count: ignore, gauge: ignore });
    const deps = { starter, counters, logger: SILENT, setAside: () => Promise.resolve() };
    const lanes = Array.from({ length: projects }, () => this.events(randomUUID(), events));
    await Promise.all(
      lanes.map(async (items) => {
        for (let from = 0; from < items.length; from += BATCH) {
          await sendBatch(deps, items.slice(from, from + BATCH));
        }
      }),
    );
    const refused = counters.totals()['leecher_events/rejected'] ?? 0;
    if (refused > 0) {
      throw new Error(`Temporal rejected ${refused} of the events; nothing can be compared.`);
    }
  }

  private events(project: string, count: number): Outgoing[] {
    return Array.from({ length: count }, () => {
      const task = randomUUID();
      const parents = [
        { entityId: task, entityType: 'task' },
        { entityId: project, entityType: 'show' },
      ];
      const changes = { statusid: { old: randomUUID(), new: randomUUID() } };
      const entity = {
        entityId: task,
        entityType: 'task',
        entity_type: 'Task',
        action: 'update',
        keys: ['statusid'],
        changes,
        parents,
      };
      const user = { id: randomUUID(), name: 'bob' };
      const arrivedAt = this.clock.now();
      const event = { id: randomUUID(), topic: 'ftrack.update', user, entities: [entity], arrivedAt };
      return outgoingOf(event, this.clock);
    }).flat();
  }
}

/** The same requests with the same fields, but for the workflow type, the start delay, and the tickets. */
function unorderedStarter(connection: Connection): TemporalStarter {
  const client = new Client({
    connection,
    interceptors: {
      workflow: [
        {
          start(input, next) {
            const options = { ...input.options };
            delete options.startDelay;
            return next({ ...input, options, workflowType: 'unorderedEvent' });
          },
        },
      ],
    },
  });
  return { ...temporalStarter({ client }), enqueue: () => Promise.resolve('sent') };
}
