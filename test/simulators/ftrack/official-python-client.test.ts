import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startFtrackSimulator } from '../../../simulators/ftrack/index';

const requirement = 'ftrack-python-api==3.1.0';

/** A Python with the official client, installed once per machine; undefined where that is impossible. */
function python(): string | undefined {
  const folder = join(tmpdir(), `interop-${requirement.replace('==', '-')}`);
  const binary = join(folder, 'bin', 'python');
  const works = (): boolean =>
    existsSync(binary) && spawnSync(binary, ['-c', 'import ftrack_api'], { timeout: 60_000 }).status === 0;
  if (!works()) {
    spawnSync('python3', ['-m', 'venv', folder], { timeout: 120_000 });
    spawnSync(binary, ['-m', 'pip', 'install', '--quiet', requirement], { timeout: 180_000 });
  }
  return works() ? binary : undefined;
}

const interpreter = python();
if (interpreter === undefined) {
  process.stderr.write(`Python with pip is unavailable: the test of ${requirement} is skipped.\n`);
}

const sees = {
  children: ['sh010', 'sh020', 'sh030'],
  link: ['nordlicht', 'sq010'],
  status: 'Not started',
  assignees: ['bob'],
  path: ['nordlicht', 'sq010', 'sh800', 'roto'],
  frameEnd: 1150,
  frameStart: 1001,
  department: ['2d', '3d'],
  metadata: { source: 'edit 7' },
  raw: 2,
  received: ['update'],
  duplicate: true,
  left: 0,
};

describe('the official Python client', () => {
  test('connects, edits, reads custom attributes, gets events and errors, and deletes', async () => {
    if (interpreter === undefined) {
      // Said above.
      return;
    }
    const simulator = await startFtrackSimulator();
    const script = join(__dirname, 'official_python_client.py');
    const work = promisify(execFile)(interpreter, [script, simulator.url, simulator.user, simulator.key]);
    try {
      expect(JSON.parse((await work).stdout)).toEqual(sees);
    } finally {
      await simulator.close();
    }
  });
});
