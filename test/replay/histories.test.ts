import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';

const FOLDER = path.join(__dirname, '../histories');
const recorded = readdirSync(FOLDER).flatMap((version) =>
  readdirSync(path.join(FOLDER, version)).map((file) => [version, file] as const),
);

let code: string;
beforeAll(async () => {
  const logger = new DefaultLogger('ERROR');
  Runtime.install({ logger });
  const bundle = await bundleWorkflowCode({
    workflowsPath: require.resolve('../../src/workflows/index'),
    logger,
  });
  ({ code } = bundle);
});

const read = (version: string, file: string): { events: object[] } =>
  JSON.parse(readFileSync(path.join(FOLDER, version, file), 'utf8')) as { events: object[] };

test.each(recorded)('release %s: %s still replays', async (version, file) => {
  const history = read(version, file);

  await expect(Worker.runReplayHistory({ workflowBundle: { code } }, history)).resolves.toBeUndefined();
});

test('each release recorded what operators may still have open', () => {
  for (const version of new Set(recorded.map(([each]) => each))) {
    expect(readdirSync(path.join(FOLDER, version))).toEqual(
      expect.arrayContaining([
        'parked.json',
        'waiting.json',
        'mid-turn.json',
        'queue.json',
        'covered.json',
        'gap-fill.json',
        'lease.json',
      ]),
    );
  }
});

test('a history that our code would not have made is refused', async () => {
  const text = readFileSync(path.join(FOLDER, '0.1.0', 'mid-turn.json'), 'utf8');
  const changed = JSON.parse(text.replaceAll('"syncEntities"', '"anotherActivity"')) as object;

  await expect(Worker.runReplayHistory({ workflowBundle: { code } }, changed)).rejects.toThrow(
    /[Nn]ondeterminism/,
  );
});
