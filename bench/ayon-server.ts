import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { AyonClient } from '../src/clients/ayon/client';
import { createAyonClient } from '../src/clients/ayon/client';
import type { Told } from './ayon-child';

/** A simulated AYON in a process of its own, and the client for it. */
export class Server {
  readonly told: Told;
  readonly client: AyonClient;
  private readonly child: ReturnType<typeof fork>;

  private constructor(child: ReturnType<typeof fork>, told: Told) {
    this.child = child;
    this.told = told;
    this.client = createAyonClient({
      serverUrl: told.url,
      apiKey: told.apiKey,
      sender: 'bench',
      addon: { name: 'ftrack', version: '0.0.0' },
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  static async start(entities = 0): Promise<Server> {
    const execArgv = ['--import', 'tsx'];
    const child = fork(path.join(__dirname, 'ayon-child.ts'), [String(entities)], { execArgv });
    return new Server(child, await answerOf(child));
  }

  /** Stores so many events as a person's changes. */
  async happen(events: number): Promise<void> {
    const answer = answerOf(this.child);
    this.child.send(events);
    await answer;
  }

  stop(): void {
    this.child.disconnect();
  }
}

async function answerOf(child: ReturnType<typeof fork>): Promise<Told> {
  // Takes the listeners off again, whichever came first.
  const over = new AbortController();
  const { signal } = over;
  const ended = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`The simulated AYON ended with code ${String(code)}.`);
  });
  ended.catch(() => undefined);
  try {
    const [told] = (await Promise.race([once(child, 'message', { signal }), ended])) as [Told];
    return told;
  } finally {
    over.abort();
  }
}
