import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(__dirname, '../../..');

interface Ready {
  url: string;
  user: string;
  key: string;
  controlUrl: string;
}

describe('the standalone simulator', () => {
  test('says where it is, lets another process edit as a person, and ends on SIGTERM', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', join(root, 'simulators/ftrack/main.ts')], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
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
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(0);
  });
});
