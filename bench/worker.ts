import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

/** Whether the holder of a turn takes along what waits behind it. */
export type Mode = 'single' | 'groups';

/** @returns the file with the bench's workflow code. */
export async function bundleInto(folder: string): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: require.resolve('./workflows'),
    logger: new DefaultLogger('ERROR'),
  });
  const file = path.join(folder, 'workflow-bundle.js');
  writeFileSync(file, code);
  return file;
}

/** The worker process, and how many steps it has run. */
export class BenchWorker {
  steps = 0;
  private readonly child: ReturnType<typeof fork>;

  private constructor(child: ReturnType<typeof fork>) {
    this.child = child;
    child.on('message', (message: { steps: number }) => {
      this.steps = message.steps;
    });
  }

  static async start(address: string, bundle: string, mode: Mode = 'single'): Promise<BenchWorker> {
    // Memory as the image sets it; TypeScript as this process reads it.
    const execArgv = ['--max-semi-space-size=4', '--import', 'tsx'];
    const child = fork(path.join(__dirname, 'worker-child.ts'), [address, bundle, mode], { execArgv });
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`The worker process ended with code ${String(code)} before it ran.`);
    });
    ended.catch(() => undefined);
    const running = new Promise<void>((resolve) => {
      child.on('message', ({ state }: { state: string }) => state === 'running' && resolve());
    });
    await Promise.race([running, ended]);
    return new BenchWorker(child);
  }

  async stop(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }
}
