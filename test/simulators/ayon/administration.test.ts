import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { AyonSimulator } from '../../../simulators/ayon';
import { startAyonSimulator } from '../../../simulators/ayon';
import { createFolder, TestClient, testId, updateFolder } from './client';

const ADDON = '/api/addons/ftrack/1.6.4+dev';

describe('administration of the AYON simulator', () => {
  let simulator: AyonSimulator;
  let client: TestClient;

  beforeEach(async () => {
    simulator = await startAyonSimulator();
    simulator.store.addProject({ name: 'show', code: 'shw' });
    client = new TestClient(simulator);
  });

  afterEach(async () => {
    await simulator.close();
  });

  it('serves every endpoint that the client describes', async () => {
    const file = join(__dirname, '../../../openapi/ayon.yaml');
    const { paths } = parse(readFileSync(file, 'utf8')) as { paths: Record<string, Record<string, unknown>> };
    const values: Record<string, string> = {
      project_name: 'show',
      addon_name: 'ftrack',
      entity_type: 'folders',
    };
    const asked = Object.entries(paths).flatMap(([path, methods]) => {
      const filled = path.replaceAll(/\{(\w+)\}/g, (_match, name: string) => values[name] ?? testId(1));
      return Object.keys(methods)
        .filter((method) => method !== 'parameters')
        .map((method) => [method.toUpperCase(), filled] as const);
    });

    const answers = await Promise.all(
      asked.map(async ([method, path]) => {
        const { body } = await client.send(method, path, method === 'GET' ? undefined : {});
        return String(body['detail']).startsWith('API endpoint') ? `${method} ${path}` : '';
      }),
    );

    expect(asked.length).toBeGreaterThan(10);
    expect(answers.filter((missing) => missing !== '')).toEqual([]);
  });

  it('answers junk with a refusal and never breaks', async () => {
    const folder = `/api/projects/show/folders/${testId(1)}`;
    const writes = [
      ['POST', '/api/projects'],
      ['PATCH', '/api/projects/show'],
      ['POST', '/api/projects/show/anatomy'],
      ['POST', '/api/projects/show/operations'],
      ['POST', '/api/projects/show/operations/activities'],
      ['POST', '/api/projects/show/folders'],
      ['PATCH', folder],
      ['POST', `${folder}/activities`],
      ['POST', `${folder}/watchers`],
      ['POST', '/api/projects/show/lists'],
      ['POST', '/api/projects/show/links/bulk'],
      ['PUT', '/api/projects/show/teams/a'],
      ['PATCH', '/api/projects/show/users/admin'],
      ['POST', '/api/events'],
      ['POST', '/api/enroll'],
      ['POST', '/api/query'],
      ['PUT', '/api/users/somebody'],
      ['POST', '/api/bundles'],
      ['POST', '/graphql'],
    ] as const;
    const keys = [
      'name code label config anatomy statuses folderTypes folder_types attrib data tags',
      'operations links items members watchers filter sourceTopic targetTopic sender topic',
      'entity query variables body files activityType entityType addons parentId password',
    ].flatMap((line) => line.split(' '));
    const values = [null, 1, 'x', true, [], {}, [null], ['x'], [{}], { a: null }];
    const bodies = [
      null,
      'x',
      [],
      [null],
      ...values.map((value) => Object.fromEntries(keys.map((key) => [key, value]))),
    ];
    await client.operations('show', [createFolder(1, { name: 'a' })]);

    const broken: string[] = [];
    for (const [method, path] of writes) {
      for (const body of bodies) {
        const answer = await client.send(method, path, body);
        if (/TypeError|RangeError/.test(JSON.stringify(answer.body))) {
          broken.push(`${method} ${path} ${JSON.stringify(body)}: ${JSON.stringify(answer.body['detail'])}`);
        }
      }
    }

    expect(broken).toEqual([]);
    expect((await client.send('GET', '/api/projects/show/anatomy')).status).toBe(200);
    expect((await client.send('GET', folder)).status).toBe(200);
  });

  it('gives an anatomy back as it was posted, and keeps what was left out', async () => {
    const path = '/api/projects/show/anatomy';
    const before = (await client.send('GET', path)).body;
    const roots = [{ name: 'work', windows: 'P:/', linux: '/mnt/p', darwin: '/Volumes/p' }];
    const link_types = [{ link_type: 'uses', input_type: 'folder', output_type: 'task', color: '#ff0000' }];

    const same = await client.send('POST', path, before);
    const again = (await client.send('GET', path)).body;
    await client.send('POST', path, { roots, link_types, entity_naming: { separator: '-' } });
    const changed = (await client.send('GET', path)).body;

    expect(same.status).toBe(204);
    expect(again).toEqual(before);
    expect(changed).toEqual({
      ...before,
      roots,
      link_types,
      entity_naming: { capitalization: 'lower', separator: '-' },
    });
  });

  it('keeps settings by variant, refuses values of another kind, and tells the change', async () => {
    await client.send('POST', '/api/bundles', { name: 'dev-anna', installerVersion: '1.6.0', isDev: true });
    const settings = async (variant: string) =>
      (await client.send('GET', `${ADDON}/settings?variant=${variant}`)).body['ftrack_server'];

    const stored = await client.send('POST', `${ADDON}/settings?variant=staging`, {
      ftrack_server: 'https://s.example',
    });
    const refused = await client.send('POST', `${ADDON}/settings`, { service_settings: { username: 3 } });
    await client.send('POST', `${ADDON}/settings?variant=dev-anna`, { ftrack_server: 'https://d.example' });
    const unknown = await client.send('GET', `${ADDON}/settings?variant=nobody`);
    const summary = await client.send('GET', '/api/settings?variant=staging&summary=true&project_name=SHOW');

    expect([stored.status, refused.status, unknown.status]).toEqual([204, 400, 404]);
    expect(refused.body['errors']).toMatchObject([{ loc: ['body', 'service_settings', 'username'] }]);
    expect([await settings('production'), await settings('staging'), await settings('dev-anna')]).toEqual([
      '',
      'https://s.example',
      'https://d.example',
    ]);
    expect(summary.body).toMatchObject({
      projectName: 'show',
      addons: [{ name: 'core' }, { settings: { ftrack_server: 'https://s.example' } }],
    });
    expect([...simulator.store.events.ascending()].at(1)).toMatchObject({
      topic: 'settings.changed',
      summary: { addon_name: 'ftrack', variant: 'staging' },
      payload: { originalValue: { ftrack_server: '' }, newValue: { ftrack_server: 'https://s.example' } },
    });
  });

  it('has one bundle in production at most, and breaks where none is', async () => {
    const launcher = await client.send('POST', '/api/bundles', { name: 'next' });
    const forced = await client.send('POST', '/api/bundles?force=true', { name: 'next', isProduction: true });
    const twin = await client.send('POST', '/api/bundles', { name: 'next', installerVersion: '1' });
    const { body } = await client.send('GET', '/api/bundles');
    await client.send('PATCH', '/api/bundles/next', { isProduction: false, isArchived: true });

    const settings = await client.send('GET', '/api/settings?variant=production');
    const handlers = await client.send('GET', `${ADDON}/customProcessorHandlers`);
    const projects = await client.send('GET', `${ADDON}/ftrackProjects`);

    expect([launcher.status, launcher.body['detail']]).toEqual([400, 'Launcher is required']);
    expect([forced.status, twin.status]).toEqual([201, 409]);
    expect(body).toMatchObject({ productionBundle: 'next', stagingBundle: 'ftrack-test' });
    expect([settings.status, handlers.status, projects.status]).toEqual([404, 500, 500]);
    expect((await client.send('GET', '/api/bundles')).body['bundles']).toHaveLength(1);
  });

  it('works with a new attribute only after a restart, from outside, too', async () => {
    const define = { position: 40, scope: ['folder'], data: { type: 'string', inherit: false } };
    await client.operations('show', [createFolder(1, { name: 'a' })]);
    await client.send('PUT', '/api/attributes/custom1', define);
    const before = await client.send('GET', '/api/system/restartRequired');

    await client.operations('show', [updateFolder(1, { attrib: { custom1: 'lost' } })]);
    simulator.restart();
    await client.operations('show', [updateFolder(1, { attrib: { custom1: 'kept' } })]);
    const kept = await client.send('GET', `/api/projects/show/folders/${testId(1)}`);

    expect(before.body['required']).toBe(true);
    expect((await client.send('GET', '/api/system/restartRequired')).body['required']).toBe(false);
    expect(kept.body['attrib']).toMatchObject({ custom1: 'kept' });
  });

  it('lists hosts, and lets only managers force what published versions forbid', async () => {
    simulator.store.addUser({ name: 'anna' });
    const create = (entityType: string, number: number, data: Record<string, unknown>) => ({
      type: 'create',
      entityType,
      entityId: testId(number),
      data,
    });
    await client.send('POST', '/api/hosts/heartbeat', { hostname: 'farm', health: { cpu: 3 }, services: [] });
    await client.operations('show', [
      createFolder(1, { name: 'a' }),
      create('product', 2, { name: 'main', productType: 'render', folderId: testId(1) }),
      create('version', 3, { version: 1, productId: testId(2) }),
    ]);
    const rename = { ...updateFolder(1, { name: 'b' }), force: true };
    const version = create('version', 4, { version: 2, productId: testId(2), author: 'admin' });

    const refused = await client.operations('show', [{ ...rename, asUser: 'anna' }]);
    const foreign = await client.operations('show', [{ ...version, asUser: 'anna' }]);
    const forced = await client.operations('show', [rename, version]);
    const hosts = await client.send('GET', '/api/hosts');

    expect([refused, foreign].map(({ body }) => body['operations'])).toMatchObject([
      [{ status: 403 }],
      [{ status: 403 }],
    ]);
    expect(forced.body['success']).toBe(true);
    expect(hosts.body).toMatchObject({ hosts: [{ name: 'farm', health: { cpu: 3, mem: 0 } }] });
  });
});
