import { setTimeout as pause } from 'node:timers/promises';
import { ayonId } from '../simulators/ayon';
import type { Testbed } from '../testbed';

type Entities = ReturnType<Testbed['ayon']['store']['project']>['entities'];
export type Entity = NonNullable<ReturnType<Entities['get']>>;

/** The AYON entity of an ftrack one. */
export function pairOf({ ayon }: Testbed, ftrackId: string): Entity | undefined {
  const id = ayonId(ftrackId);
  for (const { entities } of ayon.store.projects.values()) {
    const found = entities.get('task', id) ?? entities.get('folder', id);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

const LIMIT_MS = 120_000;
const LOOK_MS = 10;

/** Waits until AYON has these descriptions, by ftrack id; comparing both sides as a whole would slow down what is measured. */
export async function untilDescribed(testbed: Testbed, wanted: ReadonlyMap<string, string>): Promise<void> {
  const open = new Map(wanted);
  for (const until = Date.now() + LIMIT_MS; open.size > 0; await pause(LOOK_MS)) {
    for (const [id, text] of open) {
      if (pairOf(testbed, id)?.attrib['description'] !== text) {
        break;
      }
      open.delete(id);
    }
    if (Date.now() > until) {
      throw new Error(`${open.size} of ${wanted.size} edits did not reach AYON in ${LIMIT_MS / 1000} s.`);
    }
  }
}
