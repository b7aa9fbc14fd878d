import { folder, freshName, plant, update } from './checks/tree';
import type { Question, Site } from './site';
import { get, newId, query } from './site';

/** How long a kind of call took; information only. */
export interface Timing {
  readonly call: string;
  readonly times: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly worst: number;
}

const TIMES = 9;

/** One call after the other, in a project of a few folders. */
export async function measure(site: Site): Promise<Timing[]> {
  const { shot, task } = await plant(site);
  const byId = `query($p: String!){project(name: $p){folder(id: "${shot}"){id name allAttrib}}}`;
  const calls: readonly (readonly [string, () => Question])[] = [
    ['GET /api/info', () => get('/api/info')],
    ['GET project', () => get(site.at(''))],
    ['GET folder', () => get(site.at(`/folders/${shot}`))],
    ['GraphQL folder', () => query(byId, { p: site.project })],
    ['operation: create folder', () => site.operations([folder(newId(), freshName())])],
    ['operation: update task', () => site.operations([update('task', task, { label: freshName() })])],
  ];
  const timings: Timing[] = [];
  for (const [call, question] of calls) {
    const taken: number[] = [];
    for (let index = 0; index < TIMES; index += 1) {
      const begin = performance.now();
      await site.send(question());
      taken.push(performance.now() - begin);
    }
    taken.sort((a, b) => a - b);
    timings.push({
      call,
      times: TIMES,
      p50: taken[Math.floor(TIMES / 2)] ?? Number.NaN,
      worst: taken.at(-1) ?? Number.NaN,
    });
  }
  return timings;
}
