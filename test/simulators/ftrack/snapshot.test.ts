import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { FtrackSimulator } from '../../../simulators/ftrack';
import { startFtrackSimulator } from '../../../simulators/ftrack';
import { readSnapshotFile } from '../../../simulators/ftrack/snapshot/file';
import { generateStudio } from '../../../simulators/studio';
import { readStudioFile } from '../../../simulators/studio/file';

const EXAMPLE = path.resolve(__dirname, '../../../simulators/examples/studio.yaml');
const QUERIES = [
  'select name, link, custom_attributes, assignments.resource.username, status.name from Task',
  'select name, custom_attributes from Shot order by name descending',
  'select version, components.name, asset.name, user.username from AssetVersion',
  'select content, replies.content, thread_activity from Note',
  'select id, action, data, user.username from Event order by id',
  'select key, config, type.name from CustomAttributeConfiguration',
  'select items.name from TypedContextList',
];

let folder: string;
const running: FtrackSimulator[] = [];

async function start(options: Parameters<typeof startFtrackSimulator>[0]): Promise<FtrackSimulator> {
  const simulator = await startFtrackSimulator(options);
  running.push(simulator);
  return simulator;
}

const answers = (simulator: FtrackSimulator): unknown[] =>
  QUERIES.map((query) => simulator.as('ada').query(query));

