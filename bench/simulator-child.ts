import { startFtrackSimulator } from '../simulators/ftrack';
import { generateStudio } from '../simulators/studio';

/** A simulated ftrack in a process of its own; its parent hears where it is, and how long it took to get there. */
const entities = Number(process.argv[2]);

/** What the parent hears once the simulator answers. */
export interface ChildReady {
  readonly url: string;
  readonly user: string;
  readonly key: string;
  readonly generateMs: number;
  readonly startMs: number;
  /** Most resident memory so far, MB (10^6 bytes). */
  readonly peakMegabytes: number;
}

async function main(): Promise<void> {
  const from = performance.now();
  const studio = generateStudio({ entities, seed: 1 });
  const generated = performance.now();
  const { url, user, key } = await startFtrackSimulator({ studio });
  const ready: ChildReady = {
    url,
    user,
    key,
    generateMs: generated - from,
    startMs: performance.now() - generated,
    peakMegabytes: (process.resourceUsage().maxRSS * 1024) / 1_000_000,
  };
  process.send?.(ready);
}

process.once('disconnect', () => process.exit(0));
main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
