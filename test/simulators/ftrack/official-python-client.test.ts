import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFtrackSimulator } from '../../../simulators/ftrack/index';
import { readStudioFile } from '../../../simulators/studio/file/index';
import { pythonWithClient } from './python-client';

interface Result {
  readonly step: string;
  readonly seconds: number;
  readonly error: string | null;
}

/** The modules of the day in their order; each test below is one of their steps. */
const chapters = [
  'production',
  'attributes',
  'publishing',
  'together',
  'sessions',
  'rights',
  'automations',
  'events',
];
const scripts = join(__dirname, 'official_python');
const steps = chapters.flatMap((chapter) => {
  const source = readFileSync(join(scripts, `${chapter}.py`), 'utf8');
  return [...source.matchAll(/^@step\("(.+)"\)$/gm)].map(([, title = '']) => title);
});

const client = pythonWithClient();
if ('missing' in client) {
  if (process.env['CI'] !== undefined) {
    throw new Error(client.missing);
  }
  process.stderr.write(`Skipped. ${client.missing}\n`);
}

/** @returns what the steps printed, and what the process complained of */
function workingDay(interpreter: string, args: readonly string[]): Promise<{ lines: string[]; log: string }> {
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', PYTHONIOENCODING: 'utf-8' };
  return new Promise((resolve) => {
    execFile(
      interpreter,
      [scripts, ...args, ...chapters],
      { env, timeout: 150_000, maxBuffer: 2 ** 26 },
      (error, stdout, log) =>
        resolve({ lines: stdout.trim().split('\n'), log: `${log}\n${error?.message ?? ''}` }),
    );
  });
}

const official = 'interpreter' in client ? describe : describe.skip;

official('a working day of the official Python client', () => {
  const results = new Map<string, Result>();
  let log = '';

  beforeAll(async () => {
    if ('missing' in client) {
      return;
    }
    const studio = readStudioFile(join(__dirname, 'official-studio.yaml'));
    const simulator = await startFtrackSimulator({ studio });
    const folder = mkdtempSync(join(tmpdir(), 'python-day-'));
    try {
      const day = await workingDay(client.interpreter, [simulator.url, folder]);
      log = day.log;
      for (const line of day.lines.filter((text) => text.startsWith('{'))) {
        const result = JSON.parse(line) as Result;
        results.set(result.step, result);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
      await simulator.close();
    }
  }, 180_000);

  test.each(steps)('%s', (title) => {
    expect(results.get(title)?.error ?? (results.has(title) ? '' : `The step did not run.\n${log}`)).toBe('');
  });

  test('has a test for each of its steps', () => {
    expect([...results.keys()]).toEqual(steps);
  });
});
