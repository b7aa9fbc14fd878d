import { rmSync } from 'node:fs';
import os from 'node:os';
import type { Played, Wanted } from './play';
import { play } from './play';

/** What a worker tells its checker. */
export type Told =
  | { readonly line: string }
  | { readonly played: Played }
  /** The story's studio did not start. */
  | { readonly failed: string };

/**
 * A process of its own plays one story, as the leader of a process group: whoever ends the group ends every service of
 * the story. It does so itself when its checker is gone.
 */
const tell = (told: Told): Promise<void> =>
  new Promise((resolve) => {
    process.send?.(told, () => resolve());
  });

process.on('disconnect', () => {
  rmSync(os.tmpdir(), { recursive: true, force: true });
  process.kill(-process.pid, 'SIGKILL');
});

process.once('message', (wanted) => {
  void play(wanted as Wanted, (line) => void tell({ line }))
    .then(
      (played) => tell({ played }),
      (error: unknown) =>
        tell({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    )
    .then(() => process.exit(0));
});
