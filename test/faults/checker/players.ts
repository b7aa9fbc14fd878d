import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Played, Wanted } from './play';
import { ROUNDS } from './play';
import type { Told } from './worker';

/** More than a story's own limit, which shows more: a worker that is silent so long hangs. */
const WORKER_MS = 660_000;
const WORKER = path.join(__dirname, 'worker.ts');

/** Plays stories, each in a process group and a temporary folder of its own, so that nothing of it stays. */
export class Players {
  /** Stories that were played a second time, since their studio did not start. */
  again = 0;
  /** Stories that were judged, in the order of their ends. */
  readonly finished: Played[] = [];
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'ayon-ftrack-checker-'));
  private readonly workers = new Set<ChildProcess>();
  private number = 0;

  /** @param dist folder of the build */
  async play(wanted: Wanted, dist: string): Promise<Played> {
    const first = await this.once(wanted, dist);
    if ('played' in first) {
      return first.played;
    }
    this.again += 1;
    const second = await this.once(wanted, dist);
    return 'played' in second ? second.played : broken(wanted, second.failed);
  }

  private async once(wanted: Wanted, dist: string): Promise<Exclude<Told, { line: string }>> {
    this.number += 1;
    const folder = path.join(this.folder, String(this.number));
    mkdirSync(folder);
    const worker = fork(WORKER, {
      detached: true,
      env: { ...process.env, TMPDIR: folder, AYON_FTRACK_DIST: dist },
    });
    this.workers.add(worker);
    const lines: string[] = [];
    let told: Exclude<Told, { line: string }> | undefined;
    worker.on('message', (message) => {
      const heard = message as Told;
      if ('line' in heard) {
        lines.push(heard.line);
      } else {
        told = heard;
      }
    });
    worker.send(wanted);
    const timer = setTimeout(() => end(worker), WORKER_MS);
    await once(worker, 'exit');
    clearTimeout(timer);
    end(worker);
    this.workers.delete(worker);
    rmSync(folder, { recursive: true, force: true });
    return told ?? { played: broken(wanted, 'its process ended or was silent for too long', lines) };
  }

  /** Ends every story and what it started. */
  close(): void {
    this.workers.forEach(end);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The whole group, also when its leader is gone. */
function end({ pid }: ChildProcess): void {
  try {
    process.kill(-(pid ?? Number.NaN), 'SIGKILL');
  } catch {
    // There is nobody left.
  }
}

const broken = (wanted: Wanted, what: string, log: readonly string[] = []): Played => ({
  rounds: ROUNDS,
  without: [],
  ...wanted,
  log,
  troubles: {},
  checked: {},
  violations: [{ promise: 'ran', what, workflows: [] }],
});
