import { Agent, request } from 'node:http';
import type { AyonSimulator } from '../../../simulators/ayon';
import { startAyonSimulator } from '../../../simulators/ayon';
import { createFolder, TestClient, testId } from './client';

/**
 * Times are those that the processor worked for this process, client included: on a quiet machine the same as on the
 * clock, and on a busy one not those of others. Caches that are shared may still double them.
 */
const SLACK = 2;

describe('speed of the AYON simulator', () => {
  let simulator: AyonSimulator;
  let client: TestClient;
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });

  beforeAll(async () => {
    simulator = await startAyonSimulator();
    simulator.store.addProject({ name: 'show', code: 'shw' });
    client = new TestClient(simulator);
  });

  afterAll(async () => {
    agent.destroy();
    await simulator.close();
  });

  function dispatch(body: string): Promise<void> {
    const headers = { 'x-api-key': simulator.apiKey, 'content-type': 'application/json' };
    return new Promise((resolve, reject) => {
      const sent = request(`${simulator.url}/api/events`, { method: 'POST', agent, headers }, (answer) => {
        answer.resume().once('end', resolve);
      });
      sent.once('error', reject).end(body);
    });
  }

  async function timed(work: () => Promise<unknown>): Promise<number> {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  }

  it('takes at least 300 dispatched events per second over HTTP', async () => {
    const body = JSON.stringify({ topic: 'ftrack.leech', payload: { text: 'x'.repeat(200) } });
    const count = 1500;

    const ms = await timed(async () => {
      await Promise.all(Array.from({ length: count }, () => dispatch(body)));
    });

    const rate = Math.round((count / ms) * 1000);
    process.stdout.write(`AYON simulator: ${rate} events/s dispatched over 8 connections.\n`);
    expect(rate).toBeGreaterThan(300);
  });

  it('creates 1,000 folders in a second and answers 5,000 with all attributes in 150 ms', async () => {
    const batch = (from: number) =>
      Array.from({ length: 100 }, (_, index) => {
        const parentId = index === 0 ? null : testId(from);
        return createFolder(from + index, {
          name: `f${from + index}`,
          parentId,
          attrib: { fps: 25, ftrackId: 'x' },
        });
      });
    const create = async (from: number, to: number) => {
      for (let at = from; at < to; at += 100) {
        await client.operations('show', batch(at));
      }
    };
    const query =
      '{ project(name: "show") { folders(first: 5000) { edges { node { id name parentId allAttrib } } } } }';

    const created = await timed(() => create(0, 1000));
    await create(1000, 5000);
    let read = Number.POSITIVE_INFINITY;
    for (let attempt = 0; attempt < 8; attempt += 1) {
      read = Math.min(read, await timed(() => client.query(query)));
    }

    const [createdMs, readMs] = [Math.round(created), Math.round(read)];
    process.stdout.write(`AYON simulator: 1,000 folders in ${createdMs} ms; 5,000 read in ${readMs} ms.\n`);
    expect(created).toBeLessThan(1000 * SLACK);
    expect(read).toBeLessThan(150 * SLACK);
  }, 30_000);
});
