import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { runSimulator } from '../../../simulators/command/run';
import { startFtrackSimulator } from '../../../simulators/ftrack';
import { until } from '../../support/until';

const root = join(__dirname, '../../..');

interface Ready {
  url: string;
  user: string;
  key: string;
  controlUrl: string;
}

function start(...args: string[]): ChildProcess & { stdout: NodeJS.ReadableStream } {
  const child = spawn(process.execPath, ['--import', 'tsx', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return child as ChildProcess & { stdout: NodeJS.ReadableStream };
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<number> {
  child.kill(signal);
  const [code] = (await once(child, 'exit')) as [number];
  return code;
}

describe('the standalone simulator', () => {
  test('says where it is, lets another process edit as a person, and ends on SIGTERM', async () => {
    const child = start('simulators/ftrack/main.ts', '--json');
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const ready = JSON.parse(line) as Ready;
    const post = async (url: string, body: unknown, headers: Record<string, string> = {}): Promise<unknown> =>
      (await fetch(url, { method: 'POST', body: JSON.stringify(body), headers })).json();
    const query = (expression: string): Promise<unknown> =>
      post(`${ready.url}/api`, [{ action: 'query', expression }], {
        'ftrack-user': ready.user,
        'ftrack-api-key': ready.key,
      });
    const [{ data }] = (await query('Project where name is "nordlicht"')) as [{ data: [{ id: string }] }];
    const operations = [
      {
        action: 'update',
        entity_type: 'Project',
        entity_key: [data[0].id],
        entity_data: { full_name: 'Neu' },
      },
    ];
    await expect(post(`${ready.controlUrl}/batch`, { user: 'bob', operations })).resolves.toMatchObject([
      { data: { full_name: 'Neu' } },
    ]);
    await expect(post(`${ready.controlUrl}/batch`, { user: 'nobody', operations })).resolves.toMatchObject({
      message: 'The simulated ftrack has no active user "nobody".',
    });
    await expect(query('select user.username from Event')).resolves.toMatchObject([
      { data: [{ user: { username: 'bob' } }] },
    ]);
    const calls = (await (await fetch(`${ready.controlUrl}/calls`)).json()) as { path: string }[];
    expect(calls.map(({ path }) => path)).toEqual(['/api', '/api']);
    expect(await stop(child, 'SIGTERM')).toBe(0);
  });

  test('is a command that tells people who may log in and how to stop it', async () => {
    const child = start('src/cli/main.ts', 'simulate', 'ftrack', '--seed', 'simulators/examples/studio.yaml');
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await until(() => text.includes('Ctrl-C'), { ms: 20_000 });
    expect(text).toMatch(
      /^A simulated ftrack of 2 projects with 12 entities runs at http:\/\/127.0.0.1:\d+\n/,
    );
    expect(text).toContain('key-of-ayon.service');
    expect(text).toContain('ada, bob, cleo;');
    expect(await stop(child, 'SIGINT')).toBe(0);
  });
});

describe('wrong use of the command', () => {
  let told: string;
  beforeEach(() => {
    told = '';
    jest.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
      told += String(chunk);
      return true;
    });
  });
  afterEach(() => jest.restoreAllMocks());

  test.each([
    ['foo', [], 'There is no simulator of "foo"; say ftrack or ayon.'],
    ['constructor', [], 'There is no simulator of "constructor"; say ftrack or ayon.'],
    ['ftrack', ['--prt', '1'], 'There is no option --prt; did you mean "--port"?'],
    ['ftrack', ['--port', 'x'], '--port must be a whole number from 0 to 65535, not "x".'],
    ['ftrack', ['--port', '65536'], '--port must be a whole number from 0 to 65535, not "65536".'],
    ['ftrack', ['--port'], '--port needs a value: --port N.'],
    ['ftrack', ['--json=5'], '--json takes no value.'],
    ['ftrack', ['here'], 'The argument "here" is not expected; see --help.'],
    [
      'ftrack',
      ['--seed', 'nope.yaml'],
      'nope.yaml: there is no such file; --seed takes the description of a studio in YAML.',
    ],
    [
      'ftrack',
      ['--seed', 'a.yaml', '--generate', '5'],
      '--seed and --generate name two different studios; give one of them.',
    ],
    [
      'ayon',
      ['--seed-number', '5'],
      '--seed-number chooses among generated studios; give --generate with it.',
    ],
    [
      'ayon',
      ['--empty', '--generate', '5'],
      '--empty means no studio, --generate is about one; give one of them.',
    ],
    ['ayon', ['--cost', 'much'], '--cost must be one of none, real, not "much".'],
    [
      'ftrack',
      ['--snapshot', 'no/such/folder.json'],
      'The snapshot no/such/folder.json cannot be written: there is no such file or folder.',
    ],
    [
      'ftrack',
      ['--generate', '300001', '--snapshot', 'large.json.gz'],
      'A snapshot of so many entities could not be read again; --generate at most 300000, or leave out --snapshot.',
    ],
    ['ftrack', ['--host', '192.0.2.1'], 'The address 192.0.2.1 is none of this machine; correct --host.'],
  ])('%s %j is told in one sentence', async (kind, args, message) => {
    expect(await runSimulator(kind, args)).toBe(2);
    expect(told).toBe(`${message}\n`);
  });

  test('a port in use is told in one sentence', async () => {
    const other = await startFtrackSimulator();
    const { port } = new URL(other.url);
    expect(await runSimulator('ftrack', ['--port', port])).toBe(2);
    expect(told).toBe(
      `Port ${port} of 127.0.0.1 is in use; choose another one with --port, or 0 for any free one.\n`,
    );
    await other.close();
  });
});
