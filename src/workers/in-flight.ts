import type { WorkerInterceptors } from '@temporalio/worker';

/** Which activities run at this moment, so that a stop that takes too long can name them. */
export class InFlight {
  readonly #running = new Set<string>();

  /** To be given to the worker. */
  readonly interceptors: WorkerInterceptors = {
    activity: [
      ({ info }) => ({
        inbound: {
          execute: async (input, next) => {
            const name = `${info.activityType} of ${info.workflowExecution?.workflowId ?? 'no workflow'} (${info.activityId})`;
            this.#running.add(name);
            try {
              return await next(input);
            } finally {
              this.#running.delete(name);
            }
          },
        },
      }),
    ],
  };

  names(): readonly string[] {
    return [...this.#running];
  }
}
