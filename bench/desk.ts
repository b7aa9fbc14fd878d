import { setTimeout as pause } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Hand } from '../simulators/ftrack';
import type { Studio } from '../simulators/studio';
import { eventWorkflowId } from '../src/contracts/names';
import type { Service, Testbed } from '../testbed';
import { startTestbed } from '../testbed';
import type { BenchContext } from './context';
import type { Entity } from './pairs';
import { pairOf } from './pairs';

/** One edit in ftrack, and how to see that it reached AYON. */
export interface Edit {
  /** @returns the ftrack id of what was edited */
  readonly make: (hand: Hand) => string;
  readonly arrived: (entity: Entity | undefined) => boolean;
}

/** Services run as their image starts them. */
const AS_IMAGE = { MALLOC_ARENA_MAX: '2' } as const;
const LIMIT_MS = 60_000;

/** A whole studio at which somebody edits: warm services, an in-memory Temporal server, production timings. */
export class Desk {
  readonly testbed: Testbed;
  readonly leecher: Service;
  processor: Service;
  /** Workflow ids of the events that ftrack sent and nobody waited for yet. */
  private readonly events: string[] = [];
  private editing = false;

  private constructor(testbed: Testbed, leecher: Service, processor: Service) {
    this.testbed = testbed;
    this.leecher = leecher;
    this.processor = processor;
    // ftrack tells of a commit before the edit returns; what comes at other times are echoes of our own writes.
    testbed.ftrack.hub.onEvent(({ id, data }) => {
      const { entities = [] } = data as { entities?: ReadonlyArray<{ entityType?: string }> };
      if (this.editing && entities.some(({ entityType }) => entityType !== 'socialfeed')) {
        this.events.push(eventWorkflowId(String(id)));
      }
    });
  }

  static async start({ temporal }: BenchContext, studio?: Studio): Promise<Desk> {
    const testbed = await startTestbed({ temporal, ...(studio === undefined ? {} : { studio }) });
    try {
      const services = await Promise.all([testbed.startLeecher(AS_IMAGE), testbed.startProcessor(AS_IMAGE)]);
      return new Desk(testbed, ...services);
    } catch (error) {
      await testbed.close();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.testbed.close();
  }

  /** Makes the edit. @returns ms until AYON had it. */
  async arrival({ make, arrived }: Edit): Promise<number> {
    const from = performance.now();
    this.editing = true;
    const id = make(this.testbed.ftrack.as('bob'));
    this.editing = false;
    while (!arrived(pairOf(this.testbed, id))) {
      if (performance.now() - from > LIMIT_MS) {
        const words = `${this.leecher.lastWords()}\n${this.processor.lastWords()}`;
        throw new Error(`An edit of ${id} did not reach AYON in ${LIMIT_MS / 1000} s.\n${words}`);
      }
      await pause(1);
    }
    return performance.now() - from;
  }

  /** Waits until the workflows of all events so far have closed: then nobody works any more. */
  async settled(): Promise<void> {
    for (const id of this.events.splice(0)) {
      await this.closed(id);
    }
  }

  private async closed(id: string): Promise<void> {
    const deadline = Date.now() + LIMIT_MS;
    const { client } = this.testbed;
    for (;;) {
      try {
        await client.withDeadline(deadline, () => client.workflow.getHandle(id).result());
        return;
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError) || Date.now() > deadline) {
          throw new Error(`The workflow ${id} did not close in ${LIMIT_MS / 1000} s.`, { cause: error });
        }
        // The leecher has not handed it over yet.
        await pause(5);
      }
    }
  }

  /** A new processor in place of the present one. */
  async restartProcessor(): Promise<void> {
    this.processor = await this.testbed.startProcessor(AS_IMAGE);
  }
}