async function post(simulator: FtrackSimulator, body: unknown): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${simulator.url}/_simulator/snapshot`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: answer.status, text: await answer.text() };
}

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'snapshot-'));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
  rmSync(folder, { recursive: true });
});

describe('snapshots', () => {
  test.each(['studio.json', 'studio.json.gz'])(
    'a simulator goes on from %s as if nothing had been',
    async (name) => {
      const first = await start({ studio: readStudioFile(EXAMPLE), credentials: { bob: 'own-key' } });
      const ada = first.as('ada');
      const shot = ada.findByPath('leuchtturm/sq010/sh020').id;
      ada.setStatus(shot, 'Approved');
      ada.create('Shot', { name: 'sh030', parent_id: ada.findByPath('leuchtturm/sq010').id });
      const component = first.store.tableOf('FileComponent').all()[Symbol.iterator]().next().value?.key ?? '';
      first.files.put(component, Buffer.from('bytes'), 'text/plain');
      const file = path.join(folder, name);
      expect(await first.save(file)).toBe(readFileSync(file).length);

      const second = await start({ snapshot: await readSnapshotFile(file) });
      expect(answers(second)).toEqual(answers(first));
      expect([second.user, second.keyOf('bob'), second.keyOf('ada')]).toEqual([
        'ayon.service',
        'own-key',
        'key-of-ada',
      ]);
      expect(second.files.get(component)?.bytes.toString()).toBe('bytes');
      second.as('ada').setStatus(shot, 'In progress');
      expect(second.eventLog.highestId).toBe(first.eventLog.highestId + 1);
      const before = await (await fetch(`${first.url}/api`, schemas(first))).json();
      expect(await (await fetch(`${second.url}/api`, schemas(second))).json()).toEqual(before);
    },
  );

  test('are saved, loaded and handed over by the control port', async () => {
    const simulator = await start({ studio: generateStudio({ entities: 300, seed: 3 }) });
    const file = path.join(folder, 'a.json.gz');
    const saved = await post(simulator, { save: file });
    expect(JSON.parse(saved.text)).toEqual({ file, bytes: readFileSync(file).length });
    const document = await (await fetch(`${simulator.url}/_simulator/snapshot`)).text();
    const bob = simulator.as('bob');
    const [shot] = bob.query('select id, description from Shot limit 1') as [
      { id: string; description: string },
    ];
    const description = (): unknown => bob.entity(shot.id).data['description'];
    bob.update(shot.id, { description: 'changed' });
    expect((await post(simulator, { load: file })).status).toBe(204);
    expect(description()).toBe(shot.description);
    bob.remove(shot.id);
    expect((await post(simulator, document)).status).toBe(204);
    expect(description()).toBe(shot.description);
    expect(bob.query('select id from TypedContext')).toHaveLength(300);
    expect(bob.query(`select name from Shot where id is "${shot.id}"`)).toHaveLength(1);
  });

  test('end the jobs that were on their way, and nobody waits for them', async () => {
    const first = await start({});
    const bob = first.as('bob');
    const component = bob.create('FileComponent', { name: 'still', file_type: '.png', size: 3 });
    first.jobs.pause();
    bob.batch([{ action: 'encode_media', component_id: component }]);
    const own = bob.create('Job', { type: 'api_job', status: 'running', data: '{}' });
    const second = await start({});
    const document = await (await fetch(`${first.url}/_simulator/snapshot`)).text();
    expect((await post(second, document)).status).toBe(204);
    const jobs = second.as('bob').query('select id, status, data, finished_at from Job order by type');
    expect(jobs).toMatchObject([
      { id: own, status: 'running', data: '{}' },
      { status: 'failed', finished_at: { __type__: 'datetime' } },
    ]);
    expect(JSON.parse(jobs[1]?.['data'] as string)).toMatchObject({
      source_component_id: component,
      description: 'The server was stopped before the job was done.',
    });
  });

  test('are whole when two are saved to one file at once', async () => {
    const simulator = await start({});
    const file = path.join(folder, 'twice.json');
    const sizes = await Promise.all(Array.from({ length: 5 }, () => simulator.save(file)));
    expect(new Set(sizes)).toEqual(new Set([readFileSync(file).length]));
    expect(readdirSync(folder)).toEqual(['twice.json']);
    await readSnapshotFile(file);
  });

  test('that cannot be used are refused in a sentence, and change nothing', async () => {
    const simulator = await start({});
    const write = (name: string, text: string): string => {
      const file = path.join(folder, name);
      writeFileSync(file, text);
      return file;
    };
    const other = await start({ studio: readStudioFile(EXAMPLE) });
    const example = path.join(folder, 'example.json');
    await other.save(example);
    const document = await (await fetch(`${simulator.url}/_simulator/snapshot`)).text();
    const newer = write('new.json', document.replace('"version":1', '"version":2'));
    const odd = write('odd.json', '{"projects":[]}');
    const damaged = write('damaged.json', document.replace('"rows":[[', '"rows":[[99,'));
    for (const [body, message] of [
      [
        { load: path.join(folder, 'none.json') },
        'none.json cannot be read: there is no such file or folder.',
      ],
      [{ load: write('x.json', 'x') }, 'x.json is no snapshot: '],
      [{ load: odd }, 'odd.json is no snapshot of a simulated ftrack.'],
      [
        { load: newer },
        'new.json is a snapshot of version 2, and this simulator reads version 1; start it without the snapshot, or use the release that wrote it.',
      ],
      [{ load: damaged }, 'The snapshot holds rows of no type that this simulator does not know.'],
      [
        { load: example },
        'The snapshot has other object types than the running studio; start a simulator with --snapshot instead.',
      ],
      [
        { format: 'simulated ftrack', version: 1 },
        'The body is a damaged snapshot: \\"savedAt\\" is not as it must be.',
      ],
      [
        { save: path.join(folder, 'no', 'where.json') },
        'cannot be written: there is no such file or folder.',
      ],
      [{ keep: 'it' }, 'must be {\\"save\\": file}, {\\"load\\": file} or a snapshot; give for example'],
    ] as const) {
      const answer = await post(simulator, body);
      expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(message)]);
    }
    expect(simulator.as('bob').query('select id from Project')).toHaveLength(2);
  });
});

function schemas(simulator: FtrackSimulator): RequestInit {
  return {
    method: 'POST',
    headers: { 'ftrack-user': simulator.user, 'ftrack-api-key': simulator.key },
    body: JSON.stringify([{ action: 'query_schemas' }]),
  };
}
