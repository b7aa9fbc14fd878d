import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Data } from '../../values';
import { nowStamp } from '../../values';
import type { Caller, Work } from '../caller';
import type { Workspace } from '../workspace';
import { create } from '../write';

/** Writes the result of a job in the transaction that ends it. */
export type FinishJob = (work: Work, jobId: string) => void;

/** One piece of work that goes on after the answer. */
export interface BackgroundJob {
  /** As `Job.type` says. */
  readonly type: string;
  /** What `Job.data` tells from the start, as a JSON text. */
  readonly data: Data;
  /** An error makes the job fail with its message as `description` in `Job.data`. */
  readonly run: () => Promise<FinishJob> | FinishJob;
}

interface Started extends BackgroundJob {
  readonly id: string;
  readonly caller: Caller;
}

/**
 * Does the work of `Job` rows: queued, running, then done or failed, each step a commit of its own in the name of who
 * asked for it. One job after the other, in the order of their commits.
 */
export class JobRunner {
  private readonly workspace: Workspace;
  private last: Promise<void> = Promise.resolve();
  private gate: Promise<void> | undefined;
  private openGate: () => void = () => undefined;

  constructor(workspace: Workspace) {
    this.workspace = workspace;
  }

  /** Jobs that have not begun stay queued until `resume`. */
  pause(): void {
    this.gate ??= new Promise((resolve) => {
      this.openGate = resolve;
    });
  }

  resume(): void {
    this.openGate();
    this.gate = undefined;
  }

  /** Settles once no job is queued or running; never while paused jobs wait. */
  async idle(): Promise<void> {
    for (let seen: Promise<void> | undefined; seen !== this.last; ) {
      seen = this.last;
      await seen;
    }
  }

  /**
   * Creates the row in the batch; the work begins once the batch is committed.
   *
   * @returns id of the job
   */
  start(work: Work, job: BackgroundJob): string {
    const id = crypto.randomUUID();
    const { caller } = work;
    create(work, {
      entity_type: 'Job',
      entity_data: {
        id,
        type: job.type,
        status: 'queued',
        user_id: caller.userId,
        data: JSON.stringify(job.data),
        created_at: nowStamp(),
      },
    });
    work.afterCommit(() => {
      this.last = this.last.then(() => this.perform({ ...job, id, caller }));
    });
    return id;
  }

  private async perform(job: Started): Promise<void> {
    await this.gate;
    // The answer to the batch goes out first.
    await nextTurn();
    try {
      const wanted = this.write(job, { status: 'running' });
      const finish = wanted ? await job.run() : undefined;
      this.write(job, { status: 'done', finished_at: nowStamp() }, finish);
    } catch (error) {
      const description = error instanceof Error ? error.message : String(error);
      const data = JSON.stringify({ ...job.data, description });
      this.write(job, { status: 'failed', finished_at: nowStamp(), data });
    }
  }

  /** @returns false when somebody deleted the job: nobody waits for its result then, and nothing is written */
  private write(job: Started, columns: Data, finish?: FinishJob): boolean {
    const row = this.workspace.store.find('Job', job.id);
    if (!row) {
      return false;
    }
    this.workspace.transact(job.caller, (work) => {
      for (const [column, value] of Object.entries(columns)) {
        work.transaction.set(row, column, value);
      }
      finish?.(work, job.id);
    });
    return true;
  }
}
